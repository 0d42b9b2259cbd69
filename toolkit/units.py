"""The units of an organisation: those of today as a tree, those of before, and a new name for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from toolkit import access, audit, partial_dates, tidy
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Organization, OrganizationUnit, alphabetical, now
from toolkit.search import spanish

NAME = 200
OFFERED = 3


@dataclass
class Facts:
    """What is said of a unit: the unit in which it stands and the one that it was before by public id or
    empty, dates as `partial_dates` writes them."""

    name: str = ""
    parent: str = ""
    predecessor: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Node:
    """A unit of today, what it was before (the latest first), and the units inside it."""

    unit: OrganizationUnit
    before: list[OrganizationUnit]
    inside: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Units:
    """The units of an organisation: today's as a tree, and those that are over, by name."""

    today: list[Node]
    past: list[OrganizationUnit]


def browse(visit: Visit, organization: Organization) -> Units:
    """The units of an organisation, by name; those that are still to come are left out."""
    every = all_of(visit, organization)
    over = {one.id for one in every if _is_over(one, every)}
    today = access.lima_day(now()).isoformat()
    begun = [one for one in every if not (one.since and partial_dates.is_after(one.since, today))]
    standing = [one for one in begun if one.id not in over]

    def inside(parent: int | None) -> list[Node]:
        return [
            Node(one, list(_up(one, "predecessor")), inside(one.id)) for one in standing
            if (one.parent_id if one.parent_id not in over else None) == parent
        ]  # fmt: skip

    return Units(inside(None), [one for one in every if one.id in over])


def all_of(visit: Visit, organization: Organization) -> Sequence[OrganizationUnit]:
    """Every unit there was, by name."""
    rows = visit.session.scalars(
        select(OrganizationUnit)
        .where(OrganizationUnit.organization_id == organization.id)
        .options(joinedload(OrganizationUnit.predecessor), joinedload(OrganizationUnit.parent))
    )
    return sorted(rows, key=lambda one: alphabetical(one.name))


def named_by(visit: Visit, text: str) -> list[tuple[OrganizationUnit, str]]:
    """The units that these words name, each with the earlier name by which it was found, or none: who asks
    for a name of before gets the unit that bears another today."""
    wanted = _stems(text) if len(text) <= 200 else frozenset()
    if len(wanted) < 2:
        return []
    today = access.lima_day(now()).isoformat()
    rows = [row for row in visit.session.execute(_NAMED)
            if not (row.since and partial_dates.is_after(row.since, today))]  # fmt: skip
    after = {row.predecessor_id: row.id for row in rows}
    found: dict[int, str] = {}
    for row in sorted(rows, key=lambda row: len(row.name)):
        if wanted <= _stems(row.name):
            last = _latest(row.id, after)
            found.setdefault(last, "" if last == row.id else row.name)
    ids = list(found)[:OFFERED]
    units = visit.session.scalars(
        select(OrganizationUnit)
        .where(OrganizationUnit.id.in_(ids))
        .options(joinedload(OrganizationUnit.organization))
    )
    return sorted(((one, found[one.id]) for one in units), key=lambda pair: ids.index(pair[0].id))


_NAMED = (
    select(OrganizationUnit.id, OrganizationUnit.predecessor_id, OrganizationUnit.name,
           OrganizationUnit.since)
    .join(Organization, Organization.id == OrganizationUnit.organization_id)
    .where(Organization.active)
)  # fmt: skip


def get_to_change(visit: Visit, public_id: str) -> OrganizationUnit:
    """One unit for somebody who writes those of its organisation; NotFound, or Forbidden for others."""
    wanted = select(OrganizationUnit).where(OrganizationUnit.public_id == public_id)
    found = visit.session.scalars(wanted).one_or_none()
    if found is None or found.organization is None:
        raise NotFound
    _check_may(visit, found.organization)
    return found


def describe(unit: OrganizationUnit) -> Facts:
    """What is said of a unit, as it stands."""
    return Facts(
        unit.name, unit.parent.public_id if unit.parent else "",
        unit.predecessor.public_id if unit.predecessor else "", unit.since, unit.until,
    )  # fmt: skip


