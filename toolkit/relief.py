"""«Relevo»: all that waits for whoever coordinates an organisation today. Tasks belong to the post, so a new
coordination finds them complete (product.md 5.5, rule 4; J10)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from toolkit import exchange, handover, invitations, people, requests
from toolkit.database import Visit
from toolkit.errors import Forbidden
from toolkit.records import Invitation, Organization, Person, Request, Resource, Share


@dataclass(frozen=True)
class Draft:
    """A draft that somebody left to the coordination, and the name of who wrote it, where the viewer may
    still know it."""

    resource: Resource
    author: str


@dataclass(frozen=True)
class Relief:
    """What waits: requests to answer, drafts to go on with, deliveries to acknowledge, invitations without an
    answer."""

    requests: list[Request]
    drafts: list[Draft]
    receipts: list[Share]
    invitations: list[Invitation]

    @property
    def empty(self) -> bool:
        """Does nothing wait?"""
        return not (self.requests or self.drafts or self.receipts or self.invitations)


def browse(visit: Visit, organization: Organization) -> Relief:
    """Everything that waits for the coordination of this organisation; Forbidden for others who belong."""
    if organization.id not in visit.viewer.coordinates:
        raise Forbidden
    asked = requests.browse(visit, organization.id)
    return Relief(
        [one for one in asked if one.person_id != visit.viewer.person_id],
        _drafts(visit, organization), exchange.unacknowledged(visit, organization),
        invitations.browse(visit, organization),
    )  # fmt: skip


def _drafts(visit: Visit, organization: Organization) -> list[Draft]:
    me = people.oneself(visit.session, visit.viewer)
    wrote = handover.received(visit.session, organization, me)
    known = select(Person).where(Person.public_id.in_(wrote.values()))
    names = {one.public_id: one.name for one in visit.session.scalars(known)}
    found = visit.session.scalars(
        select(Resource).where(Resource.public_id.in_(wrote)).order_by(Resource.changed_at, Resource.id)
    )
    return [Draft(one, names.get(wrote[one.public_id], "")) for one in found]
