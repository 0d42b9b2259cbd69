"""A search as one viewer makes it: the shelves that viewer may read, and each hit loaded again through the
viewer's session as a second lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access
from toolkit.database import Visit
from toolkit.records import File, Page, Resource, Version
from toolkit.search.passages import best_pages, snippet
from toolkit.search.query import Query, parse
from toolkit.search.shelf import FACETS, Hit, Results
from toolkit.search.shelves import Shelves

PER_PAGE = 10
PASSAGES = 3
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Passage:
    """A page that answers: its file, number, label, and a snippet in pieces (text, whether it is a hit)."""

    file: File
    number: int
    label: str
    pieces: Pieces


@dataclass(frozen=True)
class FoundHit:
    """A resource that was found, as this viewer sees it. Without a version only its card may be read."""

    resource: Resource
    version: Version | None
    files: list[File]
    form: str
    score: float
    shelf: str
    passages: list[Passage]
    summary: Pieces


@dataclass(frozen=True)
class Found:
    """A page of hits. `total` counts all that was found, `complete` those that hold every word."""

    query: Query
    hits: list[FoundHit]
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
    text: str,
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    sort: Literal["relevance", "date"] = "relevance",
    page: int = 1,
    per_page: int = PER_PAGE,
    facets: Sequence[str] = FACETS,
) -> Found:
    """What this viewer finds for `text`, a page of `per_page` hits beginning with page 1.

    `filters` maps facets to the values wanted; `sort` is "relevance" or "date". A page beyond the last gives
    the last. Raises `Unavailable` while the shelves are being rebuilt.
    """
    query = parse(text)
    used = {facet: list(values) for facet, values in (filters or {}).items() if values}
    for facet, value in query.facets:
        used.setdefault(facet, []).append(value)
    reading = shelves.reading(access.shelves_of(visit.viewer))

    def ask(number: int) -> Results:
        return reading.search(
            query, filters=used, facets=facets, sort=sort, offset=(number - 1) * per_page, limit=per_page
        )

    page = max(1, page)
    results = ask(page)
    last = max(1, -(-results.total // per_page))
    if page > last:
        page, results = last, ask(last)
    hits = _load(visit, query, results.hits)
    return Found(
        query, hits, results.total, results.complete, results.facets, results.took_ms, page, per_page, used
    )


def _load(visit: Visit, query: Query, hits: Sequence[Hit]) -> list[FoundHit]:
    """The hits as this viewer may see them; a hit that may no longer be seen is left out."""
    resources = {
        resource.public_id: resource
        for resource in visit.session.scalars(
            select(Resource)
            .where(Resource.public_id.in_([hit.id for hit in hits]))
            .options(joinedload(Resource.organization))
        )
    }
    wanted = [(resources[hit.id].id, hit.version) for hit in hits if hit.id in resources]
    versions = {
        (version.resource_id, version.number): version
        for version in visit.session.scalars(
            select(Version)
            .where(tuple_(Version.resource_id, Version.number).in_(wanted))
            .options(selectinload(Version.files))
        )
    }
    found = []
    places = _places(visit, hits, resources, versions)
    texts = _texts(visit, [page for chosen in places.values() for _, page, _ in chosen])
    for hit in hits:
        resource = resources.get(hit.id)
        if resource is None:
            continue
        version = versions.get((resource.id, hit.version))
        passages = [
            Passage(file, texts[page][0], texts[page][1], snippet(query, texts[page][2]))
            for file, page, _ in places.get(hit.id, ())
            if page in texts
        ]
        found.append(
            FoundHit(
                resource, version, list(version.files) if version else [], hit.form, hit.score, hit.shelf,
                passages, snippet(query, resource.summary),
            )
        )  # fmt: skip
    return found


def _places(
    visit: Visit,
    hits: Sequence[Hit],
    resources: Mapping[str, Resource],
    versions: Mapping[tuple[int, int], Version],
) -> dict[str, list[tuple[File, int, int]]]:
    """For each hit the pages that answer best, as (file, page id, page number)."""
    files = {file.id: file for version in versions.values() for file in version.files}
    by_version: dict[int, list[tuple[int, int, int, int]]] = {}
    rows = visit.session.execute(
        select(File.version_id, Page.file_id, Page.id, Page.number, Page.tokens)
        .join(File, File.id == Page.file_id)
        .where(Page.file_id.in_(files))
        .order_by(File.version_id, File.number, Page.number)
    )
    for version_id, file_id, page_id, number, tokens in rows:
        by_version.setdefault(version_id, []).append((file_id, page_id, number, tokens))
    places = {}
    for hit in hits:
        resource = resources.get(hit.id)
        version = versions.get((resource.id, hit.version)) if resource else None
        if version is None or hit.form != "full":
            continue
        pages = by_version.get(version.id, [])
        offsets, first = [], 0
        for _, _, _, tokens in pages:
            offsets.append(first)
            first += tokens
        chosen = [pages[at] for at in best_pages(hit, offsets, PASSAGES)]
        places[hit.id] = [(files[file_id], page_id, number) for file_id, page_id, number, _ in chosen]
    return places


def _texts(visit: Visit, page_ids: Sequence[int]) -> dict[int, tuple[int, str, str]]:
    """(number, label, text) of these pages, read through the viewer's session."""
    rows = visit.session.scalars(select(Page).where(Page.id.in_(page_ids)))
    return {page.id: (page.number, page.label, page.text) for page in rows}
