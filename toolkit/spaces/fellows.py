"""The people of an organisation, and who stands at its head today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from toolkit import terms
from toolkit.database import Visit
from toolkit.records import Membership, Organization, Party, Person, Post, alphabetical, now


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
    return sorted(found, key=lambda fellow: (ROLES.index(fellow.role), alphabetical(fellow.name)))


def _leading(visit: Visit, organization: Organization) -> list[Person]:
    if organization.kind != "joint":
        return list(heads(visit, [organization.id]).values())
    parties = visit.session.scalars(select(Party.organization_id).where(Party.joint_id == organization.id))
    return list(heads(visit, parties.all()).values())


def heads(visit: Visit, organization_ids: Iterable[int]) -> dict[int, Person]:
    """By organisation, who coordinates it today: the holder of the post, or the alternate in their place."""
    day = terms.today()
    posts = visit.session.scalars(
        select(Post)
        .where(Post.organization_id.in_(organization_ids), Post.since <= day)
        .options(joinedload(Post.holder), joinedload(Post.alternate))
    )
    of: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        of[post.organization_id].append(post)
    acting: dict[int, Person] = {}
    for organization, its in of.items():
        term = terms.current(its, day)
        if term is not None:
            person = term.alternate if terms.away(term, day) else term.holder
            acting |= {organization: person} if person is not None else {}
    return acting
