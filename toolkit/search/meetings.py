"""From a meeting to its document: agenda, acta and commitments, on the shelves of the coordinations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from toolkit import access
from toolkit.access import Standing
from toolkit.database import Visit
from toolkit.markdown import plain
from toolkit.records import Agreement, AgreementParty, Meeting
from toolkit.search.articles import in_words
from toolkit.search.shelf import Document

NOUN = "meeting"


def load(session: Session, public_ids: Sequence[str]) -> list[Meeting]:
    """The meetings with these public ids, ready to be made documents of."""
    return list(session.scalars(
        select(Meeting).where(Meeting.public_id.in_(public_ids)).options(
            joinedload(Meeting.agreement).selectinload(Agreement.parties)
            .joinedload(AgreementParty.organization),
            selectinload(Meeting.attendance), selectinload(Meeting.commitments),
        )
    ))  # fmt: skip


def standings_of(session: Session, meeting: Meeting) -> frozenset[Standing]:
    """Where a meeting should stand at this moment."""
    return access.standing_of_meeting(meeting)


def document_of(session: Session, meeting: Meeting, standing: Standing) -> Document:
    """The index document of a meeting."""
    return Document(
        noun=NOUN,
        id=meeting.public_id,
        version=standing.version,
        form="full",
        title=meeting.title,
        summary=summary_of(meeting),
        people=" · ".join(one.name for one in meeting.attendance),
        codes=" ".join(in_words(meeting.at)),
        pages=[text_of(meeting)],
        facets={"noun": (NOUN,), "year": (str(access.lima_day(meeting.at).year),)},
        date=int(meeting.at.timestamp()),
    )


def text_of(meeting: Meeting) -> str:
    """The words of the acta, and the commitments."""
    told = [plain(meeting.acta), *(one.words for one in meeting.commitments), meeting.place]
    return "\n".join(part for part in told if part)


def summary_of(meeting: Meeting) -> str:
    """The agenda."""
    return plain(meeting.agenda)


def seen(visit: Visit, public_ids: Sequence[str]) -> list[Meeting]:
    """The meetings of a page of results, as the viewer sees them."""
    wanted = select(Meeting).where(Meeting.public_id.in_(public_ids))
    return list(visit.session.scalars(wanted.options(selectinload(Meeting.commitments))))


def published(session: Session) -> list[str]:
    """The public ids of all meetings that stand somewhere."""
    return list(session.scalars(select(Meeting.public_id).where(Meeting.state != "cancelled")))


def naming(session: Session, organization_id: int) -> list[str]:
    """None: what stands in them of organisations are words that people wrote."""
    return []


def next_turn(session: Session, meeting: Meeting) -> dt.datetime | None:
    """Meetings stand where they stand, whatever the date."""
    return None


def turning(session: Session) -> list[Meeting]:
    """None stands elsewhere by date."""
    return []
