"""Who reads the meetings of the parties of an agreement, and who writes their acta (product.md 5.4); who
reads what was reminded."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from toolkit.access.agreement import speaks_for, works_on
from toolkit.access.shelves import Standing, coordination_shelf
from toolkit.access.viewer import Viewer
from toolkit.records import Agreement, AgreementParty, Attendance, Meeting

_meeting, _attendance, _party = Meeting.__table__, Attendance.__table__, AgreementParty.__table__


def reads_meeting(viewer: Viewer, meeting: Any) -> ColumnElement[bool]:
    """The coordinations of the parties, editors, and whoever is named in the attendance, as long as they
    belong to a party."""
    works = works_on(viewer, meeting.agreement_id)
    if viewer.editor or not viewer.organizations:
        return works
    attendance, party = _attendance.alias(), _party.alias()
    named = exists(
        select(attendance.c.id).where(
            attendance.c.meeting_id == meeting.id, attendance.c.person_id == viewer.person_id
        )
    )
    belongs = exists(
        select(party.c.id).where(
            party.c.agreement_id == meeting.agreement_id, party.c.organization_id.in_(viewer.organizations)
        )
    )
    return or_(works, and_(named, belongs))


def part_of_meeting(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to a meeting."""
    meeting = _meeting.alias()
    return exists(
        select(meeting.c.id).where(meeting.c.id == part.meeting_id, reads_meeting(viewer, meeting.c))
    )


def reads_reminder(viewer: Viewer, reminder: Any) -> ColumnElement[bool]:
    """What a party was reminded of, for the coordinations of all parties of the same agreement, and editors;
    for everybody what they were sent themselves."""
    if viewer.editor:
        return true()
    if not viewer.signed_in:
        return false()
    own = reminder.person_id == viewer.person_id
    if not viewer.coordinates:
        return own
    party, beside = _party.alias(), _party.alias()
    together = exists(
        select(party.c.id)
        .join(beside, beside.c.agreement_id == party.c.agreement_id)
        .where(
            party.c.organization_id == reminder.organization_id,
            beside.c.organization_id.in_(viewer.coordinates),
        )
    )
    return or_(own, together)


def may_meet(viewer: Viewer, agreement: Agreement) -> bool:
    """Who calls meetings and writes their acta: the coordinations of the parties. Editors only read."""
    return bool(speaks_for(viewer, agreement))


def standing_of_meeting(meeting: Meeting) -> frozenset[Standing]:
    """On the shelves that the coordinations of the parties open, and no others: those of a space are opened
    by people who do not read meetings, and a shelf tells how many of its documents were found."""
    if meeting.state == "cancelled":
        return frozenset()
    parties = {one.organization_id for one in meeting.agreement.parties}
    return frozenset(Standing(coordination_shelf(one), 1, "full") for one in parties)
