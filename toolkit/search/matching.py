"""Which documents each item of a query matches, and what it adds to their score.

An item is a sum of alternatives (field, term, weight): the stem in the stem fields, the word itself in the
exact ones. Tiers, filters and facets are `reading`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.search import spanish
from toolkit.search.query import Item, Norm, Phrase, Word
from toolkit.search.scoring import (
    EXACT_FIELDS,
    FIELDS,
    STEM_FIELDS,
    VARIANT,
    Part,
    Posting,
    Statistics,
    Union,
    bm25,
)

EXPANSIONS = 400
NORM_WEIGHT = 2.0
NUMBER_WEIGHT = 0.5
_N_BEFORE_VOWEL = re.compile(r"(?:(?<=[aeiou])|^)n(?=[aeiou])")
_SHORTEST_NUMBER = 4


@dataclass(frozen=True)
class Found:
    """One term in one field of one part, and where this part begins among all documents."""

    base: int
    part: Part
    posting: Posting | Union


@dataclass
class Match:
    """What one item found: every document that holds it, and how much it adds to each."""

    mask: np.ndarray
    in_title: np.ndarray
    score: np.ndarray
    places: list[Found]  # in the text: for pages
    rarity: float = 0.0


def variants(exact: str) -> list[str]:
    """The same word with n for ñ or ñ for n, as phones and old scans write it."""
    if "ñ" in exact:
        return [exact.replace("ñ", "n")]
    return [f"{exact[: n.start()]}ñ{exact[n.end() :]}" for n in _N_BEFORE_VOWEL.finditer(exact)]


class Matcher:
    """Matches the items of queries against the parts of one reading."""

    def __init__(self, parts: Sequence[tuple[int, Part]], statistics: Statistics) -> None:
        self._parts = parts
        self._statistics = statistics
        self._size = sum(part.size for _, part in parts)

    def match(self, item: Item, *, titles_only: bool = False) -> Match:
        """All documents that hold an item. `titles_only`: stop words, looked for in titles and summaries."""
        found = Match(np.zeros(self._size, bool), np.zeros(self._size, bool), np.zeros(self._size), [])
        if isinstance(item, Norm):
            self._norm(found, item)
        elif item.prefix:
            self._prefix(found, item)
        elif titles_only:
            for field in ("title_exact", "summary_exact"):
                self._add(found, field, item.exact, 1.0)
        else:
            for field, term, weight in alternatives(item):
                self._add(found, field, term, weight)
        return found

    def mask(self, item: Word | Phrase) -> np.ndarray:
        """The documents that hold a word or phrase anywhere, for excluding them."""
        if isinstance(item, Phrase):
            return self.phrase(item)[0]
        if not item.stem and not item.prefix:
            return np.zeros(self._size, dtype=bool)
        return self.match(item).mask

    def field_mask(self, name: str, word: Word) -> np.ndarray:
        """The documents that hold a word in one field («titulo:», «autor:»); a stop word asks nothing."""
        mask = np.zeros(self._size, dtype=bool)
        if not word.stem and not word.prefix:
            return ~mask
        for field in (f"{name}_stem", f"{name}_exact") if name != "codes" else ("codes",):
            terms = [word.stem if field.endswith("stem") else word.exact]
            if word.prefix:
                terms = self._expand(field, word.exact)
            for term in terms:
                for found in self.find(field, term):
                    mask[found.base + found.posting.ids] = True
        return mask

    def find(self, field: str, term: str) -> list[Found]:
        """The postings of a term in all parts that hold it."""
        found = ((base, part, part.posting(field, term)) for base, part in self._parts)
        return [Found(base, part, posting) for base, part, posting in found if posting is not None]

    def _add(self, match: Match, field: str, term: str, weight: float) -> bool:
        places = self.find(field, term)
        if not places:
            return False
        idf = self._statistics.idf((place.part, place.posting) for place in places)
        self._score(match, field, places, weight * idf)
        return True

    def _score(self, match: Match, field: str, places: list[Found], factor: float) -> None:
        average, settings = self._statistics.average(field), FIELDS[field]
        for place in places:
            rows = place.base + place.posting.ids
            value = bm25(place.posting, place.part.lengths(field), average, settings.b)
            match.score[rows] += settings.weight * factor * value
            match.mask[rows] = True
            if field.startswith("title"):
                match.in_title[rows] = True
        if field.startswith("text"):
            match.places += places
            match.rarity = max(match.rarity, factor)

    def _norm(self, match: Match, item: Norm) -> None:
        known = [self._add(match, field, item.token, NORM_WEIGHT) for field in ("text_exact", *EXACT_FIELDS)]
        said = [word for word in item.words if word.stem]
        numbers = [word for word in said if word.exact.isdigit() and len(word.exact) >= _SHORTEST_NUMBER]
        asked = numbers if any(known) else said
        for word in asked:
            for field in STEM_FIELDS:
                self._add(match, field, word.stem, NUMBER_WEIGHT)

    def _prefix(self, match: Match, item: Word) -> None:
        for field in (*STEM_FIELDS, *EXACT_FIELDS):
            places = self._united(field, self._expand(field, item.exact))
            if places:
                idf = self._statistics.idf((place.part, place.posting) for place in places)
                self._score(match, field, places, idf)

    def _expand(self, field: str, prefix: str) -> list[str]:
        """The most frequent terms of a field that begin so; in a stem field also the stem of what was typed,
        and stems that it grew from, since stems are shorter than words."""
        frequencies: dict[str, int] = {}
        for _, part in self._parts:
            for frequency, term in part.prefixed(field, prefix):
                frequencies[term] = frequencies.get(term, 0) + frequency
        terms = sorted(frequencies, key=lambda term: (-frequencies[term], term))[:EXPANSIONS]
        if field in STEM_FIELDS:
            shorter = (prefix[:length] for length in range(max(4, len(prefix) - 4), len(prefix)))
            grown = dict.fromkeys([spanish.stem(prefix), *shorter])
            terms += [term for term in grown if term and term not in frequencies]
        return terms

    def _united(self, field: str, terms: list[str]) -> list[Found]:
        """Many terms as if they were one: a document holds it as often as it holds any of them."""
        united = []
        for base, part in self._parts:
            postings = [posting for term in terms if (posting := part.posting(field, term)) is not None]
            if postings:
                united.append(Found(base, part, Union(postings, part.size)))
        return united

    def phrase(self, phrase: Phrase) -> tuple[np.ndarray, list[Found]]:
        """The documents that hold the words one after another in a field, and where it begins in the text."""
        mask = np.zeros(self._size, dtype=bool)
        places: list[Found] = []
        said = [(shift, word) for shift, word in enumerate(phrase.words) if word.stem]
        for base, part in self._parts:
            for field in STEM_FIELDS:
                starts = _starts(part, field, said)
                if len(starts):
                    posting = _posting_of(starts)
                    mask[base + posting.ids] = True
                    if field == "text_stem":
                        places.append(Found(base, part, posting))
        return mask, places


def alternatives(word: Word) -> Iterator[tuple[str, str, float]]:
    """(field, term, weight) by which one word is found."""
    for field in STEM_FIELDS:
        yield field, word.stem, 1.0
    for field in EXACT_FIELDS:
        yield field, word.exact, 1.0
    if word.capitals:
        yield "text_exact", word.exact, 1.0
    for other in variants(word.exact):
        other_stem = spanish.stem(other)
        if other_stem and other_stem != word.stem:
            for field in STEM_FIELDS:
                yield field, other_stem, VARIANT


def _posting_of(keys: np.ndarray) -> Posting:
    """Rising (document, position) keys, as `Posting.keys` makes them, as a posting again."""
    ids, counts = np.unique(keys >> 32, return_counts=True)
    positions = ((keys & 0xFFFFFFFF) - 64).astype(np.uint32)
    return Posting(ids.astype(np.int32), counts.astype(np.float32), positions)


def _starts(part: Part, field: str, said: list[tuple[int, Word]]) -> np.ndarray:
    """(document, position) keys at which a phrase begins in one field of one part."""
    places: list[np.ndarray] = []
    for shift, word in said:
        terms = {word.stem, *(spanish.stem(other) for other in variants(word.exact))} - {""}
        found = [posting.keys(shift) for term in sorted(terms) if (posting := part.posting(field, term))]
        if not found:
            return np.empty(0, dtype=np.int64)
        places.append(found[0] if len(found) == 1 else np.unique(np.concatenate(found)))
    places.sort(key=len)
    starts = places[0]
    for other in places[1:]:
        at = np.minimum(np.searchsorted(other, starts), len(other) - 1)
        starts = starts[other[at] == starts]
        if not len(starts):
            break
    return starts
