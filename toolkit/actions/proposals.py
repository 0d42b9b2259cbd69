"""Proposing an action, changing the proposal, accepting it: «propuesta» becomes «planificada» when every
party has agreed (product.md section 1, row 28)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from toolkit import access, audit, consents, letters, revisions
from toolkit.actions import facts as facts_
from toolkit.actions.facts import Facts
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden
from toolkit.jobs import enqueue
from toolkit.records import Action, Plan, PlanChange, Step, now


def propose(visit: Visit, plan: Plan, said: Facts) -> Action:
    """A new proposal; a coordination agrees to its own at once. Every other party is told. Raises Forbidden,
    Invalid with the field."""
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden
    checked = facts_.check(said, plan)
    number = (visit.session.scalar(select(func.max(Action.number)).where(Action.plan_id == plan.id)) or 0) + 1
    action = Action(plan=plan, number=number, code=f"{plan.year}-{number:02}",
                    proposed_by=visit.viewer.person_id)  # fmt: skip
    facts_.write(action, checked, plan)
    visit.session.add(action)
    visit.session.flush()
    if access.speaks_for(visit.viewer, plan.agreement):
        consents.give(visit, action, plan.agreement)
    ask_anew(plan)
    visit.session.flush()
    note(visit, "propose", action)
    tell(visit, action, "proposed")
    return action


def change(visit: Visit, action: Action, said: Facts, *, revision: int) -> None:
    """Write an action that no frozen plan holds: other parties are asked anew. Raises Forbidden, Overtaken
    where somebody else saved it meanwhile, Conflict where the plan is frozen, Invalid with the field."""
    plan = action.plan
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden
    if not open_to_writing(action):
        raise Conflict(N_("El plan ya tiene la conformidad de las partes: proponga un cambio."))
    checked = facts_.check(said, plan)
    changed = revisions.compare(facts_.describe(action), checked, begun=revision, kept=action.revision,
                                unordered=("topics", "objectives", "outputs"))  # fmt: skip
    if not changed:
        return
    facts_.write(action, checked, plan)
    action.state, action.proposed_at = "proposed", now()
    own = access.speaks_for(visit.viewer, plan.agreement)
    action.consents = [one for one in action.consents if one.organization_id in own]
    ask_anew(plan)
    visit.session.flush()
    if own and consents.may_give(visit, action, plan.agreement):
        consents.give(visit, action, plan.agreement)
    note(visit, "change", action, fields=changed)
    tell(visit, action, "proposed")


def open_to_writing(action: Action) -> bool:
    """May it be written directly, rather than by a change of the plan?"""
    if action.state == "proposed":
        return True
    return action.plan.state == "draft" and action.state == "planned"


def accept(visit: Visit, action: Action, *, revision: int) -> None:
    """Agree to a proposal for one's party. With the last consent it is planned, in a frozen plan by a
    numbered change. `revision` is the one that was read. Raises Forbidden, Conflict, Invalid where it lacks
    what a planned action needs."""
    if action.state != "proposed":
        raise Conflict(N_("Esta propuesta ya se resolvió."))
    if consents.may_give(visit, action, action.plan.agreement):
        check_read(action.revision, revision)
    facts_.check_ready(action)
    organization_id = consents.give(visit, action, action.plan.agreement)
    note(visit, "agree", action, organization_id=organization_id)
    if consents.missing(action, action.plan.agreement):
        return
    plan_it(visit, action)
    if action.plan.state != "draft":
        added = PlanChange(noun="action", act="add", action=action, reason=action.title,
                           organization_id=organization_id, proposed_by=action.proposed_by,
                           proposed_at=action.proposed_at)  # fmt: skip
        action.plan.changes.append(added)
        number_change(added)
    visit.session.flush()
    reindex(visit, action)
    tell(visit, action, "accepted")


def check_read(kept: int, read: int) -> None:
    """Raise Conflict for who agrees to something else than what stands."""
    if kept != read:
        raise Conflict(N_("Esto cambió mientras usted lo leía. Léalo de nuevo y dé entonces su conformidad."))


def ask_anew(plan: Plan) -> None:
    """What is written in a draft takes back its consents, which were given to something else; the revision
    moves on, so that who agrees agrees to what they read."""
    if plan.state == "draft":
        plan.consents.clear()
        plan.changed_at = now()


def number_change(change: PlanChange) -> None:
    """Write a change of a frozen plan as made: it gets the next number."""
    change.number = max((one.number or 0 for one in change.plan.changes), default=0) + 1
    change.state, change.asked, change.agreed_at = "agreed", {}, now()


def plan_it(visit: Visit, action: Action, organization_id: int | None = None) -> None:
    """Write that a proposal is planned now."""
    move(visit, action, "planned", organization_id)
    visit.session.flush()


def withdraw(visit: Visit, action: Action, reason: str = "") -> None:
    """Take a proposal back, or decline it: for those who work on the plan. It stays written."""
    if not access.may_plan(visit.viewer, action.plan.agreement):
        raise Forbidden
    if action.state != "proposed":
        raise Conflict(N_("Esta propuesta ya se resolvió."))
    move(visit, action, "withdrawn", None, reason)
    visit.session.flush()
    note(visit, "withdraw", action)
    tell(visit, action, "withdrawn")


def move(
    visit: Visit, action: Action, state: str, organization_id: int | None = None, reason: str = "",
    checked: list[list[object]] | None = None,
) -> None:  # fmt: skip
    """Bring an action to a state, and write who did it and when."""
    action.steps.append(
        Step(before=action.state, after=state, person_id=visit.viewer.person_id, reason=reason,
             organization_id=organization_id, checked=checked or [])
    )  # fmt: skip
    action.state, action.moved_at = state, now()


def note(visit: Visit, act: str, action: Action, **values: Any) -> None:
    """Write into the audit what was done to an action."""
    audit.record(visit.session, visit.viewer, act, "action", action.code, **values)


def reindex(visit: Visit, action: Action) -> None:
    """Bring the shelves up to date."""
    enqueue(visit.session, "index", "index_resource", action.public_id)


def tell(visit: Visit, action: Action, step: str, organization_ids: list[int] | None = None) -> None:
    """Write to the coordinations of the parties, or of these ones."""
    parties = [one.organization_id for one in action.plan.agreement.parties]
    values = {"code": action.code, "title": action.title, "step": step, "year": action.plan.year}
    letters.to_coordinations(visit.session, organization_ids or parties, "action", values, but=visit.viewer)
