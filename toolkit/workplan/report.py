"""The yearly report of a plan: what was planned and what came of it, as far as the viewer reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from toolkit import access, exchange, terms
from toolkit.actions import days_late
from toolkit.actions.finding import FACTS
from toolkit.database import Visit
from toolkit.records import (
    Action,
    ActionResource,
    Evidence,
    Note,
    Objective,
    Plan,
    PlanChange,
    Step,
)
from toolkit.workplan import plans
from toolkit.workplan.indicators import Figure, figures
from toolkit.workplan.progress import Advance, advance, by_objective

_HIDDEN = ("proposed", "withdrawn")
_WHOLE = (
    *FACTS,
    selectinload(Action.links).joinedload(ActionResource.resource),
    selectinload(Action.evidence).joinedload(Evidence.resource),
    selectinload(Action.evidence).joinedload(Evidence.organization),
    selectinload(Action.steps).joinedload(Step.organization),
)


@dataclass(frozen=True)
class Report:
    """A year of joint work on a day in Lima. `notes` are how many there are, by the number of the action;
    `inside` says whether the viewer reads what is internal to the parties."""

    plan: Plan
    day: dt.date
    actions: Sequence[Action]
    objectives: Sequence[tuple[Objective, Advance]]
    whole: Advance
    figures: Sequence[Figure]
    changes: Sequence[PlanChange]
    exchange: exchange.Total | None
    notes: Mapping[int, int]
    inside: bool


def gather(visit: Visit, year: int) -> Report:
    """The report of a year; NotFound for who does not see its plan."""
    plan = plans.get(visit, year)
    wanted = select(Action).where(Action.plan_id == plan.id, Action.state.not_in(_HIDDEN))
    actions = visit.session.scalars(wanted.order_by(Action.number).options(*_WHOLE)).all()
    counted = select(Note.action_id, func.count(Note.id)).group_by(Note.action_id)
    notes = {row[0]: row[1] for row in visit.session.execute(
        counted.where(Note.action_id.in_([one.id for one in actions])))}  # fmt: skip
    return Report(
        plan, terms.today(), actions, by_objective(plan), advance(actions), figures(visit, plan),
        [one for one in plan.changes if one.state == "agreed"],
        next((one for one in exchange.totals(visit) if one.year == year), None),
        notes, access.may_read_inside(visit.viewer, plan.agreement),
    )  # fmt: skip


def serving(report: Report, objective: Objective | None) -> tuple[list[Action], list[Action]]:
    """The actions that serve an objective: those for which it is the first one, and the others. Without an
    objective, the actions that serve none."""
    own, others = [], []
    for action in report.actions:
        served = sorted(action.objectives, key=lambda one: one.objective.number)
        if objective is None:
            own += [] if served else [action]
        elif served and served[0].objective_id == objective.id:
            own.append(action)
        elif objective.id in {one.objective_id for one in served}:
            others.append(action)
    return own, others


def undone(report: Report) -> list[tuple[Action, str]]:
    """What has not been done though its time is over, or will not be: each action with the reason as far as
    the viewer reads one. Why an action was cancelled stands in the change of the plan; why it waits, in what
    the parties wrote."""
    told = {one.action_id: one.reason for one in report.changes if one.act == "cancel"}
    year_over = report.day.year > report.plan.year
    return [
        (one, told.get(one.id) or _last_reason(one))
        for one in report.actions
        if one.state in ("cancelled", "paused") or days_late(one) or (year_over and one.state != "verified")
    ]


def _last_reason(action: Action) -> str:
    return next((one.reason for one in reversed(action.steps) if one.after == action.state), "")
