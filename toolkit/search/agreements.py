"""From an agreement to its document: a published one stands on the public shelf, with what all may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from toolkit import access
from toolkit.access import Standing
from toolkit.database import Visit
from toolkit.records import Agreement, AgreementParty
from toolkit.search.shelf import Document

NOUN = "agreement"


def load(session: Session, public_ids: Sequence[str]) -> list[Agreement]:
    """The agreements with these public ids, ready to be made documents of."""
    return list(session.scalars(
        select(Agreement).where(Agreement.public_id.in_(public_ids)).options(
            selectinload(Agreement.parties).joinedload(AgreementParty.organization),
            selectinload(Agreement.objectives), selectinload(Agreement.procedures),
        )
    ))  # fmt: skip


def standings_of(session: Session, agreement: Agreement) -> frozenset[Standing]:
    """Where an agreement should stand at this moment."""
    return access.standing_of_agreement(agreement)


def document_of(session: Session, agreement: Agreement, standing: Standing) -> Document:
    """The index document of an agreement."""
    named = [one.organization for one in agreement.parties if one.organization is not None]
    signed = agreement.signed_on
    moment = dt.datetime.combine(signed, dt.time(), access.LIMA) if signed else agreement.created_at
    return Document(
        noun=NOUN,
        id=agreement.public_id,
        version=standing.version,
        form="full",
        title=agreement.title,
        summary=agreement.object,
        people=" · ".join(one.name for one in named),
        codes=" ".join(one.acronym for one in named),
        pages=[text_of(agreement)],
        facets={"noun": (NOUN,), "year": (str(signed.year),) if signed else ()},
        date=int(moment.timestamp()),
    )


def text_of(agreement: Agreement) -> str:
    """The words of an agreement that stand on its page: objectives and procedures."""
    told = [agreement.objective]
    told += [f"{one.code} {one.words}" for one in agreement.objectives]
    told += [f"{one.code} {one.title}\n{one.words}" for one in agreement.procedures]
    return "\n".join(part for part in told if part)


def summary_of(agreement: Agreement) -> str:
    """What a result shows where no word of the text was found."""
    return agreement.object


def seen(visit: Visit, public_ids: Sequence[str]) -> list[Agreement]:
    """The agreements of a page of results, as the viewer sees them."""
    return list(visit.session.scalars(select(Agreement).where(Agreement.public_id.in_(public_ids))))


def published(session: Session) -> list[str]:
    """The public ids of all agreements that are published."""
    return list(session.scalars(select(Agreement.public_id).where(Agreement.state == "published")))


def naming(session: Session, organization_id: int) -> list[str]:
    """The public ids of all agreements that are published and to which this organisation is a party."""
    ids = (
        select(Agreement.public_id)
        .join(AgreementParty)
        .where(AgreementParty.organization_id == organization_id, Agreement.state == "published")
    )
    return list(session.scalars(ids))


def next_turn(session: Session, agreement: Agreement) -> dt.datetime | None:
    """Agreements stand where they stand, whatever the date."""
    return None


def turning(session: Session) -> list[Agreement]:
    """None stands elsewhere by date."""
    return []
