"""Proposing an action, changing the proposal, accepting it: «propuesta» becomes «planificada» when every
party has agreed (product.md section 1, row 28)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from toolkit import access, audit, consents, letters, reasons, revisions
from toolkit.actions import facts as facts_
from toolkit.actions.facts import Facts
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden
from toolkit.jobs import enqueue
from toolkit.records import Action, Consent, Plan, PlanChange, Step, now

HIDDEN = ("proposed", "withdrawn")
"""States of what no plan holds: not yet, or not any more."""


def propose(visit: Visit, plan: Plan, said: Facts) -> Action:
    """A new proposal; a coordination agrees to its own at once. Every other party is told. Raises Forbidden,
    Invalid with the field."""
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden
    checked = facts_.check(said, plan)
    if told := _told_before(visit, plan, checked):
        return told
    number = (visit.session.scalar(select(func.max(Action.number)).where(Action.plan_id == plan.id)) or 0) + 1
    action = Action(plan=plan, number=number, code=f"{plan.year}-{number:02}",
                    proposed_by=visit.viewer.person_id)  # fmt: skip
    facts_.write(action, checked, plan)
    visit.session.add(action)
    visit.session.flush()
    if access.speaks_for(visit.viewer, plan.agreement):
        consents.give(visit, action, plan.agreement)
    consents.ask_anew(visit, plan)
    visit.session.flush()
    note(visit, "propose", action)
    tell(visit, action, "proposed")
    return action


def _told_before(visit: Visit, plan: Plan, said: Facts) -> Action | None:
    """The newest proposal, where the same person made it in the same words, by pressing the button twice."""
    last = visit.session.scalars(
        select(Action).where(Action.plan_id == plan.id).order_by(Action.number.desc()).limit(1)
    ).first()
    if last is None or (last.state, last.proposed_by) != ("proposed", visit.viewer.person_id):
        return None
    same = not revisions.compare(facts_.describe(last), said, begun=0, kept=0, unordered=facts_.UNORDERED)
    return last if same else None


def change(visit: Visit, action: Action, said: Facts, *, revision: int) -> None:
    """Write an action that no frozen plan holds: all parties are asked anew, and who writes agrees to what
    they wrote. Raises Forbidden, Overtaken where somebody else saved it meanwhile, Conflict where the plan is
    frozen, Invalid with the field."""
    plan = action.plan
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden
    if not open_to_writing(action):
        raise Conflict(N_("El plan ya tiene la conformidad de las partes: proponga un cambio."))
    checked = facts_.check(said, plan)
    changed = revisions.compare(facts_.describe(action), checked, begun=revision, kept=action.revision,
                                unordered=facts_.UNORDERED)  # fmt: skip
    if not changed:
        return
    facts_.write(action, checked, plan)
    action.state, action.proposed_at, action.proposed_by = "proposed", now(), visit.viewer.person_id
    action.consents.clear()
    consents.ask_anew(visit, plan)
    visit.session.flush()
    if access.speaks_for(visit.viewer, plan.agreement):
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
    if not access.speaks_for(visit.viewer, action.plan.agreement):
        raise Forbidden
    if action.state != "proposed":
        raise Conflict(N_("Esta propuesta ya se resolvió."))
    if consents.may_give(visit, action, action.plan.agreement):
        check_read(action.revision, revision)
    facts_.check_ready(facts_.describe(action), action.code)
    proposer_id = next((one.organization_id for one in proposing(action)), None)
    organization_id = consents.give(visit, action, action.plan.agreement)
    note(visit, "agree", action, organization_id=organization_id)
    if consents.missing(action, action.plan.agreement):
        return
    plan_it(visit, action, organization_id)
    if action.plan.state != "draft":
        added = PlanChange(noun="action", act="add", action=action, reason=action.title,
                           organization_id=proposer_id, proposed_by=action.proposed_by,
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


def touch(action: Action) -> None:
    """Move the revision on where something that hangs on the action changed, so that nobody verifies what
    they have not read."""
    flag_modified(action, "percent")


def number_change(change: PlanChange) -> None:
    """Write a change of a frozen plan as made: it gets the next number."""
    change.number = max((one.number or 0 for one in change.plan.changes), default=0) + 1
    change.state, change.asked, change.stood, change.agreed_at = "agreed", {}, {}, now()


def plan_it(visit: Visit, action: Action, organization_id: int) -> None:
    """Write that a proposal is planned now, by the consent of this party, which was the last."""
    move(visit, action, "planned", organization_id)
    visit.session.flush()


def proposing(action: Action) -> list[Consent]:
    """The consent of the party for which the words of a proposal were written; none where an editor wrote
    them."""
    return [one for one in action.consents if one.person_id == action.proposed_by]


def proposed(visit: Visit, action: Action) -> bool:
    """Is it one's own proposal: by oneself, or for one's party?"""
    own = access.speaks_for(visit.viewer, action.plan.agreement)
    by_party = any(one.organization_id in own for one in proposing(action))
    return action.proposed_by == visit.viewer.person_id or by_party


def withdraw(visit: Visit, action: Action, reason: str = "") -> None:
    """Take one's own proposal back, or decline that of another party, with a reason: for whoever proposed it
    and the coordinations of the parties. It stays written. Raises Forbidden, Conflict, Invalid."""
    own, speaks = proposed(visit, action), access.speaks_for(visit.viewer, action.plan.agreement)
    if not speaks and not (own and access.may_plan(visit.viewer, action.plan.agreement)):
        raise Forbidden
    if action.state != "proposed":
        raise Conflict(N_("Esta propuesta ya se resolvió."))
    reason = reasons.given(reason, N_("Escriba por qué no la acepta: lo lee quien la propuso."), optional=own)
    move(visit, action, "withdrawn", min(speaks, default=None), reason)
    consents.ask_anew(visit, action.plan)
    visit.session.flush()
    step = "withdraw" if own else "decline"
    note(visit, step, action)
    tell(visit, action, "withdrawn" if own else "declined", reason=reason, also=action.proposed_by)


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


def tell(
    visit: Visit, action: Action, step: str, organization_ids: Sequence[int] = (), reason: str = "",
    also: int | None = None,
) -> None:  # fmt: skip
    """Write to the coordinations of the parties, or of these ones, and to the person with the number `also`
    if they work on the plan still: what was done, by whom, and why."""
    parties = organization_ids or [one.organization_id for one in action.plan.agreement.parties]
    with visit.open_for_maintenance() as whole:
        author = letters.proposer(whole, also, action.plan.agreement)
        letters.to_coordinations(whole, parties, "action", values(visit, action, step, reason),
                                 but=visit.viewer, also=author)  # fmt: skip


def values(visit: Visit, action: Action, step: str, reason: str = "") -> dict[str, Any]:
    """What a letter says of an action."""
    return {"code": action.code, "title": action.title, "step": step, "year": action.plan.year,
            "who": visit.viewer.name, "reason": reason}  # fmt: skip
