"""Versions in the hands of other organisations: the rows of the exchange register, as publishing, sharing and
withdrawing write them. Who may do that is checked by whoever calls; so is the job for the shelves.

A row is never taken away and says for ever what was handed over and until when; that it was ended before is
written beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from toolkit import audit, notices
from toolkit.database import Visit
from toolkit.errors import N_, Invalid
from toolkit.records import File, Organization, Resource, Share, Version, now


def standing(visit: Visit, resource: Resource) -> list[Share]:
    """The deliveries of a resource that are in force or to come, the newest first."""
    return list(
        visit.session.scalars(
            select(Share)
            .join(Version, Version.id == Share.version_id)
            .where(Version.resource_id == resource.id, or_(Share.until.is_(None), Share.until > now()))
            .order_by(Share.since.desc(), Share.id.desc())
            .options(joinedload(Share.organization))
        )
    )


def receivers(visit: Visit, resource: Resource) -> set[int]:
    """The organisations that have some version of the resource, or will."""
    return {share.organization_id for share in standing(visit, resource)}


def missing(visit: Visit, resource: Resource, organizations: Collection[int] | None) -> set[int]:
    """Those of these organisations that have no version of the resource yet."""
    return set(organizations or ()) - receivers(visit, resource)


def newest(visit: Visit, resource: Resource) -> Version:
    """The newest version with files; raises Invalid without one."""
    version = visit.session.scalar(
        select(Version)
        .where(Version.resource_id == resource.id, Version.id.in_(select(File.version_id)))
        .order_by(Version.number.desc())
        .limit(1)
    )
    if version is None:
        raise Invalid(N_("Suba al menos un archivo antes de compartir."), field="file")
    return version


def known(visit: Visit, resource: Resource, organizations: Collection[int]) -> list[Organization]:
    """The organisations with these ids, as the viewer sees them. Raises Invalid for none, for one that does
    not exist for the viewer, and for the owner itself."""
    found = visit.session.scalars(
        select(Organization).where(Organization.id.in_(organizations), Organization.active.is_(True))
    ).all()
    foreign = [one for one in found if one.id != resource.organization_id]
    if not foreign or len(foreign) != len(set(organizations)):
        raise Invalid(N_("Elija al menos una organización de la lista."), field="organizations")
    return foreign


def deliver(
    visit: Visit, resource: Resource, version: Version, organizations: Collection[int], *,
    until: dt.datetime | None = None,
) -> list[Share]:  # fmt: skip
    """Hand a version to these organisations from now, until a moment or without end. Who has the same version
    already, for as long, keeps it; a new row would say nothing new."""
    have = {
        share.organization_id
        for share in standing(visit, resource)
        if share.version_id == version.id and share.since <= now() and share.until == until
    }
    made = [
        Share(version_id=version.id, number=version.number, title=resource.title,
              organization_id=organization.id, giver_id=resource.organization_id,
              shared_by=visit.viewer.person_id, until=until)
        for organization in known(visit, resource, organizations)
        if organization.id not in have
    ]  # fmt: skip
    visit.session.add_all(made)
    visit.session.flush()
    for share in made:
        audit.record(visit.session, visit.viewer, "share", "resource", resource.public_id,
                     organization_id=resource.organization_id, number=share.number,
                     receiver=share.organization_id)  # fmt: skip
    with visit.open_for_maintenance() as session:
        _announce(session, visit, resource, made)
    return made


def _announce(session: Session, visit: Visit, resource: Resource, shares: Sequence[Share]) -> None:
    """Tell whoever coordinates each receiver today what has arrived; `session` sees everything."""
    names = {one.id: one for one in session.scalars(select(Organization).where(
        Organization.id.in_({id for share in shares for id in (share.organization_id, share.giver_id)})
    ))}  # fmt: skip
    for share in shares:
        receiver = names[share.organization_id]
        values = {"title": share.title, "number": share.number, "material": resource.public_id,
                  "giver": notices.called(session, names[share.giver_id], receiver)}  # fmt: skip
        notices.tell(session, receiver, "delivered", values, but=visit.viewer.person_id)


def end(visit: Visit, resource: Resource, shares: Sequence[Share], moment: dt.datetime) -> None:
    """Let these deliveries end at a moment; the rows stay."""
    for share in shares:
        _end(share, moment)
        audit.record(visit.session, visit.viewer, "end_share", "resource", resource.public_id,
                     organization_id=resource.organization_id, number=share.number,
                     receiver=share.organization_id)  # fmt: skip
    visit.session.flush()


def _end(share: Share, moment: dt.datetime) -> None:
    share.until, share.meant_until, share.ended_at = moment, share.until, moment


def end_all(visit: Visit, resource: Resource, moment: dt.datetime) -> None:
    """Let all deliveries of a resource end at a moment, in the name of whoever may end its reading.

    An administrator, or an editor, does not see the rows of organisations in their session: they are ended
    beyond it.
    """
    with visit.open_for_maintenance() as session:
        for share in session.scalars(
            select(Share)
            .join(Version, Version.id == Share.version_id)
            .where(Version.resource_id == resource.id, or_(Share.until.is_(None), Share.until > moment))
        ):
            _end(share, moment)
            audit.record(session, visit.viewer, "end_share", "resource", resource.public_id,
                         organization_id=resource.organization_id, number=share.number,
                         receiver=share.organization_id)  # fmt: skip


def keep_with(visit: Visit, resource: Resource, organizations: Collection[int]) -> None:
    """Make these organisations the ones that have the resource: the newest version goes to those who had
    none, what others had ends."""
    chosen = {one.id for one in known(visit, resource, organizations)}
    stand = standing(visit, resource)
    end(visit, resource, [share for share in stand if share.organization_id not in chosen], now())
    new = chosen - {share.organization_id for share in stand}
    if new:
        deliver(visit, resource, newest(visit, resource), new)


def renew(visit: Visit, resource: Resource, moment: dt.datetime) -> None:
    """Deliver anew, until the day that was meant, what ended at a moment because the resource was withdrawn
    then. Like `end_all`, beyond the session of whoever does not see the rows."""
    with visit.open_for_maintenance() as session:
        ended = session.scalars(
            select(Share)
            .join(Version, Version.id == Share.version_id)
            .join(Organization, Organization.id == Share.organization_id)
            .where(Version.resource_id == resource.id, Share.until == moment, Share.since <= moment,
                   or_(Share.meant_until.is_(None), Share.meant_until > now()),
                   Organization.active.is_(True))
        )  # fmt: skip
        made = []
        for share in {(one.version_id, one.organization_id): one for one in ended}.values():
            made.append(
                Share(version_id=share.version_id, number=share.number, title=resource.title,
                      organization_id=share.organization_id, giver_id=share.giver_id,
                      shared_by=visit.viewer.person_id, until=share.meant_until)
            )  # fmt: skip
            audit.record(session, visit.viewer, "share", "resource", resource.public_id,
                         organization_id=resource.organization_id, number=share.number,
                         receiver=share.organization_id)  # fmt: skip
        session.add_all(made)
        _announce(session, visit, resource, made)
