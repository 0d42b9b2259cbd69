"""What waits for the viewer in a space: what a coordination answers, and what became of one's own.

`waiting` counts it for all of one's spaces in one statement; `tasks` lists as much for one space.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from toolkit import coordination
from toolkit.access import waiting as conditions
from toolkit.database import Visit
from toolkit.records import Organization, Party, Request, Resource, Share, now


@dataclass(frozen=True)
class Task:
    """One thing that waits. `kind`: request (to be decided), receipt (to be acknowledged), opening or closing
    (of a joint space, to be agreed to), answer (to one's request), unreadable (a file of one's own), draft;
    and of the agreement those of `coordination.matters`.

    `thing` is the row it is about: Request, Share, Party, or Resource, or what waits of the agreement. Some
    have a day until which they are to be done, and are so many days `late`; a
    task may have been agreed on in a `meeting`.
    """

    kind: str
    at: dt.datetime
    thing: Any
    due_on: dt.date | None = None
    late: int = 0
    meeting: str = ""


_COUNTS = conditions.counts()


def waiting(visit: Visit) -> dict[int, int]:
    """By organisation, of the viewer's spaces in which something waits, how many things do."""
    if not visit.viewer.organizations:
        return {}
    found: Counter[int] = Counter()
    for space, count in visit.connection.execute(_COUNTS, conditions.values_of(visit.viewer, now())):
        found[space] += count
    return dict(found)


_ONE: Any = bindparam("one")
_LISTS: tuple[tuple[str, Any], ...] = (
    ("request", select(Request).where(Request.organization_id == _ONE, *conditions.REQUESTED)
     .order_by(Request.created_at, Request.id)
     .options(joinedload(Request.resource), joinedload(Request.person), joinedload(Request.asker),
              joinedload(Request.organization))),
    ("receipt", select(Share).where(Share.organization_id == _ONE, *conditions.DELIVERED)
     .order_by(Share.since, Share.id).options(joinedload(Share.giver))),
    ("agreement", select(Party).where(Party.organization_id == _ONE, *conditions.ASKED_TO_AGREE)
     .order_by(Party.id).options(joinedload(Party.joint))),
    ("answer", select(Request).where(conditions.ASKER == _ONE, *conditions.ANSWERED)
     .order_by(Request.decided_at.desc(), Request.id)
     .options(joinedload(Request.resource), joinedload(Request.organization))),
    ("unreadable", select(Resource).where(Resource.organization_id == _ONE, *conditions.UNREADABLE)
     .order_by(Resource.changed_at.desc(), Resource.id)),
    ("draft", select(Resource).where(Resource.organization_id == _ONE, *conditions.DRAFTED)
     .order_by(Resource.changed_at.desc(), Resource.id)),
)  # fmt: skip
_OF_THE_COORDINATION = frozenset({"request", "receipt", "agreement"})
_SINCE = {"request": "created_at", "receipt": "since", "answer": "decided_at", "unreadable": "changed_at",
          "draft": "changed_at"}  # fmt: skip
"""Since when each kind waits, by the column."""


def tasks(visit: Visit, organization: Organization) -> list[Task]:
    """All that waits for the viewer in this space: what others wait for first, then one's own."""
    values = {**conditions.values_of(visit.viewer, now()), "one": organization.id}
    leads = organization.id in visit.viewer.coordinates
    found: list[Task] = []
    for kind, statement in _LISTS:
        if leads or kind not in _OF_THE_COORDINATION:
            found.extend(_tasks(kind, visit.session.scalars(statement, values)))
        if leads and kind == "agreement":
            found.extend(_of_the_agreement(visit, organization))
    return found


def _of_the_agreement(visit: Visit, organization: Organization) -> Iterator[Task]:
    """The same list as on the page of the coordination. A joint space shows it, and does not count it."""
    for one in coordination.of_space(visit, organization):
        at = one.since or (one.thing.created_at if one.kind == "task" else one.thing.moved_at)
        yield Task(one.kind, at, one.thing, one.due_on, coordination.days_late(one), one.meeting)


def _tasks(kind: str, rows: Any) -> Iterator[Task]:
    for row in rows:
        if kind == "agreement":
            yield Task("opening" if row.opened_at is None else "closing", row.joint.created_at, row)
        else:
            yield Task(kind, getattr(row, _SINCE[kind]), row)
