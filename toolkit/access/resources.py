"""Which resources exist for a viewer, and which of their contents (product.md 5.2).

The conditions are written on aliased tables: an ORM entity inside one breaks the correlation of a query that
joins the same entity.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select

from toolkit.access.viewer import CHOSEN, MEMBERS, PUBLIC, Viewer
from toolkit.records import Coauthor, File, Request, Resource, Share, Version

_resource, _version = Resource.__table__, Version.__table__
_share, _file = Share.__table__, File.__table__
_coauthor, _request = Coauthor.__table__, Request.__table__


def _delivered(viewer: Viewer, version_id: Any, withdrawn_at: Any = None) -> ColumnElement[bool]:
    """The version was handed to one of the viewer's organisations, and that is in force; or it was until the
    resource was withdrawn, which ended it at that moment."""
    if not viewer.organizations:
        return false()
    share = _share.alias()
    moment = viewer.moment if withdrawn_at is None else withdrawn_at
    ends = share.c.until > moment if withdrawn_at is None else share.c.until >= moment
    return exists(
        select(share.c.id).where(
            share.c.version_id == version_id,
            share.c.organization_id.in_(viewer.organizations),
            share.c.since <= moment,
            or_(share.c.until.is_(None), ends),
        )
    )


def _read_by_level(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """The viewer reads every version by the level of the resource, whatever its state."""
    grounds: list[ColumnElement[bool]] = [resource.level == PUBLIC]
    if viewer.member:
        grounds.append(resource.level == MEMBERS)
    if viewer.organizations or viewer.emergencies:
        grounds.append(resource.organization_id.in_(viewer.organizations | viewer.emergencies))
    return or_(*grounds)


def _authored(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """A draft is its author's and its named co-authors', as long as they belong to the organisation."""
    if not viewer.organizations:
        return false()
    coauthor = _coauthor.alias()
    named = exists(
        select(coauthor.c.id).where(
            coauthor.c.resource_id == resource.id, coauthor.c.person_id == viewer.person_id
        )
    )
    return and_(
        resource.state == "draft",
        resource.organization_id.in_(viewer.organizations),
        or_(resource.created_by == viewer.person_id, named),
    )


def _submitted(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """A draft whose author asks for its publication is read by the coordination that decides."""
    if not viewer.coordinates:
        return false()
    request = _request.alias()
    asked = select(request.c.id).where(
        request.c.resource_id == resource.id,
        request.c.organization_id == resource.organization_id,
        request.c.kind == "publish",
        request.c.state == "waiting",
    )
    return and_(resource.state == "draft", resource.organization_id.in_(viewer.coordinates), exists(asked))


def _carded(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """The card is shown although the contents may not be: by the owner's choice, or to administrators."""
    shown = and_(resource.show_card, resource.level.in_((MEMBERS, CHOSEN)))
    return or_(shown, resource.level == MEMBERS) if viewer.administrator else shown


def _received(viewer: Viewer, resource: Any, withdrawn_at: Any = None) -> ColumnElement[bool]:
    """Some version of a level-2 resource was delivered to the viewer's organisation."""
    if not viewer.organizations:
        return false()
    version = _version.alias()
    delivered = exists(
        select(version.c.id).where(
            version.c.resource_id == resource.id, _delivered(viewer, version.c.id, withdrawn_at)
        )
    )
    return and_(resource.level == CHOSEN, delivered)


def _could_be_listed(viewer: Viewer, resource: Any, withdrawn_at: Any = None) -> ColumnElement[bool]:
    received = _received(viewer, resource, withdrawn_at)
    return or_(_read_by_level(viewer, resource), _carded(viewer, resource), received)


def _manages_withdrawn(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """A withdrawn resource stays with its author and with the coordination, who may restore it."""
    grounds = []
    if viewer.organizations:
        grounds.append(
            and_(
                resource.created_by == viewer.person_id,
                resource.organization_id.in_(viewer.organizations),
            )
        )
    if viewer.coordinates:
        grounds.append(resource.organization_id.in_(viewer.coordinates))
    return and_(resource.state == "withdrawn", or_(*grounds)) if grounds else false()


def _took_down(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """The card of what an editor or an administrator withdrew stays with that role, which alone restores
    it."""
    if viewer.portal_role is None:
        return false()
    return and_(resource.state == "withdrawn", resource.withdrawn_as == viewer.portal_role)


def listed_to(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """The card of `resource` (a table, alias or record class) exists for the viewer."""
    return or_(
        and_(resource.state == "published", _could_be_listed(viewer, resource)),
        _authored(viewer, resource),
        _submitted(viewer, resource),
        _manages_withdrawn(viewer, resource),
        _took_down(viewer, resource),
    )


def was_listed_to(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """Withdrawn, and the viewer could see the card when it was: such a viewer is told so (410)."""
    return and_(resource.state == "withdrawn", _could_be_listed(viewer, resource, resource.withdrawn_at))


def readable_by(viewer: Viewer, version: Any) -> ColumnElement[bool]:
    """The contents of `version` (a table, alias or record class) exist for the viewer."""
    resource = _resource.alias()
    by_resource = select(resource.c.id).where(
        resource.c.id == version.resource_id,
        or_(
            and_(resource.c.state == "published", _read_by_level(viewer, resource.c)),
            _authored(viewer, resource.c),
            _submitted(viewer, resource.c),
            _manages_withdrawn(viewer, resource.c),
        ),
    )
    grounds: list[ColumnElement[bool]] = [exists(by_resource)]
    if viewer.organizations:
        chosen = _resource.alias()
        grounds.append(
            and_(
                exists(
                    select(chosen.c.id).where(
                        chosen.c.id == version.resource_id,
                        chosen.c.state == "published",
                        chosen.c.level == CHOSEN,
                    )
                ),
                _delivered(viewer, version.id),
            )
        )
    return or_(*grounds)


def listed_part(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to the card of a resource."""
    resource = _resource.alias()
    return exists(
        select(resource.c.id).where(resource.c.id == part.resource_id, listed_to(viewer, resource.c))
    )


def read_part_of_version(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to a version."""
    version = _version.alias()
    return exists(select(version.c.id).where(version.c.id == part.version_id, readable_by(viewer, version.c)))


def read_part_of_file(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to a file."""
    file = _file.alias()
    return exists(select(file.c.id).where(file.c.id == part.file_id, read_part_of_version(viewer, file.c)))


def draft_titles(organization_id: int) -> Select[str, dt.datetime]:
    """Titles and moments of an organisation's drafts, for its coordination only: the caller checks that."""
    return (
        select(_resource.c.title, _resource.c.changed_at)
        .where(_resource.c.organization_id == organization_id, _resource.c.state == "draft")
        .order_by(_resource.c.changed_at.desc())
    )
