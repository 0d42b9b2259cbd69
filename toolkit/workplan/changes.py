"""Changes of a frozen plan: one party proposes, every party agrees, then the change is made and numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access, consents, reasons, revisions, tidy
from toolkit.actions import facts, proposals
from toolkit.actions.facts import Facts
from toolkit.actions.proposals import number_change
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound, Overtaken
from toolkit.records import Action, Agreement, AgreementParty, Consent, Indicator, Plan, PlanChange
from toolkit.workplan import indicators, plans
from toolkit.workplan.indicators import Aim

DONE = ("verified", "cancelled")
"""States of an action that no change brings back."""
CHECKED = ("responsible", "counterpart", "outputs")
"""What a verification is about: changed while one is waited for, the action has to be sent anew."""
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


def about(visit: Visit, action: Action) -> Sequence[PlanChange]:
    """The changes of an action that wait for consent, as far as the viewer sees them."""
    return visit.session.scalars(
        select(PlanChange)
        .where(PlanChange.action_id == action.id, PlanChange.state == "proposed")
        .order_by(PlanChange.id)
    ).all()


def ask_action(visit: Visit, action: Action, said: Facts, reason: str, *, revision: int) -> PlanChange:
    """Propose other facts for a planned action. `revision` is the one that the person began from. Raises
    Forbidden, Overtaken where the action changed meanwhile, Conflict, Invalid."""
    if action.state in proposals.HIDDEN:
        raise Conflict(N_("Esta acción no está en el plan: es una propuesta, o se retiró."))
    _check_changes(action)
    stood, said = facts.describe(action), facts.check(said, action.plan)
    facts.check_ready(said, action.code)
    changed = revisions.compare(stood, said, begun=revision, kept=action.revision, unordered=facts.UNORDERED)
    before, after = facts.plain(stood), facts.plain(said)
    for name in after.keys() - set(changed):
        after[name] = before[name]
    return _ask(visit, action.plan, "action", "change", before, after, reason, action=action)


def ask_cancel(visit: Visit, action: Action, reason: str) -> PlanChange:
    """Propose to cancel an action, likewise."""
    if action.state not in CANCELLABLE:
        raise Conflict(N_("Esta acción no se puede cancelar en su estado."))
    return _ask(visit, action.plan, "action", "cancel", {}, {"state": "cancelled"}, reason, action=action)


def ask_indicator(
    visit: Visit, plan: Plan, indicator: Indicator | None, aim: Aim, reason: str, *, revision: int = 0
) -> PlanChange:  # fmt: skip
    """Propose another aim for an indicator, likewise, or a new indicator where there is none yet."""
    aim = indicators.check(aim, plan)
    if indicator is not None:
        revisions.compare(indicators.describe(indicator), aim, begun=revision, kept=indicator.revision)
    after = indicators.plain(aim)
    before = indicators.plain(indicators.describe(indicator)) if indicator else {}
    act = "change" if indicator else "add"
    return _ask(visit, plan, "indicator", act, before, after, reason, indicator=indicator)


def ask_plan(visit: Visit, plan: Plan, words: str, reason: str, *, revision: int) -> PlanChange:
    """Propose other words for the beginning of the plan, likewise."""
    words = tidy.text(words)
    tidy.check_length(words, plans.TEXT, "words")
    if words != plan.words and revision != plan.revision:
        raise Overtaken(plan.words, plan.revision, ["words"])
    return _ask(visit, plan, "plan", "change", {"words": plan.words}, {"words": words}, reason)


def _ask(
    visit: Visit, plan: Plan, noun: str, act: str, before: Mapping[str, Any], after: Mapping[str, Any],
    reason: str, *, action: Action | None = None, indicator: Indicator | None = None,
) -> PlanChange:  # fmt: skip
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden
    if plan.state == "draft":
        raise Conflict(N_("El plan es todavía un borrador: cámbielo directamente."))
    asked = {name: value for name, value in after.items() if before.get(name) != value}
    if not asked:
        raise Invalid(N_("No cambió nada."))
    reason = reasons.given(reason, N_("Escriba por qué cambia el plan."))
    own = access.speaks_for(visit.viewer, plan.agreement)
    change = PlanChange(
        noun=noun, act=act, asked=asked, stood={name: before[name] for name in asked if name in before},
        reason=reason, action=action, indicator=indicator,
        organization_id=min(own, default=None), proposed_by=visit.viewer.person_id,
    )  # fmt: skip
    if any(_same(one, change) for one in proposed(plan)):
        raise Conflict(N_("Ya hay un cambio igual que espera la conformidad de las partes."))
    plan.changes.append(change)
    visit.session.flush()
    if own:
        consents.give(visit, change, plan.agreement)
    plans.note(visit, "ask", plan, change=change.public_id)
    _tell(visit, change, "change_asked", change.reason)
    return change


def _same(one: PlanChange, other: PlanChange) -> bool:
    about = [(each.noun, each.act, each.action, each.indicator, each.asked) for each in (one, other)]
    return one is not other and about[0] == about[1]


def _tell(
    visit: Visit, change: PlanChange, step: str, reason: str = "", also: int | None = None
) -> None:  # fmt: skip
    about = ""
    if change.action is not None:
        about = f"{change.action.code}. {change.action.title}"
    elif change.indicator is not None:
        about = f"{change.indicator.code}. {change.indicator.name}"
    plans.tell(visit, change.plan, step, id=change.public_id, about=about, who=visit.viewer.name,
               reason=reason, also=also)  # fmt: skip


def agree(visit: Visit, change: PlanChange) -> None:
    """Agree for one's party; with the last consent the change is made, or Conflict where the plan has moved
    on so that it cannot be."""
    plan = change.plan
    if not access.speaks_for(visit.viewer, plan.agreement):
        raise Forbidden
    _check_open(change)
    with visit.session.begin_nested():  # what cannot be made is not agreed to either
        organization_id = consents.give(visit, change, plan.agreement)
        plans.note(visit, "agree", plan, organization_id=organization_id, change=change.public_id)
        if consents.missing(change, plan.agreement):
            return
        told = _make(visit, change)
        number_change(change)
        change.told = told
    plans.reindex(visit, plan)
    _tell(visit, change, "change_made", change.reason)


def withdraw(visit: Visit, change: PlanChange, reason: str = "") -> None:
    """Take one's own proposal back, or decline that of another party, with a reason. It stays written. Raises
    Forbidden, Conflict, Invalid."""
    _check_open(change)
    if not access.may_close_proposal(visit.viewer, change, change.plan.agreement):
        raise Forbidden
    own = access.proposed_by_own(visit.viewer, change, change.plan.agreement)
    reason = reasons.given(reason, N_("Escriba por qué no lo acepta: lo lee quien lo propuso."), optional=own)
    change.state, change.answer = "withdrawn", reason
    visit.session.flush()
    plans.note(visit, "withdraw" if own else "decline", change.plan, change=change.public_id)
    step = "change_withdrawn" if own else "change_declined"
    _tell(visit, change, step, reason, also=change.proposed_by)


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
    return [[name, change.stood.get(name), after] for name, after in change.asked.items()]


def _check_open(change: PlanChange) -> None:
    if change.state != "proposed":
        raise Conflict(N_("Este cambio ya se resolvió."))


def _make(visit: Visit, change: PlanChange) -> list[list[Any]]:
    """Write what was asked for; gives what everybody may read of it, as (field, before, after)."""
    plan, action = change.plan, change.action
    if change.noun == "plan":
        _check_stands(change, {"words": plan.words})
        before, plan.words = plan.words, change.asked["words"]
        return [["words", before, plan.words]]
    if change.noun == "indicator":
        return _make_indicator(change)
    if action is None:
        raise Conflict
    if change.act == "cancel":
        if action.state not in CANCELLABLE:
            raise Conflict(N_("Esta acción no se puede cancelar en su estado."))
        before = action.state
        spoke = min(access.speaks_for(visit.viewer, plan.agreement), default=None)
        proposals.move(visit, action, "cancelled", spoke, change.reason)
        action.next_on = None
        return [["state", before, "cancelled"]]
    return _make_action(visit, change, action)


def _make_action(visit: Visit, change: PlanChange, action: Action) -> list[list[Any]]:
    _check_changes(action)
    plan, asked, stood = change.plan, change.asked, facts.describe(action)
    before = facts.plain(stood)
    _check_stands(change, before)
    facts.write(action, facts.check(facts.amended(stood, asked), plan), plan)
    facts.check_ready(facts.describe(action), action.code)
    proposals.touch(action)
    if action.state == "to_verify" and not set(CHECKED).isdisjoint(asked):
        proposals.move(visit, action, "running", change.organization_id, change.reason)
    return [[name, before[name], asked[name]] for name in facts.PUBLIC if name in asked]


def _check_changes(action: Action) -> None:
    if action.state in DONE:
        raise Conflict(N_("Una acción verificada o cancelada ya no cambia."))


def _check_stands(change: PlanChange, before: Mapping[str, Any]) -> None:
    """Raise Conflict where what is to be changed is no longer what it was when that was asked for."""
    unknown = change.act == "change" and not change.stood  # it was asked for before that was kept
    if unknown or any(before.get(name) != value for name, value in change.stood.items()):
        raise Conflict(
            N_("Lo que este cambio corrige ya es otro. Rechácelo o retírelo, y propóngalo de nuevo.")
        )


def _make_indicator(change: PlanChange) -> list[list[Any]]:
    plan, indicator = change.plan, change.indicator
    if indicator is None and change.act == "change":
        raise Conflict(N_("Ese indicador ya no está en el plan."))
    stood = indicators.describe(indicator) if indicator else Aim("")
    before = indicators.plain(stood)
    _check_stands(change, before)
    aim = indicators.check(indicators.amended(stood, change.asked), plan)
    if indicator is None:
        indicator = Indicator(number=indicators.next_number(plan))
        indicators.write(indicator, aim, plan)
        plan.indicators.append(indicator)
        change.indicator = indicator
    else:
        indicators.write(indicator, aim, plan)
    return [[name, before[name], after] for name, after in change.asked.items()]
