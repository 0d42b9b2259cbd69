"""From an initiative to its document: a published one stands on the public shelf, with its own words only;
its actions are found by themselves, by whoever may find them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from toolkit import access
from toolkit.access import Standing
from toolkit.database import Visit
from toolkit.records import Initiative, InitiativeBenefit
from toolkit.search.shelf import Document

NOUN = "initiative"
_BENEFITS = selectinload(Initiative.benefits).joinedload(InitiativeBenefit.organization)


def load(session: Session, public_ids: Sequence[str]) -> list[Initiative]:
    """The initiatives with these public ids."""
    wanted = select(Initiative).where(Initiative.public_id.in_(public_ids))
    return list(session.scalars(wanted.options(_BENEFITS)))


def standings_of(session: Session, initiative: Initiative) -> frozenset[Standing]:
    """Where an initiative should stand at this moment."""
    return access.standing_of_initiative(initiative)


def document_of(session: Session, initiative: Initiative, standing: Standing) -> Document:
    """The index document of an initiative."""
    return Document(
        noun=NOUN,
        id=initiative.public_id,
        version=standing.version,
        form="full",
        title=initiative.title,
        summary=initiative.words,
        pages=[text_of(initiative)],
        facets={"noun": (NOUN,), "year": (str(access.lima_day(initiative.created_at).year),)},
        date=int(initiative.created_at.timestamp()),
    )


def text_of(initiative: Initiative) -> str:
    """Who gains by it, and what: of organisations that are there, as its page says it."""
    shown = [one for one in initiative.benefits if one.organization and one.organization.active]
    gains = [f"{one.words}{one.reason}" for one in shown]
    return "\n".join(part for part in (initiative.beneficiaries, initiative.cooperatives, *gains) if part)


def summary_of(initiative: Initiative) -> str:
    """What it is about."""
    return initiative.words


def seen(visit: Visit, public_ids: Sequence[str]) -> list[Initiative]:
    """The initiatives of a page of results, as the viewer sees them."""
    wanted = select(Initiative).where(Initiative.public_id.in_(public_ids))
    return list(visit.session.scalars(wanted.options(_BENEFITS)))


def published(session: Session) -> list[str]:
    """The public ids of all initiatives that are published."""
    return list(session.scalars(select(Initiative.public_id).where(Initiative.state == "published")))


def naming(session: Session, organization_id: int) -> list[str]:
    """The public ids of all that are published and tell what this organisation gains."""
    ids = (
        select(Initiative.public_id)
        .join(InitiativeBenefit)
        .where(InitiativeBenefit.organization_id == organization_id, Initiative.state == "published")
    )
    return list(session.scalars(ids))


def next_turn(session: Session, initiative: Initiative) -> dt.datetime | None:
    """Initiatives stand where they stand, whatever the date."""
    return None


def turning(session: Session) -> list[Initiative]:
    """None stands elsewhere by date."""
    return []
