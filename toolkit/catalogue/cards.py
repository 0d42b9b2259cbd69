"""The card (*ficha*) of a resource: what it says of itself, and whether that can be taken."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from toolkit import tidy, vocabulary
from toolkit.errors import N_, Invalid
from toolkit.records import Resource, ResourceTerm, now

SEVERAL = {"topics": "topic", "sectors": "sector", "audiences": "audience", "principles": "principle"}
"""Fields with several values, and the facet of each."""
_LISTS = {"kind": "kinds", "country": "countries", "region": "regions", "language": "languages",
          "licence": "licences", **{name: name for name in SEVERAL}}  # fmt: skip
TITLE, SUMMARY, AUTHORS = 300, 2000, 20


@dataclass
class Card:
    """The fields that people give. Codes are those of the vocabularies; `year` is a calendar year."""

    title: str = ""
    summary: str = ""
    kind: str = ""
    topics: list[str] = field(default_factory=list)
    sectors: list[str] = field(default_factory=list)
    audiences: list[str] = field(default_factory=list)
    principles: list[str] = field(default_factory=list)
    country: str = ""
    region: str = ""
    language: str = "es"
    year: int | None = None
    authors: list[str] = field(default_factory=list)
    licence: str = "ask"
    show_card: bool = False


def describe(resource: Resource) -> Card:
    """The card of a resource as it stands."""
    card = Card(**{one.name: getattr(resource, one.name) for one in fields(Card) if one.name not in SEVERAL})
    card.authors = list(resource.authors)
    for name, facet in SEVERAL.items():
        setattr(card, name, [term.code for term in resource.terms if term.facet == facet])
    return card


def check(card: Card) -> Card:
    """The card with tidy text; raises Invalid naming the field that cannot be taken."""
    card.title = tidy.line(card.title)
    card.summary = tidy.text(card.summary)
    card.authors = [line for line in (tidy.line(name) for name in card.authors) if line]
    if not card.title:
        raise Invalid(N_("Escriba un título: es lo que verán quienes busquen."), field="title")
    if len(card.title) > TITLE:
        raise Invalid(N_("El título tiene más de %(n)s caracteres. Acórtelo."), field="title", n=TITLE)
    if len(card.summary) > SUMMARY:
        raise Invalid(N_("El resumen tiene más de %(n)s caracteres. Acórtelo."), field="summary", n=SUMMARY)
    if len(card.authors) > AUTHORS or any(len(name) > 200 for name in card.authors):
        raise Invalid(N_("Escriba hasta %(n)s autores, uno por línea."), field="authors", n=AUTHORS)
    if card.year is not None and not 1800 <= card.year <= now().year + 1:
        raise Invalid(N_("El año no parece correcto: escriba cuatro cifras, por ejemplo 2024."), field="year")
    _check_codes(card)
    return card


def _check_codes(card: Card) -> None:
    for name, list_name in _LISTS.items():
        value = getattr(card, name)
        known = vocabulary.load(list_name)
        for code in value if isinstance(value, list) else [value] if value else []:
            if code not in known:
                raise Invalid(N_("«%(code)s» no está en la lista. Elija un valor de la lista."),
                              field=name, code=code)  # fmt: skip
    if card.region and not card.region.startswith(f"{card.country}-"):
        raise Invalid(N_("La región no es de ese país. Elija otra región u otro país."), field="region")


def write(resource: Resource, card: Card) -> None:
    """Put a checked card into the resource."""
    for one in fields(Card):
        if one.name not in SEVERAL:
            setattr(resource, one.name, getattr(card, one.name))
    wanted = {(facet, code) for name, facet in SEVERAL.items() for code in getattr(card, name)}
    for term in list(resource.terms):
        if (term.facet, term.code) not in wanted:
            resource.terms.remove(term)
    present = {(term.facet, term.code) for term in resource.terms}
    for name, facet in SEVERAL.items():
        for code in dict.fromkeys(getattr(card, name)):
            if (facet, code) not in present:
                resource.terms.append(ResourceTerm(facet=facet, code=code))
    resource.changed_at = now()
