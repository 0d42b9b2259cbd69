"""A search as one viewer makes it: the shelves that viewer may read, and each hit loaded again through the
viewer's session as a second lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import Any, Literal

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import joinedload, load_only

from toolkit import access, vocabulary
from toolkit.database import Visit
from toolkit.records import File, Organization, Page, Resource, Version, unpack
from toolkit.search import documents, literal
from toolkit.search.passages import best_pages, snippet
from toolkit.search.query import Query, parse
from toolkit.search.shelf import FACETS, Hit, Inside, Results
from toolkit.search.shelves import Shelves
from toolkit.search.sources import TOLD

PER_PAGE = 10
PASSAGES = 2
Pieces = list[tuple[str, bool]]
Place = tuple[File, int]
"""A file and the number of one of its pages."""


@dataclass(frozen=True)
class Passage:
    """A page that answers: its file, number, label, and a snippet in pieces (text, whether it is a hit)."""

    file: File
    number: int
    label: str
    pieces: Pieces


@dataclass(frozen=True)
class FoundHit:
    """A resource that was found, as this viewer sees it. Without a version only its card may be read.

    `passages` are the pages that answer; without any, `summary` shows why it was found.
    """

    resource: Resource
    version: Version | None
    files: list[File]
    form: str
    score: float
    shelf: str
    passages: list[Passage]
    summary: Pieces
    noun: str = documents.NOUN

    @property
    def record(self) -> Resource:
        """What was found."""
        return self.resource


@dataclass(frozen=True)
class FoundText:
    """Something else that was found, of one text, by its noun, with the snippet that shows why."""

    noun: str
    record: Any
    score: float
    shelf: str
    pieces: Pieces


AnyHit = FoundHit | FoundText


@dataclass(frozen=True)
class Found:
    """A page of hits. `total` counts all that was found, `complete` those that hold every word."""

    query: Query
    hits: list[AnyHit]
    total: int
    complete: int
    facets: Mapping[str, list[tuple[str, int]]]
    took_ms: float
    page: int = 1
    per_page: int = PER_PAGE
    used: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def last_page(self) -> int:
        """The number of the last page of hits, at least 1."""
        return max(1, -(-self.total // self.per_page))


def find(
    visit: Visit,
    shelves: Shelves,
    text: str | Query,
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    sort: Literal["relevance", "date"] = "relevance",
    page: int = 1,
    per_page: int = PER_PAGE,
    facets: Sequence[str] = FACETS,
    space: Organization | None = None,
) -> Found:
    """What this viewer finds for `text` (or for a query made of one), a page of `per_page` hits beginning
    with page 1; with a `space` only what belongs to it, at any level, and what was shared with it. The same
    shelves are opened in both cases.

    `filters` maps facets to the values wanted; `sort` is "relevance" or "date". A page beyond the last gives
    the last. Raises `Unavailable` while the shelves are being rebuilt.
    """
    query = parse(text) if isinstance(text, str) else text
    used = {facet: list(values) for facet, values in (filters or {}).items() if values}
    for facet, value in query.facets:
        words = vocabulary.of_facet(facet)
        used.setdefault(facet, []).append((words and words.find(value)) or value)
    reading = shelves.reading(access.shelves_of(visit.viewer))

    inside = Inside(access.space_shelf(space.id), space.slug) if space else None
    literally = sort == "relevance" and bool(literal.loose_phrases(query))

    def ask(number: int) -> Results:
        offset, limit = (number - 1) * per_page, per_page
        looked = literally and offset < literal.LOOKED_AT
        if looked:
            offset, limit = 0, max(offset + per_page, literal.LOOKED_AT)
        results = reading.search(
            query, filters=used, facets=facets, sort=sort, offset=offset, limit=limit, inside=inside
        )
        if not looked:
            return results
        hits = literal.put_first(visit, query, results.hits)
        return replace(results, hits=tuple(hits[(number - 1) * per_page : number * per_page]))

    page = max(1, page)
    results = ask(page)
    last = max(1, -(-results.total // per_page))
    if page > last:
        page, results = last, ask(last)
    hits = _load(visit, query, results.hits)
    return Found(
        query, hits, results.total, results.complete, results.facets, results.took_ms, page, per_page, used
    )


def _load(visit: Visit, query: Query, hits: Sequence[Hit]) -> list[AnyHit]:
    """The hits as this viewer may see them; a hit that may no longer be seen is left out."""
    loaded: dict[str, AnyHit] = {}
    for noun, load in _LOADERS.items():
        some = [hit for hit in hits if hit.noun == noun]
        if some:
            loaded |= load(visit, query, some)
    return [loaded[hit.id] for hit in hits if hit.id in loaded]


def _load_resources(visit: Visit, query: Query, hits: Sequence[Hit]) -> dict[str, FoundHit]:
    resources, versions = _rows(visit, hits)
    places = _places(visit, hits, resources, versions)
    texts = _texts(visit, [place for chosen in places.values() for place in chosen])
    found = {}
    for hit in hits:
        resource = resources.get(hit.id)
        if resource is None:
            continue
        version, files = versions.get(hit.id, (None, []))
        passages = [
            Passage(file, number, label, snippet(query, text))
            for file, number in places.get(hit.id, ())
            if (file.id, number) in texts
            for label, text in [texts[file.id, number]]
        ]
        summary = [] if passages else snippet(query, resource.summary)
        found[hit.id] = FoundHit(resource, version, files, hit.form, hit.score, hit.shelf, passages, summary)
    return found


def _load_texts(source: Any, visit: Visit, query: Query, hits: Sequence[Hit]) -> dict[str, FoundText]:
    """The snippet is of the text where that holds a word of the query, else of the summary."""
    by_id = {hit.id: hit for hit in hits}
    found = {}
    for record in source.seen(visit, list(by_id)):
        hit = by_id[record.public_id]
        told = source.text_of(record) if len(hit.positions) else source.summary_of(record)
        found[hit.id] = FoundText(source.NOUN, record, hit.score, hit.shelf, snippet(query, told))
    return found


_LOADERS: Mapping[str, Callable[[Visit, Query, Sequence[Hit]], Mapping[str, AnyHit]]] = {
    documents.NOUN: _load_resources,
    **{source.NOUN: partial(_load_texts, source) for source in TOLD},
}


# What a page of hits asks is written once: making a statement costs as much as running it. The session
# attaches the viewer's conditions, and keeps those too.

ROWS = (
    select(Resource, Version, File)
    .outerjoin(Version, Version.resource_id == Resource.id)
    .outerjoin(File, File.version_id == Version.id)
    .where(Resource.public_id.in_(bindparam("found", expanding=True)))
    .order_by(File.number)
    .options(
        load_only(Resource.public_id, Resource.organization_id, Resource.title, Resource.summary,
                  Resource.kind, Resource.level, Resource.year, Resource.language),
        joinedload(Resource.organization)
        .load_only(Organization.slug, Organization.name, Organization.acronym),
        load_only(Version.resource_id, Version.number),
        load_only(File.version_id, File.number, File.name, File.format, File.size, File.sha256, File.state,
                  File.unit, File.page_count),
    )
)  # fmt: skip
"""What a result shows; anything else of these rows is loaded when somebody asks for it."""
LENGTHS = (
    select(Page.file_id, Page.number, Page.tokens)
    .where(Page.file_id.in_(bindparam("files", expanding=True)))
    .order_by(Page.file_id, Page.number)
)
TEXTS = select(Page.file_id, Page.number, Page.label, Page.packed).where(
    tuple_(Page.file_id, Page.number).in_(bindparam("places", expanding=True))
)
Rows = tuple[dict[str, Resource], dict[str, tuple[Version, list[File]]]]


def _rows(visit: Visit, hits: Sequence[Hit]) -> Rows:
    """By public id: the resources, and the versions with their files, as far as this viewer reads them."""
    numbers = {hit.id: hit.version for hit in hits}
    resources: dict[str, Resource] = {}
    versions: dict[str, tuple[Version, list[File]]] = {}
    rows = visit.session.execute(ROWS, {"found": list(numbers)})
    for resource, version, file in rows:
        resources[resource.public_id] = resource
        if version is not None and version.number == numbers[resource.public_id]:
            _, files = versions.setdefault(resource.public_id, (version, []))
            if file is not None:
                files.append(file)
    return resources, versions


def _places(
    visit: Visit,
    hits: Sequence[Hit],
    resources: Mapping[str, Resource],
    versions: Mapping[str, tuple[Version, list[File]]],
) -> dict[str, list[Place]]:
    """For each hit the pages that answer best. A version of one page needs no looking."""
    asked = [hit for hit in hits if hit.form == "full" and hit.id in versions and hit.id in resources]
    files_of = {hit.id: versions[hit.id][1] for hit in asked}
    long = [file.id for files in files_of.values() if not _one_page(files) for file in files]
    pages: dict[int, list[tuple[int, int]]] = defaultdict(list)
    if long:
        rows = visit.session.execute(LENGTHS, {"files": long})
        for file_id, number, tokens in rows:
            pages[file_id].append((number, tokens))
    places: dict[str, list[Place]] = {}
    for hit in asked:
        files = files_of[hit.id]
        if _one_page(files):
            flat, offsets = [(files[0], 1)], [0]
        else:
            flat = [(file, number) for file in files for number, _ in pages[file.id]]
            counts = (tokens for file in files for _, tokens in pages[file.id])
            offsets = [0, *accumulate(counts)][: len(flat)]
        places[hit.id] = [flat[at] for at in best_pages(hit, offsets, PASSAGES)]
    return places


def _one_page(files: Sequence[File]) -> bool:
    return len(files) == 1 and files[0].page_count == 1


def _texts(visit: Visit, places: Sequence[Place]) -> dict[tuple[int, int], tuple[str, str]]:
    """(label, text) of these pages by file id and number, read through the viewer's session."""
    rows = visit.session.execute(TEXTS, {"places": [(file.id, number) for file, number in places]})
    return {(row.file_id, row.number): (row.label, unpack(row.packed)) for row in rows}
