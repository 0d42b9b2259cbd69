"""Terms that lapse: who follows at midnight, and the daily watch over all posts.

A lapse by date alone leaves the alternate; where there is none the administrators are told thirty days before
(product.md 5.5, rules 3 and 4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from toolkit import handover, memberships, outbox, terms
from toolkit.access import VISITOR
from toolkit.database import Database
from toolkit.records import Membership, Organization, Person, Post, now

NOTICE = dt.timedelta(days=30)
"""How long before a term ends with nobody to follow the administrators are told."""


def followed(session: Session, known: Iterable[Post], term: Post, until: dt.date) -> bool:
    """Would somebody act from the midnight after `until`, were that the last day of the term: a successor
    among the `known` terms, or an alternate who belongs to the organisation
    and whose account is open?"""
    if any(one.since > term.since and one.since - terms.DAY <= until for one in known):
        return True
    alternate = term.alternate
    if alternate is None or not memberships.belongs(session, alternate, term.organization):
        return False
    return not memberships.shut_out(session, alternate)


def watch(database: Database) -> None:
    """Once a day: write down who began and who ended at midnight, give drafts that wait for nobody to whoever
    coordinates, and tell the administrators of terms that end within thirty days with nobody to follow."""
    with database.open_for_maintenance() as session:
        for organization in session.scalars(
            select(Organization).where(Organization.active.is_(True), Organization.kind == "organization")
        ).all():
            handover.turn(session, organization)
            _gather(session, organization)
            _warn(session, organization)


def _gather(session: Session, organization: Organization) -> None:
    """Drafts of people who left while nobody coordinated."""
    here = select(Membership.person_id).where(
        Membership.organization_id == organization.id, Membership.until.is_(None)
    )
    gone = select(Membership.person_id).where(
        Membership.organization_id == organization.id, Membership.person_id.not_in(here)
    )
    for person in session.scalars(select(Person).where(Person.id.in_(gone))).all():
        handover.hand_over(session, person, organization, viewer=VISITOR)


def _warn(session: Session, organization: Organization) -> None:
    known, day = terms.of(session, organization.id), terms.today()
    term = terms.current(known, day)
    if term is None or term.until is None or term.warned_at is not None:
        return
    if term.until - day > NOTICE or followed(session, known, term, term.until):
        return
    term.warned_at = now()
    values = {"organization": organization.name, "holder": term.holder.name, "until": term.until.isoformat()}
    for one in session.scalars(select(Person).where(Person.portal_role == "administrator")).all():
        outbox.send(session, one.email, "post_ends", {**values, "name": one.name}, one.language)
