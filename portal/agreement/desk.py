"""What editors do with an agreement: write its facts, one page for each sort of part, publish it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.agreement import section
from portal.agreement.forms import FORMS, FactsForm, PartForm, PartyForm
from portal.languages import gettext as _
from portal.section import editors
from portal.viewer import visit
from toolkit import agreement, organizations
from toolkit.errors import Conflict, Invalid, Overtaken
from toolkit.records import Agreement


@section.route("/convenio/nuevo", access=editors, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Write down a new agreement: it is kept as a draft."""
    form = FactsForm()
    if request.method == "GET":
        return render_template("agreement/edit.html", form=form, agreement=None, parts=FORMS)
    try:
        made = agreement.add(visit(), form.facts())
    except Invalid as trouble:
        form.refuse(trouble)
        return render_template("agreement/edit.html", form=form, agreement=None, parts=FORMS), 422
    flash(_("Se guardó el convenio como borrador. Agregue ahora sus partes y objetivos."))
    return redirect(url_for("agreement.edit", slug=made.slug))


@section.route("/convenio/<slug>/editar", access=editors, methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Change what is said of an agreement; the way to its parts. When somebody else saved it meanwhile, both
    texts are shown and neither is lost."""
    found = agreement.get_to_change(visit(), slug)
    if request.method == "GET":
        return _sheet(found, FactsForm.of(agreement.describe(found), found.revision))
    form = FactsForm()
    try:
        agreement.change(visit(), found, form.facts(), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(FactsForm.of(trouble.theirs, trouble.revision), trouble)
        return _sheet(found, form), 409
    except Invalid as trouble:
        form.refuse(trouble)
        return _sheet(found, form), 422
    flash(_("Se guardó el convenio."))
    return redirect(url_for("agreement.show", slug=found.slug))


def _sheet(found: Agreement, form: FactsForm) -> str:
    return render_template("agreement/edit.html", form=form, agreement=found, parts=FORMS)


@section.route("/convenio/<slug>/publicar", access=editors, methods=["POST"])
def publish(slug: str) -> ResponseReturnValue:
    """Show it to everybody."""
    found = agreement.get_to_change(visit(), slug)
    try:
        agreement.publish(visit(), found)
    except (Invalid, Conflict) as trouble:
        form = FactsForm.of(agreement.describe(found), found.revision)
        form.refuse(trouble)
        return _sheet(found, form), 422
    flash(_("El convenio está publicado."))
    return redirect(url_for("agreement.show", slug=found.slug))


def _form(part: str) -> tuple[type[PartForm], str]:
    if part not in FORMS:
        abort(404)
    return FORMS[part][:2]


def _offered(form: PartForm) -> PartForm:
    if isinstance(form, PartyForm):
        form.organization.choices = [("", _("Elija una organización")), *organizations.names(visit()).items()]
    return form


def _parts(found: Agreement, part: str, form: PartForm, row: Any = None) -> str:
    """The page of one sort of part: those there are, and the form for one more, or for the one to change."""
    _offered(form)
    name, heading = FORMS[part][1:]
    return render_template("agreement/parts.html", agreement=found, part=part, heading=heading, form=form,
                           rows=getattr(found, name), row=row)  # fmt: skip


@section.route("/convenio/<slug>/editar/<part>", access=editors, methods=["GET", "POST"])
def parts(slug: str, part: str) -> ResponseReturnValue:
    """The parts of one sort, and one more."""
    kind, name = _form(part)
    found, form = agreement.get_to_change(visit(), slug), kind()
    if request.method == "GET":
        return _parts(found, part, form)
    try:
        agreement.add_part(visit(), found, name, form.values())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _parts(found, part, form), 422
    flash(_("Se agregó."))
    return redirect(url_for("agreement.parts", slug=slug, part=part))


@section.route("/convenio/editar/<part>/<public_id:id>", access=editors, methods=["GET", "POST"])
def change_part(part: str, id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Change one part."""
    kind, name = _form(part)
    row = agreement.get_part(visit(), name, id)
    if request.method == "GET":
        return _parts(row.agreement, part, kind.of(row), row)
    form = kind()
    try:
        agreement.change_part(visit(), row, form.values(), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(_offered(kind.of(row)), trouble)
        return _parts(row.agreement, part, form, row), 409
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _parts(row.agreement, part, form, row), 422
    flash(_("Se guardó el cambio."))
    return redirect(url_for("agreement.parts", slug=row.agreement.slug, part=part))


@section.route("/convenio/editar/<part>/<public_id:id>/quitar", access=editors, methods=["POST"])
def remove_part(part: str, id: str) -> ResponseReturnValue:  # noqa: A002
    """Take one part away."""
    kind, name = _form(part)
    row = agreement.get_part(visit(), name, id)
    found = row.agreement
    try:
        agreement.remove_part(visit(), row)
    except Conflict as trouble:
        form = kind.of(row)
        form.refuse(trouble)
        return _parts(found, part, form, row), 422
    flash(_("Se quitó."))
    return redirect(url_for("agreement.parts", slug=found.slug, part=part))
