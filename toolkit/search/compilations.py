"""From a compendium to its document: a published one stands on the public shelf, with its own words only;
what stands in it is found by itself, by whoever may find it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from toolkit import access
from toolkit.access import Standing
from toolkit.database import Visit
from toolkit.records import Compendium
from toolkit.search.shelf import Document

NOUN = "compendium"


def load(session: Session, public_ids: Sequence[str]) -> list[Compendium]:
    """The compendia with these public ids."""
    return list(session.scalars(select(Compendium).where(Compendium.public_id.in_(public_ids))))


def standings_of(session: Session, compendium: Compendium) -> frozenset[Standing]:
    """Where a compendium should stand at this moment."""
    return access.standing_of_compendium(compendium)


def document_of(session: Session, compendium: Compendium, standing: Standing) -> Document:
    """The index document of a compendium."""
    return Document(
        noun=NOUN,
        id=compendium.public_id,
        version=standing.version,
        form="full",
        title=compendium.title,
        summary=compendium.words,
        facets={"noun": (NOUN,), "year": (str(access.lima_day(compendium.created_at).year),)},
        date=int(compendium.created_at.timestamp()),
    )


def text_of(compendium: Compendium) -> str:
    """The words of a compendium; what stands in it has its own."""
    return compendium.words


summary_of = text_of


def seen(visit: Visit, public_ids: Sequence[str]) -> list[Compendium]:
    """The compendia of a page of results, as the viewer sees them."""
    wanted = select(Compendium).where(Compendium.public_id.in_(public_ids))
    return list(visit.session.scalars(wanted))


def published(session: Session) -> list[str]:
    """The public ids of all compendia that are published."""
    return list(session.scalars(select(Compendium.public_id).where(Compendium.state == "published")))


def naming(session: Session, organization_id: int) -> list[str]:
    """A compendium names no organisation."""
    return []


def next_turn(session: Session, compendium: Compendium) -> dt.datetime | None:
    """Compendia stand where they stand, whatever the date."""
    return None


def turning(session: Session) -> list[Compendium]:
    """None stands elsewhere by date."""
    return []
