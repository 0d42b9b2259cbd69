"""What an organisation takes part in: joint actions and meetings, as far as a member reads them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from toolkit.actions.states import UNDER_WAY
from toolkit.database import Visit
from toolkit.records import Action, AgreementParty, Meeting, Organization, Plan


def actions_of(visit: Visit, organization: Organization, limit: int = 5) -> Sequence[Action]:
    """The actions of published plans that are not over, for which it is responsible or whose counterpart it
    is; what ends first before the others."""
    part = or_(Action.responsible_id == organization.id, Action.counterpart_id == organization.id)
    wanted = (
        select(Action)
        .join(Plan, Plan.id == Action.plan_id)
        .where(Plan.state == "published", Action.state.in_((*UNDER_WAY, "to_verify")), part)
        .order_by(Action.due_on.is_(None), Action.due_on, Action.code)
        .limit(limit)
    )
    return visit.session.scalars(wanted).all()


def meetings_of(visit: Visit, organization: Organization, limit: int = 5) -> Sequence[Meeting]:
    """The meetings of the agreements of which it is a party, the last first."""
    parties = select(AgreementParty.agreement_id).where(AgreementParty.organization_id == organization.id)
    wanted = select(Meeting).where(Meeting.agreement_id.in_(parties))
    return visit.session.scalars(wanted.order_by(Meeting.at.desc(), Meeting.id.desc()).limit(limit)).all()
