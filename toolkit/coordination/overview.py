"""The page of the coordination: what waits for one's own party, what for the others, dates, meetings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from toolkit import access, actions, meetings, terms, workplan
from toolkit.actions.states import UNDER_WAY
from toolkit.coordination.matters import Matter, days_late, waiting
from toolkit.database import Visit
from toolkit.errors import Forbidden, NotFound
from toolkit.records import (
    Action,
    Agreement,
    AgreementParty,
    Meeting,
    Organization,
    Party,
    Plan,
    Reminder,
)

AHEAD = dt.timedelta(days=30)
MEETINGS = 5


@dataclass(frozen=True)
class Coming:
    """A date to come. `kind`: due (an action ends), next (its next date), meeting, task."""

    day: dt.date
    kind: str
    thing: Any


@dataclass(frozen=True)
class Overview:
    """What the coordination of some parties (`own`, by number; none for an editor) has before it. `coming`
    are the dates of the next thirty days, `first` the first one of all; `reminded` says by (kind, key,
    party) when somebody was last reminded; `rooms` are the joint spaces, where the documents are."""

    agreements: Sequence[Agreement]
    own: frozenset[int]
    parties: Mapping[int, Organization]
    waiting: Sequence[Matter]
    expected: Sequence[Matter]
    coming: Sequence[Coming]
    first: Coming | None
    meetings: Sequence[Meeting]
    plans: Sequence[Plan]
    reminded: Mapping[tuple[str, str, int], dt.datetime]
    rooms: Sequence[Organization]

    @property
    def quiet(self) -> bool:
        """Does nothing wait, and is no date near?"""
        return not (self.waiting or self.expected or self.coming)


def every(visit: Visit) -> list[Matter]:
    """All that waits for the parties of the agreements on which the viewer works; of what ends, what is
    late."""
    found = (one for agreement in meetings.agreements(visit) for one in waiting(visit.session, agreement))
    return [one for one in found if one.kind != "due" or days_late(one)]


def of_space(visit: Visit, organization: Organization) -> list[Matter]:
    """Of these what waits for the party whose space it is and which the viewer coordinates; in a joint space
    for the viewer's own of its parties."""
    places = {organization.id}
    if organization.kind == "joint":
        wanted = select(Party.organization_id).where(Party.joint_id == organization.id)
        places = set(visit.session.scalars(wanted))
    own = places & visit.viewer.coordinates
    return [one for one in every(visit) if one.organization_id in own] if own else []


def opens(visit: Visit) -> bool:
    """Does the page of the coordination exist for the viewer?"""
    if visit.viewer.editor or not visit.viewer.coordinates:
        return visit.viewer.editor
    wanted = (
        select(AgreementParty.id)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .where(Agreement.state == "published", AgreementParty.organization_id.in_(visit.viewer.coordinates))
    )
    return visit.session.scalar(wanted.limit(1)) is not None


def look(visit: Visit) -> Overview:
    """All of it; NotFound for everybody but the coordinations of the parties of a published agreement, and
    editors."""
    found = meetings.agreements(visit)
    if not found and not visit.viewer.editor:
        raise NotFound
    own = frozenset[int]().union(*(access.speaks_for(visit.viewer, one) for one in found))
    matters = every(visit)
    mine = [one for one in matters if one.organization_id in own]
    theirs = {(one.kind, one.key, one.kind == "publish" or one.organization_id): one
              for one in matters if one.organization_id not in own}  # fmt: skip
    shared = {one.key for one in mine if one.kind == "publish"}
    dates = sorted(_dates(visit, found), key=lambda one: (one.day, one.kind))
    return Overview(
        found, own, {one.organization_id: one.organization for agreement in found
                     for one in agreement.parties if one.organization},
        mine, [one for one in theirs.values() if one.kind != "publish" or one.key not in shared],
        [one for one in dates if one.day <= terms.today() + AHEAD], dates[0] if dates else None,
        meetings.browse(visit, MEETINGS), workplan.browse(visit), _reminded(visit),
        _rooms(visit, found),
    )  # fmt: skip


def _rooms(visit: Visit, agreements: Sequence[Agreement]) -> Sequence[Organization]:
    """The joint spaces of the parties that the viewer opens."""
    parties = [one.organization_id for agreement in agreements for one in agreement.parties]
    shared = select(Party.joint_id).where(Party.organization_id.in_(parties))
    wanted = select(Organization).where(
        Organization.id.in_(visit.viewer.organizations), Organization.id.in_(shared)
    )
    return visit.session.scalars(wanted.order_by(Organization.name)).all()


def _dates(visit: Visit, agreements: Sequence[Agreement]) -> list[Coming]:
    """All dates from today on."""
    day, numbers = terms.today(), [one.id for one in agreements]
    called = select(Meeting).where(Meeting.agreement_id.in_(numbers), Meeting.state == "called")
    dates = [Coming(access.lima_day(one.at), "meeting", one) for one in visit.session.scalars(called)]
    under_way = select(Action).join(Plan, Plan.id == Action.plan_id).where(
        Plan.agreement_id.in_(numbers), Plan.state != "draft", Action.state.in_(UNDER_WAY))  # fmt: skip
    for action in visit.session.scalars(under_way):
        named = ((action.due_on, "due"), (action.next_on, "next"))
        dates += [Coming(one, kind, action) for one, kind in named if one is not None]
    return [one for one in dates if one.day >= day]


def _reminded(visit: Visit) -> dict[tuple[str, str, int], dt.datetime]:
    last = select(Reminder.noun, Reminder.key, Reminder.organization_id, func.max(Reminder.sent_at))
    rows = visit.session.execute(last.group_by(Reminder.noun, Reminder.key, Reminder.organization_id))
    return {(noun, key, organization_id): sent_at for noun, key, organization_id, sent_at in rows}


def concerns(visit: Visit, organization: Organization) -> bool:
    """Does the viewer coordinate this space, and does the page of the coordination exist for it: is it of a
    party of a published agreement, or a joint one?"""
    if not access.leads(visit.viewer, organization.id):
        return False
    parties = {party.organization_id for one in meetings.agreements(visit) for party in one.parties}
    return organization.id in parties or (organization.kind == "joint" and bool(parties))


def finish(visit: Visit, public_id: str) -> None:
    """Say that a task is done, for the coordination of its own party; said twice it stays done. Raises
    NotFound, Forbidden, Conflict."""
    task = actions.get_task(visit, public_id)
    if task.organization_id not in visit.viewer.coordinates:
        raise Forbidden
    if task.done_at is None:
        actions.finish_task(visit, task)
