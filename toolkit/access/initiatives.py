"""Initiatives are read by everybody once they are published, and before that by those who work on the plan;
of their actions each reader sees what exists for that reader."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from toolkit.access.agreement import works_on
from toolkit.access.shelves import PUBLIC_SHELF, Standing
from toolkit.access.viewer import Viewer
from toolkit.records import Initiative

_initiative = Initiative.__table__


def reads_initiative(viewer: Viewer, initiative: Any) -> ColumnElement[bool]:
    """Everybody what is published; a draft the editors and the coordinations of the parties."""
    return or_(initiative.state == "published", works_on(viewer, initiative.agreement_id))


def part_of_initiative(viewer: Viewer, benefit: Any) -> ColumnElement[bool]:
    """What a party gains, for those who read the initiative."""
    initiative = _initiative.alias()
    return exists(
        select(initiative.c.id).where(
            initiative.c.id == benefit.initiative_id, reads_initiative(viewer, initiative.c)
        )
    )


def standing_of_initiative(initiative: Initiative) -> frozenset[Standing]:
    """A published one stands on the public shelf."""
    return frozenset({Standing(PUBLIC_SHELF, 1, "full")} if initiative.state == "published" else ())
