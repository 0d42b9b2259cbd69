"""What happens on the way: notes, evidence, tasks, materials used, people assigned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select

from toolkit import access, tidy
from toolkit.actions.proposals import move, note, reindex
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.files.formats import Format
from toolkit.files.store import Received
from toolkit.records import (
    Action,
    ActionResource,
    Assignee,
    Evidence,
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


def _check_may(visit: Visit, action: Action) -> int:
    """The number of the party for which the viewer writes; raises Forbidden, Conflict."""
    if not access.may_report(visit.viewer, action):
        raise Forbidden
    if action.state in OVER or action.plan.state == "draft":
        raise Conflict(N_("En este estado la acción ya no recibe avances, o todavía no."))
    parties = [action.responsible_id, action.counterpart_id]
    parties += [one.organization_id for one in action.plan.agreement.parties]
    own = visit.viewer.coordinates or visit.viewer.organizations
    return next(one for one in parties if one in own | visit.viewer.organizations)


def report(visit: Visit, action: Action, words: str, percent: int | None, next_on: dt.date | None) -> Note:
    """Write how far the action has come: words, percent from 0 to 100, the next date. What was planned, or
    was given back with an observation, is under way from then on. Raises Forbidden, Conflict, Invalid."""
    organization_id = _check_may(visit, action)
    words = tidy.text(words)
    tidy.check_length(words, 2000, "words")
    if not words:
        raise Invalid(N_("Escriba en pocas palabras qué se avanzó."), field="words")
    if percent is None or not 0 <= percent <= 100:
        raise Invalid(N_("Escriba el avance como un número de 0 a 100."), field="percent")
    if next_on and next_on < access.lima_day(now()):
        raise Invalid(N_("La próxima fecha no puede haber pasado."), field="next_on")
    made = Note(action_id=action.id, organization_id=organization_id, person_id=visit.viewer.person_id,
                words=words, percent=percent, next_on=next_on)  # fmt: skip
    visit.session.add(made)
    action.percent, action.next_on = percent, next_on
    if action.state in ("planned", "observed"):
        move(visit, action, "running", organization_id)
    visit.session.flush()
    note(visit, "report", action, percent=percent)
    reindex(visit, action)
    return made


def prove(
    visit: Visit, action: Action, title: str, *, public: bool = False,
    received: Received | None = None, name: str = "", format: Format | None = None, resource: str = "",
) -> Evidence:  # fmt: skip
    """Add evidence: a file that was received (the caller keeps its contents before the commit), or else a
    material by its public id, in its newest version. Raises Forbidden, Conflict, Invalid."""
    organization_id = _check_may(visit, action)
    title = tidy.line(title) or name
    tidy.check_length(title, 200, "title")
    made = Evidence(action_id=action.id, title=title, public=public, organization_id=organization_id,
                    person_id=visit.viewer.person_id)  # fmt: skip
    if received is not None and format is not None:
        made.sha256, made.size = received.sha256, received.size
        made.name, made.format = name, format.code
    elif resource:
        found, number = _material(visit, resource)
        made.resource, made.version, made.title = found, number, title or found.title
    else:
        raise Invalid(N_("Elija un archivo o escriba la dirección de un material."), field="file")
    action.evidence.append(made)
    visit.session.flush()
    note(visit, "prove", action, title=made.title)
    return made


def _material(visit: Visit, public_id: str) -> tuple[Resource, int]:
    """The material and the number of its newest version that the viewer reads."""
    resource = visit.session.scalars(select(Resource).where(Resource.public_id == public_id)).one_or_none()
    number = resource and visit.session.scalar(
        select(func.max(Version.number)).where(Version.resource_id == resource.id)
    )
    if resource is None or resource.state != "published" or not number:
        raise Invalid(N_("Ese material no existe, no está publicado o usted no lo lee. Revise su dirección."),
                      field="resource")  # fmt: skip
    return resource, number


def take_back(visit: Visit, evidence: Evidence, reason: str) -> None:
    """Withdraw evidence, for the coordination of the party that gave it: it stays written, with the reason,
    and only the coordinations open it. An action that waits to be verified and has no other goes back."""
    if evidence.organization_id not in visit.viewer.coordinates:
        raise Forbidden
    if evidence.withdrawn_at is not None:
        raise Conflict(N_("Esta evidencia ya se retiró."))
    reason = tidy.text(reason)
    tidy.check_length(reason, 1000, "reason")
    if not reason:
        raise Invalid(N_("Escriba por qué se retira."), field="reason")
    evidence.withdrawn_at, evidence.withdrawn_for = now(), reason
    action = evidence.action
    if action.state == "to_verify" and all(one.withdrawn_at for one in action.evidence):
        move(visit, action, "running", evidence.organization_id, reason)
    visit.session.flush()
    note(visit, "withdraw_evidence", action, title=evidence.title)
    reindex(visit, action)


def may_open(visit: Visit, evidence: Evidence) -> bool:
    """Does the viewer, who sees the evidence, open its file? What was withdrawn only those who work on it."""
    return evidence.withdrawn_at is None or access.may_plan(visit.viewer, evidence.action.plan.agreement)


def use(visit: Visit, action: Action, resource: str) -> ActionResource:
    """Link a material that the action uses, in its newest version."""
    _check_may(visit, action)
    found, number = _material(visit, resource)
    if any(one.resource_id == found.id for one in action.links):
        raise Invalid(N_("Ese material ya está en la acción."), field="resource")
    link = ActionResource(resource_id=found.id, resource=found, version=number)
    action.links.append(link)
    visit.session.flush()
    note(visit, "use", action, title=found.title)
    return link


def drop(visit: Visit, action: Action, resource: str) -> None:
    """Take a linked material away again."""
    _check_may(visit, action)
    action.links = [one for one in action.links if not one.resource or one.resource.public_id != resource]
    visit.session.flush()
    note(visit, "drop", action)


def add_task(visit: Visit, action: Action, words: str, party: str, due_on: dt.date | None) -> Task:
    """Something that a party (by slug) has to do until a day."""
    _check_may(visit, action)
    words = tidy.line(words)
    tidy.check_length(words, 200, "words")
    if not words:
        raise Invalid(N_("Escriba la tarea."), field="words")
    parties = {one.organization.slug: one for one in action.plan.agreement.parties if one.organization}
    if party not in parties:
        raise Invalid(N_("Elija una de las partes."), field="party")
    task = Task(agreement_id=action.plan.agreement_id, action_id=action.id, words=words, due_on=due_on,
                organization_id=parties[party].organization_id)  # fmt: skip
    visit.session.add(task)
    visit.session.flush()
    note(visit, "add_task", action)
    return task


def finish_task(visit: Visit, task: Task) -> None:
    """Say that a task is done, or that it is not: for whoever reports on its action, or its coordination."""
    if task.action is not None:
        _check_may(visit, task.action)
    elif task.organization_id not in visit.viewer.coordinates:
        raise Forbidden
    task.done_at = None if task.done_at else now()
    visit.session.flush()


def assign(visit: Visit, action: Action, person: str) -> Assignee:
    """Let somebody of one's own party (by public id) write notes and add evidence, for its coordination."""
    own = access.speaks_for(visit.viewer, action.plan.agreement)
    if not own:
        raise Forbidden
    found = visit.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.public_id == person, Membership.organization_id.in_(own), Membership.until.is_(None))
    ).first()
    if found is None:
        raise Invalid(N_("Elija a alguien de su organización."), field="person")
    if any(one.person_id == found.id for one in action.assignees):
        raise Invalid(N_("Esa persona ya está asignada."), field="person")
    made = Assignee(person_id=found.id, person=found)
    action.assignees.append(made)
    visit.session.flush()
    note(visit, "assign", action, person=found.public_id)
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
    if not access.speaks_for(visit.viewer, action.plan.agreement):
        raise Forbidden
    action.assignees = [one for one in action.assignees if not one.person or one.person.public_id != person]
    visit.session.flush()
    note(visit, "release", action, person=person)
