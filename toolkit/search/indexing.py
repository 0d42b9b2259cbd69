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

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from toolkit.access import Standing
from toolkit.database import Database
from toolkit.jobs import enqueue
from toolkit.records import File, Job, Page, Placement, Resource, Share, Version, now
from toolkit.search import spanish
from toolkit.search.documents import NOUN, document_of, load, shares_of, standings_of
from toolkit.search.shelf import Document
from toolkit.search.shelves import Shelves

log = logging.getLogger(__name__)
CHUNK = 200


def index_resources(database: Database, shelves: Shelves, public_ids: Iterable[str]) -> None:
    """Bring all shelves up to date with these resources: add first, then drop, so that a document which
    moves is never nowhere. Whatever left a shelf, or stands there as a card only, has its traces rewritten
    at once."""
    ids = list(dict.fromkeys(public_ids))
    with database.open_for_maintenance() as session:
        wanted = {resource.public_id: resource for resource in load(session, ids)}
        standings = {public_id: standings_of(session, wanted.get(public_id)) for public_id in ids}
        present = _present(session, ids)
        _announce(session, standings, present)
        for resource in wanted.values():
            _return_at_next_turn(session, resource)
    try:
        _write(database, shelves, standings, present)
    except BaseException:
        shelves.let_go()
        raise
    with database.open_for_maintenance() as session:
        _settle(session, standings)
        _mark_indexed(session, ids)


def _write(
    database: Database,
    shelves: Shelves,
    standings: dict[str, frozenset[Standing]],
    present: dict[str, dict[str, str]],
) -> None:
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
                for resource in load(session, chunk):
                    try:
                        documents = {
                            standing: document_of(session, resource, standing)
                            for standing in standings_of(session, resource)
                        }
                    except Exception:  # one that cannot be read must not take the search from all others
                        log.exception("resource %s cannot be indexed", resource.public_id)
                        continue
                    for standing, document in documents.items():
                        new.shelf(standing.shelf).put([document])
                        rows.append(_placement(resource.public_id, standing))
    with database.open_for_maintenance() as session:
        session.execute(delete(Placement))
        session.add_all(rows)
        _mark_indexed(session, None, begun)
        session.execute(delete(Job).where(Job.lane == "index", Job.state == "failed"))
        for resource in session.scalars(_with_turns_to_come()):
            _return_at_next_turn(session, resource)
    return len(rows)


def _with_turns_to_come() -> Select[Resource]:
    """Resources of which a share begins or ends in the future."""
    moment = now()
    shared = select(Version.resource_id).join(Share).where(or_(Share.since > moment, Share.until > moment))
    return select(Resource).where(Resource.id.in_(shared))


def _chunks(database: Database) -> Iterator[list[str]]:
    with database.open_for_maintenance(writing=False) as session:
        ids = list(
            session.scalars(
                select(Resource.public_id).where(Resource.state == "published").order_by(Resource.id)
            )
        )
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _return_at_next_turn(session: Session, resource: Resource) -> None:
    """A share that begins or ends by date: look at this resource again at that moment."""
    moment = now()
    turns = [
        turn
        for share in shares_of(session, resource)
        for turn in (share.since, share.until)
        if turn is not None and turn > moment
    ]
    if turns:
        enqueue(session, "index", "index_resource", resource.public_id, run_at=min(turns))


def _present(session: Session, public_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """For each resource the shelves on which it stands, or may stand, and in which form."""
    present: dict[str, dict[str, str]] = defaultdict(dict)
    for row in session.scalars(select(Placement).where(Placement.public_id.in_(public_ids))):
        present[row.public_id][row.shelf] = row.form
    return present


def _placement(public_id: str, standing: Standing) -> Placement:
    return Placement(
        noun=NOUN, public_id=public_id, shelf=standing.shelf, version=standing.version, form=standing.form
    )


def _announce(
    session: Session, standings: dict[str, frozenset[Standing]], present: dict[str, dict[str, str]]
) -> None:
    """Write what is about to stand where, before any shelf is touched; what will be less is written after."""
    for public_id, wanted in standings.items():
        for standing in wanted:
            if standing.shelf not in present[public_id]:
                session.add(_placement(public_id, standing))


def _settle(session: Session, standings: dict[str, frozenset[Standing]]) -> None:
    """Now that the shelves are written, the rows say what stands, and nothing else."""
    rows = session.scalars(select(Placement).where(Placement.public_id.in_(standings)))
    by_place = {(row.public_id, row.shelf): row for row in rows}
    for public_id, wanted in standings.items():
        for standing in wanted:
            row = by_place.pop((public_id, standing.shelf), None)
            if row is not None:
                row.version, row.form = standing.version, standing.form
    for row in by_place.values():
        session.delete(row)


def _narrowed(
    standings: dict[str, frozenset[Standing]], present: dict[str, dict[str, str]]
) -> frozenset[str]:
    """Shelves on which a resource stood in full and will stand as a card: its text must not be remembered."""
    return frozenset(
        standing.shelf
        for public_id, wanted in standings.items()
        for standing in wanted
        if standing.form != "full" and present[public_id].get(standing.shelf) == "full"
    )


def _put(session: Session, shelves: Shelves, standings: dict[str, frozenset[Standing]]) -> list[str]:
    by_shelf: dict[str, list[Document]] = defaultdict(list)
    for resource in load(session, list(standings)):
        for standing in standings[resource.public_id]:
            by_shelf[standing.shelf].append(document_of(session, resource, standing))
    for name, documents in by_shelf.items():
        shelves.shelf(name).put(documents)
    return list(by_shelf)


def _drop(
    shelves: Shelves, standings: dict[str, frozenset[Standing]], present: dict[str, dict[str, str]]
) -> None:
    touched = set()
    for public_id, wanted in standings.items():
        for name in present[public_id].keys() - {standing.shelf for standing in wanted}:
            shelves.shelf(name).drop([(NOUN, public_id)])
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
