"""What waits for a viewer: conditions on bare tables that hold for no row which the viewer may not see.

They are written once: for the count that every page of somebody signed in asks, one statement past the scopes
(whose making costs more than a list of results), and for the lists that `spaces.pending` asks through the
viewer's session. Their parameters are `values_of`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
)

from toolkit.access.viewer import Viewer, lima_day
from toolkit.records import (
    Action,
    AgreementParty,
    Amendment,
    Consent,
    File,
    Meeting,
    Moment,
    Party,
    Plan,
    PlanChange,
    Request,
    Resource,
    Share,
    Task,
    Version,
)

LATELY = dt.timedelta(days=14)
"""How long an answer to one's request stands among what waits."""
_request, _share, _party = Request.__table__.c, Share.__table__.c, Party.__table__.c
_resource, _version, _file = Resource.__table__, Version.__table__, File.__table__
_bound, _plan, _action = AgreementParty.__table__.c, Plan.__table__.c, Action.__table__.c
_change, _meeting, _task = PlanChange.__table__.c, Meeting.__table__.c, Task.__table__.c
_amendment = Amendment.__table__.c
_MINE: Any = bindparam("mine", expanding=True)
_LED: Any = bindparam("led", expanding=True)
_ME: Any = bindparam("me")
_NOW: Any = bindparam("moment", type_=Moment())
_TODAY: Any = bindparam("today", type_=Date())
_THEN: Any = bindparam("lately", type_=Moment())
Conditions = tuple[ColumnElement[bool], ...]


def values_of(viewer: Viewer, moment: dt.datetime) -> dict[str, Any]:
    """The parameters of all that this module says."""
    return {"me": viewer.person_id, "mine": list(viewer.organizations), "led": list(viewer.coordinates),
            "moment": moment, "lately": moment - LATELY, "today": lima_day(moment)}  # fmt: skip


REQUESTED: Conditions = (
    _request.organization_id.in_(_LED), _request.state == "waiting", _request.kind != "succession",
    _request.confirmed_at.is_not(None), _request.person_id.is_distinct_from(_ME),
)  # fmt: skip
"""What a coordination is asked for by others."""
DELIVERED: Conditions = (
    _share.organization_id.in_(_LED), _share.acknowledged_at.is_(None), _share.since <= _NOW,
    or_(_share.until.is_(None), _share.until > _NOW),
)  # fmt: skip
"""Deliveries in force that a coordination has not acknowledged."""
ASKER = func.coalesce(_request.asker_id, _request.organization_id)
"""The space in which an answer is shown: that of the organisation in whose name one asked."""
ANSWERED: Conditions = (
    ASKER.in_(_MINE), _request.person_id == _ME, _request.state.in_(("granted", "refused")),
    _request.decided_at > _THEN,
)  # fmt: skip
"""Answers of the last days to what one asked for."""
DRAFTED: Conditions = (
    _resource.c.organization_id.in_(_MINE), _resource.c.created_by == _ME, _resource.c.state == "draft",
)  # fmt: skip
"""One's own drafts."""
UNREADABLE: Conditions = (
    _resource.c.organization_id.in_(_MINE), _resource.c.created_by == _ME,
    _resource.c.state == "published",
    exists(
        select(_file.c.id)
        .join(_version, _version.c.id == _file.c.version_id)
        .where(_version.c.resource_id == _resource.c.id, _file.c.state == "unreadable")
    ),
)  # fmt: skip
"""One's own published materials with a file that could not be read."""
_beside = Party.__table__.alias()
ASKED_TO_AGREE: Conditions = (
    _party.organization_id.in_(_LED), _party.closed_at.is_(None),
    or_(
        _party.opened_at.is_(None),
        exists(select(_beside.c.id).where(_beside.c.joint_id == _party.joint_id,
                                          _beside.c.closed_at.is_not(None))),
    ),
)  # fmt: skip
"""Joint spaces that a party's coordination has not agreed to open, or to close as another party wants."""


