"""Controlled vocabularies: stable codes with labels in Spanish, Portuguese and English.

Each list is a data file beside this module (`code;es;pt;en`). A code never changes; a label may.
A code with a dot is a child (`T03.1` of `T03`); a region begins with its country (`PE-21`).
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources

LANGUAGES = ("es", "pt", "en")
FACETS = {
    "kind": "kinds", "topic": "topics", "sector": "sectors", "audience": "audiences",
    "principle": "principles", "country": "countries", "region": "regions", "language": "languages",
}  # fmt: skip
"""Facets whose values come from a vocabulary, with the name of its list."""


class Vocabulary(dict[str, dict[str, str]]):
    """One list: code → {language: label}, in the order of its file."""

    def label(self, code: str, language: str = "es") -> str:
        """The label of `code` in `language`; Spanish where that is missing, the code where it is unknown."""
        labels = self.get(code, {})
        return labels.get(language) or labels.get("es") or code

    def tops(self) -> list[str]:
        """Codes that are nobody's children."""
        return [code for code in self if "." not in code]

    def children(self, code: str) -> list[str]:
        """Codes one step below `code`."""
        return [child for child in self if child.startswith(f"{code}.")]

    def find(self, word: str) -> str | None:
        """The code that `word` names: the code itself or a label in any language, whatever its accents."""
        wanted = _plain(word)
        for code, labels in self.items():
            if wanted == _plain(code) or wanted in (_plain(label) for label in labels.values()):
                return code
        return None


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFD", word.strip().casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


@cache
def load(name: str) -> Vocabulary:
    """The list called `name` (`kinds`, `topics` …). Raises FileNotFoundError for an unknown one."""
    source = resources.files(__package__).joinpath(f"{name}.csv")
    with source.open(encoding="utf-8") as lines:
        return Vocabulary({row.pop("code"): row for row in csv.DictReader(lines, delimiter=";")})


def of_facet(facet: str) -> Vocabulary | None:
    """The vocabulary behind a facet; None for facets without one (organisation, year)."""
    return load(FACETS[facet]) if facet in FACETS else None


def regions_of(country: str) -> list[str]:
    """Region codes of a country, in the order of the official list; empty where there is none."""
    return [code for code in load("regions") if code.startswith(f"{country}-")]


def with_parents(codes: list[str] | tuple[str, ...]) -> Iterator[str]:
    """Each code once, and before a child its parent: who filters by a topic finds its children too."""
    seen: set[str] = set()
    for code in codes:
        for one in (code.split(".")[0], code):
            if one not in seen:
                seen.add(one)
                yield one
