"""What waits for a viewer: conditions on bare tables that hold for no row which the viewer may not see.

They are written once: for the count that every page of somebody signed in asks, one statement past the scopes
(whose making costs more than a list of results), and for the lists that `spaces.pending` asks through the
viewer's session. Their parameters are `values_of`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, exists, func, or_, select, union_all

from toolkit.access.viewer import Viewer
from toolkit.records import File, Moment, Party, Request, Resource, Share, Version

LATELY = dt.timedelta(days=14)
"""How long an answer to one's request stands among what waits."""
_request, _share, _party = Request.__table__.c, Share.__table__.c, Party.__table__.c
_resource, _version, _file = Resource.__table__, Version.__table__, File.__table__
_MINE: Any = bindparam("mine", expanding=True)
_LED: Any = bindparam("led", expanding=True)
_ME: Any = bindparam("me")
_NOW: Any = bindparam("moment", type_=Moment())
_THEN: Any = bindparam("lately", type_=Moment())
Conditions = tuple[ColumnElement[bool], ...]


def values_of(viewer: Viewer, moment: dt.datetime) -> dict[str, Any]:
    """The parameters of all that this module says."""
    return {"me": viewer.person_id, "mine": list(viewer.organizations), "led": list(viewer.coordinates),
            "moment": moment, "lately": moment - LATELY}  # fmt: skip


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
    )
