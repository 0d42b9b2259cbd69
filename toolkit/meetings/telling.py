"""Letters about meetings: to the coordinations of the parties, to who is expected, to who is assigned."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from toolkit import access, letters, terms
from toolkit.database import Visit
from toolkit.people import viewer_of
from toolkit.records import Assignee, Attendance, Meeting, Person, now

_MARK = re.compile(r"(?:[-*•–]|\d{1,2}[.)])\s+")
"""What people put before a point of a list."""


def points(meeting: Meeting) -> list[str]:
    """The points of the agenda: one a line, without what marks it as a point."""
    lines = [_MARK.sub("", one.strip(), count=1) if _MARK.match(one.strip()) else one.strip()
             for one in meeting.agenda.splitlines()]  # fmt: skip
    return [one for one in lines if one]


def is_past(meeting: Meeting) -> bool:
    """Has the day of the meeting passed, in Lima?"""
    return access.lima_day(meeting.at) < terms.today()


def tell(visit: Visit, meeting: Meeting, step: str, organization_ids: list[int] | None = None) -> None:
    """Write to the coordinations of the parties, or of these ones; what is past is told as such."""
    parties = organization_ids or [one.organization_id for one in meeting.agreement.parties]
    letters.to_coordinations(visit.session, parties, "meeting", _values(meeting, step), but=visit.viewer)


def tell_expected(visit: Visit, meeting: Meeting, step: str) -> None:
    """Write to the coordinations, and to whoever else of the parties is on the list: they may be out of sight
    of who writes."""
    parties = [one.organization_id for one in meeting.agreement.parties]
    with visit.open_for_maintenance() as whole:
        expected = {one.id: one for one in letters.readers(whole, parties)}
        wanted = select(Person).join(Attendance).where(Attendance.meeting_id == meeting.id)
        expected |= {one.id: one for one in whole.scalars(wanted) if _belongs(whole, one, parties)}
        people = [expected[number] for number in sorted(expected)]
        letters.to_people(whole, people, "meeting", _values(meeting, step), but=visit.viewer)


def tell_assigned(visit: Visit, meeting: Meeting) -> None:
    """Write to those of a party who are assigned to the action of which its commitment became a task: they
    read it there. Whoever coordinates is told of the acta."""
    with visit.open_for_maintenance() as whole:
        for one in meeting.commitments:
            if one.task is None or one.task.action_id is None or one.action is None:
                continue
            if one.action.plan.state != "published":
                continue  # they do not read it yet
            wanted = select(Person).join(Assignee).where(Assignee.action_id == one.task.action_id)
            heads = {head.id for head in letters.readers(whole, [one.organization_id])}
            assigned = (
                person for person in whole.scalars(wanted.order_by(Person.id)) if person.id not in heads
            )
            people = [person for person in assigned if _belongs(whole, person, [one.organization_id])]
            values = {**_values(meeting, "task"), "title": one.words, "code": one.action.code,
                      "day": one.due_on.isoformat()}  # fmt: skip
            letters.to_people(whole, people, "meeting", values, but=visit.viewer)


def _belongs(session: Session, person: Person, parties: list[int]) -> bool:
    """Does somebody on the list still read the meeting?"""
    return bool(viewer_of(session, person.id, now()).organizations.intersection(parties))


def invite(visit: Visit, attendee: Attendance) -> None:
    """Write to somebody of the portal who is expected."""
    person = attendee.person
    if person is not None:
        letters.to_people(visit.session, [person], "meeting", _values(attendee.meeting, "called"),
                          but=visit.viewer)  # fmt: skip


def _values(meeting: Meeting, step: str) -> dict[str, Any]:
    at = meeting.at.astimezone(access.LIMA)
    if step in ("called", "changed") and is_past(meeting):
        step = "recorded"
    return {"id": meeting.public_id, "title": meeting.title, "step": step, "place": meeting.place,
            "day": at.date().isoformat(), "hour": f"{at:%H:%M}", "points": points(meeting),
            "reason": meeting.cancelled_for}  # fmt: skip
