"""Do database, files and shelves agree? One line for each fault."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import select, text, union

from toolkit.database import Database
from toolkit.files.store import Store
from toolkit.jobs import under_way
from toolkit.records import Article, Evidence, File, Job, Page, Resource
from toolkit.search import checking
from toolkit.search.shelf import Unavailable
from toolkit.search.shelves import Shelves

REBUILD = "rebuild"


def faults(database: Database, store: Store, shelves: Shelves) -> list[str]:
    """All that is wrong, as lines for the operator; empty when everything agrees. Work that still waits in
    the queue is no fault, nor is what changes while one looks: a fault counts that is seen twice."""
    found = _look(database, store, shelves)
    if not found:
        return []
    again = set(_look(database, store, shelves))
    return [line for line in found if line in again]


def _look(database: Database, store: Store, shelves: Shelves) -> list[str]:
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
        pages: dict[int, list[int]] = defaultdict(list)
        for file_id, number in session.execute(
            select(Page.file_id, Page.number).order_by(Page.file_id, Page.number)
        ):
            pages[file_id].append(number)
        for file in session.scalars(select(File)):
            if file.state == "received" and str(file.id) not in waiting:
                found.append(f"file {file.id}: received, but nobody will read it")
            if file.state == "ready" and pages[file.id] != list(range(1, file.page_count + 1)):
                found.append(f"file {file.id}: says {file.page_count} pages, has {len(pages[file.id])}")
    return found


def _of_files(database: Database, store: Store) -> list[str]:
    found = []
    with database.open_for_maintenance(writing=False) as session:
        proofs = select(Evidence.sha256, Evidence.size).where(Evidence.sha256.is_not(None))
        files: Any = union(select(File.sha256, File.size), proofs)
        held = {sha256: size for sha256, size in session.execute(files)}  # noqa: C416
        photos = set(session.scalars(select(Article.photo).where(Article.photo.is_not(None))))
        sweep = select(Job.id).where(Job.kind == "sweep", Job.state != "failed")
        sweeping = session.scalar(sweep.limit(1)) is not None
    for sha256, size in held.items():
        path = store.path(sha256)
        if not path.is_file():
            found.append(f"contents missing: {sha256}")
        elif path.stat().st_size != size or _hash(path) != sha256:
            found.append(f"contents changed: {sha256}")
    found += [f"photo missing: {one}" for one in photos - held.keys() if one and not store.exists(one)]
    if not sweeping:
        kept = held.keys() | photos
        found += [f"contents of no file: {sha256}" for sha256 in store.hashes() if sha256 not in kept]
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
    moving = _moving(database)
    found = checking.faults(database, shelves)
    moving |= _moving(database)
    if REBUILD in moving:
        return []
    return [line for line in found if not any(key in line for key in moving)]


def _moving(database: Database) -> set[str]:
    """The public ids of what may stand elsewhere soon. An organisation's other name moves nothing."""
    wanted = select(Job.kind, Job.key).where(Job.kind.in_(("index_resource", REBUILD)), under_way())
    with database.open_for_maintenance(writing=False) as session:
        jobs = session.execute(wanted)
        return {REBUILD if kind == REBUILD else key for kind, key in jobs}
