"""Metadata as tables: what a reader finds in the library, and all that an organisation holds (product.md
5.3)."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from portal.contributions.visibility import words
from portal.library.choices import names, read
from portal.library.facets import words as value_words
from portal.limits import limiter, searches
from portal.resources.wording import slug as slug_of
from portal.section import Section, anyone, signed_in
from portal.tables import sheet, stamp
from portal.templating import label
from portal.viewer import instance, visit
from toolkit import access, catalogue, organizations, spaces
from toolkit.errors import Forbidden
from toolkit.exports.spreadsheets import Cell
from toolkit.records import Resource
from toolkit.search import finding

section = Section("exports", __name__)
MOST = 500
"""Most materials of the library in one table."""


@section.route("/biblioteca/exportar.csv", access=anyone)
@limiter.limit(searches)
def library() -> Response:
    """The cards that this reader finds with the words and filters of the library; an administrator as such
    gets their counts only."""
    every = organizations.names(visit())
    choices = read(request.args, every)
    counted = visit().viewer.administrator and not visit().viewer.organizations
    asked = {**choices.filters, "noun": ["resource"]}
    found = finding.find(visit(), instance().shelves, choices.text, filters=asked,
                         sort=choices.order, per_page=1 if counted else MOST)  # fmt: skip
    if counted:
        titles = [_("Filtro"), _("Valor"), _("Materiales")]
        facets = names()
        return sheet("biblioteca", titles, [
            (facets[facet], value_words(facet, value, every), count)
            for facet, values in found.facets.items() if facet in facets
            for value, count in values
        ])  # fmt: skip
    return sheet("biblioteca", card_titles(), [cells(one) for one in _whole(found)])


def _whole(found: finding.Found) -> list[Resource]:
    """What was found, with everything its cards say, in the order of the search."""
    return catalogue.whole(visit(), [hit.resource for hit in found.hits if isinstance(hit, finding.FoundHit)])


@section.route("/espacios/<slug>/exportar.csv", access=signed_in)
def space(slug: str) -> Response:
    """All that an organisation published or withdrew, for its coordination, with who sees it."""
    organization = spaces.get(visit(), slug)
    if not access.leads(visit().viewer, organization.id):
        raise Forbidden
    titles = [*card_titles(), _("Estado"), _("Quién lo ve"), _("Ficha al público")]
    states = {"published": _("publicado"), "withdrawn": _("retirado")}
    rows = [
        [*cells(one), states[one.state], words(one.level), _("sí") if one.show_card else _("no")]
        for one in catalogue.holdings(visit(), organization)
    ]
    return sheet(f"espacio-{organization.slug}", titles, rows)


def card_titles() -> list[str]:
    """The titles of `cells`."""
    return [_("Identificador"), _("Título"), _("Resumen"), _("Tipo"), _("Organización"), _("Autoría"),
            _("Temas"), _("País"), _("Región"), _("Idioma"), _("Año"), _("Licencia"), _("Publicado"),
            _("Dirección")]  # fmt: skip


def cells(resource: Resource) -> list[Cell]:
    """The card of a resource: what stands in its ficha, nothing of its contents."""
    card = catalogue.describe(resource)
    there = f"{request.url_root}recursos/{resource.public_id}-{slug_of(resource.title)}"
    return [
        resource.public_id, resource.title, resource.summary, _label("kind", resource.kind),
        resource.organization.name if resource.organization else "", "; ".join(card.authors),
        "; ".join(label("topic", code) for code in card.topics), _label("country", resource.country),
        _label("region", resource.region), _label("language", resource.language), resource.year,
        label("licences", resource.licence), stamp(resource.published_at)[:10], there,
    ]  # fmt: skip


def _label(facet: str, code: str) -> str:
    return label(facet, code) if code else ""
