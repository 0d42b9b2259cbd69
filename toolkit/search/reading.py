"""A search by one viewer: over the shelves that this viewer may read, and nothing else in the world.

Order: documents that hold the phrases, then those that hold every word, then the score (or the date); ties
by date, then id. A thing that stands on several of the shelves counts once: the fullest form, then the
newest version, then the own organisation's shelf.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from toolkit.search import spanish
from toolkit.search.cards import Cards
from toolkit.search.matching import Found, Match, Matcher
from toolkit.search.query import Query
from toolkit.search.scoring import TITLE_BONUS, Part, Posting, Statistics
from toolkit.search.shelf import JOINT, Hit, Inside, Results

WORDED = ("text_exact", "title_exact", "summary_exact")
"""The fields of what is said in a thing itself."""
PHRASE_WEIGHT = 100.0
"""What a phrase is worth beside its words when pages of one document are compared."""


class CardedPart(Part, Protocol):
    """A part that also knows its documents."""

    name: str
    cards: Cards

    def terms(self) -> Iterable[tuple[str, bytes]]:
        """All (field, term) that it holds."""

    def read(self, field: str, term: bytes) -> Posting | None:
        """A posting from the files themselves."""


@dataclass(frozen=True)
class OpenPart:
    """A part of a shelf as of one commit: `live` is false for documents dropped since it was written."""

    shelf: str
    part: CardedPart
    live: np.ndarray


@dataclass
class _Found:
    """What one query found, for all documents of the reading."""

    matched: np.ndarray
    tier: np.ndarray
    score: np.ndarray
    complete: int
    matches: list[Match] = field(default_factory=list)
    phrases: list[list[Found]] = field(default_factory=list)


class Reading:
    """The shelves of one viewer, open as of one moment. Safe to share between threads."""

    def __init__(self, parts: Sequence[OpenPart]) -> None:
        self._open = tuple(parts)
        sizes = [part.part.size for part in parts]
        self._bases = [0, *np.cumsum(sizes, dtype=np.int64).tolist()]
        self._size = self._bases[-1]
        self._statistics = Statistics([part.part for part in parts], [part.live for part in parts])
        based = list(zip(self._bases, (part.part for part in parts), strict=False))
        self._matcher = Matcher(based, self._statistics)
        self._visible = self._once()
        self._dates = self._joined([part.part.cards.dates for part in parts], np.int64)

    def _joined(self, arrays: list[np.ndarray], kind: type) -> np.ndarray:
        return np.concatenate(arrays) if arrays else np.zeros(0, dtype=kind)

    def _once(self, among: np.ndarray | None = None) -> np.ndarray:
        """Live documents, all or those `among` some, and of those that are the same thing only the one that
        is shown."""
        visible = self._joined([part.live for part in self._open], bool).copy()
        if among is not None:
            visible &= among
        keys = self._joined([part.part.cards.keys for part in self._open], np.uint64)
        ranks = self._joined([part.part.cards.ranks for part in self._open], np.int64)
        rows = np.flatnonzero(visible)
        rows = rows[np.lexsort((rows, -ranks[rows], keys[rows]))]
        again = np.flatnonzero(keys[rows][1:] == keys[rows][:-1]) + 1
        visible[rows[again]] = False
        return visible

    def search(
        self,
        query: Query,
        *,
        filters: Mapping[str, Collection[str]] | None = None,
        facets: Sequence[str] = (),
        sort: str = "relevance",
        offset: int = 0,
        limit: int = 10,
        inside: Inside | None = None,
    ) -> Results:
        """Find what a query asks for, everywhere or `inside` one space.

        `filters`: values of one facet are alternatives, facets combine. The counts of a facet that is itself
        filtered are those without its own filter, so that the alternatives can be seen. `sort` is "relevance"
        or "date" (the newest first).
        """
        begun = time.perf_counter()
        found = self._find(query, self._visible if inside is None else self._once(self._of(inside)))
        masks = self._filters(query, filters or {})
        chosen = _all(found.matched, masks.values())
        top = self._top(found, chosen, sort, max(offset, 0) + max(limit, 0))[max(offset, 0) :]
        counts = {name: self._counts(name, found.matched, masks) for name in facets}
        return Results(
            hits=tuple(self._hit(int(row), found) for row in top),
            total=int(chosen.sum()),
            complete=int((chosen & (found.tier >= found.complete)).sum()),
            facets=counts,
            took_ms=(time.perf_counter() - begun) * 1000,
        )

    def holding(self, noun: str, id_: str, words: Collection[str]) -> set[str]:
        """Which of these exact words stand in the text, title or summary of one thing, in the form of it that
        these shelves show; none where they do not show it."""
        for base, opened in zip(self._bases, self._open, strict=False):
            for row in opened.part.cards.rows(noun, id_):
                if self._visible[base + row]:
                    return {word for word in words if self._holds(opened.part, int(row), word)}
        return set()

    def _holds(self, part: CardedPart, row: int, word: str) -> bool:
        found = (part.posting(field, word) for field in WORDED)
        return any(posting is not None and bool((posting.ids == row).any()) for posting in found)

    def _of(self, inside: Inside) -> np.ndarray:
        """The documents of a space."""
        mask = self._facet_mask("organization", [inside.slug]) | self._facet_mask(JOINT, [inside.slug])
        for base, opened in zip(self._bases, self._open, strict=False):
            if opened.shelf == inside.shelf:
                mask[base : base + opened.part.size] = True
        return mask

    def _find(self, query: Query, visible: np.ndarray) -> _Found:
        titles_only = query.only_stop_words
        matches = [self._matcher.match(item, titles_only=titles_only) for item in query.items]
        held = np.zeros(self._size, dtype=np.int32)
        in_title = np.zeros(self._size, dtype=np.int32)
        score = np.zeros(self._size)
        for match in matches:
            held += match.mask
            in_title += match.in_title
            score += match.score
        phrases = [self._matcher.phrase(phrase) for phrase in query.phrases]
        tier = (held == len(matches)).astype(np.int32)
        for mask, _ in phrases:
            tier += 2 * mask
        if matches:
            score[in_title == len(matches)] *= TITLE_BONUS
        matched = (held > 0) if matches else np.ones(self._size, dtype=bool)
        if titles_only and not (matched & visible).any():
            matched, tier = np.ones(self._size, dtype=bool), np.ones(self._size, dtype=np.int32)
        matched = matched & visible & ~self._excluded(query)
        for name, word in query.fielded:
            matched &= self._matcher.field_mask(name, word)
        complete = 2 * len(phrases) + 1
        return _Found(matched, tier, np.round(score, 4), complete, matches, [places for _, places in phrases])

    def _excluded(self, query: Query) -> np.ndarray:
        mask = np.zeros(self._size, dtype=bool)
        for item in query.excluded:
            mask |= self._matcher.mask(item)
        return mask

    def _filters(self, query: Query, filters: Mapping[str, Collection[str]]) -> dict[str, np.ndarray]:
        """Facet → the documents that its filter lets through; typed values («pais:pe») compare folded."""
        wanted = {name: [set(values)] for name, values in filters.items() if values}
        for name, typed in query.facets:
            same = spanish.fold(typed)
            meant = {value for value in self._values(name) if spanish.fold(value) == same}
            given = next((values for values in wanted.get(name, ()) if typed in values), None)
            if given is None:
                wanted.setdefault(name, []).append(meant)
            else:  # the caller showed it as a filter already
                given.discard(typed)
                given |= meant
        return {
            name: _all(np.ones(self._size, dtype=bool), (self._facet_mask(name, values) for values in sets))
            for name, sets in wanted.items()
        }

    def _values(self, name: str) -> set[str]:
        columns = (part.part.cards.facets.get(name) for part in self._open)
        return {value for column in columns if column is not None for value in column.values}

    def _facet_mask(self, name: str, values: Collection[str]) -> np.ndarray:
        mask = np.zeros(self._size, dtype=bool)
        for base, part in zip(self._bases, self._open, strict=False):
            column = part.part.cards.facets.get(name)
            if column is not None:
                mask[base : base + part.part.size] = column.mask(values)
        return mask

    def _counts(self, name: str, matched: np.ndarray, masks: dict[str, np.ndarray]) -> list[tuple[str, int]]:
        others = _all(matched, (mask for other, mask in masks.items() if other != name))
        counts: dict[str, int] = {}
        for base, part in zip(self._bases, self._open, strict=False):
            column = part.part.cards.facets.get(name)
            if column is not None:
                for value, count in column.counts(others[base : base + part.part.size]).items():
                    counts[value] = counts.get(value, 0) + count
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    def _top(self, found: _Found, chosen: np.ndarray, sort: str, wanted: int) -> np.ndarray:
        """The first rows in order: the tier, then score or date; only what can be on the page is compared."""
        rows = np.flatnonzero(chosen)
        value = self._dates[rows].astype(np.float64) if sort == "date" else found.score[rows]
        tier = found.tier[rows]
        if len(rows) > wanted > 0:
            # Whole tiers from the top, then the best of the last one: everything that can be on the page.
            last = np.sort(tier)[-wanted]
            in_last = value[tier == last]
            room = wanted - int((tier > last).sum())
            edge = np.partition(in_last, -room)[-room]
            keep = (tier > last) | ((tier == last) & (value >= edge))
            rows, value, tier = rows[keep], value[keep], tier[keep]
        names = self._names(rows)
        order = np.lexsort((names, -self._dates[rows], -value, -tier))
        return rows[order][:wanted]

    def _names(self, rows: np.ndarray) -> np.ndarray:
        """What ties are broken by: the ids of some rows (rising) as numbers in their order."""
        edges = np.searchsorted(rows, self._bases)
        names = [
            part.part.cards.order[rows[first:last] - base]
            for base, part, first, last in zip(self._bases, self._open, edges, edges[1:], strict=False)
            if last > first
        ]
        return np.unique(np.concatenate(names), return_inverse=True)[1] if names else np.zeros(0)

    def _place(self, row: int) -> tuple[OpenPart, int]:
        number = int(np.searchsorted(self._bases, row, side="right")) - 1
        return self._open[number], row - self._bases[number]

    def _hit(self, row: int, found: _Found) -> Hit:
        part, local = self._place(row)
        noun, id_, version, form = part.part.cards[local]
        at: list[np.ndarray] = []
        for number, places in enumerate([match.places for match in found.matches] + found.phrases):
            for place in places:
                if place.part is part.part:  # position and item as one number
                    at.append((place.posting.of(local).astype(np.int64) << 8) + number)
        both = np.unique(np.concatenate(at)) if at else np.zeros(0, dtype=np.int64)
        weights = [match.rarity for match in found.matches] + [PHRASE_WEIGHT] * len(found.phrases)
        return Hit(
            noun, id_, version, form, float(found.score[row]), part.shelf,
            bool(found.tier[row] >= found.complete), both >> 8, both & 0xFF, tuple(weights),
        )  # fmt: skip


def _all(mask: np.ndarray, others: Iterable[np.ndarray]) -> np.ndarray:
    result = mask.copy()
    for other in others:
        result &= other
    return result
