"""Reading the audit: an administrator all of it, a coordination what concerns its organisation, an editor the
own acts. Which rows exist for whom is said in `access.scopes`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, or_, select

from toolkit.access import LIMA
from toolkit.database import Visit
from toolkit.records import AuditEntry, Organization, Person

PER_PAGE = 50
MOST = 50_000
"""Rows of an export."""


@dataclass(frozen=True)
class Filters:
    """What to look for: an act, words of a person's name or address, an organisation, days in Lima (both
    included). Empty means any."""

    act: str = ""
    person: str = ""
    organization_id: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Line:
    """An entry, with the name of who did it (empty: nobody signed in, or not to be known) and the
    organisation it concerns."""

    at: dt.datetime
    person: str
    act: str
    noun: str
    noun_id: str
    organization: str
    place: str
    result: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """A page of entries, the newest first."""

    lines: list[Line] = field(default_factory=list)
    total: int = 0
    page: int = 1
    last: int = 1


def browse(visit: Visit, filters: Filters, page: int = 1) -> Shown:
    """The entries that the viewer may read, `PER_PAGE` a page."""
    wanted = _wanted(filters)
    total = visit.session.scalar(wanted.with_only_columns(func.count(AuditEntry.id))) or 0
    last = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), last)
    rows = visit.session.scalars(_newest(wanted).offset((page - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return Shown(list(_lines(visit, rows)), total, page, last)


def every(visit: Visit, filters: Filters) -> Iterator[Line]:
    """All of them, for an export; the newest `MOST`."""
    return _lines(visit, visit.session.scalars(_newest(_wanted(filters)).limit(MOST)).all())


def acts(visit: Visit) -> list[str]:
    """The acts that the viewer's entries name."""
    return list(visit.session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)))


def _newest(wanted: Select[AuditEntry]) -> Select[AuditEntry]:
    return wanted.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def _wanted(filters: Filters) -> Select[AuditEntry]:
    wanted = select(AuditEntry)
    if filters.act:
        wanted = wanted.where(AuditEntry.act == filters.act)
    if filters.person:
        holds = f"%{_literally(filters.person)}%"
        found = select(Person.id).where(
            or_(Person.name.ilike(holds, escape="\\"), Person.email_key.ilike(holds, escape="\\"))
        )
        wanted = wanted.where(AuditEntry.person_id.in_(found))
    if filters.organization_id is not None:
        wanted = wanted.where(AuditEntry.organization_id == filters.organization_id)
    if filters.since is not None:
        wanted = wanted.where(AuditEntry.at >= _midnight(filters.since))
    if filters.until is not None and filters.until < dt.date.max:
        wanted = wanted.where(AuditEntry.at < _midnight(filters.until + dt.timedelta(days=1)))
    return wanted


def _literally(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LIMA)


def _lines(visit: Visit, rows: Any) -> Iterator[Line]:
    rows = list(rows)
    people = _names(visit, Person, {row.person_id for row in rows})
    organizations = _names(visit, Organization, {row.organization_id for row in rows})
    for row in rows:
        yield Line(
            row.at, people.get(row.person_id, ""), row.act, row.noun, row.noun_id,
            organizations.get(row.organization_id, ""), row.place, row.result, row.values,
        )  # fmt: skip


def _names(visit: Visit, record: Any, ids: set[int | None]) -> dict[int | None, str]:
    """Names by number, of those that the viewer knows."""
    known = [one for one in ids if one is not None]
    rows = visit.session.execute(select(record.id, record.name).where(record.id.in_(known[:MOST])))
    return {row.id: row.name for row in rows}