def add(visit: Visit, organization: Organization, facts: Facts) -> OrganizationUnit:
    """A new unit, or a new name for one: the units inside the earlier one then stand inside this. Raises
    Invalid naming the field that cannot be taken."""
    _check_may(visit, organization)
    unit = OrganizationUnit(organization_id=organization.id, organization=organization)
    for one in all_of(visit, organization):
        if describe(one) == replace(facts, name=tidy.line(facts.name)):
            return one  # the button was pressed twice
    _write(visit, unit, facts)
    visit.session.add(unit)
    visit.session.flush()
    before = unit.predecessor
    if before is not None:
        before.until = before.until or unit.since
        above = list(_up(unit, "parent"))
        for one in all_of(visit, organization):
            if one.parent_id == before.id and not one.until and one is not unit and one not in above:
                one.parent = unit
    _note(visit, "add", unit)
    return unit


def change(visit: Visit, unit: OrganizationUnit, facts: Facts) -> None:
    """Correct what is said of a unit; raises Invalid likewise."""
    _write(visit, unit, facts)
    _note(visit, "change", unit)


def remove(visit: Visit, unit: OrganizationUnit) -> None:
    """Take away a unit that was written down by mistake; those inside it move one step up."""
    for one in all_of(visit, _owner(unit)):
        if one.parent_id == unit.id:
            one.parent = unit.parent
        if one.predecessor_id == unit.id:
            one.predecessor = unit.predecessor
    _note(visit, "remove", unit)
    visit.session.delete(unit)


def _check_may(visit: Visit, organization: Organization) -> None:
    if not access.may_write_units(visit.viewer, organization.id):
        raise Forbidden


def _owner(unit: OrganizationUnit) -> Organization:
    if unit.organization is None:
        raise NotFound
    return unit.organization


def _note(visit: Visit, act: str, unit: OrganizationUnit) -> None:
    visit.session.flush()
    audit.record(visit.session, visit.viewer, act, "unit", unit.public_id,
                 organization_id=unit.organization_id, name=unit.name)  # fmt: skip


def _write(visit: Visit, unit: OrganizationUnit, facts: Facts) -> None:
    """Everything is looked at before anything is written."""
    organization = _owner(unit)
    _check_may(visit, organization)
    name = tidy.line(facts.name)
    if not name:
        raise Invalid(N_("Escriba el nombre de la unidad."), field="name")
    tidy.check_length(name, NAME, "name")
    since, until = partial_dates.check(facts.since, "since"), partial_dates.check(facts.until, "until")
    if since and until and partial_dates.is_after(since, until):
        raise Invalid(N_("La unidad no puede terminar antes de empezar."), field="until")
    parent = _another(visit, organization, unit, facts.parent, "parent")
    before = _another(visit, organization, unit, facts.predecessor, "predecessor")
    taken = (one for one in all_of(visit, organization) if one is not unit)
    if before is not None and any(one.predecessor_id == before.id for one in taken):
        raise Conflict(N_("Esa unidad ya tiene otro nombre posterior."))
    unit.name, unit.since, unit.until = name, since, until
    unit.parent, unit.predecessor = parent, before


def _another(
    visit: Visit, organization: Organization, unit: OrganizationUnit, public_id: str, tie: str
) -> OrganizationUnit | None:
    """Another unit of the organisation that is not tied to this one already the other way round."""
    if not public_id:
        return None
    found = next((one for one in all_of(visit, organization) if one.public_id == public_id), None)
    if found is None or unit in (found, *_up(found, tie)):
        raise Invalid(N_("Elija otra unidad de la lista."), field=tie)
    return found


def _is_over(unit: OrganizationUnit, every: Sequence[OrganizationUnit]) -> bool:
    """It ended before today, or bears another name by now."""
    today = access.lima_day(now()).isoformat()
    ended = bool(unit.until) and partial_dates.is_after(today, unit.until)
    return ended or any(
        one.predecessor_id == unit.id and not (one.since and partial_dates.is_after(one.since, today))
        for one in every
    )


def _up(unit: OrganizationUnit, tie: str) -> Iterator[OrganizationUnit]:
    """What a unit stands in, or was before, step by step, each once."""
    seen, one = {unit}, getattr(unit, tie)
    while one is not None and one not in seen:
        yield one
        seen.add(one)
        one = getattr(one, tie)


def _latest(unit: int, after: Mapping[int | None, int]) -> int:
    """What a unit became, through all its names; `after` gives what each became next."""
    seen = {unit}
    while unit in after and after[unit] not in seen:
        unit = after[unit]
        seen.add(unit)
    return unit


@lru_cache(maxsize=4096)
def _stems(words: str) -> frozenset[str]:
    return frozenset(spanish.stem(word) for word in spanish.split(words)) - {""}
