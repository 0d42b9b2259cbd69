"""What happens on the way: notes, tasks, materials used, people assigned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from toolkit import access, letters, tidy
from toolkit.actions.facts import last_day
from toolkit.actions.proposals import move, note, reindex, touch, values
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.records import (
    Action,
    ActionResource,
    Assignee,
    Membership,
    Note,
    Person,
    Resource,
    Task,
    Version,
    alphabetical,
    now,
)

OVER = ("verified", "cancelled", "proposed", "withdrawn")
"""States in which nothing is added to an action any more, or not yet."""


def writes_for(visit: Visit, action: Action) -> int:
    """The number of the party for which the viewer writes; raises Forbidden, Conflict."""
    parties = access.reports_for(visit.viewer, action)
    if not parties:
        raise Forbidden
    if action.state in OVER or action.plan.state == "draft":
        raise Conflict(N_("En este estado la acción ya no recibe avances, o todavía no."))
    return parties[0]


def report(visit: Visit, action: Action, words: str, percent: int | None, next_on: dt.date | None) -> Note:
    """Write how far the action has come: words, percent from 0 to 100, the next date. What was planned, or
    was given back with an observation, is under way from then on. Raises Forbidden, Conflict, Invalid."""
    organization_id = writes_for(visit, action)
    words = tidy.text(words)
    tidy.check_length(words, 2000, "words")
    if not words:
        raise Invalid(N_("Escriba en pocas palabras qué se avanzó."), field="words")
    if percent is None or not 0 <= percent <= 100:
        raise Invalid(N_("Escriba el avance como un número de 0 a 100."), field="percent")
    if next_on and next_on < access.lima_day(now()):
        raise Invalid(N_("La próxima fecha no puede haber pasado."), field="next_on")
    _check_day(next_on, action, "next_on")
    if told := _told_before(visit, action, words, percent, next_on):
        return told
    made = Note(action_id=action.id, organization_id=organization_id, person_id=visit.viewer.person_id,
                words=words, percent=percent, next_on=next_on)  # fmt: skip
    visit.session.add(made)
    action.percent, action.next_on = percent, next_on
    touch(action)
    if action.state in ("planned", "observed"):
        move(visit, action, "running", organization_id)
    visit.session.flush()
    note(visit, "report", action, percent=percent)
    reindex(visit, action)
    return made


def _told_before(
    visit: Visit, action: Action, words: str, percent: int, next_on: dt.date | None
) -> Note | None:  # fmt: skip
    """The last note, where it says the same, by whoever pressed the button twice."""
    last = visit.session.scalars(
        select(Note).where(Note.action_id == action.id).order_by(Note.id.desc()).limit(1)
    ).first()
    said = (visit.viewer.person_id, words, percent, next_on)
    return last if last and (last.person_id, last.words, last.percent, last.next_on) == said else None


def _check_day(day: dt.date | None, action: Action, field: str) -> None:
    """Raise Invalid for a day before the agreement or long after the plan."""
    begun, last = action.plan.agreement.begins_on, last_day(action.plan)
    if day and begun and day < begun:
        raise Invalid(N_("La fecha no puede ser anterior al convenio."), field=field)
    if day and day > last:
        raise Invalid(N_("La fecha no puede pasar del %(day)s."), field=field, day=last.strftime("%d/%m/%Y"))


def material(visit: Visit, public_id: str) -> tuple[Resource, int]:
    """The material and the number of its newest version that they read; Invalid for none."""
    resource = visit.session.scalars(select(Resource).where(Resource.public_id == public_id)).one_or_none()
    number = resource and visit.session.scalar(
        select(func.max(Version.number)).where(Version.resource_id == resource.id)
    )
    if resource is None or resource.state != "published" or not number:
        raise Invalid(N_("Ese material no existe, no está publicado o usted no lo lee. Revise su dirección."),
                      field="resource")  # fmt: skip
    return resource, number


def use(visit: Visit, action: Action, resource: str) -> ActionResource:
    """Link a material that the action uses, in its newest version."""
    writes_for(visit, action)
    found, number = material(visit, resource)
    if any(one.resource_id == found.id for one in action.links):
        raise Invalid(N_("Ese material ya está en la acción."), field="resource")
    link = ActionResource(resource_id=found.id, resource=found, version=number)
    action.links.append(link)
    visit.session.flush()
    note(visit, "use", action, resource=found.public_id)
    return link


def drop(visit: Visit, action: Action, resource: str) -> None:
    """Take a linked material away again."""
    writes_for(visit, action)
    action.links = [one for one in action.links if not one.resource or one.resource.public_id != resource]
    visit.session.flush()
    note(visit, "drop", action)


def add_task(visit: Visit, action: Action, words: str, party: str, due_on: dt.date | None) -> Task:
    """Something that a party (by slug) has to do until a day."""
    writes_for(visit, action)
    words = tidy.line(words)
    tidy.check_length(words, 200, "words")
    if not words:
        raise Invalid(N_("Escriba la tarea."), field="words")
    parties = {one.organization.slug: one for one in action.plan.agreement.parties if one.organization}
    if party not in parties:
        raise Invalid(N_("Elija una de las partes."), field="party")
    _check_day(due_on, action, "due_on")
    for one in action.tasks:
        same = (one.words, one.organization_id, one.due_on) == (words, parties[party].organization_id, due_on)
        if same and not one.done_at:
            return one  # the button was pressed twice
    task = Task(agreement_id=action.plan.agreement_id, action_id=action.id, words=words, due_on=due_on,
                organization_id=parties[party].organization_id)  # fmt: skip
    visit.session.add(task)
    visit.session.flush()
    note(visit, "add_task", action)
    return task


def may_finish(visit: Visit, task: Task) -> bool:
    """Is the task one's own party's: as its coordination, or assigned to the action by it?"""
    own = access.reports_for(visit.viewer, task.action) if task.action else visit.viewer.coordinates
    return task.organization_id in own


def finish_task(visit: Visit, task: Task, done: bool = True) -> None:
    """Say that a task of one's own party is done, or that it is not. Raises Forbidden, Conflict."""
    if not may_finish(visit, task):
        raise Forbidden
    if task.action is not None:
        writes_for(visit, task.action)
    if done != (task.done_at is not None):
        task.done_at = now() if done else None
        visit.session.flush()


