"""What the parts of a shelf know of their documents beside the words: identity, date, facets; as arrays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import numpy as np

from toolkit.search.shelf import Standing


class FacetColumn:
    """One facet of all documents of a part: rows of values, any number for each document."""

    def __init__(self, rows: list[int], values: list[str], size: int) -> None:
        self.values, ordinals = np.unique(np.array(values, dtype=object), return_inverse=True)
        self.rows = np.array(rows, dtype=np.int32)
        self.ordinals = ordinals.astype(np.int32)
        self.size = size
        self._known = {value: number for number, value in enumerate(self.values)}

    def counts(self, mask: np.ndarray) -> dict[str, int]:
        """Value → how many of the documents in the mask have it; only values found."""
        found = np.bincount(self.ordinals[mask[self.rows]], minlength=len(self.values))
        return {self.values[n]: int(found[n]) for n in np.flatnonzero(found)}

    def mask(self, wanted: Iterable[str]) -> np.ndarray:
        """The documents that have at least one of the wanted values."""
        mask = np.zeros(self.size, dtype=bool)
        for value in wanted:
            number = self._known.get(value)
            if number is not None:
                mask[self.rows[self.ordinals == number]] = True
        return mask


class Cards:
    """Identity, date and facets of all documents of a part, read once."""

    def __init__(self, cards: list[bytes]) -> None:
        size = len(cards)
        rows: dict[str, list[int]] = {}
        values: dict[str, list[str]] = {}
        standing: list[tuple[str, str, int, str]] = []
        self.dates = np.zeros(size, dtype=np.int64)
        self.ranks = np.zeros(size, dtype=np.int64)
        for row, card in enumerate(cards):
            noun, id_, version, form, date, own, facets = json.loads(card.decode("utf-8", "surrogatepass"))
            standing.append((noun, id_, version, form))
            self.dates[row] = date
            self.ranks[row] = ((form == "full") << 40) + (version << 1) + own
            for name, found in facets.items():
                values.setdefault(name, []).extend(found)
                rows.setdefault(name, []).extend([row] * len(found))
        self._standing = standing
        self.facets = {name: FacetColumn(rows[name], values[name], size) for name in values}
        self.keys = np.array([_number(noun, id_) for noun, id_, _, _ in standing], dtype=np.uint64)
        self.order = np.array([_encoded(id_, noun) for noun, id_, _, _ in standing])

    def __getitem__(self, row: int) -> Standing:
        return self._standing[row]

    def rows(self, noun: str, id_: str) -> np.ndarray:
        """Where a thing stands in this part: dropped documents of it too."""
        return np.flatnonzero(self.keys == _number(noun, id_))


def _number(noun: str, id_: str) -> int:
    """A document's noun and id as 64 bits, by which the same thing is known on two shelves."""
    return int.from_bytes(hashlib.blake2b(_encoded(noun, id_), digest_size=8).digest(), "big")


def _encoded(first: str, second: str) -> bytes:
    return f"{first}\0{second}".encode("utf-8", "surrogatepass")
