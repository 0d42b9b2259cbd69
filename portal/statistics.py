"""«Estadísticas»: figures with source, date and definition, charts with their tables, all of it to take
along; and for the people of an organisation how much its own materials are used."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.applications.forms import RESULTS
from portal.exports import sheet
from portal.languages import say
from portal.section import Section, anyone, signed_in
from portal.templating import day, label, month, number
from portal.viewer import visit
from toolkit import spaces, statistics, usage, vocabulary
from toolkit.exports.spreadsheets import Cell
from toolkit.records import now
from toolkit.statistics import Row, Table, shown

section = Section("statistics", __name__)


def named(facet: str, code: str) -> str:
    """What a row counts, in words."""
    if not code:
        return _("Sin indicar")
    if facet == "place":
        return _place(code)
    if facet == "month":
        return month(dt.date.fromisoformat(f"{code}-01"))
    if facet == "result":
        return str(RESULTS[code])
    return label("kinds", code) if facet == "kind" else code


def _place(code: str) -> str:
    """A region, or a country; one whose regions are known is there for those who said none."""
    if "-" in code:
        return label("regions", code)
    country = label("countries", code)
    return _("%(country)s, sin región", country=country) if vocabulary.regions_of(code) else country


def amount(value: int | Decimal | None) -> str:
    """A number of deeds as a page shows it."""
    return _("menos de 5") if value is None else number(value)


def bars(table: Table) -> list[tuple[str, str, float]]:
    """For a chart, the lines of a table: what each bar is, its number in words, its length in hundredths of
    the longest. Where the number is hidden the bar has no length, and the words are those of the table."""
    longest = max((row.value or 0 for row in table.rows), default=0) or 1
    return [(named(table.facet, row.code), amount(row.value), round(100 * (row.value or 0) / longest, 1))
            for row in table.rows]  # fmt: skip


section.add_app_template_global(amount)


@section.route("/estadisticas", access=anyone)
def index() -> ResponseReturnValue:
    """All figures and tables."""
    return render_template("statistics/index.html", figures=statistics.figures(visit()), named=named,
                           tables=statistics.tables(visit()), bars=bars)  # fmt: skip


@section.route("/estadisticas/<table>.csv", access=anyone)
def table(table: str) -> Response:
    """One table for spreadsheets, with where its numbers come from in each line."""
    found = statistics.get_table(visit(), table)
    titles = [say(found.column), say(found.unit), _("Fecha"), _("Fuente"), _("Definición")]
    told = [found.day.isoformat(), say(found.source), say(found.definition)]
    return sheet(found.code, titles, [[*_cells(found, row), *told] for row in found.rows])


def _cells(found: Table, row: Row) -> list[Cell]:
    return [named(found.facet, row.code), _("menos de 5") if row.value is None else row.value]


@section.route("/espacios/<slug>/estadisticas", access=signed_in)
def of_space(slug: str) -> ResponseReturnValue:
    """How much the materials of an organisation are used, for its own people."""
    organization = spaces.get(visit(), slug)
    return render_template(
        "statistics/of_space.html", organization=organization, day=day(now()), acts=usage.ACTS, shown=shown,
        used=usage.of_organization(visit(), organization),
    )  # fmt: skip


@section.route("/espacios/<slug>/estadisticas.csv", access=signed_in)
def export_of_space(slug: str) -> Response:
    """The same as a table for spreadsheets."""
    organization = spaces.get(visit(), slug)
    titles = [_("Material"), _("Identificador"), _("Fichas abiertas"), _("Páginas leídas"), _("Descargas")]
    rows: list[list[Cell]] = []
    for one in usage.of_organization(visit(), organization):
        counts = (shown(one.counts.get(act, 0)) for act in usage.ACTS)
        rows.append([one.resource.title, one.resource.public_id,
                     *(_("menos de 5") if n is None else n for n in counts)])  # fmt: skip
    return sheet(f"uso-{organization.slug}", titles, rows)
