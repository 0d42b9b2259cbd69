"""Folders of a space: names for some of its documents. A document stands in one folder, or in none.

The names are the space's own: `access` shows folders to nobody else, and no shelf holds them.
"""

from __future__ import annotations

import unicodedata

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from toolkit import catalogue
from toolkit.access import may_upload, uploads_for
from toolkit.catalogue.lists import Shown
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Folder, Organization, Resource

LONGEST = 120
MOST = 200
"""Folders of one space."""


def browse(visit: Visit, organization: Organization) -> list[tuple[Folder, int]]:
    """The folders of a space by name, and how many published documents in each this viewer sees."""
    rows = visit.session.execute(
        select(Folder, func.count(Resource.id))
        .outerjoin(Resource, (Resource.folder_id == Folder.id) & (Resource.state == "published"))
        .where(Folder.organization_id == organization.id)
        .group_by(Folder.id)
    )
    return sorted(((folder, count) for folder, count in rows), key=lambda pair: _sorted(pair[0].name))


def to_fill(visit: Visit) -> list[Folder]:
    """The folders into which this viewer may put documents, by organisation and name."""
    every = visit.session.scalars(
        select(Folder)
        .where(Folder.organization_id.in_(uploads_for(visit.viewer)))
        .options(joinedload(Folder.organization))
    )
    return sorted(every, key=lambda one: (one.organization.name, one.organization_id, _sorted(one.name)))


def get(visit: Visit, organization: Organization, public_id: str) -> Folder:
    """A folder of this space; raises NotFound."""
    folder = visit.session.scalar(
        select(Folder).where(Folder.public_id == public_id, Folder.organization_id == organization.id)
    )
    if folder is None:
        raise NotFound
    return folder


def documents(visit: Visit, folder: Folder, page: int = 1, per_page: int = 10) -> Shown:
    """A page of the published documents in a folder that this viewer sees, the newest first."""
    held = (Resource.folder_id == folder.id,)
    total = visit.session.scalar(select(func.count(Resource.id)).where(Resource.state == "published", *held))
    last = max(1, -(-(total or 0) // per_page))
    page = min(max(1, page), last)
    rows, total = catalogue.browse(visit, where=held, offset=(page - 1) * per_page, limit=per_page)
    return Shown(rows, total, page, last)


def add(visit: Visit, organization: Organization, name: str) -> Folder:
    """A new folder. Raises Invalid for the field `name` where it cannot be taken."""
    _check_may(visit, organization.id)
    count = visit.session.scalar(
        select(func.count(Folder.id)).where(Folder.organization_id == organization.id)
    )
    if count and count >= MOST:
        raise Conflict(N_("Un espacio lleva hasta %(n)s carpetas. Borre una que ya no use."), n=MOST)
    folder = Folder(organization_id=organization.id, name=_checked(visit, organization.id, name))
    visit.session.add(folder)
    visit.session.flush()
    return folder


def rename(visit: Visit, folder: Folder, name: str) -> None:
    """Give a folder another name; faults as for `add`."""
    _check_may(visit, folder.organization_id)
    folder.name = _checked(visit, folder.organization_id, name, but=folder.id)
    visit.session.flush()


def delete(visit: Visit, folder: Folder) -> None:
    """Delete a folder. Its documents stay, outside of any folder."""
    _check_may(visit, folder.organization_id)
    visit.session.delete(folder)
    visit.session.flush()
    visit.session.expire_all()


def place(visit: Visit, resource: Resource, folder: Folder | None) -> None:
    """Put a document into a folder of its own space, or out of any.

    That is no change of the card: it leaves `revision` alone, so that nobody who is editing is overtaken.
    """
    _check_may(visit, resource.organization_id)
    if folder is not None and folder.organization_id != resource.organization_id:
        raise NotFound
    visit.session.flush()
    visit.session.execute(
        update(Resource)
        .where(Resource.id == resource.id)
        .values(folder_id=folder.id if folder else None)
        .execution_options(synchronize_session=False)
    )
    visit.session.expire(resource, ["folder_id"])


def _check_may(visit: Visit, organization_id: int) -> None:
    """Promoters and the coordination change folders."""
    if not may_upload(visit.viewer, organization_id):
        raise Forbidden


def _checked(visit: Visit, organization_id: int, name: str, but: int | None = None) -> str:
    """The name, tidy, if the space has no other folder that reads the same."""
    sound = name.encode("utf-8", "ignore").decode("utf-8")
    words = "".join(c if c.isprintable() else " " for c in sound).split()
    name = unicodedata.normalize("NFC", " ".join(words))
    if not name:
        raise Invalid(N_("Escriba el nombre de la carpeta."), field="name")
    if len(name) > LONGEST:
        raise Invalid(N_("Use como máximo %(n)s caracteres."), field="name", n=LONGEST)
    others = visit.session.execute(
        select(Folder.id, Folder.name).where(Folder.organization_id == organization_id)
    )
    for number, other in others:
        if number != but and other.casefold() == name.casefold():
            raise Invalid(N_("Ya hay una carpeta «%(name)s» en este espacio."), field="name", name=other)
    return name


def _sorted(name: str) -> str:
    """The key by which folders stand in a list: without accents and capitals."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))
