"""What the address of the library says: words, filters, order, page; and addresses with one thing changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from flask import url_for
from werkzeug.datastructures import MultiDict

from portal.languages import gettext
from toolkit import vocabulary

PARAMETERS = {
    "que": "noun",
    "tipo": "kind", "tema": "topic", "sector": "sector", "para": "audience", "principio": "principle",
    "pais": "country", "region": "region", "organizacion": "organization", "idioma": "language",
    "anio": "year",
}  # fmt: skip
"""Parameters of the address, in the order of the panel, and the facet of each."""
MOST_VALUES = 20
"""Most values of one facet that count."""
MOST_PAGES = 100_000
NOUNS = {"resource": "resource", "material": "resource", "article": "article", "noticia": "article",
         "agreement": "agreement", "convenio": "agreement", "plan": "plan", "norm": "norm", "norma": "norm",
         "compendium": "compendium", "compendio": "compendium", "meeting": "meeting",
         "encuentro": "meeting", "action": "action", "accion": "action",
         "initiative": "initiative", "iniciativa": "initiative"}  # fmt: skip
"""How an address may say what somebody looks for."""
Sort = Literal["relevance", "date"]
Chosen = Mapping[str, tuple[str, ...]]


def names() -> dict[str, str]:
    """What each facet is called on the page."""
    return {
        "noun": gettext("Qué es"),
        "kind": gettext("Tipo"), "topic": gettext("Tema"), "sector": gettext("Sector"),
        "audience": gettext("Para quién"), "principle": gettext("Principio"), "country": gettext("País"),
        "region": gettext("Región"), "organization": gettext("Organización"), "language": gettext("Idioma"),
        "year": gettext("Año"),
    }  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """What a reader asks for, in the library or in one `space`, named by its slug. `unknown` are the (facet,
    value) pairs that no vocabulary knows."""

    text: str = ""
    chosen: Chosen = field(default_factory=dict)
    sort: Sort | None = None
    page: int = 1
    unknown: tuple[tuple[str, str], ...] = ()
    space: str = ""

    @property
    def order(self) -> Sort:
        """The order of the results: by relevance where there are words, by date without, unless said."""
        return self.sort or ("relevance" if self.text.strip() else "date")

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters as they work: a topic counts no more once one inside it was chosen."""
        return {
            facet: tuple(v for v in values if not any(other.startswith(f"{v}.") for other in values))
            for facet, values in self.chosen.items()
        }

    @property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """The filters with what goes without saying: who looks at the library without words, or by what only
        materials have, looks for materials."""
        if self.text.strip() or self.chosen.get("noun"):
            return self.filters
        return {"noun": ("resource",), **self.filters}

    @property
    def how_many(self) -> int:
        """How many filter values are set."""
        return sum(len(values) for values in self.filters.values())

    def without(self, facet: str, value: str) -> Choices:
        """The same without one value of a filter (and the topics inside it), from the first page."""
        left = tuple(v for v in self.chosen.get(facet, ()) if v != value and not v.startswith(f"{value}."))
        return replace(self, chosen={**self.chosen, facet: left}, page=1)

    def having(self, facet: str, value: str) -> Choices:
        """The same with one more value of a filter, from the first page."""
        return replace(self, chosen={**self.chosen, facet: (*self.chosen.get(facet, ()), value)}, page=1)

    def sorted_by(self, sort: Sort) -> Choices:
        """The same in another order, from the first page."""
        return replace(self, sort=sort, page=1)

    def on_page(self, page: int) -> Choices:
        """The same on another page."""
        return replace(self, page=page)

    def page_address(self, page: int) -> str:
        """The address of another page."""
        return self.on_page(page).address

    def cleared(self) -> Choices:
        """The words alone."""
        return Choices(self.text, sort=self.sort, space=self.space)

    @property
    def place(self) -> str:
        """The address of the results without words and filters."""
        return replace(Choices(), space=self.space).address

    @property
    def export_address(self) -> str:
        """The address of these results, all of them, as a table."""
        said = self.on_page(1).address.partition("?")[2]
        return f"{url_for('exports.library')}?{said}" if said else url_for("exports.library")

    @property
    def address(self) -> str:
        """The address of these results; what is as usual is left out."""
        said: dict[str, str | int | Sequence[str]] = {"q": self.text} if self.text else {}
        for name, facet in PARAMETERS.items():
            if self.chosen.get(facet):
                said[name] = self.chosen[facet]
        if self.sort:
            said["orden"] = ORDERS[self.sort]
        if self.page > 1:
            said["pagina"] = self.page
        if self.space:
            return url_for("spaces.search", slug=self.space, **said)  # type: ignore[arg-type]
        return url_for("library.index", **said)  # type: ignore[arg-type]


ORDERS: dict[Sort, str] = {"relevance": "relevancia", "date": "fecha"}


def read(arguments: MultiDict[str, str], organizations: Mapping[str, str], space: str = "") -> Choices:
    """The choices in the arguments of an address; whatever they hold, they are taken or passed over."""
    chosen: dict[str, tuple[str, ...]] = {}
    unknown: list[tuple[str, str]] = []
    for name, facet in PARAMETERS.items():
        values: list[str] = []
        for said in arguments.getlist(name)[:MOST_VALUES]:
            code = known(facet, said, organizations)
            if code and code not in values:
                values.append(code)
            elif not code and said.strip():
                unknown.append((facet, said[:60]))
        if values:
            chosen[facet] = tuple(values)
    sort = next((key for key, word in ORDERS.items() if word == arguments.get("orden")), None)
    page = _page(arguments.get("pagina", ""))
    return Choices(arguments.get("q", ""), chosen, sort, page, tuple(unknown), space)


def known(facet: str, said: str, organizations: Mapping[str, str]) -> str | None:
    """The code that a value names, or None."""
    said = said.strip()
    if facet == "noun":
        return NOUNS.get(said)
    if facet == "organization":
        return said if said in organizations else None
    if facet == "year":
        return said if len(said) == 4 and said.isascii() and said.isdecimal() else None
    words = vocabulary.of_facet(facet)
    return words.find(said) if words and said else None


def _page(said: str) -> int:
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 1
    return min(max(number, 1), MOST_PAGES)
