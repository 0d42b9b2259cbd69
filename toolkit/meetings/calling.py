"""Calling a meeting of the parties, changing what was said of it, cancelling it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from toolkit import access, audit, letters, revisions, terms, tidy
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.jobs import enqueue
from toolkit.meetings.telling import tell, tell_expected
from toolkit.records import Agreement, Attendance, Meeting, now

TEXT = 8000
REASON = 1000
YEARS = 5
"""How far ahead a meeting may be called."""


@dataclass
class Call:
    """What is said of a meeting; day and hour are those of Lima."""

    title: str
    day: dt.date | None = None
    hour: dt.time | None = None
    place: str = ""
    agenda: str = ""


def describe(meeting: Meeting) -> Call:
    """A meeting as it stands."""
    at = meeting.at.astimezone(access.LIMA)
    return Call(meeting.title, at.date(), at.time(), meeting.place, meeting.agenda)


def call(visit: Visit, agreement: Agreement, said: Call) -> Meeting:
    """Call a meeting of the parties, or write down one that is past: who coordinates each is expected, and
    told. Raises Forbidden, Conflict for an agreement that is not out, Invalid with the field."""
    if not access.may_meet(visit.viewer, agreement):
        raise Forbidden
    if agreement.state != "published":
        raise Conflict(N_("El convenio todavía no está publicado."))
    said = _check(said, agreement)
    called = select(Meeting).where(Meeting.agreement_id == agreement.id, Meeting.state != "cancelled",
                                   Meeting.called_by == visit.viewer.person_id)  # fmt: skip
    for one in visit.session.scalars(called.where(Meeting.title == said.title)):
        if describe(one) == said:
            return one  # the button was pressed twice
    meeting = Meeting(agreement=agreement, called_by=visit.viewer.person_id)
    _write(meeting, said)
    for party in agreement.parties:
        for acting in letters.readers(visit.session, [party.organization_id]):
            if all(one.person_id != acting.id for one in meeting.attendance):
                named = party.organization.name if party.organization else ""
                meeting.attendance.append(
                    Attendance(person_id=acting.id, name=acting.name, organization=named)
                )
    visit.session.add(meeting)
    visit.session.flush()
    note(visit, "call", meeting)
    reindex(visit, meeting)
    tell(visit, meeting, "called")
    return meeting


def change(visit: Visit, meeting: Meeting, said: Call, *, revision: int) -> None:
    """Write what is said of a meeting whose acta is not approved; an acta that was begun has to be agreed
    to anew. `revision` is the one that the person began from: raises Overtaken when somebody else saved
    something else meanwhile, Forbidden, Conflict, Invalid."""
    check_open(visit, meeting)
    before, said = describe(meeting), _check(said, meeting.agreement)
    if meeting.state == "held":
        _check_past(said)
    names = revisions.compare(before, said, begun=revision, kept=meeting.revision)
    if not names:
        return
    _write(meeting, said)
    touch(visit, meeting)
    note(visit, "change", meeting, fields=names)
    if meeting.state == "called" and names != ["agenda"]:
        tell_expected(visit, meeting, "changed")


def check_cancellable(visit: Visit, meeting: Meeting) -> None:
    """Raise what `cancel` would, whatever the reason."""
    check_open(visit, meeting)
    if meeting.state != "called":
        raise Conflict(N_("El encuentro ya tuvo lugar: no se cancela."))


def cancel(visit: Visit, meeting: Meeting, reason: str) -> None:
    """Say that a meeting which was called does not take place, and why: everybody who was expected reads it.
    Raises Forbidden, Conflict, Invalid."""
    check_cancellable(visit, meeting)
    reason = tidy.text(reason)
    tidy.check_length(reason, REASON, "reason")
    if not reason:
        raise Invalid(N_("Escriba por qué se cancela."), field="reason")
    meeting.state, meeting.cancelled_for = "cancelled", reason
    visit.session.flush()
    note(visit, "cancel", meeting)
    reindex(visit, meeting)
    tell_expected(visit, meeting, "cancelled")


def check_open(visit: Visit, meeting: Meeting) -> None:
    """Raise Forbidden for who does not write, Conflict where nothing is written any more."""
    if not access.may_meet(visit.viewer, meeting.agreement):
        raise Forbidden
    if meeting.state == "agreed":
        raise Conflict(N_("El acta ya está aprobada por las partes: no cambia."))
    if meeting.state == "cancelled":
        raise Conflict(N_("Este encuentro se canceló."))


def touch(visit: Visit, meeting: Meeting) -> None:
    """Something of the meeting was changed: it is another revision now, and the consents given to an acta
    that was begun are taken back."""
    meeting.written_at = now()
    if meeting.state == "held":
        meeting.consents.clear()
    visit.session.flush()
    reindex(visit, meeting)


def note(visit: Visit, act: str, meeting: Meeting, **values: Any) -> None:
    """Write into the audit, of the party for which the viewer speaks, what was done to a meeting."""
    own = min(access.speaks_for(visit.viewer, meeting.agreement), default=None)
    audit.record(visit.session, visit.viewer, act, "meeting", meeting.public_id,
                 **{"organization_id": own, **values})  # fmt: skip


def reindex(visit: Visit, meeting: Meeting) -> None:
    """Bring the shelves up to date."""
    enqueue(visit.session, "index", "index_resource", meeting.public_id)


def _check(said: Call, agreement: Agreement) -> Call:
    """The words tidy; raises Invalid naming the field that cannot be taken."""
    said.title, said.place, said.agenda = tidy.line(said.title), tidy.line(said.place), tidy.text(said.agenda)
    for name, most in (("title", 160), ("place", 200), ("agenda", TEXT)):
        tidy.check_length(getattr(said, name), most, name)
    if not said.title:
        raise Invalid(N_("Escriba un título."), field="title")
    if said.day is None:
        raise Invalid(N_("Escriba el día, por ejemplo 2027-06-30."), field="day")
    if said.hour is None:
        raise Invalid(N_("Escriba la hora, por ejemplo 10:30."), field="hour")
    begun = agreement.valid_from or agreement.signed_on
    if begun and said.day < begun:
        raise Invalid(N_("La fecha no puede ser anterior al convenio."), field="day")
    if said.day.year > terms.today().year + YEARS:
        raise Invalid(N_("El día está demasiado lejos: faltan más de cinco años."), field="day")
    return said


def _check_past(said: Call) -> None:
    if said.day and said.day > terms.today():
        raise Invalid(N_("El encuentro ya tiene acta: el día no puede ser posterior a hoy."), field="day")


def _write(meeting: Meeting, said: Call) -> None:
    if said.day is None or said.hour is None:  # checked before
        raise Invalid
    meeting.title, meeting.place, meeting.agenda = said.title, said.place, said.agenda
    meeting.at = dt.datetime.combine(said.day, said.hour, access.LIMA)