def assign(visit: Visit, action: Action, person: str) -> Assignee:
    """Let somebody of one's own party (by public id) write notes and add evidence, for its coordination."""
    own = access.speaks_for(visit.viewer, action.plan.agreement)
    if not own:
        raise Forbidden
    if action.plan.state != "published":
        raise Conflict(N_("Asigne personas cuando el plan esté publicado: antes no pueden abrir la acción."))
    membership = visit.session.scalars(
        select(Membership)
        .join(Person, Membership.person_id == Person.id)
        .where(Person.public_id == person, Membership.organization_id.in_(own), Membership.until.is_(None))
        .options(joinedload(Membership.person))
    ).first()
    if membership is None:
        raise Invalid(N_("Elija a alguien de su organización."), field="person")
    found = membership.person
    if any(one.person_id == found.id for one in action.assignees):
        raise Invalid(N_("Esa persona ya está asignada."), field="person")
    made = Assignee(person_id=found.id, person=found, organization_id=membership.organization_id)
    action.assignees.append(made)
    visit.session.flush()
    note(visit, "assign", action, person=found.public_id)
    letters.to_people(visit.session, [found], "action", values(visit, action, "assigned"), but=visit.viewer)
    return made


def candidates(visit: Visit, action: Action) -> Sequence[Person]:
    """The people of the viewer's own party who are not assigned yet, by name."""
    own = access.speaks_for(visit.viewer, action.plan.agreement)
    taken = [one.person_id for one in action.assignees]
    found = visit.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organization_id.in_(own), Membership.until.is_(None), Person.id.not_in(taken))
    ).unique()
    return sorted(found, key=lambda one: alphabetical(one.name))


def release(visit: Visit, action: Action, person: str) -> None:
    """Take an assignment back, likewise."""
    own = access.speaks_for(visit.viewer, action.plan.agreement)
    if not own:
        raise Forbidden
    action.assignees = [
        one for one in action.assignees
        if one.organization_id not in own or not one.person or one.person.public_id != person
    ]  # fmt: skip
    visit.session.flush()
    note(visit, "release", action, person=person)
