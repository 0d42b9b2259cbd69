"""Who may know how much something is used (product.md 5.4, «Statistics»; 5.5, rule 9)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select

from toolkit.access.resources import listed_to
from toolkit.access.viewer import MEMBERS, PUBLIC, Viewer
from toolkit.records import Resource

FEWEST = 5
"""A smaller number, of what people did, is told to nobody."""
_resource = Resource.__table__


def shown(number: int) -> int | None:
    """What may be told of a number of deeds: none, fewer than five (None), or the multiple of five below."""
    return None if 0 < number < FEWEST else number // FEWEST * FEWEST


def counts_use(viewer: Viewer, use: Any) -> ColumnElement[bool]:
    """The uses of what everybody reads; of its own materials an organisation; of what all members read an
    editor. Of no material that is not there for the viewer: a number never leaves the space it is of."""
    resource = _resource.alias()
    grounds = [resource.c.level == PUBLIC]
    if viewer.organizations:
        grounds.append(resource.c.organization_id.in_(viewer.organizations))
    if viewer.editor:
        grounds.append(resource.c.level == MEMBERS)
    return exists(
        select(resource.c.id).where(
            resource.c.id == use.resource_id, listed_to(viewer, resource.c), or_(*grounds)
        )
    )


def counts_misses(viewer: Viewer, missed: Any) -> ColumnElement[bool]:
    """Searches without result are for the editors, once enough people made them."""
    return missed.n >= FEWEST if viewer.editor else false()
