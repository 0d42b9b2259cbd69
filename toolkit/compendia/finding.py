"""Finding compendia, and what this viewer may see of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from toolkit import access
from toolkit.database import Visit
from toolkit.errors import Forbidden, NotFound
from toolkit.records import Compendium, CompendiumItem, File, Resource, Version

_ITEMS = selectinload(Compendium.items).joinedload(CompendiumItem.resource)
_WHOLE = (
    _ITEMS.joinedload(Resource.organization),
    _ITEMS.selectinload(Resource.versions).selectinload(Version.files),
)


@dataclass(frozen=True)
class Piece:
    """A material of a compendium as one viewer has it: `version` is the newest with files that the viewer
    reads, None where only the card may be read."""

    item: CompendiumItem
    resource: Resource
    version: Version | None

    @property
    def files(self) -> list[File]:
        """The files that this viewer reads."""
        return self.version.files if self.version else []


def browse(visit: Visit) -> Sequence[Compendium]:
    """The compendia, the newest first."""
    wanted = select(Compendium).order_by(Compendium.created_at.desc(), Compendium.id.desc())
    return visit.session.scalars(wanted).all()


def get(visit: Visit, slug: str) -> Compendium:
    """One compendium by the slug of its address; NotFound for who may not read it."""
    wanted = select(Compendium).where(Compendium.slug == slug).options(*_WHOLE)
    found = visit.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_to_change(visit: Visit, slug: str) -> Compendium:
    """One compendium for somebody who makes them; NotFound, or Forbidden for others."""
    found = get(visit, slug)
    if not access.may_write_compendia(visit.viewer):
        raise Forbidden
    return found


def pieces_of(compendium: Compendium) -> list[Piece]:
    """What stands in it, in order, as far as the viewer of its session sees it: what was withdrawn since, or
    is a draft again, is left out."""
    return [
        Piece(item, item.resource, next((one for one in reversed(item.resource.versions) if one.files), None))
        for item in compendium.items
        if item.resource is not None and item.resource.state == "published"
    ]
