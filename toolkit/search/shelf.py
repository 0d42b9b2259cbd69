"""What stands on a shelf and what comes out of a search: the words that both sides of the engine share.

A shelf is a full-text index for one audience. Engines are behind `Shelf`; everybody else knows only this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from toolkit.errors import N_, Fault

FACETS = (
    "noun", "kind", "topic", "sector", "audience", "principle",
    "country", "region", "organization", "language", "year",
)  # fmt: skip
"""The facets of what can be found, each with any number of values; "noun" is what it is."""

Form = Literal["full", "ficha"]


class Unavailable(Fault):
    """The shelves are missing, damaged or of another analysis: they are being rebuilt."""

    default = N_("La búsqueda se está reconstruyendo. Inténtelo de nuevo en un momento.")


class Busy(Fault):
    """Another process writes on this shelf: only one may."""

    default = N_("Otro proceso está escribiendo en el índice de búsqueda.")


@dataclass(frozen=True)
class Document:
    """One version of one thing as one audience may find it.

    `pages` is the text of all pages of all files in order, empty for a ficha. `date` is seconds since 1970.
    `own` is true on the shelf of the organisation that holds the thing: of two equal documents that a viewer
    meets on two shelves, that one is shown.
    """

    noun: str
    id: str
    version: int
    form: Form
    title: str
    summary: str = ""
    people: str = ""
    codes: str = ""
    pages: Sequence[str] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    date: int = 0
    own: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """A shelf holds one document for each noun and id."""
        return self.noun, self.id


@dataclass(frozen=True)
class Inside:
    """What belongs to one space: all that stands on its `shelf`, and what its organisation, known by its
    `slug`, holds on other shelves. A joint space is no organisation to be filtered by: see `JOINT`."""

    shelf: str
    slug: str


JOINT = "joint"
"""In the place of the facet "organization", whose a document of a joint space is: shown to nobody."""
Key = tuple[str, str]
Standing = tuple[str, str, int, str]
"""(noun, id, version, form) of a document that stands on a shelf."""


@dataclass(frozen=True)
class Hit:
    """One document found.

    `positions` are the numbers of the words of the text that match (rising), `items` beside it which item of
    the query each one matches, `weights` what an item is worth when pages are compared: phrases the most.
    """

    noun: str
    id: str
    version: int
    form: str
    score: float
    shelf: str
    all_words: bool
    positions: np.ndarray
    items: np.ndarray
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Results:
    """A page of hits, and what is known of all that was found.

    `total` counts every document found, `complete` those that hold every word and phrase: they come first.
    `facets` hold values with their counts, the most frequent first, only values found.
    """

    hits: tuple[Hit, ...]
    total: int
    complete: int
    facets: dict[str, list[tuple[str, int]]]
    took_ms: float
    corrected: str | None = None


class Shelf(Protocol):
    """The writing side of one shelf. One process writes; what it wrote is seen after `commit`."""

    name: str

    def put(self, documents: Iterable[Document]) -> None:
        """Add documents; each takes the place of the one with the same noun and id."""

    def drop(self, keys: Iterable[Sequence]) -> None:
        """Take documents away by (noun, id, …); a key that does not stand here is passed over."""

    def commit(self, purge: bool = False) -> None:
        """Show what was put and dropped; `purge` rewrites whatever still remembers a dropped document."""

    def rollback(self) -> None:
        """Forget what was put and dropped since the last commit."""

    def documents(self) -> Iterator[Standing]:
        """All documents that stand here, as committed."""

    def health(self) -> list[str]:
        """What is wrong with the files of this shelf, in words for the operator's log; empty when sound."""
