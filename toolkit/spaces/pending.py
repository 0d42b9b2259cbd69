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

from toolkit.access import waiting as conditions
from toolkit.database import Visit
from toolkit.records import Organization, Party, Request, Resource, Share, now


@dataclass(frozen=True)
class Task:
    """One thing that waits. `kind`: request (to be decided), receipt (to be acknowledged), opening or closing
    (of a joint space, to be agreed to), answer (to one's request), unreadable (a file of one's own), draft.

    `thing` is the row it is about: Request, Share, Party, or Resource.
    """

    kind: str
    at: dt.datetime
    thing: Any


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


def tasks(visit: Visit, organization: Organization) -> list[Task]:
    """All that waits for the viewer in this space: what others wait for first, then one's own."""
    values = {**conditions.values_of(visit.viewer, now()), "one": organization.id}
    leads = organization.id in visit.viewer.coordinates
    found: list[Task] = []
    for kind, statement in _LISTS:
        if leads or kind not in _OF_THE_COORDINATION:
            found.extend(_tasks(kind, visit.session.scalars(statement, values)))
    return found


def _tasks(kind: str, rows: Any) -> Iterator[Task]:
    for row in rows:
        if kind == "request":
            yield Task(kind, row.created_at, row)
        elif kind == "receipt":
            yield Task(kind, row.since, row)
        elif kind == "answer":
            yield Task(kind, row.decided_at, row)
        elif kind == "agreement":
            yield Task("opening" if row.opened_at is None else "closing", row.joint.created_at, row)
        else:
            yield Task(kind, row.changed_at, row)
