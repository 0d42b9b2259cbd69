"""The library: the home page and the results."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import counting
from portal.languages import gettext as _
from portal.library.choices import ORDERS, Choices, names, read
from portal.library.facets import facets, words
from portal.limits import limiter, searches
from portal.section import Section, anyone
from portal.templating import label
from portal.topics import address as topic_address
from portal.viewer import instance, visit
from toolkit import catalogue, news, norms, organizations, units, workplan
from toolkit.catalogue.topics import USUAL, named_by, nearest_topics
from toolkit.records import OrganizationUnit, Resource, Version
from toolkit.search import finding
from toolkit.search.finding import Found, FoundHit
from toolkit.search.query import LONGEST
from toolkit.search.shelf import Unavailable

section = Section("library", __name__)
NEWEST = 3
QUICK = ("R01", "R04", "R05")
"""Kinds that most people look for, one touch away."""
EXAMPLES = ("balance social", "acta de asamblea virtual", "comité de educación", "DL 085")
NAMED = 3
"""Most norms that are offered above the results."""
Rows = list[tuple[Resource, Version | None]]


@dataclass(frozen=True)
class Removal:
    """The one filter whose removal helps most, and how many results there are then."""

    facet: str
    value: str
    total: int


@section.route("/", access=anyone)
def home() -> ResponseReturnValue:
    """What the portal is for, the search box, the doors, what is new."""
    return render_template(
        "library/home.html", examples=EXAMPLES, newest=newest(),
        counts=catalogue.counts_by(visit(), "topic", USUAL), doors=USUAL[:2], themes=USUAL[2:],
        articles=news.latest(visit()), plan=workplan.summary(visit()),
    )  # fmt: skip


@section.route("/biblioteca", access=anyone)
@limiter.limit(searches)
def index() -> ResponseReturnValue:
    """The results for the words and filters of the address, ten a page."""
    every = organizations.names(visit()) if "organizacion" in request.args else {}
    choices = read(request.args, every)
    try:
        found = finding.find(visit(), instance().shelves, choices.text, filters=choices.asked,
                             sort=choices.order, page=choices.page)  # fmt: skip
    except Unavailable:
        return render_template("library/rebuilding.html", choices=choices, newest=newest(), themes=USUAL)
    if choices.page > found.last_page:
        return redirect(choices.on_page(1).address)
    if not found.total and not choices.how_many:
        counting.missed(choices.text)
    owners = [hit.resource.organization for hit in found.hits if isinstance(hit, FoundHit)]
    every |= {owner.slug: owner.name for owner in owners if owner is not None}
    if any(slug not in every for slug, _ in found.facets.get("organization", ())):
        every = organizations.names(visit())
    panel = facets(found.facets, choices, every)
    choices = replace(choices, text=choices.text[:LONGEST])
    page = "library/results.html" if found.total else "library/nothing.html"
    return render_template(
        page, choices=choices, found=found, facets=panel, chips=chips(choices, every),
        quick=QUICK, names=names(), orders=ORDERS, named=named(choices),
        **({} if found.total else way_on(choices, found, every)),
    )  # fmt: skip


def named(choices: Choices) -> list[tuple[str, str]]:
    """What the words name by itself, to be offered above the results: norms, an organisation, units
    of one, a topic. Each with its address; only where nothing else is asked for."""
    if choices.how_many or choices.page > 1 or not choices.text.strip():
        return []
    place = organizations.named_by(visit(), choices.text)
    topic = named_by(choices.text)
    found = [
        (_("Norma: %(number)s", number=norm.number), url_for("norms.show", slug=norm.slug))
        for norm in norms.named_by(visit(), choices.text)[:NAMED]
    ]
    if place:
        address = url_for("organizations.show", slug=place.slug)
        found.append((_("Organización: %(name)s", name=place.name), address))
    for unit, before in units.named_by(visit(), choices.text):
        found.append((unit_words(unit, before), unit_address(unit)))
    if topic:
        found.append((_("Tema: %(name)s", name=label("topic", topic)), topic_address(topic)))
    return found


def unit_words(unit: OrganizationUnit, before: str) -> str:
    """What is offered of a unit; `before` is the earlier name by which it was found, or empty."""
    owner = unit.organization
    name = f"{unit.name}, {owner.acronym or owner.name}" if owner else unit.name
    if before:
        return _("Unidad: %(name)s (antes llamada «%(before)s»)", name=name, before=before)
    return _("Unidad: %(name)s", name=name)


def unit_address(unit: OrganizationUnit) -> str:
    """Where a unit stands on the profile of its organisation."""
    slug = unit.organization.slug if unit.organization else ""
    return url_for("organizations.show", slug=slug, _anchor=f"unidad-{unit.public_id}")


def newest() -> Rows:
    """The newest materials with the versions that this reader opens."""
    return [(one, one.versions[-1] if one.versions else None) for one in catalogue.newest(visit(), NEWEST)]


def chips(choices: Choices, every: dict[str, str]) -> list[tuple[str, str, str]]:
    """The filters that are set: what each is called, and the address without it."""
    titles = names()
    return [
        (titles[facet], words(facet, value, every), choices.without(facet, value).address)
        for facet, values in choices.filters.items()
        for value in values
    ]


def way_on(choices: Choices, found: Found, every: dict[str, str]) -> dict[str, object]:
    """What helps somebody who found nothing: the removal of one filter, and topics that are near."""
    best = removal(choices)
    return {
        "removal": best and (names()[best.facet], words(best.facet, best.value, every), best.total,
                             choices.without(best.facet, best.value).address),
        "topics": nearest_topics(choices.text),
    }  # fmt: skip


def removal(choices: Choices) -> Removal | None:
    """Try each filter that is set: the one without which most is found; None where none helps."""
    tried = []
    for facet, values in choices.filters.items():
        for value in values:
            other = choices.without(facet, value)
            total = finding.find(visit(), instance().shelves, other.text, filters=other.asked, per_page=1,
                                 facets=()).total  # fmt: skip
            tried.append(Removal(facet, value, total))
    best = max(tried, key=lambda one: one.total, default=None)
    return best if best and best.total else None
