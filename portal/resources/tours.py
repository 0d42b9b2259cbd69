"""A tour of the hits of a query in a file: which one the reader stands at, and where the others are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Stop:
    """A hit: its number in the file and the page that it is on."""

    hit: int
    page: int


@dataclass(frozen=True)
class Tour:
    """The hits of a file as `counts` (page → how many, rising), seen from `page`; `current` is 0 where the
    page has none."""

    counts: Mapping[int, int]
    page: int
    current: int

    @classmethod
    def at(cls, counts: Mapping[int, int], page: int, wanted: int | None) -> Tour:
        """Stand at the wanted hit if it is on this page, else at the first one there."""
        first = sum(count for number, count in counts.items() if number < page) + 1
        here = counts.get(page, 0)
        current = wanted if wanted is not None and first <= wanted < first + here else first
        return cls(counts, page, current if here else 0)

    @property
    def total(self) -> int:
        """How many hits the file has."""
        return sum(self.counts.values())

    @property
    def first(self) -> int:
        """The number of the first hit of this page, or of the next one where it has none."""
        return sum(count for number, count in self.counts.items() if number < self.page) + 1

    @property
    def previous(self) -> Stop | None:
        """The hit before; None at the first."""
        return self._stop((self.current or self.first) - 1)

    @property
    def next(self) -> Stop | None:
        """The hit after; None at the last."""
        return self._stop(self.current + 1 if self.current else self.first)

    def _stop(self, hit: int) -> Stop | None:
        passed = 0
        for page, count in self.counts.items():
            if passed < hit <= passed + count:
                return Stop(hit, page)
            passed += count
        return None
