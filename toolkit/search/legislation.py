"""From a norm to its document: a published one stands on the public shelf. (How numbers of norms are read in
any text is `norms`.)"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from toolkit import access, partial_dates
from toolkit.access import Standing
from toolkit.database import Visit
from toolkit.records import Norm, NormRelation
from toolkit.search.shelf import Document
from toolkit.vocabulary import with_parents

NOUN = "norm"
_ZEROS = re.compile(r"\b0+(?=\d)")
_SHORT_YEAR = re.compile(r"(?<=\d)-([3-9]\d)(?=-|$)")


def load(session: Session, public_ids: Sequence[str]) -> list[Norm]:
    """The norms with these public ids, ready to be made documents of."""
    return list(session.scalars(
        select(Norm).where(Norm.public_id.in_(public_ids)).options(selectinload(Norm.terms))
    ))  # fmt: skip


def standings_of(session: Session, norm: Norm) -> frozenset[Standing]:
    """Where a norm should stand at this moment."""
    return access.standing_of_norm(norm)


def document_of(session: Session, norm: Norm, standing: Standing) -> Document:
    """The index document of a norm: its number stands among the codes, in all its spellings, so that the norm
    itself comes before whatever cites it."""
    names = [norm.number, *norm.aliases.splitlines()]
    day = partial_dates.first_day(norm.dated) if norm.dated else None
    moment = dt.datetime.combine(day, dt.time(), access.LIMA) if day else norm.created_at
    return Document(
        noun=NOUN,
        id=norm.public_id,
        version=standing.version,
        form="full",
        title=f"{norm.number}. {norm.title}",
        summary=norm.summary,
        people=norm.issuer,
        codes=" · ".join(spelling for name in names for spelling in sorted(_spellings(name))),
        facets={
            "noun": (NOUN,),
            "topic": tuple(with_parents([term.code for term in norm.terms])),
            "year": (str(day.year),) if day else (),
        },
        date=int(moment.timestamp()),
    )


def _spellings(name: str) -> set[str]:
    """«074-90-TR» with its year in full too, and each without leading zeros."""
    every = {name, _SHORT_YEAR.sub(r"-19\1", name)}
    return every | {_ZEROS.sub("", one) for one in every}


def text_of(norm: Norm) -> str:
    """A norm has no text of its own here: its material has."""
    return norm.summary


summary_of = text_of


def seen(visit: Visit, public_ids: Sequence[str]) -> list[Norm]:
    """The norms of a page of results, with what was done to each, which its row says."""
    wanted = select(Norm).where(Norm.public_id.in_(public_ids))
    told = selectinload(Norm.undergoes).joinedload(NormRelation.norm)
    return list(visit.session.scalars(wanted.options(told)))


def published(session: Session) -> list[str]:
    """The public ids of all norms that are published."""
    return list(session.scalars(select(Norm.public_id).where(Norm.published_at.is_not(None))))


def naming(session: Session, organization_id: int) -> list[str]:
    """A norm names its issuer in words of its own: no organisation's other name changes it."""
    return []


def next_turn(session: Session, norm: Norm) -> dt.datetime | None:
    """Norms stand where they stand, whatever the date."""
    return None


def turning(session: Session) -> list[Norm]:
    """None stands elsewhere by date."""
    return []
