"""Finding meetings, and what may be named in them: people of the parties, actions under way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access, terms
from toolkit.actions.states import UNDER_WAY
from toolkit.database import Visit
from toolkit.errors import NotFound
from toolkit.records import (
    Action,
    Agreement,
    AgreementParty,
    Commitment,
    Consent,
    Meeting,
    Membership,
    Person,
    Plan,
    Post,
)

_PARTIES = (
    joinedload(Meeting.agreement).selectinload(Agreement.parties).joinedload(AgreementParty.organization)
)
_WHOLE = (
    _PARTIES,
    selectinload(Meeting.attendance),
    selectinload(Meeting.commitments).joinedload(Commitment.organization),
    selectinload(Meeting.commitments).joinedload(Commitment.action),
    selectinload(Meeting.commitments).joinedload(Commitment.task),
    selectinload(Meeting.consents).joinedload(Consent.organization),
    selectinload(Meeting.consents).joinedload(Consent.person),
)


def browse(visit: Visit, limit: int | None = None) -> Sequence[Meeting]:
    """The meetings that this viewer sees, the last first."""
    wanted = select(Meeting).order_by(Meeting.at.desc(), Meeting.id.desc()).limit(limit)
    return visit.session.scalars(wanted.options(_PARTIES, selectinload(Meeting.consents))).all()


def get(visit: Visit, public_id: str) -> Meeting:
    """One meeting with all that was written down; NotFound for who does not see it."""
    found = visit.session.scalars(
        select(Meeting).where(Meeting.public_id == public_id).options(*_WHOLE)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def agreements(visit: Visit) -> list[Agreement]:
    """The published agreements on which the viewer works, as the coordination of a party or as an editor."""
    wanted = (
        select(Agreement)
        .where(Agreement.state == "published")
        .order_by(Agreement.signed_on.desc(), Agreement.id.desc())
        .options(selectinload(Agreement.parties).joinedload(AgreementParty.organization))
    )
    return [one for one in visit.session.scalars(wanted) if access.may_plan(visit.viewer, one)]


def people_of(visit: Visit, agreement: Agreement) -> list[Person]:
    """The people of the parties whom the viewer knows: those of the own organisation, and who coordinates the
    others."""
    parties = [one.organization_id for one in agreement.parties]
    members = select(Membership.person_id).where(
        Membership.organization_id.in_(parties), Membership.until.is_(None)
    )
    in_force = Post.organization_id.in_(parties), or_(Post.until.is_(None), Post.until >= terms.today())
    holders, alternates = (select(one).where(*in_force) for one in (Post.holder_id, Post.alternate_id))
    wanted = or_(Person.id.in_(members), Person.id.in_(holders), Person.id.in_(alternates))
    return sorted(visit.session.scalars(select(Person).where(wanted)), key=lambda one: one.name.casefold())


def actions_of(visit: Visit, agreement: Agreement) -> Sequence[Action]:
    """The actions to which a commitment may belong: under way, in a plan that the parties agreed to."""
    return visit.session.scalars(
        select(Action)
        .join(Plan, Plan.id == Action.plan_id)
        .where(Plan.agreement_id == agreement.id, Plan.state != "draft", Action.state.in_(UNDER_WAY))
        .order_by(Action.code)
    ).all()
