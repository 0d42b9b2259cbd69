"""The exchange register: who delivered what, which version, to whom, when, until when, and who acknowledged
it (product.md 5.4). Members read the rows of their organisations, editors all, everybody totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from toolkit import access, audit
from toolkit.access import LIMA, waiting
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, NotFound
from toolkit.records import Organization, Person, Resource, Share, Version, now

DIRECTIONS = ("received", "given")
PER_PAGE = 20


@dataclass(frozen=True)
class Row:
    """One delivery: the share, the names of both organisations, of who handed it over and of who acknowledged
    it, and the resource while this viewer still reads what was delivered."""

    share: Share
    giver: str
    receiver: str
    shared_by: str
    acknowledged_by: str
    resource: Resource | None


@dataclass(frozen=True)
class Register:
    """A page of deliveries, the newest first: how many there are in all, its number and that of the last."""

    rows: list[Row]
    total: int
    page: int
    last: int


@dataclass(frozen=True)
class Total:
    """Of one year: how many deliveries, of how many materials, and how many of them were acknowledged."""

    year: int
    deliveries: int
    materials: int
    acknowledged: int


def get(visit: Visit, slug: str) -> Organization:
    """The organisation whose register the viewer reads: one's own, or any for an editor; NotFound else."""
    organization = visit.session.scalar(select(Organization).where(Organization.slug == slug))
    reads = organization and (organization.id in visit.viewer.organizations or visit.viewer.editor)
    if organization is None or not reads:
        raise NotFound
    return organization


def browse(
    visit: Visit, organization: Organization, *, direction: str = "", year: int | None = None, page: int = 1,
    per_page: int | None = PER_PAGE,
) -> Register:  # fmt: skip
    """The deliveries of an organisation: `received`, `given` or both, of a year in Lima or all. Without
    `per_page` all on one page. A page beyond the last gives the last."""
    wanted = [_of(organization, direction), Share.since <= now(), *_in_year(year)]
    total = visit.session.scalar(select(func.count(Share.id)).where(*wanted)) or 0
    size = per_page or max(total, 1)
    last = max(1, -(-total // size))
    page = min(max(1, page), last)
    shares = visit.session.scalars(
        select(Share)
        .where(*wanted)
        .order_by(Share.since.desc(), Share.id.desc())
        .offset((page - 1) * size)
        .limit(size)
    ).all()
    return Register(_rows(visit, shares), total, page, last)


def _of(organization: Organization, direction: str) -> ColumnElement[bool]:
    received, given = Share.organization_id == organization.id, Share.giver_id == organization.id
    return {"received": received, "given": given}.get(direction, or_(received, given))


def _in_year(year: int | None) -> list[ColumnElement[bool]]:
    if year is None:
        return []
    begin, end = dt.datetime(year, 1, 1, tzinfo=LIMA), dt.datetime(year + 1, 1, 1, tzinfo=LIMA)
    return [Share.since >= begin, Share.since < end]


def _rows(visit: Visit, shares: Sequence[Share]) -> list[Row]:
    ids = {one for share in shares for one in (share.shared_by, share.acknowledged_by) if one is not None}
    people = select(Person.id, Person.name).where(Person.id.in_(ids))
    names = {row.id: row.name for row in visit.session.execute(people)}
    found, called = _resources(visit, {share.version_id for share in shares}), _names(visit, shares)
    return [
        Row(share, called.get(share.giver_id, ""), called.get(share.organization_id, ""),
            names.get(share.shared_by or 0, ""), names.get(share.acknowledged_by or 0, ""),
            found.get(share.version_id))
        for share in shares
    ]  # fmt: skip


def _names(visit: Visit, shares: Sequence[Share]) -> dict[int, str]:
    """By id, how the organisations of these rows are called, those too that are open to nobody any more."""
    ids = {one for share in shares for one in (share.giver_id, share.organization_id)}
    rows = visit.connection.execute(access.names_in_register(visit.viewer, ids))
    return {int(row.id): str(row.name) for row in rows}


def _resources(visit: Visit, version_ids: set[int]) -> dict[int, Resource]:
    """By version id, the published resources whose delivered version the viewer reads."""
    rows = visit.session.execute(
        select(Version.id, Resource)
        .join(Resource, Resource.id == Version.resource_id)
        .where(Version.id.in_(version_ids), Resource.state == "published")
    )
    return {row[0]: row[1] for row in rows}


def years(visit: Visit, organization: Organization) -> list[int]:
    """The years, the newest first, in which something was delivered."""
    moments = visit.session.scalars(
        select(Share.since).where(_of(organization, ""), Share.since <= now()).distinct()
    )
    return sorted({moment.astimezone(LIMA).year for moment in moments}, reverse=True)


def acknowledge(visit: Visit, organization: Organization, public_id: str) -> Share:
    """«Acusar recibo»: the coordination of the receiver says, once and for ever, that it has arrived. Raises
    NotFound for what was not delivered to this organisation, Forbidden, Conflict the second time and when the
    delivery is over."""
    share = visit.session.scalar(
        select(Share).where(
            Share.public_id == public_id, Share.organization_id == organization.id, Share.since <= now()
        )
    )
    if share is None:
        raise NotFound
    if share.acknowledged_at is not None:
        raise Conflict(N_("Ya se acusó recibo de esta entrega: la fecha y la persona quedan como están."))
    if share.until is not None and share.until <= now():
        raise Conflict(N_("Esta entrega ya terminó: no espera acuse de recibo."))
    if not access.may_acknowledge(visit.viewer, share):
        raise Forbidden(N_("Acusar recibo le toca a la coordinación de la organización que recibe."))
    share.acknowledged_at, share.acknowledged_by = now(), visit.viewer.person_id
    visit.session.flush()
    audit.record(visit.session, visit.viewer, "acknowledge", "share", share.public_id,
                 organization_id=organization.id)  # fmt: skip
    return share


def unacknowledged(visit: Visit, organization: Organization) -> list[Share]:
    """Deliveries in force that this organisation's coordination has to acknowledge, the oldest first."""
    if organization.id not in visit.viewer.coordinates:
        return []
    wanted = select(Share).where(Share.organization_id == organization.id, *waiting.DELIVERED)
    found = visit.session.scalars(
        wanted.order_by(Share.since, Share.id).options(joinedload(Share.giver)),
        waiting.values_of(visit.viewer, now()),
    )
    return list(found)


def totals(visit: Visit) -> list[Total]:
    """Deliveries by year, the newest first, over what this viewer may see listed and nothing else: no number
    tells of something hidden."""
    by_year: dict[int, list[tuple[int, bool]]] = {}
    for since, acknowledged, resource_id in visit.connection.execute(access.deliveries_counted(visit.viewer)):
        year = since.astimezone(LIMA).year
        by_year.setdefault(year, []).append((resource_id, acknowledged is not None))
    return [
        Total(year, len(found), len({resource for resource, _ in found}), sum(done for _, done in found))
        for year, found in sorted(by_year.items(), reverse=True)
    ]
