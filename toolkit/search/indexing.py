"""Keeping the shelves in step with the database: what stands where, and the document for it.

The database is the truth. `Placement` rows say what stands on which shelf; a row is written before a shelf is
touched and taken away after, so a killed writer leaves nothing forgotten on a shelf.
"""

from __future__ import annotations

import datetime as dt
import logging
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from toolkit.access import Standing
from toolkit.database import Database
from toolkit.jobs import enqueue
from toolkit.records import File, Job, Page, Placement, Resource, Version, now
from toolkit.search import spanish
from toolkit.search.shelf import Document
from toolkit.search.shelves import Shelves
from toolkit.search.sources import SOURCES, Source, load

log = logging.getLogger(__name__)
CHUNK = 200


Key = tuple[str, str]
"""(noun, public id) of what may be found."""
Standings = dict[Key, frozenset[Standing]]
Present = dict[Key, dict[str, str]]
"""For each thing the shelves on which it stands, or may stand, and in which form."""


def index(database: Database, shelves: Shelves, public_ids: Iterable[str]) -> None:
    """Bring all shelves up to date with these records: add first, then drop, so that a document which moves
    is never nowhere. Whatever left a shelf, or stands there as a card only, has its traces rewritten at
    once."""
    ids = list(dict.fromkeys(public_ids))
    with database.open_for_maintenance() as session:
        wanted = list(load(session, ids))
        present = _present(session, ids)
        standings: Standings = dict.fromkeys(present, frozenset())
        for source, record in wanted:
            standings[source.noun, record.public_id] = source.standings(session, record)
            _return_at_next_turn(session, source, record)
        _announce(session, standings, present)
    try:
        _write(database, shelves, standings, present)
    except BaseException:
        shelves.let_go()
        raise
    with database.open_for_maintenance() as session:
        _settle(session, standings)
        _mark_indexed(session, ids)


def spread(database: Database, organization_id: int) -> None:
    """An organisation is called otherwise, or is there no more, or again: write a job for each record that
    tells of it."""
    with database.open_for_maintenance() as session:
        for source in SOURCES:
            for public_id in source.naming(session, organization_id):
                enqueue(session, "index", "index_resource", public_id)


def _write(database: Database, shelves: Shelves, standings: Standings, present: Present) -> None:
    with database.open_for_maintenance(writing=False) as session:
        touched = _put(session, shelves, standings)
    narrowed = _narrowed(standings, present)
    for name in touched:
        shelves.shelf(name).commit(purge=name in narrowed)
    _drop(shelves, standings, present)


def rebuild(database: Database, shelves: Shelves) -> int:
    """Build all shelves anew beside the old ones, then switch; the number of documents that stand."""
    _count_tokens_again(database, shelves)
    begun = now()
    with shelves.rebuild() as new:
        rows: list[Placement] = []
        for chunk in _chunks(database):
            with database.open_for_maintenance(writing=False) as session:
                for source, record in load(session, chunk):
                    try:
                        documents = {
                            standing: source.document(session, record, standing)
                            for standing in source.standings(session, record)
                        }
                    except Exception:  # one that cannot be read must not take the search from all others
                        log.exception("%s %s cannot be indexed", source.noun, record.public_id)
                        continue
                    for standing, document in documents.items():
                        new.shelf(standing.shelf).put([document])
                        rows.append(_placement((source.noun, record.public_id), standing))
    with database.open_for_maintenance() as session:
        session.execute(delete(Placement))
        session.add_all(rows)
        _mark_indexed(session, None, begun)
        session.execute(delete(Job).where(Job.lane == "index", Job.state == "failed"))
        for source in SOURCES:
            for record in source.turning(session):
                _return_at_next_turn(session, source, record)
    return len(rows)


def _chunks(database: Database) -> Iterator[list[str]]:
    with database.open_for_maintenance(writing=False) as session:
        ids = [public_id for source in SOURCES for public_id in source.published(session)]
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _return_at_next_turn(session: Session, source: Source, record: Any) -> None:
    """What begins or ends by date: look at this record again at that moment."""
    turn = source.next_turn(session, record)
    if turn is not None:
        enqueue(session, "index", "index_resource", record.public_id, run_at=turn)


