"""What waits for the viewer in a space: what a coordination answers, and what became of one's own.

`waiting` counts it for all of one's spaces in one statement; `tasks` lists as much for one space.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from toolkit.database import Visit
from toolkit.records import (
    File,
    Moment,
    Organization,
    Party,
    Request,
    Resource,
    Share,
    Version,
    now,
)

NEWS_OF_AN_ANSWER = dt.timedelta(days=14)
"""How long an answer to one's request stands among what waits."""


@dataclass(frozen=True)
class Task:
    """One thing that waits. `kind`: request (to be decided), receipt (to be acknowledged), opening or closing
    (of a joint space, to be agreed to), answer (to one's request), unreadable (a file of one's own), draft.

    `thing` is the row it is about: Request, Share, Party, or Resource.
    """

    kind: str
    at: dt.datetime
    thing: Any


def _moment(name: str) -> Any:
    return bindparam(name, type_=Moment())


_LED: Any = bindparam("led", expanding=True)
_ME: Any = bindparam("me")
_ONE: Any = bindparam("one")


def _requests(space: Any) -> tuple[ColumnElement[bool], ...]:
    """What the coordination is asked for, by others than who looks."""
    return (
        Request.organization_id == space, Request.organization_id.in_(_LED), Request.state == "waiting",
        Request.kind != "succession", Request.person_id.is_distinct_from(_ME),
    )  # fmt: skip


def _receipts(space: Any) -> tuple[ColumnElement[bool], ...]:
    """Deliveries in force that the coordination has not acknowledged."""
    return (
        Share.organization_id == space, Share.organization_id.in_(_LED), Share.acknowledged_at.is_(None),
        Share.since <= _moment("moment"), or_(Share.until.is_(None), Share.until > _moment("moment")),
    )  # fmt: skip


def _answers(space: Any) -> tuple[ColumnElement[bool], ...]:
    """Answers of the last days to what one asked for, or asked for in the name of the organisation."""
    return (
        func.coalesce(Request.asker_id, Request.organization_id) == space, Request.person_id == _ME,
        Request.state.in_(("granted", "refused")), Request.decided_at > _moment("lately"),
    )  # fmt: skip


def _drafts(space: Any) -> tuple[ColumnElement[bool], ...]:
    return (Resource.organization_id == space, Resource.created_by == _ME, Resource.state == "draft")


def _unreadable(space: Any) -> tuple[ColumnElement[bool], ...]:
    """Materials of one's own with a file that could not be read; a draft waits already as such."""
    return (
        Resource.organization_id == space, Resource.created_by == _ME, Resource.state == "published",
        File.state == "unreadable",
    )  # fmt: skip


_Beside = aliased(Party)


def _agreements(space: Any) -> tuple[ColumnElement[bool], ...]:
    """Joint spaces that a party's coordination has not agreed to open, or to close as another party wants."""
    closing = (
        select(_Beside.id).where(_Beside.joint_id == Party.joint_id, _Beside.closed_at.is_not(None)).exists()
    )
    return (
        Party.organization_id == space, Party.organization_id.in_(_LED), Party.closed_at.is_(None),
        or_(Party.opened_at.is_(None), closing),
    )  # fmt: skip


def _count(what: Any) -> Any:
    return what.correlate(Organization).scalar_subquery()


def _counted() -> Select[Any]:
    space = Organization.id
    files = select(func.count(Resource.id.distinct())).join(Version, Version.resource_id == Resource.id)
    total = (
        _count(select(func.count(Request.id)).where(*_requests(space)))
        + _count(select(func.count(Share.id)).where(*_receipts(space)))
        + _count(select(func.count(Request.id)).where(*_answers(space)))
        + _count(select(func.count(Resource.id)).where(*_drafts(space)))
        + _count(files.join(File, File.version_id == Version.id).where(*_unreadable(space)))
        + _count(select(func.count(Party.id)).where(*_agreements(space)))
    )
    return select(space, total).where(space.in_(bindparam("spaces", expanding=True)))


_COUNTS = _counted()
"""Every page of somebody signed in asks this: made once, because making it costs more than asking."""


def _values(visit: Visit) -> dict[str, Any]:
    viewer, moment = visit.viewer, now()
    return {"me": viewer.person_id, "led": list(viewer.coordinates), "moment": moment,
            "lately": moment - NEWS_OF_AN_ANSWER}  # fmt: skip


def waiting(visit: Visit) -> dict[int, int]:
    """By organisation, for each of the viewer's spaces, how many things wait there."""
    if not visit.viewer.organizations:
        return {}
    rows = visit.session.execute(_COUNTS, {**_values(visit), "spaces": list(visit.viewer.organizations)})
    return {row[0]: row[1] for row in rows}


_FILES = (
    select(Resource)
    .join(Version, Version.resource_id == Resource.id)
    .join(File, File.version_id == Version.id)
    .where(*_unreadable(_ONE))
    .distinct()
    .order_by(Resource.changed_at.desc(), Resource.id)
)
_LISTS: tuple[tuple[str, Any], ...] = (
    ("request", select(Request).where(*_requests(_ONE)).order_by(Request.created_at, Request.id)
     .options(joinedload(Request.resource), joinedload(Request.person), joinedload(Request.asker))),
    ("receipt", select(Share).where(*_receipts(_ONE)).order_by(Share.since, Share.id)
     .options(joinedload(Share.giver))),
    ("agreement", select(Party).where(*_agreements(_ONE))
     .order_by(Party.id).options(joinedload(Party.joint))),
    ("answer", select(Request).where(*_answers(_ONE)).order_by(Request.decided_at.desc(), Request.id)
     .options(joinedload(Request.resource), joinedload(Request.organization))),
    ("unreadable", _FILES),
    ("draft", select(Resource).where(*_drafts(_ONE)).order_by(Resource.changed_at.desc(), Resource.id)),
)  # fmt: skip
_OF_THE_COORDINATION = frozenset({"request", "receipt", "agreement"})


def tasks(visit: Visit, organization: Organization) -> list[Task]:
    """All that waits for the viewer in this space: what others wait for first, then one's own."""
    values, leads = {**_values(visit), "one": organization.id}, organization.id in visit.viewer.coordinates
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
