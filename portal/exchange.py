"""The exchange register of an organisation, and its totals for everybody."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.section import Section, anyone, signed_in
from portal.tables import sheet, stamp
from portal.viewer import visit
from toolkit import access, exchange
from toolkit.errors import Conflict
from toolkit.exchange import Row
from toolkit.exports.spreadsheets import Cell

section = Section("exchange", __name__)
DIRECTIONS = {"recibido": "received", "entregado": "given"}


def _year() -> int | None:
    said = request.args.get("anio", "")
    known = len(said) == 4 and said.isascii() and said.isdecimal() and "1900" < said < "9999"
    return int(said) if known else None


def _direction() -> str:
    word = request.args.get("sentido", "")
    return word if word in DIRECTIONS else ""


@section.route("/espacios/<slug>/intercambio", access=signed_in)
def index(slug: str) -> ResponseReturnValue:
    """Who delivered what to whom, a page at a time; the coordination of the receiver acknowledges here."""
    return _page(slug)


def _page(slug: str, status: int = 200, trouble: Conflict | None = None) -> ResponseReturnValue:
    organization = exchange.get(visit(), slug)
    word, year = _direction(), _year()
    shown = exchange.browse(visit(), organization, direction=DIRECTIONS.get(word, ""), year=year,
                            page=request.args.get("pagina", 1, int))  # fmt: skip
    return render_template(
        "exchange/index.html", organization=organization, shown=shown, chosen=word, year=year,
        years=exchange.years(visit(), organization), may_acknowledge=_may_acknowledge,
        own=organization.id in visit().viewer.organizations, trouble=trouble and trouble.message,
    ), status  # fmt: skip


def _may_acknowledge(row: Row) -> bool:
    return access.may_acknowledge(visit().viewer, row.share)


@section.route("/espacios/<slug>/intercambio/imprimir", access=signed_in)
def printable(slug: str) -> ResponseReturnValue:
    """The same deliveries, all on one page, for paper."""
    organization = exchange.get(visit(), slug)
    shown = exchange.browse(visit(), organization, direction=DIRECTIONS.get(_direction(), ""), year=_year(),
                            per_page=None)  # fmt: skip
    return render_template("exchange/printable.html", organization=organization, shown=shown, year=_year())


@section.route("/espacios/<slug>/intercambio.csv", access=signed_in)
def export(slug: str) -> Response:
    """The same deliveries as a table for spreadsheets."""
    organization = exchange.get(visit(), slug)
    shown = exchange.browse(visit(), organization, direction=DIRECTIONS.get(_direction(), ""), year=_year(),
                            per_page=None)  # fmt: skip
    titles = [_("Entrega"), _("Material"), _("Versión"), _("De"), _("A"), _("Fecha"), _("Hasta"),
              _("Terminada"), _("Entregó"), _("Recibo"), _("Acusó recibo")]  # fmt: skip
    return sheet(f"intercambio-{organization.slug}", titles, [_cells(row) for row in shown.rows])


def _cells(row: Row) -> list[Cell]:
    share = row.share
    return [share.public_id, share.title, share.number, row.giver, row.receiver, stamp(share.since),
            stamp(share.agreed_until), stamp(share.ended_at), row.shared_by, stamp(share.acknowledged_at),
            row.acknowledged_by]  # fmt: skip


@section.route("/espacios/<slug>/intercambio/<id>/acusar-recibo", access=signed_in, methods=["POST"])
def acknowledge(slug: str, id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """«Acusar recibo»: date and person are fixed."""
    organization = exchange.get(visit(), slug)
    try:
        share = exchange.acknowledge(visit(), organization, id)
    except Conflict as trouble:
        return _page(slug, 409, trouble)
    flash(_("Se acusó recibo de «%(title)s».", title=share.title), "success")
    return redirect(url_for("exchange.index", slug=slug))


@section.route("/intercambio", access=anyone)
def totals() -> ResponseReturnValue:
    """How much is exchanged, in numbers, over what this reader may see."""
    return render_template("exchange/totals.html", totals=exchange.totals(visit()))
