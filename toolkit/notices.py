"""Writing to whoever coordinates an organisation today, each in their language: the holder of the post, or
who stands in (product.md 5.5, rule 4).

The functions take a session that sees everything: neither the post nor the address need be in the sight of
whoever did what is told.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from toolkit import memberships, outbox, terms
from toolkit.records import Organization, Party, Person


def acting(session: Session, organization: Organization) -> list[Person]:
    """Who coordinates an organisation today, without those whose account is suspended: one person or nobody;
    of a joint space those who coordinate its parties."""
    places = [organization.id]
    if organization.kind == "joint":
        parties = select(Party.organization_id).where(Party.joint_id == organization.id)
        places = list(session.scalars(parties.order_by(Party.id)))
    found = {one.id: one for place in places if (one := terms.acting(session, place)) is not None}
    return [one for one in found.values() if not memberships.shut_out(session, one)]


def tell(
    session: Session, organization: Organization, template: str, values: dict[str, Any],
    *, but: int | None = None,
) -> None:  # fmt: skip
    """Send a message to whoever coordinates an open organisation today, but not to the person with the id
    `but`, who did what it tells of. The template is given `name`, `organization` and `slug` as well."""
    if not organization.active:
        return
    here = {"organization": organization.name, "slug": organization.slug}
    for one in acting(session, organization):
        if one.id != but:
            outbox.send(session, one.email, template, {**values, **here, "name": one.name}, one.language)


def called(session: Session, one: Organization | None, reader: Organization) -> str:
    """The name of an organisation in a message to the coordination of another; '' where they may not know of
    it, because it is a joint space in which they take no part."""
    if one is None or one.kind == "organization" or one is reader:
        return one.name if one else ""
    part = select(Party.id).where(Party.joint_id == one.id, Party.organization_id == reader.id)
    return one.name if session.scalar(part) is not None else ""
