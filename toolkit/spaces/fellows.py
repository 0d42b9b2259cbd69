"""The people of an organisation, and who stands at its head today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from toolkit.access import lima_day
from toolkit.database import Visit
from toolkit.records import Membership, Organization, Party, Person, Post, now


@dataclass(frozen=True)
class Fellow:
    """Somebody who belongs to an organisation: `role` is coordinator, promoter or member."""

    name: str
    role: str


ROLES = ("coordinator", "promoter", "member")


def fellows(visit: Visit, organization: Organization) -> list[Fellow]:
    """The people of an organisation, the coordination first; nobody for those who do not belong to it. The
    coordinations of the parties belong to a joint space."""
    if organization.id not in visit.viewer.organizations:
        return []
    moment = now()
    memberships = visit.session.scalars(
        select(Membership)
        .where(
            Membership.organization_id == organization.id,
            Membership.since <= moment,
            or_(Membership.until.is_(None), Membership.until > moment),
        )
        .options(joinedload(Membership.person))
    )
    heads = {person.id: person for person in _leading(visit, organization)}
    found = [Fellow(person.name, "coordinator") for person in heads.values()]
    found += [
        Fellow(one.person.name, one.role)
        for one in memberships
        if one.person is not None and one.person_id not in heads
    ]
    return sorted(found, key=lambda fellow: (ROLES.index(fellow.role), fellow.name.casefold()))


def _leading(visit: Visit, organization: Organization) -> list[Person]:
    if organization.kind != "joint":
        return list(heads(visit, [organization.id]).values())
    parties = visit.session.scalars(select(Party.organization_id).where(Party.joint_id == organization.id))
    return list(heads(visit, parties.all()).values())


def heads(visit: Visit, organization_ids: Iterable[int]) -> dict[int, Person]:
    """By organisation, who holds the post «Coordinación» today, or stands in for the holder: the term is
    over, or the holder is marked absent."""
    today = lima_day(now())
    terms = visit.session.scalars(
        select(Post)
        .where(Post.organization_id.in_(organization_ids), Post.code == "coordination", Post.since <= today)
        .order_by(Post.since, Post.id)
        .options(joinedload(Post.holder), joinedload(Post.alternate))
    )
    acting = {}
    for term in terms:  # of several terms the one begun last counts
        over = term.until is not None and term.until < today
        absent = term.absent_from is not None and term.absent_from <= today
        absent = absent and (term.absent_until is None or term.absent_until >= today)
        acting[term.organization_id] = term.alternate if over or absent else term.holder
    return {organization: person for organization, person in acting.items() if person is not None}
