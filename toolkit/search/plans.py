"""From a work plan to its documents: its beginning for everybody, all of it for members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from toolkit import access
from toolkit.access import Standing
from toolkit.database import Visit
from toolkit.records import Agreement, AgreementParty, Plan
from toolkit.search.shelf import Document

NOUN = "plan"
_OPTIONS = (
    selectinload(Plan.indicators),
    selectinload(Plan.actions),
    joinedload(Plan.agreement).selectinload(Agreement.parties).joinedload(AgreementParty.organization),
)


def load(session: Session, public_ids: Sequence[str]) -> list[Plan]:
    """The plans with these public ids, ready to be made documents of."""
    return list(session.scalars(select(Plan).where(Plan.public_id.in_(public_ids)).options(*_OPTIONS)))


def standings_of(session: Session, plan: Plan) -> frozenset[Standing]:
    """Where a plan should stand at this moment."""
    return access.standing_of_plan(plan)


def document_of(session: Session, plan: Plan, standing: Standing) -> Document:
    """The index document of a plan, in the form of its shelf."""
    named = [one.organization for one in plan.agreement.parties if one.organization is not None]
    return Document(
        noun=NOUN,
        id=plan.public_id,
        version=standing.version,
        form=standing.form,
        title=plan.title,
        summary=plan.words,
        people=" · ".join(one.name for one in named),
        codes=" ".join([str(plan.year), *(one.acronym for one in named)]),
        pages=[text_of(plan)] if standing.form == "full" else [],
        facets={"noun": (NOUN,), "year": (str(plan.year),)},
        date=int(dt.datetime(plan.year, 1, 1, tzinfo=access.LIMA).timestamp()),
    )


def text_of(plan: Plan) -> str:
    """The words of a plan: its indicators and the titles of its actions."""
    measured = [f"{one.name}. {one.definition}" for one in plan.indicators]
    acted = [one.title for one in plan.actions if one.state not in ("proposed", "withdrawn")]
    return "\n".join(measured + acted)


def summary_of(plan: Plan) -> str:
    """What a result shows where no word of the text was found."""
    return plan.words


def seen(visit: Visit, public_ids: Sequence[str]) -> list[Plan]:
    """The plans of a page of results, as the viewer sees them."""
    return list(visit.session.scalars(select(Plan).where(Plan.public_id.in_(public_ids)).options(*_OPTIONS)))


def published(session: Session) -> list[str]:
    """The public ids of all plans that are published."""
    return list(session.scalars(select(Plan.public_id).where(Plan.state == "published")))


def naming(session: Session, organization_id: int) -> list[str]:
    """The public ids of published plans of agreements to which this organisation is a party."""
    ids = (
        select(Plan.public_id)
        .join(AgreementParty, AgreementParty.agreement_id == Plan.agreement_id)
        .where(AgreementParty.organization_id == organization_id, Plan.state == "published")
    )
    return list(session.scalars(ids))


def next_turn(session: Session, plan: Plan) -> dt.datetime | None:
    """Plans stand where they stand, whatever the date."""
    return None


def turning(session: Session) -> list[Plan]:
    """None stands elsewhere by date."""
    return []
