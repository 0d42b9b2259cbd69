"""How well a document answers: BM25F in NumPy, term at a time, over any number of index parts.

The formula is Whoosh's `scoring.BM25F` (idf = ln(N / (df + 1)) + 1; k1 and b of Robertson and Zaragoza
2009): a test holds both equal. Statistics come from the parts given and no others, and of these from the
live documents only: Whoosh counts dropped ones until their segment is rewritten, and since a document comes
first without its text and then with it, that cost .003 of MRR (XQuAD-es) right after an import.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

K1 = 0.9
TITLE_BONUS = 1.3
"""Times the score of a document whose title holds every word of the query."""
VARIANT = 0.3
"""Weight of «ano» for «año», and the other way round, beside the word itself."""


@dataclass(frozen=True)
class Field:
    """Weight of a field in the sum, and how much its length counts (b of BM25)."""

    weight: float
    b: float = 0.75


FIELDS = {
    "codes": Field(2.0, 0.0),
    "people_exact": Field(0.5),
    "people_stem": Field(0.5),
    "summary_exact": Field(0.25),
    "summary_stem": Field(0.5),
    "text_exact": Field(0.25, 0.0),
    "text_stem": Field(1.0),
    "title_exact": Field(0.5),
    "title_stem": Field(1.2),
}
STEM_FIELDS = ("text_stem", "title_stem", "summary_stem", "people_stem")
EXACT_FIELDS = ("title_exact", "summary_exact", "people_exact", "codes")


@dataclass(frozen=True, slots=True)
class Posting:
    """One term in one field of one part: documents (rising), how often, all positions in a row."""

    ids: np.ndarray  # int32
    tf: np.ndarray  # float32, whole numbers
    positions: np.ndarray  # uint32, sum(tf) of them

    @property
    def size(self) -> int:
        """Bytes held, for the bounded cache."""
        return self.ids.nbytes + self.tf.nbytes + self.positions.nbytes + 200

    def keys(self, shift: int = 0) -> np.ndarray:
        """(document, position - shift) of every occurrence as one rising integer each."""
        documents = np.repeat(self.ids.astype(np.int64), self.tf.astype(np.int64))
        return (documents << 32) + self.positions.astype(np.int64) + (64 - shift)

    def of(self, document: int) -> np.ndarray:
        """The positions in one document; empty when it does not hold the term."""
        at = int(np.searchsorted(self.ids, document))
        if at == len(self.ids) or self.ids[at] != document:
            return self.positions[:0]
        start = int(self.tf[:at].sum(dtype=np.int64))
        return self.positions[start : start + int(self.tf[at])]


class Union:
    """Many terms as if they were one: a document holds it as often as it holds any of them."""

    def __init__(self, postings: Sequence[Posting], size: int) -> None:
        self._ids = np.concatenate([posting.ids for posting in postings])
        tf = np.concatenate([posting.tf for posting in postings])
        self._ends = np.cumsum(tf, dtype=np.int64)
        self._positions = np.concatenate([posting.positions for posting in postings])
        often = np.bincount(self._ids, weights=tf, minlength=size)
        self.ids = np.flatnonzero(often)
        self.tf = often[self.ids]

    def of(self, document: int) -> np.ndarray:
        """The positions in one document, not in order."""
        rows = np.flatnonzero(self._ids == document)
        begins = [int(self._ends[row - 1]) if row else 0 for row in rows]
        pieces = [self._positions[b : int(self._ends[row])] for b, row in zip(begins, rows, strict=True)]
        return np.concatenate(pieces) if pieces else self._positions[:0]


class Part(Protocol):
    """One immutable piece of a shelf, as scoring needs it."""

    size: int

    def posting(self, field: str, term: str) -> Posting | None:
        """Where a term stands; None when it does not."""

    def prefixed(self, field: str, prefix: str) -> list[tuple[int, str]]:
        """(document frequency, term) of the terms of a field that begin so."""

    def lengths(self, field: str) -> np.ndarray:
        """The length of each document in a field (float64)."""

    def field_length(self, field: str) -> int:
        """The lengths of all documents of this part in a field, added up."""


class Statistics:
    """N, average lengths and idf over exactly the parts of one reading."""

    def __init__(self, parts: Sequence[Part], live: Sequence[np.ndarray]) -> None:
        self.documents = sum(int(some.sum()) for some in live)
        self._parts = [(part, some, bool(some.all())) for part, some in zip(parts, live, strict=True)]
        self._dropped = {id(part): some for part, some, whole in self._parts if not whole}
        self._averages: dict[str, float] = {}

    def idf(self, places: Iterable[tuple[Part, Posting | Union]]) -> float:
        """Inverse document frequency of a term that stands at these places."""
        frequency = 0
        for part, posting in places:
            live = self._dropped.get(id(part))
            frequency += len(posting.ids) if live is None else int(live[posting.ids].sum())
        return math.log((self.documents or 1) / (frequency + 1)) + 1

    def average(self, field: str) -> float:
        """The average length of a field; 1 where it is always empty, as in Whoosh."""
        known = self._averages.get(field)
        if known is None:
            total = sum(
                part.field_length(field) if whole else float(part.lengths(field)[live].sum())
                for part, live, whole in self._parts
            )
            known = self._averages[field] = total / (self.documents or 1) or 1.0
        return known


def bm25(posting: Posting | Union, lengths: np.ndarray, average: float, b: float) -> np.ndarray:
    """The part of BM25 that differs between the documents of a posting: how often, against how long."""
    tf = posting.tf.astype(np.float64)
    norm = K1 * ((1 - b) + b * lengths[posting.ids] / average)
    return tf * (K1 + 1) / (tf + norm)
