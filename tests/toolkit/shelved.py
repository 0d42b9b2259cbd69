"""Resources for the tests of shelves, with their text already read, and a look at what stands where."""

from __future__ import annotations

import io
from collections.abc import Sequence

from sqlalchemy import select

from portal.instance import Instance
from toolkit import organizations
from toolkit.records import File, Job, Page, Placement, Resource, Version, now
from toolkit.search import indexing, spanish


def add_resource(
    instance: Instance,
    owner: str = "duena",
    text: str | Sequence[str] = "Texto de prueba.",
    *,
    title: str = "Material",
    level: int = 0,
    **more: object,
) -> str:
    """A published resource with one file, a page for each text; gives its public id. It stands nowhere."""
    with instance.database.open_for_maintenance() as session:
        holder = organizations.find(session, owner) or organizations.add(session, owner, owner.title())
        values = {"state": "published", "kind": "R01", "published_at": now(), **more}
        resource = Resource(organization_id=holder.id, level=level, title=title, **values)
        session.add(resource)
        session.flush()
        public_id, resource_id = resource.public_id, resource.id
    add_version(instance, resource_id, [text] if isinstance(text, str) else text)
    return public_id


def add_version(instance: Instance, resource_id: int, texts: Sequence[str]) -> None:
    """The next version of a resource, with one file that is read."""
    received = instance.store.receive(io.BytesIO("\n".join(texts).encode()), limit=10**6)
    with instance.database.open_for_maintenance() as session:
        number = len(session.scalars(select(Version).where(Version.resource_id == resource_id)).all()) + 1
        version = Version(resource_id=resource_id, number=number)
        session.add(version)
        session.flush()
        file = File(version_id=version.id, number=1, name=f"v{number}.txt", format="txt", unit="part",
                    size=received.size, sha256=received.sha256, state="ready", page_count=len(texts),
                    drawn=True, read_at=now())  # fmt: skip
        session.add(file)
        session.flush()
        for place, text in enumerate(texts, 1):
            page = Page(file_id=file.id, number=place, tokens=spanish.count(text))
            page.text = text
            session.add(page)
        instance.store.keep(received)


def change(instance: Instance, public_id: str, **values: object) -> None:
    """Write columns of a resource, then bring the shelves up to date, as the worker does."""
    with instance.database.open_for_maintenance() as session:
        resource = session.scalars(select(Resource).where(Resource.public_id == public_id)).one()
        for name, value in values.items():
            setattr(resource, name, value)
    index(instance, public_id)


def index(instance: Instance, *public_ids: str) -> None:
    """What the worker does for jobs `index_resource`, on shelves that exist."""
    if not instance.shelves.available():
        indexing.rebuild(instance.database, instance.shelves)
    indexing.index(instance.database, instance.shelves, public_ids)


def standing(instance: Instance) -> dict[tuple[str, str], tuple[int, str]]:
    """{(shelf, public id): (version, form)}, read from the shelves; each once."""
    rows = [
        ((name, public_id), (version, form))
        for name, shelf in instance.shelves.look().items()
        for _, public_id, version, form in shelf.documents()
    ]
    assert len(dict(rows)) == len(rows), "a document stands twice"
    return dict(rows)


def placed(instance: Instance) -> dict[tuple[str, str], tuple[int, str]]:
    """The same as the database tells it."""
    with instance.database.open_for_maintenance(writing=False) as session:
        rows = session.scalars(select(Placement))
        return {(row.shelf, row.public_id): (row.version, row.form) for row in rows}


def remembers(instance: Instance, shelf: str, word: str) -> bool:
    """Does any statistic of a shelf still know this word?"""
    stem = spanish.stem(word).encode()
    return any(
        term.startswith(stem)
        for opened in instance.shelves.look()[shelf]._parts()
        for _, term in opened.part.terms()  # type: ignore[attr-defined]
    )


def jobs_of(instance: Instance, kind: str) -> list[Job]:
    """The jobs of a kind, detached."""
    with instance.database.open_for_maintenance(writing=False) as session:
        jobs = list(session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id)))
        session.expunge_all()
        return jobs
