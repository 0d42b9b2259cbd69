"""The units of an organisation, as its coordination and the editors write them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from portal.contributions.forms import Sheet
from portal.languages import gettext as _
from portal.section import Section, signed_in
from portal.viewer import visit
from toolkit import access, organizations, units
from toolkit.errors import Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Organization, OrganizationUnit

section = Section("units", __name__)


class UnitForm(Sheet):
    """What is said of a unit."""

    name = StringField(_l("Nombre"))
    parent = SelectField(_l("Dentro de"), validate_choice=False)
    predecessor = SelectField(_l("Antes se llamaba"), validate_choice=False)
    since = StringField(_l("Desde"))
    until = StringField(_l("Hasta"))

    def offer(self, others: Sequence[OrganizationUnit]) -> UnitForm:
        """Offer these units."""
        named = [(one.public_id, one.name) for one in others]
        self.parent.choices = [("", _("Directamente de la organización")), *named]
        self.predecessor.choices = [("", _("No cambió de nombre")), *named]
        return self

    def facts(self) -> units.Facts:
        """What the form says."""
        return units.Facts(*(self[name].data or "" for name in ("name", "parent", "predecessor", "since",
                                                                "until")))  # fmt: skip


@section.route("/organizaciones/<slug>/unidades", access=signed_in, methods=["GET", "POST"])
def index(slug: str) -> ResponseReturnValue:
    """The units there are and were, and one more."""
    organization = organizations.find(visit().session, slug)
    if organization is None or organization.kind == "joint":
        raise NotFound
    if not access.may_write_units(visit().viewer, organization.id):
        raise Forbidden
    form = UnitForm()
    if request.method == "GET":
        return _page(organization, form)
    try:
        units.add(visit(), organization, form.facts())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _page(organization, form), 422
    flash(_("Se agregó la unidad."))
    return redirect(url_for("units.index", slug=slug))


@section.route("/organizaciones/unidades/<public_id:id>", access=signed_in, methods=["GET", "POST"])
def edit(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Correct a unit."""
    unit = units.get_to_change(visit(), id)
    organization = _owner(unit)
    if request.method == "GET":
        return _page(organization, UnitForm(formdata=None, data=vars(units.describe(unit))), unit)
    form = UnitForm()
    try:
        units.change(visit(), unit, form.facts())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _page(organization, form, unit), 422
    flash(_("Se guardó la unidad."))
    return redirect(url_for("units.index", slug=organization.slug))


@section.route("/organizaciones/unidades/<public_id:id>/quitar", access=signed_in, methods=["POST"])
def remove(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take away a unit that was written down by mistake."""
    unit = units.get_to_change(visit(), id)
    organization = _owner(unit)
    units.remove(visit(), unit)
    flash(_("Se quitó la unidad."))
    return redirect(url_for("units.index", slug=organization.slug))


def _owner(unit: OrganizationUnit) -> Organization:
    if unit.organization is None:
        raise NotFound
    return unit.organization


def _page(organization: Organization, form: UnitForm, unit: OrganizationUnit | None = None) -> str:
    every = units.all_of(visit(), organization)
    form.offer([one for one in every if one is not unit])
    return render_template("units/index.html", organization=organization, form=form, unit=unit, every=every)