def _present(session: Session, public_ids: Sequence[str]) -> Present:
    present: Present = defaultdict(dict)
    for row in session.scalars(select(Placement).where(Placement.public_id.in_(public_ids))):
        present[row.noun, row.public_id][row.shelf] = row.form
    return present


def _placement(key: Key, standing: Standing) -> Placement:
    noun, public_id = key
    return Placement(
        noun=noun, public_id=public_id, shelf=standing.shelf, version=standing.version, form=standing.form
    )


def _announce(session: Session, standings: Standings, present: Present) -> None:
    """Write what is about to stand where, before any shelf is touched; what will be less is written after."""
    for key, wanted in standings.items():
        for standing in wanted:
            if standing.shelf not in present[key]:
                session.add(_placement(key, standing))


def _settle(session: Session, standings: Standings) -> None:
    """Now that the shelves are written, the rows say what stands, and nothing else."""
    ids = [public_id for _, public_id in standings]
    rows = session.scalars(select(Placement).where(Placement.public_id.in_(ids)))
    by_place = {(row.noun, row.public_id, row.shelf): row for row in rows}
    for key, wanted in standings.items():
        for standing in wanted:
            row = by_place.pop((*key, standing.shelf), None)
            if row is not None:
                row.version, row.form = standing.version, standing.form
    for row in by_place.values():
        session.delete(row)


def _narrowed(standings: Standings, present: Present) -> frozenset[str]:
    """Shelves on which something stood in full and will stand as a card: its text must not be remembered."""
    return frozenset(
        standing.shelf
        for key, wanted in standings.items()
        for standing in wanted
        if standing.form != "full" and present[key].get(standing.shelf) == "full"
    )


def _put(session: Session, shelves: Shelves, standings: Standings) -> list[str]:
    by_shelf: dict[str, list[Document]] = defaultdict(list)
    for source, record in load(session, [public_id for _, public_id in standings]):
        for standing in standings[source.noun, record.public_id]:
            by_shelf[standing.shelf].append(source.document(session, record, standing))
    for name, documents in by_shelf.items():
        shelves.shelf(name).put(documents)
    return list(by_shelf)


def _drop(shelves: Shelves, standings: Standings, present: Present) -> None:
    touched = set()
    for key, wanted in standings.items():
        for name in present[key].keys() - {standing.shelf for standing in wanted}:
            shelves.shelf(name).drop([key])
            touched.add(name)
    for name in touched:
        shelves.shelf(name).commit(purge=True)


def _mark_indexed(
    session: Session, public_ids: Sequence[str] | None, read_before: dt.datetime | None = None
) -> None:
    """Note the moment on the files that are read and now findable."""
    published = select(Resource.id).where(Resource.state == "published")
    if public_ids is not None:
        published = published.where(Resource.public_id.in_(public_ids))
    versions = select(Version.id).where(Version.resource_id.in_(published))
    ready = update(File).where(
        File.version_id.in_(versions), File.state == "ready", File.indexed_at.is_(None)
    )
    if read_before is not None:
        ready = ready.where(File.read_at < read_before)
    session.execute(ready.values(indexed_at=now()).execution_options(synchronize_session=False))


def _words_of(page: Page) -> int:
    try:
        return spanish.count(page.text)
    except (zlib.error, UnicodeDecodeError):
        log.exception("page %s cannot be unpacked", page.id)
        return page.tokens


def _count_tokens_again(database: Database, shelves: Shelves) -> None:
    """After a change of analysis, the words of each page are counted anew as the index counts them; a few
    pages in each transaction, so that nobody waits for the write lock."""
    kept = shelves.root / "tokens-analysis"
    if kept.exists() and kept.read_text() == spanish.ANALYSIS_VERSION:
        return
    last = 0
    while True:
        with database.open_for_maintenance(writing=False) as session:
            pages = session.scalars(select(Page).where(Page.id > last).order_by(Page.id).limit(CHUNK)).all()
            counted = [(page.id, page.tokens, _words_of(page)) for page in pages]
        changed = [one for one in counted if one[1] != one[2]]
        if changed:
            with database.open_for_maintenance() as session:
                for page_id, before, tokens in changed:
                    same = (Page.id == page_id) & (Page.tokens == before)
                    session.execute(update(Page).where(same).values(tokens=tokens))
        if not counted:
            break
        last = counted[-1][0]
    shelves.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept.write_text(spanish.ANALYSIS_VERSION)
