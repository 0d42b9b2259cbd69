"""Keeping the shelves in step with the database: what stands where, and the document for it.

The database is the truth. `Placement` rows say what stands on which shelf; a row is written before a shelf is
touched and taken away after, so a killed writer leaves nothing forgotten on a shelf.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from toolkit import access
from toolkit.access import Standing
from toolkit.database import Database
from toolkit.jobs import enqueue
from toolkit.records import File, Page, Placement, Resource, Share, Version, now
from toolkit.search import spanish
from toolkit.search.shelf import Document
from toolkit.search.shelves import Shelves
from toolkit.vocabulary import with_parents

NOUN = "resource"
CHUNK = 200


def index_resources(database: Database, shelves: Shelves, public_ids: Iterable[str]) -> None:
    """Bring all shelves up to date with these resources: add first, then drop, so that a document which
    moves is never nowhere. Whatever left a shelf has its traces rewritten at once."""
    ids = list(dict.fromkeys(public_ids))
    with database.open_for_maintenance() as session:
        wanted = {resource.public_id: resource for resource in _load(session, ids)}
        standings = {public_id: _standings(session, wanted.get(public_id)) for public_id in ids}
        present = _present(session, ids)
        _announce(session, standings, present)
        for resource in wanted.values():
            _return_at_next_turn(session, resource)
    with database.open_for_maintenance(writing=False) as session:
        touched = _put(session, shelves, standings)
    for name in touched:
        shelves.shelf(name).commit()
    gone = _drop(shelves, standings, present)
    with database.open_for_maintenance() as session:
        for public_id, shelf in gone:
            session.execute(
                delete(Placement).where(Placement.public_id == public_id, Placement.shelf == shelf)
            )
        _mark_indexed(session, ids)


def rebuild(database: Database, shelves: Shelves) -> int:
    """Build all shelves anew beside the old ones, then switch; the number of resources that stand."""
    count = 0
    with database.open_for_maintenance() as session:
        _count_tokens_again(session, shelves)
    with shelves.rebuild() as new:
        rows: list[Placement] = []
        for chunk in _chunks(database):
            with database.open_for_maintenance(writing=False) as session:
                for resource in _load(session, chunk):
                    for standing in _standings(session, resource):
                        new.shelf(standing.shelf).put([_document(session, resource, standing)])
                        rows.append(_placement(resource.public_id, standing))
                        count += 1
    with database.open_for_maintenance() as session:
        session.execute(delete(Placement))
        session.add_all(rows)
        _mark_indexed(session, None)
    return count


def _chunks(database: Database) -> Iterator[list[str]]:
    with database.open_for_maintenance(writing=False) as session:
        ids = list(
            session.scalars(
                select(Resource.public_id).where(Resource.state == "published").order_by(Resource.id)
            )
        )
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _load(session: Session, public_ids: Sequence[str]) -> list[Resource]:
    return list(
        session.scalars(
            select(Resource)
            .where(Resource.public_id.in_(public_ids))
            .options(
                joinedload(Resource.organization),
                selectinload(Resource.terms),
                selectinload(Resource.versions).selectinload(Version.files),
            )
        )
    )


def _shares(session: Session, resource: Resource) -> list[Share]:
    """The shares of a resource, those in force, those to come and those that ended."""
    return list(session.scalars(select(Share).join(Version).where(Version.resource_id == resource.id)))


def _standings(session: Session, resource: Resource | None) -> frozenset[Standing]:
    if resource is None:
        return frozenset()
    moment, numbers = now(), {version.id: version.number for version in resource.versions}
    in_force = [
        (numbers[share.version_id], share.organization_id)
        for share in _shares(session, resource)
        if share.since <= moment and (share.until is None or share.until > moment)
    ]
    newest = max((version.number for version in resource.versions if version.files), default=None)
    return access.audiences_of(resource, newest, in_force)


def _return_at_next_turn(session: Session, resource: Resource) -> None:
    """A share that begins or ends by date: look at this resource again at that moment."""
    moment = now()
    turns = [
        turn
        for share in _shares(session, resource)
        for turn in (share.since, share.until)
        if turn is not None and turn > moment
    ]
    if turns:
        enqueue(session, "index", "index_resource", resource.public_id, run_at=min(turns))


def _present(session: Session, public_ids: Sequence[str]) -> dict[str, set[str]]:
    present: dict[str, set[str]] = defaultdict(set)
    for row in session.scalars(select(Placement).where(Placement.public_id.in_(public_ids))):
        present[row.public_id].add(row.shelf)
    return present


def _placement(public_id: str, standing: Standing) -> Placement:
    return Placement(
        noun=NOUN, public_id=public_id, shelf=standing.shelf, version=standing.version, form=standing.form
    )


def _announce(
    session: Session, standings: dict[str, frozenset[Standing]], present: dict[str, set[str]]
) -> None:
    """Write what is about to stand where, before any shelf is touched."""
    for public_id, wanted in standings.items():
        for standing in wanted:
            if standing.shelf in present[public_id]:
                session.execute(
                    update(Placement)
                    .where(Placement.public_id == public_id, Placement.shelf == standing.shelf)
                    .values(version=standing.version, form=standing.form)
                )
            else:
                session.add(_placement(public_id, standing))


def _put(session: Session, shelves: Shelves, standings: dict[str, frozenset[Standing]]) -> list[str]:
    by_shelf: dict[str, list[Document]] = defaultdict(list)
    for resource in _load(session, list(standings)):
        for standing in standings[resource.public_id]:
            by_shelf[standing.shelf].append(_document(session, resource, standing))
    for name, documents in by_shelf.items():
        shelves.shelf(name).put(documents)
    return list(by_shelf)


def _drop(
    shelves: Shelves, standings: dict[str, frozenset[Standing]], present: dict[str, set[str]]
) -> list[tuple[str, str]]:
    gone: list[tuple[str, str]] = []
    for public_id, wanted in standings.items():
        for name in present[public_id] - {standing.shelf for standing in wanted}:
            shelves.shelf(name).drop([(NOUN, public_id)])
            gone.append((public_id, name))
    for name in {name for _, name in gone}:
        shelves.shelf(name).commit(purge=True)
    return gone


def _document(session: Session, resource: Resource, standing: Standing) -> Document:
    """The index document of a resource as it stands on one shelf."""
    full = standing.form == "full"
    moment = resource.published_at or resource.created_at
    organization = resource.organization
    return Document(
        noun=NOUN,
        id=resource.public_id,
        version=standing.version,
        form="full" if full else "ficha",
        title=resource.title,
        summary=resource.summary,
        people=" · ".join([*resource.authors, organization.name]),
        codes=organization.acronym,
        pages=_texts(session, resource, standing.version) if full else (),
        facets=_facets(resource),
        date=int(moment.timestamp()),
        own=standing.shelf == access.space_shelf(resource.organization_id),
    )


def _texts(session: Session, resource: Resource, number: int) -> list[str]:
    """The texts of all pages of a version, in the order of `catalogue.page_counts`."""
    pages = session.scalars(
        select(Page)
        .join(File, File.id == Page.file_id)
        .join(Version, Version.id == File.version_id)
        .where(Version.resource_id == resource.id, Version.number == number)
        .order_by(File.number, Page.number)
    )
    return [page.text for page in pages]


def _facets(resource: Resource) -> dict[str, tuple[str, ...]]:
    several: dict[str, list[str]] = defaultdict(list)
    for term in resource.terms:
        several[term.facet].append(term.code)
    single = {
        "kind": resource.kind,
        "country": resource.country,
        "region": resource.region,
        "language": resource.language,
        "organization": resource.organization.slug,
        "year": str(resource.year or ""),
    }
    return {
        **{facet: (value,) for facet, value in single.items() if value},
        **{facet: tuple(with_parents(codes)) for facet, codes in several.items()},
    }


def _mark_indexed(session: Session, public_ids: Sequence[str] | None) -> None:
    """Note the moment on the files that are read and now findable."""
    published = select(Resource.id).where(Resource.state == "published")
    if public_ids is not None:
        published = published.where(Resource.public_id.in_(public_ids))
    versions = select(Version.id).where(Version.resource_id.in_(published))
    session.execute(
        update(File)
        .where(File.version_id.in_(versions), File.state == "ready", File.indexed_at.is_(None))
        .values(indexed_at=now())
        .execution_options(synchronize_session=False)
    )


def _count_tokens_again(session: Session, shelves: Shelves) -> None:
    """After a change of analysis, the words of each page are counted anew as the index counts them."""
    kept = shelves.root / "tokens-analysis"
    if kept.exists() and kept.read_text() == spanish.ANALYSIS_VERSION:
        return
    for page in session.scalars(select(Page).execution_options(yield_per=200)):
        tokens = spanish.count(page.text)
        if page.tokens != tokens:
            page.tokens = tokens
    shelves.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept.write_text(spanish.ANALYSIS_VERSION)


def faults(database: Database, shelves: Shelves) -> list[str]:
    """What differs between database, placements and shelves, one line each; empty when they agree."""
    found: list[str] = []
    with database.open_for_maintenance(writing=False) as session:
        placed = {
            (row.shelf, row.noun, row.public_id, row.version, row.form)
            for row in session.scalars(select(Placement))
        }
        wanted: set[tuple[str, str, str, int, str]] = set()
        ids = list(session.scalars(select(Resource.public_id).where(Resource.state == "published")))
        for start in range(0, len(ids), CHUNK):
            for resource in _load(session, ids[start : start + CHUNK]):
                wanted |= {
                    (one.shelf, NOUN, resource.public_id, one.version, one.form)
                    for one in _standings(session, resource)
                }
    standing: set[tuple[str, str, str, int, str]] = set()
    for name in sorted({row[0] for row in placed | wanted}):
        shelf = shelves.shelf(name)
        found += [f"{name}: {trouble}" for trouble in shelf.health()]
        rows = [(name, *row) for row in shelf.documents()]
        found += [f"{name}: {row} stands twice" for row, often in Counter(rows).items() if often > 1]
        standing |= set(rows)
    found += [f"missing on its shelf: {row}" for row in sorted(wanted - standing)]
    found += [f"should not stand: {row}" for row in sorted(standing - wanted)]
    return found + [f"placement without reason: {row}" for row in sorted(placed - wanted)]
