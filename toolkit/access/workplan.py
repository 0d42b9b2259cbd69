"""Who reads a work plan and its actions, before they are out and what is internal to the parties, and who
does what with them (product.md 5.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, not_, or_, select, true

from toolkit.access.agreement import reads_amendment, speaks_for, works_on
from toolkit.access.meetings import part_of_meeting
from toolkit.access.news import part_of_article
from toolkit.access.resources import listed_part, readable_by
from toolkit.access.shelves import MEMBERS_SHELF, PUBLIC_SHELF, Standing, space_shelf
from toolkit.access.viewer import Viewer, steward_of
from toolkit.records import (
    Action,
    ActionObjective,
    Agreement,
    AgreementParty,
    Amendment,
    Evidence,
    Indicator,
    Plan,
    PlanChange,
    Version,
)

_party, _plan, _action = AgreementParty.__table__, Plan.__table__, Action.__table__
_amendment, _change, _indicator = Amendment.__table__, PlanChange.__table__, Indicator.__table__
_evidence, _version = Evidence.__table__, Version.__table__
_HIDDEN = ("proposed", "withdrawn")


def _of_the_parties(viewer: Viewer, agreement_id: Any) -> ColumnElement[bool]:
    """Editors, and everybody of an organisation that is a party."""
    if viewer.editor:
        return true()
    if not viewer.organizations:
        return false()
    party = _party.alias()
    return exists(
        select(party.c.id).where(
            party.c.agreement_id == agreement_id, party.c.organization_id.in_(viewer.organizations)
        )
    )


def reads_plan(viewer: Viewer, plan: Any) -> ColumnElement[bool]:
    """Everybody what is published; before that the editors and the coordinations of the parties."""
    return or_(plan.state == "published", works_on(viewer, plan.agreement_id))


def part_of_plan(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to a plan."""
    plan = _plan.alias()
    return exists(select(plan.c.id).where(plan.c.id == part.plan_id, reads_plan(viewer, plan.c)))


def part_of_indicator(viewer: Viewer, measure: Any) -> ColumnElement[bool]:
    """A value, for those who read the plan."""
    indicator = _indicator.alias()
    return exists(
        select(indicator.c.id).where(
            indicator.c.id == measure.indicator_id, part_of_plan(viewer, indicator.c)
        )
    )


def reads_change(viewer: Viewer, change: Any) -> ColumnElement[bool]:
    """A change that was made whoever reads the plan and the action that it is about; what is proposed, or
    was taken back, who works on it."""
    plan = _plan.alias()
    out = or_(change.state == "agreed", works_on(viewer, plan.c.agreement_id))
    return and_(
        exists(select(plan.c.id).where(plan.c.id == change.plan_id, reads_plan(viewer, plan.c), out)),
        or_(change.action_id.is_(None), part_of_action(viewer, change)),
    )


def reads_action(viewer: Viewer, action: Any) -> ColumnElement[bool]:
    """The actions of a plan that one reads; a proposal only for those who work on the plan."""
    plan = _plan.alias()
    accepted = or_(action.state.not_in(_HIDDEN), works_on(viewer, plan.c.agreement_id))
    return exists(select(plan.c.id).where(plan.c.id == action.plan_id, reads_plan(viewer, plan.c), accepted))


