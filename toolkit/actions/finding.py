"""Finding joint actions: one by its code, and what hangs on it as far as the viewer reads it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from toolkit.database import Visit
from toolkit.errors import NotFound
from toolkit.records import (
    Action,
    ActionObjective,
    ActionResource,
    ActionTerm,
    Agreement,
    AgreementParty,
    Assignee,
    Evidence,
    Note,
    Plan,
    Priority,
    Resource,
    Step,
    Task,
    Version,
)

PER_PAGE = 20
"""Notes on a page."""
WITH_PLAN = (
    joinedload(Action.plan).joinedload(Plan.agreement),
    joinedload(Action.plan)
    .joinedload(Plan.agreement)
    .selectinload(Agreement.parties)
    .joinedload(AgreementParty.organization),
)
FACTS = (
    joinedload(Action.responsible),
    joinedload(Action.counterpart),
    joinedload(Action.detail),
    selectinload(Action.objectives).joinedload(ActionObjective.objective),
    selectinload(Action.terms),
    selectinload(Action.outputs),
    selectinload(Action.priorities).joinedload(Priority.organization),
)
_WHOLE = (
    *WITH_PLAN,
    *FACTS,
    selectinload(Action.consents),
    selectinload(Action.tasks).joinedload(Task.organization),
    selectinload(Action.links).joinedload(ActionResource.resource),
    selectinload(Action.assignees).joinedload(Assignee.person),
    selectinload(Action.evidence).joinedload(Evidence.resource),
    selectinload(Action.evidence).joinedload(Evidence.organization),
    selectinload(Action.steps).joinedload(Step.organization),
    selectinload(Action.steps).joinedload(Step.person),
)


def get(visit: Visit, code: str) -> Action:
    """One action with all that the viewer reads of it; NotFound for who does not see it."""
    found = visit.session.scalars(select(Action).where(Action.code == code).options(*_WHOLE)).one_or_none()
    if found is None:
        raise NotFound
    return found


def notes(visit: Visit, action: Action, page: int = 1) -> tuple[Sequence[Note], int]:
    """A page of the notes, the newest first, and the number of the last page."""
    total = visit.session.scalar(select(func.count(Note.id)).where(Note.action_id == action.id)) or 0
    last = max(1, -(-total // PER_PAGE))
    wanted = (
        select(Note)
        .where(Note.action_id == action.id)
        .order_by(Note.written_at.desc(), Note.id.desc())
        .offset((min(max(1, page), last) - 1) * PER_PAGE)
        .limit(PER_PAGE)
        .options(joinedload(Note.person), joinedload(Note.organization))
    )
    return visit.session.scalars(wanted).all(), last


def newest(visit: Visit, links: Sequence[ActionResource]) -> dict[int, int]:
    """By resource, the number of its newest version that the viewer reads (product.md, row 26)."""
    wanted = [one.resource_id for one in links if one.resource is not None]
    rows = visit.session.execute(
        select(Version.resource_id, func.max(Version.number))
        .where(Version.resource_id.in_(wanted))
        .group_by(Version.resource_id)
    )
    return {resource_id: number for resource_id, number in rows}  # noqa: C416 - rows are no pairs


def get_evidence(visit: Visit, public_id: str) -> Evidence:
    """One piece of evidence with its action; NotFound for who does not see it."""
    found = visit.session.scalars(
        select(Evidence).where(Evidence.public_id == public_id).options(joinedload(Evidence.action))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_task(visit: Visit, public_id: str) -> Task:
    """One task; NotFound for who does not see it."""
    found = visit.session.scalars(select(Task).where(Task.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def using(visit: Visit, resource: Resource, limit: int = 5) -> Sequence[Action]:
    """The actions that use a material, as far as the viewer sees them, the newest first."""
    return _some(visit, select(Action).join(ActionResource).where(ActionResource.resource_id == resource.id),
                 limit)  # fmt: skip


def about(visit: Visit, codes: Sequence[str], limit: int = 5) -> Sequence[Action]:
    """The actions on one of these topics, likewise."""
    told = select(ActionTerm.action_id).where(ActionTerm.code.in_(codes))
    return _some(visit, select(Action).where(Action.id.in_(told)), limit)


def _some(visit: Visit, wanted: Select[Action], limit: int) -> Sequence[Action]:
    out = wanted.where(Action.state.not_in(("proposed", "withdrawn", "cancelled")))
    return visit.session.scalars(out.order_by(Action.code.desc()).limit(limit)).all()
