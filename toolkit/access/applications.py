"""Who reads and writes that an organisation used or adapted a material (product.md 5.3, «La probamos»)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from toolkit.access.resources import listed_part
from toolkit.access.viewer import Viewer
from toolkit.records import Application, Organization

_organization = Organization.__table__


def reads_application(viewer: Viewer, application: Any) -> ColumnElement[bool]:
    """The people of the organisation that wrote it, always. Everybody else what that organisation made
    public, as long as the material exists for them too; an editor what they wrote down themselves."""
    place = _organization.alias()
    active = exists(select(place.c.id).where(place.c.id == application.organization_id, place.c.active))
    grounds = [
        and_(
            application.public == true(),
            application.state == "recorded",
            active,
            listed_part(viewer, application),
        )
    ]
    if viewer.organizations:
        grounds.append(application.organization_id.in_(viewer.organizations))
    if viewer.editor:
        grounds.append(and_(application.created_by == viewer.person_id, listed_part(viewer, application)))
    return or_(*grounds)


def may_apply(viewer: Viewer) -> bool:
    """Members, promoters and coordinations write down what their organisation did; editors what an
    organisation told the portal."""
    return viewer.member


def may_apply_for(viewer: Viewer, organization: Organization) -> bool:
    """For one's own organisations, an editor for any; a joint space applies nothing."""
    own = organization.id in viewer.organizations
    return organization.kind == "organization" and organization.active and (own or viewer.editor)


def may_change_application(viewer: Viewer, application: Application) -> bool:
    """Who wrote it down, as long as they belong to the organisation, and its coordination. An editor what
    they wrote down, until the organisation made it public: what it agreed to stays as it was."""
    wrote = viewer.signed_in and application.created_by == viewer.person_id
    if application.organization_id in viewer.organizations:
        return wrote or application.organization_id in viewer.coordinates
    return wrote and viewer.editor and not application.public


def may_consent(viewer: Viewer, organization_id: int) -> bool:
    """Only the organisation's own people say that everybody may read it."""
    return organization_id in viewer.organizations


def may_silence(viewer: Viewer, application: Application) -> bool:
    """Take it back from everybody's eyes: any of the organisation's people, and the editors."""
    own = application.organization_id in viewer.organizations
    return application.public and application.state == "recorded" and (own or viewer.editor)