def part_of_action(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to an action, for everybody who reads that."""
    action = _action.alias()
    return exists(select(action.c.id).where(action.c.id == part.action_id, reads_action(viewer, action.c)))


def inside_action(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that only the parties of the agreement and the editors read."""
    if not viewer.editor and not viewer.organizations:
        return false()
    action, plan = _action.alias(), _plan.alias()
    return exists(
        select(action.c.id)
        .join(plan, plan.c.id == action.c.plan_id)
        .where(
            action.c.id == part.action_id,
            reads_action(viewer, action.c),
            _of_the_parties(viewer, plan.c.agreement_id),
        )
    )


def told_action(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """That an article tells of an action, for those to whom both exist."""
    return and_(part_of_article(viewer, part), part_of_action(viewer, part))


def told_link(viewer: Viewer, link: Any) -> ColumnElement[bool]:
    """That an action uses a material, for those to whom both exist."""
    return and_(part_of_action(viewer, link), listed_part(viewer, link))


def reads_evidence(viewer: Viewer, evidence: Any) -> ColumnElement[bool]:
    """What was made public, for everybody who reads the action; the rest for the parties. A material that
    serves as evidence must exist for the reader too."""
    told = or_(evidence.resource_id.is_(None), listed_part(viewer, evidence))
    shown = and_(evidence.public, part_of_action(viewer, evidence))
    return and_(or_(shown, inside_action(viewer, evidence)), told)


def reads_task(viewer: Viewer, task: Any) -> ColumnElement[bool]:
    """A task of an action the parties; one of no action those who work on the agreement."""
    alone = and_(task.action_id.is_(None), works_on(viewer, task.agreement_id))
    return or_(alone, inside_action(viewer, task))


def reads_consent(viewer: Viewer, consent: Any) -> ColumnElement[bool]:
    """Who agreed, for those who read to what."""
    plan, change, amendment = _plan.alias(), _change.alias(), _amendment.alias()
    return or_(
        exists(select(plan.c.id).where(plan.c.id == consent.plan_id, reads_plan(viewer, plan.c))),
        exists(select(change.c.id).where(change.c.id == consent.change_id, reads_change(viewer, change.c))),
        exists(
            select(amendment.c.id).where(
                amendment.c.id == consent.amendment_id, reads_amendment(viewer, amendment.c)
            )
        ),
        and_(not_(consent.action_id.is_(None)), part_of_action(viewer, consent)),
        and_(not_(consent.meeting_id.is_(None)), part_of_meeting(viewer, consent)),
    )


def may_plan(viewer: Viewer, agreement: Agreement) -> bool:
    """Who works on the plan: the coordinations of the parties propose and agree, editors typeset."""
    return viewer.editor or bool(speaks_for(viewer, agreement))


def may_read_inside(viewer: Viewer, agreement: Agreement) -> bool:
    """Does the viewer read what is internal to the parties?"""
    return viewer.editor or bool(viewer.organizations & {one.organization_id for one in agreement.parties})


def reports_for(viewer: Viewer, action: Action) -> list[int]:
    """The parties for which the viewer writes notes, evidence and tasks, the one that counts first: those
    that they coordinate, the responsible one before its counterpart; then those that assigned them, as long
    as they belong to them."""
    first = [action.responsible_id, action.counterpart_id]
    parties = [one.organization_id for one in action.plan.agreement.parties]
    parties.sort(key=lambda one: first.index(one) if one in first else len(first))
    assigned = {one.organization_id for one in action.assignees if one.person_id == viewer.person_id}
    led = [one for one in parties if one in viewer.coordinates]
    return led + [one for one in parties if one in assigned & viewer.organizations and one not in led]


def may_report(viewer: Viewer, action: Action) -> bool:
    """Notes, evidence, tasks: the coordinations of the parties, and who was assigned."""
    return bool(reports_for(viewer, action))


def may_lead(viewer: Viewer, action: Action) -> bool:
    """Begin it, pause it, send it to be verified: the coordination of the party that is responsible."""
    return action.responsible_id in viewer.coordinates


def may_verify(viewer: Viewer, action: Action) -> bool:
    """The coordination of the counterpart, and nobody who belongs to who is responsible (product.md 5.5,
    rule 3)."""
    return action.counterpart_id in viewer.coordinates and action.responsible_id not in viewer.organizations


def proofs_of(action: Action) -> Select[int]:
    """The numbers of the evidence of the responsible party that was not withdrawn, whoever asks."""
    return select(_evidence.c.id).where(
        _evidence.c.action_id == action.id,
        _evidence.c.withdrawn_at.is_(None),
        _evidence.c.organization_id == action.responsible_id,
    )


def proofs_opened(action: Action) -> Select[int]:
    """Of `proofs_of`, what the coordination of the counterpart can open: files, and materials that it reads
    in the version that serves as evidence."""
    version, verifier = _version.alias(), steward_of(action.counterpart_id)
    read = select(version.c.id).where(
        version.c.resource_id == _evidence.c.resource_id,
        version.c.number == _evidence.c.version,
        readable_by(verifier, version.c),
    )
    return proofs_of(action).where(or_(_evidence.c.sha256.is_not(None), exists(read.correlate(_evidence))))


def plan_of_year(year: int) -> Select[int]:
    """The number of the plan of a year, whoever asks: there is one a year."""
    return select(_plan.c.id).where(_plan.c.year == year)


def plans_that_name(objective_id: int) -> Select[int, str]:
    """Year and state of the plans in which an action or an indicator names an objective, whoever asks."""
    served, action = ActionObjective.__table__.alias(), _action.alias()
    acted = select(action.c.plan_id).join(served, served.c.action_id == action.c.id)
    measured = select(_indicator.c.plan_id).where(_indicator.c.objective_id == objective_id)
    return select(_plan.c.year, _plan.c.state).where(
        or_(_plan.c.id.in_(acted.where(served.c.objective_id == objective_id)), _plan.c.id.in_(measured))
    )


def standing_of_plan(plan: Plan) -> frozenset[Standing]:
    """A published plan: its summary for everybody, all of it for members."""
    if plan.state != "published":
        return frozenset()
    return frozenset({Standing(PUBLIC_SHELF, 1, "ficha"), Standing(MEMBERS_SHELF, 1, "full")})


def standing_of_action(action: Action) -> frozenset[Standing]:
    """An action of a published plan: its summary for everybody, its detail in the spaces of the parties."""
    if action.plan.state != "published" or action.state in _HIDDEN:
        return frozenset()
    inside = {one.organization_id for one in action.plan.agreement.parties}
    spaces = {Standing(space_shelf(one), 1, "full") for one in inside}
    return frozenset({Standing(PUBLIC_SHELF, 1, "ficha"), *spaces})
