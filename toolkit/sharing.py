"""Sharing a version with other organisations: handing it over, ending that, proposing it to the coordination,
and asking for it from outside (product.md 5.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import select, union

from toolkit import access, catalogue, invitations, organizations, requests
from toolkit.catalogue import deliveries
from toolkit.catalogue.changes import reindex
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Organization, Request, Resource, Share, now


def candidates(visit: Visit, owner_id: int | None = None) -> list[Organization]:
    """The organisations, by name, to which something may be handed; without its owner, if one is said."""
    found = visit.session.scalars(select(Organization).where(Organization.active.is_(True)))
    return sorted((one for one in found if one.id != owner_id), key=organizations.alphabetical)


def readers(visit: Visit, level: int, members_of: Collection[int]) -> set[int]:
    """Ids of the people who could read, today, what has this level and is read by these organisations: for
    counting, to be shown to nobody. A viewer's session does not hold them: they are asked for past it."""
    statement = union(*access.readers_of(level, members_of, now()))
    return {int(row[0]) for row in visit.connection.execute(statement)}


def check_end(until: dt.datetime | None) -> None:
    """Raise Invalid where a delivery would be over before it began."""
    if until is not None and until <= now():
        raise Invalid(N_("Esa fecha ya pasó. Elija una que esté por venir, o ninguna."), field="until")


def share(
    visit: Visit, resource: Resource, number: int, receivers: Collection[int], *,
    until: dt.datetime | None = None,
) -> list[Share]:  # fmt: skip
    """Hand version `number` to these organisations, for good or until a moment.

    What only the own organisation read is then read by chosen ones (level 3 becomes 2); at levels 0 and 1 it
    is a recorded delivery. The coordination only. Raises Invalid for a date that is over, or a receiver who
    is none.
    """
    if not access.may_share(visit.viewer, resource):
        raise Forbidden(N_("Compartir le toca a la coordinación de la organización."))
    return _hand_over(visit, resource, number, receivers, until)


def _hand_over(
    visit: Visit, resource: Resource, number: int, receivers: Collection[int], until: dt.datetime | None
) -> list[Share]:
    check_end(until)
    if resource.state != "published":
        raise Conflict(N_("Publique el material antes de compartirlo."))
    version = catalogue.get_version(visit, resource, number)
    if not version.files:
        raise Invalid(N_("Esa versión no tiene archivos. Elija otra."), field="version")
    made = deliveries.deliver(visit, resource, version, receivers, until=until)
    if resource.level == access.OWN:
        catalogue.move(visit, resource, access.CHOSEN)
    reindex(visit, resource)
    return made


def propose(
    visit: Visit, resource: Resource, number: int, receivers: Collection[int], *,
    until: dt.datetime | None = None, message: str = "",
) -> Request:  # fmt: skip
    """A promoter asks the coordination to hand a version over."""
    if not access.may_propose_share(visit.viewer, resource):
        raise Forbidden
    check_end(until)
    catalogue.get_version(visit, resource, number)
    wanted = [one.id for one in deliveries.known(visit, resource, receivers)]
    return requests.ask(visit, "share", resource.organization_id, resource=resource, message=message,
                        version=number, organizations=wanted, until=until and until.isoformat())  # fmt: skip


@requests.granting("share")
def _grant_share(visit: Visit, request: Request) -> None:
    if request.resource is None or not access.may_share(visit.viewer, request.resource):
        raise Forbidden(N_("Este material ya no está publicado: no se puede compartir."))
    until = request.values.get("until")
    _hand_over(visit, request.resource, int(request.values["version"]), request.values["organizations"],
               dt.datetime.fromisoformat(until) if until else None)  # fmt: skip


def get(visit: Visit, resource: Resource, public_id: str) -> Share:
    """A delivery of the resource that is in force or to come; NotFound otherwise."""
    found = [one for one in deliveries.standing(visit, resource) if one.public_id == public_id]
    if not found or not access.may_end_share(visit.viewer, resource):
        raise NotFound
    return found[0]


def end(visit: Visit, resource: Resource, shares: Sequence[Share]) -> None:
    """End these deliveries now: who reads by them reads no more. Nothing changes for anybody else."""
    if not access.may_end_share(visit.viewer, resource):
        raise Forbidden
    deliveries.end(visit, resource, shares, now())
    reindex(visit, resource)


def ask_access(visit: Visit, resource: Resource, asker_id: int | None, message: str) -> Request:
    """Ask the owner's coordination for the contents of a card that one sees. `asker_id` is the organisation
    that would read, one of the viewer's; None for somebody without one."""
    if catalogue.newest_version(visit, resource) is not None:
        raise Conflict(N_("Usted ya puede leer este material."))
    if not visit.viewer.signed_in or not access.may_ask_access(visit.viewer, resource):
        raise Forbidden
    mine = visit.viewer.organizations
    if asker_id not in mine and (asker_id is not None or mine):
        raise Invalid(N_("Elija una de sus organizaciones."), field="asker")
    return requests.ask(visit, "access", resource.organization_id, resource=resource, asker_id=asker_id,
                        message=message)  # fmt: skip


@requests.granting("access")
def _grant_access(visit: Visit, request: Request) -> None:
    """The newest version goes to the asker's organisation; who has none is invited into the owner's."""
    resource = request.resource
    if resource is None or not access.leads(visit.viewer, resource.organization_id):
        raise Forbidden
    if resource.state != "published":
        raise Conflict(N_("Este material ya no está publicado: no se puede compartir."))
    if request.asker_id is None:
        address = request.person.email if request.person else request.email
        invitations.invite(visit, request.organization, address, "member")
        return
    newest = deliveries.newest(visit, resource)
    _hand_over(visit, resource, newest.number, [request.asker_id], None)
