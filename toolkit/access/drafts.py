"""Drafts that pass to somebody else (product.md 5.5, rule 5): statements on the bare tables, because no
viewer's session shows the drafts of others. Who may do this, and when, is checked by the caller."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from sqlalchemy import ColumnElement, Delete, Select, Table, Update, delete, select, update

from toolkit.records import Coauthor, Resource, now

_resource, _coauthor = cast(Table, Resource.__table__), cast(Table, Coauthor.__table__)


def drafts_of(organization_id: int, person_id: int) -> Select[str]:
    """The public ids of somebody's drafts in an organisation, the oldest first."""
    return (
        select(_resource.c.public_id)
        .where(_drafts(organization_id, person_id))
        .order_by(_resource.c.created_at, _resource.c.id)
    )


def pass_on(organization_id: int, author_id: int, heir_id: int, public_ids: Collection[str]) -> Update:
    """Give these drafts of an author to somebody else; a form that the author still has open is overtaken."""
    return (
        update(_resource)
        .where(_drafts(organization_id, author_id), _resource.c.public_id.in_(public_ids))
        .values(created_by=heir_id, form=None, revision=_resource.c.revision + 1, changed_at=now())
    )


def forget_coauthor(organization_id: int, person_id: int) -> Delete:
    """Somebody writes along in no draft of the organisation any more."""
    own = select(_resource.c.id).where(_resource.c.organization_id == organization_id)
    return delete(_coauthor).where(_coauthor.c.person_id == person_id, _coauthor.c.resource_id.in_(own))


def _drafts(organization_id: int, person_id: int) -> ColumnElement[bool]:
    return (
        (_resource.c.organization_id == organization_id)
        & (_resource.c.created_by == person_id)
        & (_resource.c.state == "draft")
    )
