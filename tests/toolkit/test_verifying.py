"""Each kind of fault, planted and told; and nothing said of work that is under way."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from portal.instance import Instance
from tests.toolkit.shelved import add_resource, index
from toolkit import verifying
from toolkit.jobs import enqueue
from toolkit.records import File, Job, Page, Placement, Resource, now
from toolkit.search.shelf import Document


def faults(instance: Instance) -> list[str]:
    return verifying.faults(instance.database, instance.store, instance.shelves)


@pytest.fixture
def library(instance: Instance) -> Instance:
    """Three resources in order, each with contents of its own."""
    index(instance, *(add_resource(instance, text=[f"Texto {n}.", "Otra página."]) for n in range(3)))
    assert faults(instance) == []
    return instance


def contents(instance: Instance) -> Path:
    return instance.store.path(next(instance.store.hashes()))


def _lose(instance: Instance) -> None:
    contents(instance).unlink()


def _change(instance: Instance) -> None:
    path = contents(instance)
    path.write_bytes(bytes(reversed(path.read_bytes())))


def _cut(instance: Instance) -> None:
    path = contents(instance)
    path.write_bytes(path.read_bytes()[:-1])


def _orphan(instance: Instance) -> None:
    instance.store.keep(instance.store.receive(io.BytesIO(b"nobody's"), limit=100))


def _drop(instance: Instance) -> None:
    shelf = instance.shelves.shelf("public")
    shelf.drop([next(shelf.documents())])
    shelf.commit()


def _add(instance: Instance) -> None:
    shelf = instance.shelves.shelf("members")
    shelf.put([Document("resource", "stranger", 1, "full", "Título")])
    shelf.commit()


def _delete_shelves(instance: Instance) -> None:
    shutil.rmtree(instance.shelves_folder)


def _in_database(*statements: object) -> Callable[[Instance], None]:
    def plant(instance: Instance) -> None:
        with instance.database.open_for_maintenance() as session:
            for statement in statements:
                session.execute(statement)  # type: ignore[call-overload]

    return plant


def _fail_job(instance: Instance) -> None:
    with instance.database.open_for_maintenance() as session:
        session.add(Job(lane="fast", kind="read_file", key="1", state="failed", trouble="broken"))


PLANTED: dict[str, tuple[Callable[[Instance], None], str]] = {
    "contents missing": (_lose, "contents missing: "),
    "contents changed": (_change, "contents changed: "),
    "contents cut": (_cut, "contents changed: "),
    "contents of nobody": (_orphan, "contents of no file: "),
    "document missing": (_drop, "missing on its shelf: ('public'"),
    "document too many": (_add, "should not stand: ('members', 'resource', 'stranger'"),
    "placement too many": (_in_database(update(Placement).where(Placement.id == 1).values(form="ficha")),
                           "placement without reason: "),
    "shelves deleted": (_delete_shelves, "shelves: missing"),
    "page missing": (_in_database(delete(Page).where(Page.id == 2)), "file 1: says 2 pages, has 1"),
    "page numbers wrong": (_in_database(update(Page).where(Page.id == 2).values(number=7)), "file 1: says 2"),
    "count wrong": (_in_database(update(File).where(File.id == 3).values(page_count=5)), "file 3: says 5"),
    "nobody reads": (_in_database(update(File).where(File.id == 2).values(state="received")),
                     "file 2: received, but nobody"),
    "job failed": (_fail_job, "job failed: read_file 1: broken"),
    "level changed unnoticed": (_in_database(update(Resource).where(Resource.id == 1).values(level=3)),
                                "should not stand: ('public'"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_told(library: Instance, name: str) -> None:
    plant, told = PLANTED[name]
    plant(library)
    found = faults(library)
    assert any(line.startswith(told) for line in found), found
    assert len(found) <= 3, "and little else"


def test_a_broken_foreign_key_is_told(library: Instance) -> None:
    connection = library.database.engine.raw_connection()
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("UPDATE page SET file_id = 999 WHERE id = 1")
    connection.commit()
    connection.invalidate()
    assert any(line.startswith("database: foreign key ('page'") for line in faults(library))


def test_work_that_waits_is_no_fault(library: Instance) -> None:
    """Just uploaded, to be moved, to be swept: each with its job."""
    with library.database.open_for_maintenance() as session:
        session.execute(update(File).where(File.id == 2).values(state="received"))
        enqueue(session, "fast", "read_file", "2")
        moved = session.scalars(select(Resource).where(Resource.id == 1)).one()
        moved.level = 3
        enqueue(session, "index", "index_resource", moved.public_id)
        enqueue(session, "slow", "sweep", "files")
    _orphan(library)
    assert faults(library) == []


def test_work_of_a_later_day_hides_no_fault(library: Instance) -> None:
    with library.database.open_for_maintenance() as session:
        public_id = session.scalars(select(Resource.public_id).where(Resource.id == 1)).one()
        session.execute(update(Resource).where(Resource.id == 1).values(level=3))
        enqueue(session, "index", "index_resource", public_id, run_at=now().replace(year=now().year + 1))
    assert any(line.startswith("should not stand") for line in faults(library))


def test_another_name_of_an_organisation_hides_no_fault(library: Instance) -> None:
    with library.database.open_for_maintenance() as session:
        owner = session.scalars(select(Resource.organization_id).where(Resource.id == 1)).one()
        session.execute(update(Resource).where(Resource.id == 1).values(level=3))
        enqueue(session, "index", "index_organization", str(owner))
    assert any(line.startswith("should not stand") for line in faults(library))


def test_a_rebuild_that_waits_explains_everything_on_the_shelves(library: Instance) -> None:
    _drop(library)
    with library.database.open_for_maintenance() as session:
        enqueue(session, "index", "rebuild", "all")
    assert faults(library) == []


def test_an_empty_portal_is_in_order(instance: Instance) -> None:
    assert faults(instance) == []
