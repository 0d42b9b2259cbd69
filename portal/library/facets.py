"""The filters beside the results: for each facet its values with their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.languages import gettext
from portal.library.choices import PARAMETERS, Choices, names
from portal.templating import label

SHOWN = 6
"""Values of a facet that are shown at once: the most frequent."""
Counts = Mapping[str, list[tuple[str, int]]]


@dataclass(frozen=True)
class Value:
    """One value of a facet: how many results have it, is it chosen, does it stand inside another."""

    code: str
    words: str
    count: int
    chosen: bool
    inside: bool = False


@dataclass(frozen=True)
class Facet:
    """One filter: the `parameter` of the address, its name, its values."""

    parameter: str
    words: str
    values: list[Value]

    @property
    def first(self) -> list[Value]:
        """The values that are shown at once: the most frequent, and all that are chosen or inside those."""
        return [v for place, v in enumerate(self.values) if place < SHOWN or v.chosen or v.inside]

    @property
    def more(self) -> list[Value]:
        """The other values."""
        shown = set(self.first)
        return [value for value in self.values if value not in shown]


def facets(counts: Counts, choices: Choices, organizations: Mapping[str, str]) -> list[Facet]:
    """The filters that have values, in the order of the panel."""
    titles, found = names(), []
    for parameter, facet in PARAMETERS.items():
        values = _values(facet, dict(counts.get(facet, ())), choices.chosen.get(facet, ()), organizations)
        if values and not (facet == "noun" and len(values) == 1 and not values[0].chosen):
            found.append(Facet(parameter, titles[facet], values))
    return found


def _values(
    facet: str, counts: dict[str, int], chosen: tuple[str, ...], organizations: Mapping[str, str]
) -> list[Value]:
    """Values as counted, the chosen ones too where nothing has them; topics inside others only under a
    chosen one."""
    codes = [*counts, *(code for code in chosen if code not in counts)]
    opened = {code.split(".")[0] for code in chosen} if facet == "topic" else set()
    ordered: list[str] = []
    for code in codes:
        if facet == "topic" and "." in code:
            continue
        ordered.append(code)
        if code in opened:
            ordered += [inner for inner in codes if inner.startswith(f"{code}.")]
    ordered += [code for code in chosen if code not in ordered]
    return [
        Value(code, words(facet, code, organizations), counts.get(code, 0), code in chosen,
              facet == "topic" and "." in code)
        for code in ordered
    ]  # fmt: skip


def words(facet: str, code: str, organizations: Mapping[str, str]) -> str:
    """What a value of a facet is called."""
    if facet == "noun":
        return {
            "resource": gettext("Materiales"),
            "article": gettext("Noticias"),
            "agreement": gettext("Convenio"),
            "plan": gettext("Plan de trabajo"),
            "action": gettext("Acciones conjuntas"),
            "norm": gettext("Normas"),
            "compendium": gettext("Compendios"),
            "meeting": gettext("Encuentros y actas"),
            "initiative": gettext("Iniciativas"),
        }[code]
    if facet == "organization":
        return organizations.get(code, code)
    return code if facet == "year" else label(facet, code)
