"""Norms are read by everybody once the editors, who write them, publish them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, true

from toolkit.access.shelves import PUBLIC_SHELF, Standing
from toolkit.access.viewer import Viewer
from toolkit.records import Norm

_norm = Norm.__table__


def reads_norm(viewer: Viewer, norm: Any) -> ColumnElement[bool]:
    """Everybody what is published, editors drafts too."""
    return true() if viewer.editor else norm.published_at.is_not(None)


def _seen(viewer: Viewer, norm_id: Any) -> ColumnElement[bool]:
    norm = _norm.alias()
    return exists(select(norm.c.id).where(norm.c.id == norm_id, reads_norm(viewer, norm.c)))


def part_of_norm(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to a norm."""
    return _seen(viewer, part.norm_id)


def ties_norms(viewer: Viewer, relation: Any) -> ColumnElement[bool]:
    """What one norm does to another is told to those who see both."""
    return and_(_seen(viewer, relation.norm_id), _seen(viewer, relation.other_id))


def may_write_norms(viewer: Viewer) -> bool:
    """Editors write norms, and publish them."""
    return viewer.editor


def standing_of_norm(norm: Norm) -> frozenset[Standing]:
    """A published one stands on the public shelf."""
    return frozenset({Standing(PUBLIC_SHELF, 1, "full")} if norm.published_at is not None else ())
