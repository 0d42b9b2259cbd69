"""How far a plan has come: by objective, and in all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from toolkit.records import Action, Objective, Plan

COUNTING = ("planned", "running", "to_verify", "verified", "observed", "paused")
"""States of what the plan holds: neither proposed nor taken out of it."""


@dataclass(frozen=True)
class Advance:
    """Of some actions, how many are verified, and how far they have come together, in percent: the mean of
    what was last reported, 100 only for what is verified."""

    total: int
    verified: int
    percent: int


def far(action: Action) -> int:
    """How far an action has come, in percent: what was last reported, and 100 only when it is verified. Every
    page, table and mean says this number."""
    return 100 if action.state == "verified" else min(action.percent, 99)


def advance(actions: Iterable[Action]) -> Advance:
    """How far these actions have come; cancelled and proposed ones do not count."""
    counted = [one for one in actions if one.state in COUNTING]
    done = [far(one) for one in counted]
    return Advance(len(done), done.count(100), sum(done) // len(done) if done else 0)


def by_objective(plan: Plan) -> Sequence[tuple[Objective, Advance]]:
    """Each objective of the agreement with how far the actions that serve it have come."""
    return [
        (objective, advance(_serving(plan, objective)))
        for objective in plan.agreement.objectives
    ]  # fmt: skip


def _serving(plan: Plan, objective: Objective) -> list[Action]:
    return [one for one in plan.actions if objective.id in {served.objective_id for served in one.objectives}]


def chosen(plan: Plan, objective: str = "", priority: str = "") -> list[Action]:
    """The actions of a plan, or those that serve the objective with this code («O1»), or this priority of a
    party, in its words, as far as the reader sees those."""
    found = list(plan.actions)
    if objective:
        found = [one for one in found if objective in {served.objective.code for served in one.objectives}]
    if priority:
        found = [one for one in found if priority in {named.words for named in one.priorities}]
    return found


def priorities(plan: Plan, parties: Collection[int]) -> list[str]:
    """The priorities of these parties (by number) that actions of the plan serve."""
    return sorted(
        {named.words for one in plan.actions for named in one.priorities if named.organization_id in parties}
    )
