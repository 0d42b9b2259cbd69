"""What waits for a party of an agreement: consents, verifications, tasks, and actions that end soon or are
late. The page of the coordination shows it, and the reminders are made of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from toolkit import consents, terms
from toolkit.actions.progress import OVER
from toolkit.actions.states import UNDER_WAY
from toolkit.records import Action, Agreement, Amendment, Commitment, Meeting, Plan, PlanChange, Task

SOON = dt.timedelta(days=7)
KINDS = ("amendment", "proposal", "plan", "publish", "change", "verification", "acta", "task", "due")
"""In the order in which they are shown: an amendment of the agreement to agree to, a proposal to accept, a
plan to agree to, or to publish once all did, a change of it or the acta of a meeting to agree to, an action
to verify, a task, an action that ends soon or is late."""


@dataclass(frozen=True)
class Matter:
    """One thing that waits for a party: since a moment, or until a day. `thing` is the row it is about, and
    `key` its code, year or public id; a task that is no part of an action was agreed on in a `meeting`."""

    kind: str
    key: str
    organization_id: int
    thing: Any
    since: dt.datetime | None = None
    due_on: dt.date | None = None
    meeting: str = ""


def waiting(session: Session, agreement: Agreement) -> list[Matter]:
    """All that waits for the parties of an agreement, as far as the session shows it: by kind, what waits
    longest first."""
    found = [*_amendments(session, agreement), *_proposed(session, agreement), *_plans(session, agreement),
             *_changes(session, agreement), *_actas(session, agreement), *_tasks(session, agreement),
             *_under_way(session, agreement)]  # fmt: skip
    return sorted(found, key=_order)


def _order(matter: Matter) -> tuple[Any, ...]:
    day = matter.since.date() if matter.since else matter.due_on or dt.date.max
    return KINDS.index(matter.kind), day, matter.key


def days_late(matter: Matter) -> int:
    """How many days its day has passed, in Lima; 0 if it has not."""
    return max(0, (terms.today() - matter.due_on).days) if matter.due_on else 0


def _asked(
    kind: str, key: str, thing: Any, since: dt.datetime | None, agreement: Agreement
) -> Iterator[Matter]:
    """What waits for each party that has not agreed yet."""
    for party in consents.missing(thing, agreement):
        yield Matter(kind, key, party.organization_id, thing, since)


def _amendments(session: Session, agreement: Agreement) -> Iterator[Matter]:
    wanted = select(Amendment).where(Amendment.agreement_id == agreement.id, Amendment.state == "proposed")
    for amendment in session.scalars(wanted.options(selectinload(Amendment.consents))):
        yield from _asked("amendment", amendment.public_id, amendment, amendment.proposed_at, agreement)


def _proposed(session: Session, agreement: Agreement) -> Iterator[Matter]:
    wanted = (
        select(Action)
        .join(Plan, Plan.id == Action.plan_id)
        .where(Plan.agreement_id == agreement.id, Action.state == "proposed")
        .options(selectinload(Action.consents))
    )
    for action in session.scalars(wanted):
        yield from _asked("proposal", action.code, action, action.proposed_at, agreement)


def _plans(session: Session, agreement: Agreement) -> Iterator[Matter]:
    """A draft waits for the other parties as soon as one has agreed to it, and for any of them to publish it
    when all have."""
    wanted = select(Plan).where(Plan.agreement_id == agreement.id, Plan.state.in_(("draft", "agreed")))
    for plan in session.scalars(wanted.options(selectinload(Plan.consents))):
        if plan.state == "agreed":
            for party in agreement.parties:
                yield Matter("publish", str(plan.year), party.organization_id, plan, plan.agreed_at)
        elif plan.consents:
            since = max(one.agreed_at for one in plan.consents)
            yield from _asked("plan", str(plan.year), plan, since, agreement)


def _changes(session: Session, agreement: Agreement) -> Iterator[Matter]:
    wanted = (
        select(PlanChange)
        .join(Plan, Plan.id == PlanChange.plan_id)
        .where(Plan.agreement_id == agreement.id, PlanChange.state == "proposed")
        .options(selectinload(PlanChange.consents), joinedload(PlanChange.plan))
    )
    for change in session.scalars(wanted):
        yield from _asked("change", change.public_id, change, change.proposed_at, agreement)


def _actas(session: Session, agreement: Agreement) -> Iterator[Matter]:
    wanted = select(Meeting).where(Meeting.agreement_id == agreement.id, Meeting.state == "held")
    for meeting in session.scalars(wanted.options(selectinload(Meeting.consents))):
        yield from _asked("acta", meeting.public_id, meeting, meeting.written_at, agreement)


def _tasks(session: Session, agreement: Agreement) -> Iterator[Matter]:
    wanted = select(Task).where(Task.agreement_id == agreement.id, Task.done_at.is_(None))
    agreed = select(Commitment.task_id, Meeting.public_id).join(Meeting).where(
        Meeting.agreement_id == agreement.id, Commitment.task_id.is_not(None))  # fmt: skip
    places = {number: public_id for number, public_id in session.execute(agreed)}  # noqa: C416 - rows
    for task in session.scalars(wanted.options(joinedload(Task.action))):
        if task.action is not None and task.action.state in OVER:
            continue  # what was left undone when it ended is asked of nobody
        place = places.get(task.id, "") if task.action_id is None else ""
        yield Matter("task", task.public_id, task.organization_id, task, due_on=task.due_on, meeting=place)


def _under_way(session: Session, agreement: Agreement) -> Iterator[Matter]:
    wanted = (
        select(Action)
        .join(Plan, Plan.id == Action.plan_id)
        .where(Plan.agreement_id == agreement.id, Plan.state == "published",
               Action.state.in_((*UNDER_WAY, "to_verify")))
    )  # fmt: skip
    for action in session.scalars(wanted):
        if action.state == "to_verify":
            yield Matter("verification", action.code, action.counterpart_id, action, action.moved_at)
        elif action.due_on is not None and action.due_on <= terms.today() + SOON:
            yield Matter("due", action.code, action.responsible_id, action, due_on=action.due_on)
