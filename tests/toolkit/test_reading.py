"""The jobs that read files: each can run twice, and ends in a state that a person can be told."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal.instance import Instance
from tests.toolkit.shelved import jobs_of
from toolkit import organizations, reading
from toolkit.example import FILES
from toolkit.extraction import Unreadable
from toolkit.importing import Import
from toolkit.jobs import Job as Claimed
from toolkit.reading import Reader, ask_picture
from toolkit.records import File, Job, Organization, Page, Resource, Version
from toolkit.search import spanish


@pytest.fixture
def reader(instance: Instance) -> Reader:
    return Reader(instance.database, instance.store, instance.folder / "scratch")


def take(instance: Instance, path: Path) -> int:
    with instance.database.open_for_maintenance() as session:
        holder = organizations.find(session, "duena") or organizations.add(session, "duena", "Dueña")
        run = Import(instance.database, instance.store, instance.folder / "scratch", holder.id, 0)
    taken = run.take(path, path.name)
    assert taken.file_id is not None, taken
    return taken.file_id


def job(kind: str, key: object, **values: object) -> Claimed:
    return Claimed(1, kind, str(key), values, 1)


def file_of(instance: Instance, file_id: int) -> File:
    with instance.database.open_for_maintenance(writing=False) as session:
        file = session.get_one(File, file_id)
        session.expunge(file)
        return file


def pages_of(instance: Instance, file_id: int) -> list[Page]:
    with instance.database.open_for_maintenance(writing=False) as session:
        pages = list(session.scalars(select(Page).where(Page.file_id == file_id).order_by(Page.number)))
        session.expunge_all()
        return pages


def finish_jobs(instance: Instance) -> None:
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Job).values(state="failed"))


def test_a_text_becomes_ready_with_its_pages(instance: Instance, reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "largo.txt"
    path.write_text("\n\n".join(f"Párrafo {n}. " + "palabra " * 60 for n in range(30)))
    file_id = take(instance, path)
    finish_jobs(instance)
    for _ in range(2):  # a job can run twice
        reader.read(job("read_file", file_id))
    file, pages = file_of(instance, file_id), pages_of(instance, file_id)
    assert (file.state, file.unit, file.page_count, file.drawn) == ("ready", "part", len(pages), True)
    assert file.read_at is not None and len(pages) > 2
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert all(page.tokens == spanish.count(page.text) > 0 for page in pages)
    assert [one.state for one in jobs_of(instance, "index_resource")] == ["failed", "waiting"]
    assert jobs_of(instance, "draw_file") == [], "a text has no pictures"


def test_a_file_that_cannot_be_read_says_why(instance: Instance, reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "roto.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"nothing of it is true\n" * 40 + b"%%EOF\n")
    file_id = take(instance, path)
    finish_jobs(instance)
    reader.read(job("read_file", file_id))
    file = file_of(instance, file_id)
    assert file.state == "unreadable" and file.reason is not None and file.reason["text"]
    assert pages_of(instance, file_id) == [] and list(reader.scratch.iterdir()) == []
    assert len(jobs_of(instance, "index_resource")) == 2, "its card is indexed nevertheless"


def test_contents_that_are_gone_are_unreadable(instance: Instance, reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Algo.")
    file_id = take(instance, path)
    instance.store.remove(file_of(instance, file_id).sha256)
    reader.read(job("read_file", file_id))
    assert file_of(instance, file_id).state == "unreadable"


def test_giving_up_leaves_nobody_waiting(instance: Instance, reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Algo.")
    file_id = take(instance, path)
    reader.give_up(job("read_file", file_id), "the worker died each time")
    assert file_of(instance, file_id).state == "unreadable"
    with instance.database.open_for_maintenance() as session:
        session.execute(update(File).values(state="ready", scan_left=1))
        session.add(Page(file_id=file_id, number=1, scanned=True, scan_state="waiting"))
    reader.give_up_scanning(job("scan_file", file_id), "the worker died each time")
    assert file_of(instance, file_id).scan_left == 0
    assert [page.scan_state for page in pages_of(instance, file_id)] == ["failed"]


def test_jobs_for_files_that_are_gone_do_nothing(reader: Reader) -> None:
    for kind, handler in reader.handlers().items():
        if kind != "sweep":
            handler.run(job(kind, 99, number=1))


@pytest.mark.usefixtures("tesseract")
def test_a_scan_is_recognised_and_indexed_again(instance: Instance, reader: Reader) -> None:
    file_id = take(instance, FILES / "cartilla-siete-principios.png")
    reader.read(job("read_file", file_id))
    assert (file_of(instance, file_id).scan_left, pages_of(instance, file_id)[0].text) == (1, "")
    finish_jobs(instance)
    reader.scan(job("scan_file", file_id))
    (page,) = pages_of(instance, file_id)
    assert page.scan_state == "done" and "principios" in page.text.casefold()
    assert page.tokens == spanish.count(page.text) and file_of(instance, file_id).scan_left == 0
    assert [one.state for one in jobs_of(instance, "index_resource")] == ["failed", "waiting"]


def test_pages_are_drawn_once_and_a_page_asked_for_comes_first(instance: Instance, reader: Reader) -> None:
    file_id = take(instance, FILES / "pesca-artesanal-caleta.pdf")
    reader.read(job("read_file", file_id))
    file = file_of(instance, file_id)
    ask_picture(instance.database, file, 2)
    (asked,), (drawing,) = jobs_of(instance, "draw_page"), jobs_of(instance, "draw_file")
    assert asked.run_at < drawing.run_at
    reader.draw_one(job("draw_page", asked.key, **asked.values))
    assert instance.store.picture(file.sha256, "2.webp") and not instance.store.picture(file.sha256, "1.webp")
    while not file_of(instance, file_id).drawn:
        reader.draw(job("draw_file", file_id))
    assert all(instance.store.picture(file.sha256, f"{n}.webp") for n in range(1, file.page_count + 1))
    assert instance.store.picture(file.sha256, "thumb.webp") and not any(instance.store.incoming.iterdir())


def test_sweeping_removes_what_nobody_holds_and_nothing_else(
    instance: Instance, reader: Reader, tmp_path: Path
) -> None:
    import io
    import os

    path = tmp_path / "a.txt"
    path.write_text("Algo.")
    kept = file_of(instance, take(instance, path)).sha256
    orphan = instance.store.receive(io.BytesIO(b"nobody's"), limit=100)
    instance.store.keep(orphan)
    under_way = instance.store.receive(io.BytesIO(b"somebody is at it"), limit=100)
    dead, scratch = instance.store.incoming / ("0" * 32), reader.scratch / "reading-dead"
    dead.write_bytes(b"half")
    scratch.mkdir()
    long_ago = time.time() - 60
    for left in (dead, scratch, under_way.path):
        os.utime(left, (long_ago, long_ago))
    reader.sweep(job("sweep", "files"))
    assert list(instance.store.hashes()) == [kept]
    assert list(instance.store.incoming.iterdir()) == [under_way.path] and not scratch.exists()
    instance.store.discard(under_way)
    assert not any(instance.store.incoming.iterdir())


def test_what_waited_for_a_program_is_read_once_it_is_there(instance, monkeypatch):
    """Files that came while LibreOffice and Tesseract were missing go back into the queue."""
    with instance.database.open_for_maintenance() as session:
        holder = Organization(slug="una", name="Una")
        session.add(holder)
        session.flush()
        resource = Resource(organization_id=holder.id, title="x", state="published", level=0)
        resource.versions = [Version(number=1)]
        session.add(resource)
        session.flush()
        lacking = Unreadable("no_libreoffice").message.as_json()
        common = {"version_id": resource.versions[0].id, "size": 1, "sha256": "0" * 64}
        old = File(number=1, name="a.doc", format="doc", state="unreadable", reason=lacking, **common)
        broken = File(number=2, name="b.pdf", format="pdf", state="unreadable",
                      reason=Unreadable("damaged").message.as_json(), **common)  # fmt: skip
        scan = File(number=3, name="c.pdf", format="pdf", state="ready", page_count=1, **common)
        session.add_all([old, broken, scan])
        session.flush()
        session.add(Page(file_id=scan.id, number=1, scanned=True))
        session.flush()
        monkeypatch.setattr("toolkit.extraction.libreoffice_available", lambda: False)
        monkeypatch.setattr("toolkit.extraction.ocr_available", lambda: False)
        assert reading.try_again(session) == 0
        monkeypatch.setattr("toolkit.extraction.libreoffice_available", lambda: True)
        monkeypatch.setattr("toolkit.extraction.ocr_available", lambda: True)
        assert reading.try_again(session) == 2
        assert (old.state, broken.state, scan.scan_left) == ("received", "unreadable", 1)
        assert {job.kind for job in session.scalars(select(Job))} >= {"read_file", "scan_file"}
