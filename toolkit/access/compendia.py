"""Compendia are read by everybody once the editors, who make them, publish them; of what stands in one each
reader sees what exists for that reader."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, true

from toolkit.access.resources import listed_part
from toolkit.access.shelves import PUBLIC_SHELF, Standing
from toolkit.access.viewer import Viewer
from toolkit.records import Compendium

_compendium = Compendium.__table__


def reads_compendium(viewer: Viewer, compendium: Any) -> ColumnElement[bool]:
    """Everybody what is published, editors drafts too."""
    return true() if viewer.editor else compendium.state == "published"


def told_item(viewer: Viewer, item: Any) -> ColumnElement[bool]:
    """That a material stands in a compendium, for those to whom both exist."""
    compendium = _compendium.alias()
    seen = exists(
        select(compendium.c.id).where(
            compendium.c.id == item.compendium_id, reads_compendium(viewer, compendium.c)
        )
    )
    return and_(seen, listed_part(viewer, item))


def may_write_compendia(viewer: Viewer) -> bool:
    """Editors make compendia, and publish them."""
    return viewer.editor


def standing_of_compendium(compendium: Compendium) -> frozenset[Standing]:
    """A published one stands on the public shelf."""
    return frozenset({Standing(PUBLIC_SHELF, 1, "full")} if compendium.state == "published" else ())
