"""Do database, files and shelves agree? One line for each fault."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import select, text

from toolkit.database import Database
from toolkit.files.store import Store
from toolkit.records import File, Job, Page, Resource
from toolkit.search import indexing
from toolkit.search.shelf import Unavailable
from toolkit.search.shelves import Shelves


def faults(database: Database, store: Store, shelves: Shelves) -> list[str]:
    """All that is wrong, as lines for the operator; empty when everything agrees. Work that still waits in
    the queue is no fault."""
    found = _of_database(database) + _of_files(database, store)
    try:
        return found + _of_shelves(database, shelves)
    except Unavailable:
        return [*found, "shelves: missing, damaged or of another analysis"]


def _of_database(database: Database) -> list[str]:
    found = []
    with database.open_for_maintenance(writing=False) as session:
        for (answer,) in session.execute(text("PRAGMA integrity_check")):
            if answer != "ok":
                found.append(f"database: {answer}")
        for row in session.execute(text("PRAGMA foreign_key_check")):
            found.append(f"database: foreign key {tuple(row)}")
        for job in session.scalars(select(Job).where(Job.state == "failed")):
            found.append(f"job failed: {job.kind} {job.key}: {job.trouble}")
        waiting = set(session.scalars(select(Job.key).where(Job.kind == "read_file")))
        for file in session.scalars(select(File)):
            pages = list(
                session.scalars(select(Page.number).where(Page.file_id == file.id).order_by(Page.number))
            )
            if file.state == "received" and str(file.id) not in waiting:
                found.append(f"file {file.id}: received, but nobody will read it")
            if file.state == "ready" and pages != list(range(1, file.page_count + 1)):
                found.append(f"file {file.id}: says {file.page_count} pages, has {len(pages)}")
    return found


def _of_files(database: Database, store: Store) -> list[str]:
    found = []
    with database.open_for_maintenance(writing=False) as session:
        held = dict(session.execute(select(File.sha256, File.size)).tuples().all())
        sweeping = session.scalar(select(Job.id).where(Job.kind == "sweep")) is not None
    for sha256, size in held.items():
        path = store.path(sha256)
        if not path.is_file():
            found.append(f"contents missing: {sha256}")
        elif path.stat().st_size != size or _hash(path) != sha256:
            found.append(f"contents changed: {sha256}")
    if not sweeping:
        found += [f"contents of no file: {sha256}" for sha256 in store.hashes() if sha256 not in held]
    return found


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of_shelves(database: Database, shelves: Shelves) -> list[str]:
    if not shelves.available():
        with database.open_for_maintenance(writing=False) as session:
            if session.scalar(select(Resource.id).limit(1)) is None:
                return []
        raise Unavailable
    with database.open_for_maintenance(writing=False) as session:
        moving = set(session.scalars(select(Job.key).where(Job.lane == "index")))
    return [line for line in indexing.faults(database, shelves) if not any(key in line for key in moving)]
