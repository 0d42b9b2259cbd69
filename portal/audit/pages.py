"""The pages of the audit: all of it for administrators, the own acts for an editor, an organisation's for its
coordination (product.md 5.4)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.audit import details, section, wording
from portal.section import overseers, signed_in
from portal.tables import sheet
from portal.viewer import visit
from toolkit import organizations, spaces
from toolkit.access import leads
from toolkit.audit import reading
from toolkit.audit.reading import Filters, Line
from toolkit.errors import NotFound
from toolkit.records import Organization

LONGEST = 100


def day(name: str) -> dt.date | None:
    """The day that an argument of the address names; None for what is no day."""
    try:
        return dt.date.fromisoformat(request.args.get(name, "")[:10])
    except ValueError:
        return None


def _filters(organization: Organization | None = None) -> Filters:
    """What the address asks for; an organisation that this reader does not know is none."""
    slug = request.args.get("organizacion", "")[:80]
    if organization is None and slug:
        organization = organizations.find(visit().session, slug)
    return Filters(
        act=request.args.get("acto", "")[:40], person=request.args.get("persona", "").strip()[:LONGEST],
        organization_id=organization.id if organization else None, since=day("desde"), until=day("hasta"),
    )  # fmt: skip


def _page(organization: Organization | None = None) -> ResponseReturnValue:
    filters = _filters(organization)
    shown = reading.browse(visit(), filters, request.args.get("pagina", 1, int))
    acts = sorted(((code, wording.act(code)) for code in reading.acts(visit())), key=lambda one: one[1])
    every = organizations.names(visit()) if organization is None and visit().viewer.administrator else {}
    return render_template("audit/index.html", shown=shown, filters=filters, acts=acts, organizations=every,
                           organization=organization, args=_kept(),
                           wording=wording, details=details)  # fmt: skip


def _kept() -> dict[str, str]:
    """The filters as they stand in the address."""
    names = ("acto", "persona", "organizacion", "desde", "hasta")
    return {name: request.args[name] for name in names if request.args.get(name)}


@section.route("/administracion/auditoria", access=overseers)
def index() -> ResponseReturnValue:
    """The entries that this reader may see, the newest first, with filters."""
    return _page()


@section.route("/administracion/auditoria.csv", access=overseers)
def export() -> Response:
    """The same entries as a table for spreadsheets."""
    return _sheet("auditoria", reading.every(visit(), _filters()))


def _own(slug: str) -> Organization:
    """The organisation, for whoever coordinates it; NotFound for everybody else."""
    organization = spaces.get(visit(), slug)
    if not leads(visit().viewer, organization.id):
        raise NotFound
    return organization


@section.route("/espacios/<slug>/auditoria", access=signed_in)
def of_space(slug: str) -> ResponseReturnValue:
    """What concerns one organisation, for its coordination."""
    return _page(_own(slug))


@section.route("/espacios/<slug>/auditoria.csv", access=signed_in)
def export_of_space(slug: str) -> Response:
    """The same as a table for spreadsheets."""
    return _sheet(f"auditoria-{slug}", reading.every(visit(), _filters(_own(slug))))


def _sheet(name: str, lines: Iterable[Line]) -> Response:
    titles = [_("Momento (UTC)"), _("Persona"), _("Acto"), _("Resultado"), _("Objeto"), _("Identificador"),
              _("Nombre"), _("Organización"), _("Red"), _("Detalles")]  # fmt: skip
    return sheet(name, titles, (
        [f"{line.at:%Y-%m-%d %H:%M:%S}", wording.person(line), wording.act(line.act), wording.result(line),
         wording.noun(line.noun), line.noun_id, wording.about(line), line.organization, line.place,
         json.dumps(line.values, ensure_ascii=False, sort_keys=True) if line.values else ""]
        for line in lines
    ))  # fmt: skip
