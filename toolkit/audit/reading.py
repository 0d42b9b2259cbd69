"""Reading the audit: an administrator all of it, a coordination what concerns its organisation, an editor the
own acts. Which rows exist for whom is said in `access.scopes`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from toolkit.access import LIMA
from toolkit.audit import naming
from toolkit.database import Visit
from toolkit.records import AuditEntry, Emergency, Person, Request

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
    """An entry, with the name of who did it and the portal role in which they did it.

    `known`: does a person stand behind it, be the name told or not? `thing` is the row it is about, None
    where the viewer's session does not show it, and `about` its name. `names` are those of the people and
    organisations in `values`, by what stands there.
    """

    at: dt.datetime
    person: str
    office: str
    known: bool
    act: str
    noun: str
    noun_id: str
    organization: str
    place: str
    result: str
    values: dict[str, Any]
    thing: Any = None
    about: str = ""
    names: dict[int | str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A page of entries, the newest first."""

    lines: list[Line] = field(default_factory=list)
    total: int = 0
    page: int = 1
    last: int = 1


def browse(visit: Visit, filters: Filters, page: int = 1) -> Shown:
    """The entries that the viewer may read, `PER_PAGE` a page."""
    wanted = _wanted(visit, filters)
    total = visit.session.scalar(wanted.with_only_columns(func.count(AuditEntry.id))) or 0
    last = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), last)
    rows = visit.session.scalars(_newest(wanted).offset((page - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return Shown(list(_lines(visit, rows)), total, page, last)


def every(visit: Visit, filters: Filters) -> Iterator[Line]:
    """All of them, for an export; the newest `MOST`."""
    return _lines(visit, visit.session.scalars(_newest(_wanted(visit, filters)).limit(MOST)).all())


def acts(visit: Visit) -> list[str]:
    """The acts that the viewer's entries name."""
    return list(visit.session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)))


def _newest(wanted: Select[AuditEntry]) -> Select[AuditEntry]:
    return wanted.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def _wanted(visit: Visit, filters: Filters) -> Select[AuditEntry]:
    wanted = select(AuditEntry)
    if filters.act:
        wanted = wanted.where(AuditEntry.act == filters.act)
    if filters.person:
        holds = f"%{_literally(filters.person)}%"
        found = select(Person.id).where(
            or_(Person.name.ilike(holds, escape="\\"), Person.email_key.ilike(holds, escape="\\"))
        )
        beyond = and_(
            AuditEntry.person_id.in_(naming.beyond(visit, filters.person)), naming.accountable(visit)
        )
        wanted = wanted.where(or_(AuditEntry.person_id.in_(found), beyond))
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
    found = naming.know(visit, rows)
    names = found.organizations | dict[int | str, str](found.ids.items())
    for row in rows:
        name, role = found.people.get(row.person_id) or found.beyond.get(row.id) or ("", "")
        office = role if row.id in found.beyond or row.act in naming.EMERGENCY else ""
        office = "administrator" if row.act in naming.READING else office
        thing = found.things.get((row.noun, row.noun_id))
        yield Line(
            row.at, name, office, row.person_id is not None, row.act, row.noun, row.noun_id,
            found.organizations.get(row.organization_id, ""), row.place, row.result, row.values, thing,
            _about(thing) or found.ids.get(row.noun_id, ""), names,
        )  # fmt: skip


def _about(thing: Any) -> str:
    """What the row is called: a title, an address, a name."""
    if isinstance(thing, Request | Emergency):
        thing = thing.resource if isinstance(thing, Request) else thing.organization
    names = (getattr(thing, name, None) for name in ("title", "email", "name"))
    return str(next((one for one in names if one), ""))