BOUND = _bound.organization_id
"""The party of an agreement for which something waits."""


def _unanswered(column: str, thing: Any) -> Conditions:
    """That one of the viewer's parties has not agreed to something of its agreement."""
    consent = Consent.__table__.alias().c
    given = select(consent.id).where(consent[column] == thing, consent.organization_id == BOUND)
    return (BOUND.in_(_LED), ~exists(given))


def _begun() -> ColumnElement[bool]:
    consent = Consent.__table__.alias().c
    return exists(select(consent.id).where(consent.plan_id == _plan.id))


_OF_THE_PLAN = _bound.agreement_id == _plan.agreement_id
AMENDED: Conditions = (
    _bound.agreement_id == _amendment.agreement_id, _amendment.state == "proposed",
    *_unanswered("amendment_id", _amendment.id),
)  # fmt: skip
"""Amendments of the agreement to agree to."""
PROPOSED: Conditions = (
    _OF_THE_PLAN, _action.plan_id == _plan.id, _action.state == "proposed",
    *_unanswered("action_id", _action.id),
)  # fmt: skip
"""Proposals of actions to accept."""
PLANNED: Conditions = (_OF_THE_PLAN, _plan.state == "draft", _begun(), *_unanswered("plan_id", _plan.id))
"""Drafts of a plan to which another party has agreed."""
AGREED: Conditions = (_OF_THE_PLAN, _plan.state == "agreed", BOUND.in_(_LED))
"""Plans on which all parties agree, and which nobody published yet."""
ASKED_TO_CHANGE: Conditions = (
    _OF_THE_PLAN, _change.plan_id == _plan.id, _change.state == "proposed",
    *_unanswered("change_id", _change.id),
)  # fmt: skip
"""Changes of a plan to agree to."""
MINUTED: Conditions = (
    _bound.agreement_id == _meeting.agreement_id, _meeting.state == "held",
    *_unanswered("meeting_id", _meeting.id),
)  # fmt: skip
"""Actas of meetings to approve."""
TO_VERIFY: Conditions = (
    _action.counterpart_id.in_(_LED), _action.state == "to_verify", _action.plan_id == _plan.id,
    _plan.state == "published",
)  # fmt: skip
"""Actions that one's party verifies."""
LATE: Conditions = (
    _action.responsible_id.in_(_LED), _action.state.in_(("planned", "running", "observed", "paused")),
    _action.due_on < _TODAY, _action.plan_id == _plan.id, _plan.state == "published",
)  # fmt: skip
"""Actions of one's party that should be done by now."""
_OVER = select(_action.id).where(
    _action.id == _task.action_id, _action.state.in_(("verified", "cancelled", "proposed", "withdrawn"))
)
TO_DO: Conditions = (_task.organization_id.in_(_LED), _task.done_at.is_(None), ~exists(_OVER))
"""Tasks of one's party, but not what was left undone when its action ended."""


def _counted(space: Any, conditions: Conditions) -> Any:
    return select(space, func.count()).where(*conditions).group_by(space)


def counts() -> CompoundSelect[Any]:
    """(organisation, how many things wait), several rows for each."""
    return union_all(
        _counted(_request.organization_id, REQUESTED),
        _counted(_share.organization_id, DELIVERED),
        _counted(ASKER, ANSWERED),
        _counted(_resource.c.organization_id, DRAFTED),
        _counted(_resource.c.organization_id, UNREADABLE),
        _counted(_party.organization_id, ASKED_TO_AGREE),
        _counted(BOUND, AMENDED),
        _counted(BOUND, PROPOSED),
        _counted(BOUND, PLANNED),
        _counted(BOUND, AGREED),
        _counted(BOUND, ASKED_TO_CHANGE),
        _counted(BOUND, MINUTED),
        _counted(_action.counterpart_id, TO_VERIFY),
        _counted(_action.responsible_id, LATE),
        _counted(_task.organization_id, TO_DO),
    )
