"""Finding initiatives, and how far the actions of each have come, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access
from toolkit.database import Visit
from toolkit.errors import Forbidden, NotFound
from toolkit.records import Action, Agreement, AgreementParty, Initiative, InitiativeBenefit
from toolkit.workplan import Advance, advance

_PARTIES = joinedload(Initiative.agreement).selectinload(Agreement.parties)
_WHOLE = (
    _PARTIES.joinedload(AgreementParty.organization),
    selectinload(Initiative.benefits).joinedload(InitiativeBenefit.organization),
    selectinload(Initiative.actions).joinedload(Action.plan),
    selectinload(Initiative.actions).joinedload(Action.responsible),
)


@dataclass(frozen=True)
class Year:
    """The actions of an initiative in the plan of one year, and how far they have come together."""

    year: int
    actions: list[Action]
    advance: Advance


def browse(visit: Visit) -> Sequence[Initiative]:
    """The initiatives that the viewer sees, drafts first, then the newest."""
    return visit.session.scalars(
        select(Initiative).order_by(Initiative.state, Initiative.created_at.desc(), Initiative.id.desc())
    ).all()


def choices(visit: Visit, agreement: Agreement) -> Sequence[Initiative]:
    """The initiatives to which an action under this agreement may belong, by title."""
    wanted = select(Initiative).where(Initiative.agreement_id == agreement.id)
    return visit.session.scalars(wanted.order_by(Initiative.title)).all()


def exist(visit: Visit) -> bool:
    """Is there any initiative that the viewer sees?"""
    return visit.session.scalar(select(Initiative.id).limit(1)) is not None


def get(visit: Visit, slug: str) -> Initiative:
    """One initiative by the slug of its address; NotFound for who may not read it."""
    wanted = select(Initiative).where(Initiative.slug == slug).options(*_WHOLE)
    found = visit.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_to_change(visit: Visit, slug: str) -> Initiative:
    """One initiative for who works on the plan; NotFound, or Forbidden for others."""
    found = get(visit, slug)
    if not access.may_plan(visit.viewer, found.agreement):
        raise Forbidden
    return found


def years(initiative: Initiative) -> list[Year]:
    """Its actions by the year of their plan, the first year first, as far as the viewer of its session sees
    them; proposals that were taken back are left out."""
    kept = [one for one in initiative.actions if one.state != "withdrawn"]
    kept.sort(key=lambda one: (one.plan.year, one.number))
    grouped = ((year, list(some)) for year, some in groupby(kept, lambda one: one.plan.year))
    return [Year(year, some, advance(some)) for year, some in grouped]
