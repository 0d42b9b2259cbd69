"""Changes of a frozen plan: one party proposes, every party agrees, then the change is made and numbered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access, consents, tidy
from toolkit.actions import facts, proposals
from toolkit.actions.facts import Facts
from toolkit.actions.proposals import number_change
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Action, Agreement, AgreementParty, Consent, Indicator, Plan, PlanChange
from toolkit.workplan import indicators, plans
from toolkit.workplan.indicators import Aim

CANCELLABLE = ("planned", "running", "observed", "paused", "to_verify")


def get(visit: Visit, public_id: str) -> PlanChange:
    """One change with who agreed to it; NotFound for who does not see it."""
    found = visit.session.scalars(
        select(PlanChange)
        .where(PlanChange.public_id == public_id)
        .options(
            joinedload(PlanChange.action),
            joinedload(PlanChange.indicator),
            joinedload(PlanChange.organization),
            selectinload(PlanChange.consents).joinedload(Consent.organization),
            selectinload(PlanChange.consents).joinedload(Consent.person),
            joinedload(PlanChange.plan)
            .joinedload(Plan.agreement)
            .selectinload(Agreement.parties)
            .joinedload(AgreementParty.organization),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def ask_action(visit: Visit, action: Action, said: Facts, reason: str) -> PlanChange:
    """Propose other facts for a planned action. Raises Forbidden, Conflict, Invalid."""
    before = facts.plain(facts.describe(action))
    after = facts.plain(facts.check(said, action.plan))
    if action.state in ("verified", "cancelled"):
        raise Conflict(N_("Una acción verificada o cancelada ya no cambia."))
    return _ask(visit, action.plan, "action", "change", _changed(before, after), reason, action=action)


def ask_cancel(visit: Visit, action: Action, reason: str) -> PlanChange:
    """Propose to cancel an action, likewise."""
    if action.state not in CANCELLABLE:
        raise Conflict(N_("Esta acción no se puede cancelar en su estado."))
    return _ask(visit, action.plan, "action", "cancel", {"state": "cancelled"}, reason, action=action)


def ask_indicator(
    visit: Visit, plan: Plan, indicator: Indicator | None, aim: Aim, reason: str
) -> PlanChange:  # fmt: skip
    """Propose another aim for an indicator, or a new indicator where there is none yet, likewise."""
    after = indicators.plain(indicators.check(aim, plan))
    before = indicators.plain(indicators.describe(indicator)) if indicator else {}
    act = "change" if indicator else "add"
    return _ask(visit, plan, "indicator", act, _changed(before, after), reason, indicator=indicator)


def ask_plan(visit: Visit, plan: Plan, words: str, reason: str) -> PlanChange:
    """Propose other words for the beginning of the plan, likewise."""
    words = tidy.text(words)
    tidy.check_length(words, plans.TEXT, "words")
    return _ask(visit, plan, "plan", "change", _changed({"words": plan.words}, {"words": words}), reason)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    if not changed:
        raise Invalid(N_("No cambió nada."))
    return changed


def _ask(
    visit: Visit, plan: Plan, noun: str, act: str, asked: dict[str, Any], reason: str,
    *, action: Action | None = None, indicator: Indicator | None = None,
) -> PlanChange:  # fmt: skip
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden
    if plan.state == "draft":
        raise Conflict(N_("El plan es todavía un borrador: cámbielo directamente."))
    reason = tidy.text(reason)
    tidy.check_length(reason, 1000, "reason")
    if not reason:
        raise Invalid(N_("Escriba por qué cambia el plan."), field="reason")
    own = access.speaks_for(visit.viewer, plan.agreement)
    change = PlanChange(
        noun=noun, act=act, asked=asked, reason=reason, action=action, indicator=indicator,
        organization_id=min(own, default=None), proposed_by=visit.viewer.person_id,
    )  # fmt: skip
    plan.changes.append(change)
    visit.session.flush()
    if own:
        consents.give(visit, change, plan.agreement)
    plans.note(visit, "ask", plan, change=change.public_id)
    plans.tell(visit, plan, "change_asked")
    return change


def agree(visit: Visit, change: PlanChange) -> None:
    """Agree for one's party; with the last consent the change is made, or Conflict where the plan has moved
    on so that it cannot be."""
    _check_open(change)
    plan = change.plan
    organization_id = consents.give(visit, change, plan.agreement)
    plans.note(visit, "agree", plan, organization_id=organization_id, change=change.public_id)
    if consents.missing(change, plan.agreement):
        return
    told = _make(visit, change)
    number_change(change)
    change.told = told
    visit.session.flush()
    plans.reindex(visit, plan)
    plans.tell(visit, plan, "change_made")


def withdraw(visit: Visit, change: PlanChange) -> None:
    """Take a proposal back, or decline it: for those who work on the plan. It stays written."""
    if not access.may_plan(visit.viewer, change.plan.agreement):
        raise Forbidden
    _check_open(change)
    change.state = "withdrawn"
    visit.session.flush()
    plans.note(visit, "withdraw", change.plan, change=change.public_id)
    plans.tell(visit, change.plan, "change_withdrawn")


def made(plan: Plan) -> list[PlanChange]:
    """The changes that were made, the newest first."""
    done = (one for one in plan.changes if one.state == "agreed")
    return sorted(done, key=lambda one: one.number or 0, reverse=True)


def proposed(plan: Plan) -> list[PlanChange]:
    """The changes that wait for consent, as far as the viewer sees them."""
    return [one for one in plan.changes if one.state == "proposed"]


def asked_of(change: PlanChange) -> list[list[Any]]:
    """What a proposed change asks for, as (field, before, after), for those who work on the plan."""
    if change.act == "cancel":
        return [["state", change.action.state if change.action else "", "cancelled"]]
    before: Mapping[str, Any] = {}
    if change.noun == "plan":
        before = {"words": change.plan.words}
    elif change.action is not None:
        before = facts.plain(facts.describe(change.action))
    elif change.indicator is not None:
        before = indicators.plain(indicators.describe(change.indicator))
    return [[name, before.get(name), after] for name, after in change.asked.items()]


def _check_open(change: PlanChange) -> None:
    if change.state != "proposed":
        raise Conflict(N_("Este cambio ya se resolvió."))


def _make(visit: Visit, change: PlanChange) -> list[list[Any]]:
    """Write what was asked for; gives what everybody may read of it, as (field, before, after)."""
    plan, asked = change.plan, change.asked
    if change.noun == "plan":
        before, plan.words = plan.words, asked["words"]
        return [["words", before, plan.words]]
    if change.noun == "indicator":
        return _make_indicator(change)
    action = change.action
    if action is None:
        raise Conflict
    if change.act == "cancel":
        if action.state not in CANCELLABLE:
            raise Conflict(N_("Esta acción no se puede cancelar en su estado."))
        before = action.state
        proposals.move(visit, action, "cancelled", change.organization_id, change.reason)
        return [["state", before, "cancelled"]]
    if action.state in ("verified", "cancelled"):
        raise Conflict(N_("Una acción verificada o cancelada ya no cambia."))
    stood = facts.describe(action)
    facts.write(action, facts.check(facts.amended(stood, asked), plan), plan)
    facts.check_ready(action)
    before_ = facts.plain(stood)
    return [[name, before_[name], asked[name]] for name in facts.PUBLIC if name in asked]


def _make_indicator(change: PlanChange) -> list[list[Any]]:
    plan, indicator = change.plan, change.indicator
    if indicator is None and change.act == "change":
        raise Conflict(N_("Ese indicador ya no está en el plan."))
    stood = indicators.describe(indicator) if indicator else Aim("")
    before = indicators.plain(stood)
    if indicator is None:
        indicator = change.indicator = Indicator(number=indicators.next_number(plan))
        plan.indicators.append(indicator)
    indicators.write(indicator, indicators.check(indicators.amended(stood, change.asked), plan), plan)
    return [[name, before[name], after] for name, after in change.asked.items()]
