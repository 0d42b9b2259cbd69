"""The acta of a meeting: words, attendance and commitments, approved by every party. Whatever is changed
in it takes the consents back; approved it is frozen, and its commitments are tasks (product.md section 1,
row 16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from toolkit import access, consents, revisions, terms, tidy
from toolkit.actions.proposals import check_read
from toolkit.actions.states import UNDER_WAY
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Invalid, NotFound
from toolkit.meetings.calling import TEXT, check_open, note, reindex, touch
from toolkit.meetings.finding import actions_of, people_of
from toolkit.meetings.telling import invite, tell, tell_assigned, tell_expected
from toolkit.records import AgreementParty, Attendance, Commitment, Meeting, Person, Task, now

ATTENDEES, COMMITMENTS = 60, 40
YEARS_AHEAD = 2
"""A commitment is due at the latest in the year after next."""


@dataclass
class _Words:
    acta: str


def write(visit: Visit, meeting: Meeting, words: str, *, revision: int) -> None:
    """Write the acta; with its first words the meeting was held. `revision` is the one that the person
    began from: raises Overtaken when somebody else wrote something else meanwhile, Forbidden, Conflict
    before the day of the meeting, Invalid."""
    check_open(visit, meeting)
    if access.lima_day(meeting.at) > terms.today():
        raise Conflict(N_("El encuentro todavía no tuvo lugar: el acta se escribe desde su día."))
    words = tidy.text(words)
    tidy.check_length(words, TEXT, "acta")
    if not words:
        raise Invalid(N_("Escriba qué se trató y qué se acordó."), field="acta")
    if not revisions.compare(_Words(meeting.acta), _Words(words), begun=revision, kept=meeting.revision):
        return
    meeting.acta, meeting.state = words, "held"
    touch(visit, meeting)
    note(visit, "write_acta", meeting)


def add_attendee(visit: Visit, meeting: Meeting, person: str, name: str, organization: str) -> Attendance:
    """Somebody more: one of `people_of`, by public id, who reads the meeting from then on; or else a name and
    an organisation in words. Raises Forbidden, Conflict, Invalid."""
    check_open(visit, meeting)
    if len(meeting.attendance) >= ATTENDEES:
        raise Invalid(N_("Caben hasta %(n)s asistentes."), field="name", n=ATTENDEES)
    name, organization = tidy.line(name), tidy.line(organization)
    found = None
    if person:
        known = {one.public_id: one for one in people_of(visit, meeting.agreement)}
        if person not in known:
            raise Invalid(N_("Elija a alguien de la lista."), field="person")
        found = known[person]
        name = found.name
        organization = organization or _organization_of(visit, meeting, found)
    if not name:
        raise Invalid(N_("Escriba el nombre o elija a una persona de la lista."), field="name")
    tidy.check_length(name, 160, "name")
    tidy.check_length(organization, 160, "organization")
    if any(one.name == name and one.person_id == (found and found.id) for one in meeting.attendance):
        raise Invalid(N_("Esa persona ya está en la lista."), field="person" if found else "name")
    made = Attendance(name=name, organization=organization, person=found, present=meeting.state == "held")
    meeting.attendance.append(made)
    touch(visit, meeting)
    note(visit, "add_attendee", meeting)
    if meeting.state == "called":
        invite(visit, made)
    return made


def _organization_of(visit: Visit, meeting: Meeting, person: Person) -> str:
    """The party to which a person belongs, in words, as far as the viewer sees that."""
    for party in meeting.agreement.parties:
        acting = terms.acting(visit.session, party.organization_id)
        here = {one.organization_id for one in person.memberships if one.until is None}
        if party.organization and (party.organization_id in here or acting is person):
            return party.organization.name
    return ""


def remove_attendee(visit: Visit, meeting: Meeting, public_id: str) -> None:
    """Take somebody off the list again."""
    check_open(visit, meeting)
    found = next((one for one in meeting.attendance if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    meeting.attendance.remove(found)
    touch(visit, meeting)
    note(visit, "remove_attendee", meeting)


def mark(visit: Visit, meeting: Meeting, present: Collection[str]) -> None:
    """Say who of the list was there, by public id."""
    check_open(visit, meeting)
    if access.lima_day(meeting.at) > terms.today():
        raise Conflict(N_("El encuentro todavía no tuvo lugar: la asistencia se marca desde su día."))
    changed = [one for one in meeting.attendance if one.present != (one.public_id in present)]
    if not changed:
        return
    for one in changed:
        one.present = not one.present
    touch(visit, meeting)
    note(visit, "mark_attendance", meeting)


def commit(
    visit: Visit, meeting: Meeting, words: str, party: str, due_on: dt.date | None, action: str = ""
) -> Commitment:
    """What a party (by slug) commits itself to until a day, as part of an action (by code) or of none. Raises
    Forbidden, Conflict, Invalid."""
    check_open(visit, meeting)
    if len(meeting.commitments) >= COMMITMENTS:
        raise Invalid(N_("Caben hasta %(n)s compromisos."), field="words", n=COMMITMENTS)
    words = tidy.line(words)
    tidy.check_length(words, 200, "words")
    if not words:
        raise Invalid(N_("Escriba el compromiso."), field="words")
    parties = {one.organization.slug: one for one in meeting.agreement.parties if one.organization}
    if party not in parties:
        raise Invalid(N_("Elija una de las partes."), field="party")
    if due_on is None:
        raise Invalid(N_("Escriba hasta cuándo, por ejemplo 2027-06-30."), field="due_on")
    if due_on < access.lima_day(meeting.at):
        raise Invalid(N_("La fecha no puede ser anterior al encuentro."), field="due_on")
    if due_on.year > (last := terms.today().year + YEARS_AHEAD):
        raise Invalid(N_("La fecha está demasiado lejos: puede ser hasta el 31 de diciembre de %(year)s."),
                      field="due_on", year=last)  # fmt: skip
    actions = {one.code: one for one in actions_of(visit, meeting.agreement)}
    if action and action not in actions:
        raise Invalid(N_("Elija una acción en marcha del plan."), field="action")
    whose = parties[party].organization_id
    if any((one.words, one.due_on, one.organization_id) == (words, due_on, whose)
           for one in meeting.commitments):  # fmt: skip
        raise Invalid(N_("Ese compromiso ya está en la lista."), field="words")
    made = Commitment(words=words, organization=parties[party].organization, due_on=due_on,
                      action=actions.get(action))  # fmt: skip
    meeting.commitments.append(made)
    touch(visit, meeting)
    note(visit, "commit", meeting)
    return made


def drop(visit: Visit, meeting: Meeting, public_id: str) -> None:
    """Take a commitment out again."""
    check_open(visit, meeting)
    found = next((one for one in meeting.commitments if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    meeting.commitments.remove(found)
    touch(visit, meeting)
    note(visit, "drop_commitment", meeting)


def still_to_agree(meeting: Meeting) -> list[AgreementParty]:
    """The parties that have not approved the acta yet."""
    return consents.missing(meeting, meeting.agreement)


def agree(visit: Visit, meeting: Meeting, *, revision: int) -> None:
    """Approve the acta for one's party, as it was read: `revision` says which. With the last consent it is
    frozen and its commitments become tasks. Raises Forbidden, Conflict."""
    check_open(visit, meeting)
    if meeting.state != "held":
        raise Conflict(N_("Todavía no hay acta: escríbala antes."))
    if consents.may_give(visit, meeting, meeting.agreement):
        check_read(meeting.revision, revision)
    organization_id = consents.give(visit, meeting, meeting.agreement)
    note(visit, "agree", meeting, organization_id=organization_id)
    waiting = [one.organization_id for one in still_to_agree(meeting)]
    if waiting:
        tell(visit, meeting, "to_approve", waiting)
        return
    meeting.state, meeting.agreed_at = "agreed", now()
    for one in meeting.commitments:
        one.task = _task_for(one, meeting)
    visit.session.flush()
    note(visit, "approve", meeting, organization_id=organization_id)
    reindex(visit, meeting)
    tell_expected(visit, meeting, "approved")
    tell_assigned(visit, meeting)


def _task_for(commitment: Commitment, meeting: Meeting) -> Task:
    """The task of a commitment. An action that is over meanwhile takes no more: then the task stands
    alone."""
    action = commitment.action
    under_way = action is not None and action.state in UNDER_WAY
    return Task(agreement_id=meeting.agreement_id, action_id=action.id if action and under_way else None,
                organization_id=commitment.organization_id, words=commitment.words,
                due_on=commitment.due_on)  # fmt: skip
