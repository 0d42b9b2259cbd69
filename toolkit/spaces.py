"""Private spaces, first form: each organisation has one, open to the people who belong to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from toolkit import organizations
from toolkit.access import lima_day, uploads_for
from toolkit.database import Visit
from toolkit.errors import NotFound
from toolkit.records import Membership, Organization, Post, now


@dataclass(frozen=True)
class Fellow:
    """Somebody who belongs to an organisation: `role` is coordinator, promoter or member."""

    name: str
    role: str


ROLES = ("coordinator", "promoter", "member")


def browse(visit: Visit) -> list[Organization]:
    """The organisations whose space this viewer may open, by name."""
    return _among(visit, visit.viewer.organizations)


def uploadable(visit: Visit) -> list[Organization]:
    """The organisations for which this viewer may create materials, by name."""
    return _among(visit, uploads_for(visit.viewer))


def _among(visit: Visit, ids: frozenset[int]) -> list[Organization]:
    every = visit.session.scalars(select(Organization).where(Organization.id.in_(ids)))
    return sorted(every, key=organizations.alphabetical)


def get(visit: Visit, slug: str) -> Organization:
    """The organisation with this slug, for whoever belongs to it; NotFound for everybody else."""
    organization = visit.session.scalar(select(Organization).where(Organization.slug == slug))
    if organization is None or organization.id not in visit.viewer.organizations:
        raise NotFound
    return organization


def fellows(visit: Visit, organization: Organization) -> list[Fellow]:
    """The people of an organisation, the coordination first; nobody for those who do not belong to it."""
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
    at_the_head = _coordination(visit, organization)
    found = [
        Fellow(one.person.name, "coordinator" if one.person_id == at_the_head else one.role)
        for one in memberships
        if one.person is not None
    ]
    return sorted(found, key=lambda fellow: (ROLES.index(fellow.role), fellow.name.casefold()))


def _coordination(visit: Visit, organization: Organization) -> int | None:
    """Who holds the post «Coordinación» today, or stands in because the term is over."""
    today = lima_day(now())
    term = visit.session.scalar(
        select(Post)
        .where(Post.organization_id == organization.id, Post.code == "coordination", Post.since <= today)
        .order_by(Post.since.desc(), Post.id.desc())
        .limit(1)
    )
    if term is None:
        return None
    over = term.until is not None and term.until < today
    return term.alternate_id if over else term.holder_id
