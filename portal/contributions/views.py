"""«Mis aportes»: what a person contributed, how far it is, and what can be done with it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field, SelectField, SelectMultipleField

from portal.contributions import section
from portal.contributions.forms import LEVELS, CardForm, ReasonForm, SightForm
from portal.section import signed_in, uploaders
from portal.viewer import visit
from toolkit import catalogue
from toolkit.catalogue.changes import Overtaken
from toolkit.errors import Conflict, Invalid
from toolkit.records import Resource

KINDS = {"borradores": "draft", "en-proceso": "working", "publicados": "published", "retirados": "withdrawn"}

MOST = 1_000_000
"""No version or file has so high a number; a number that no database holds is none either."""


def _done(words: str, id: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("contributions.show", id=id))


@section.route("/mis-aportes", access=signed_in)
def index() -> ResponseReturnValue:
    """What this person contributed, a page at a time, of one state or of all."""
    word = request.args.get("estado", "")
    kind = KINDS.get(word)
    shown = catalogue.contributions(visit(), kind, request.args.get("pagina", 1, int))
    return render_template(
        "contributions/index.html", shown=shown, kinds=KINDS, chosen=word if kind else "", stages=_stages,
        counts=catalogue.contribution_counts(visit()), may_upload=uploaders(visit().viewer),
    )  # fmt: skip


def _stages(resource: Resource) -> list[catalogue.Progress]:
    files = [file for version in resource.versions for file in version.files]
    return catalogue.progress(visit(), resource, files)


@section.route("/mis-aportes/<id>", access=signed_in)
def show(id: str) -> ResponseReturnValue:
    """How far the files of a contribution are, and what can be done with it."""
    resource = catalogue.get_to_change(visit(), id)
    stages = _stages(resource)
    twins = {
        one.file.id: [twin for twin in catalogue.twins(visit(), one.file.sha256) if twin is not resource]
        for one in stages
    }
    return render_template("contributions/show.html", resource=resource, stages=stages, twins=twins,
                           missing=_missing(resource))  # fmt: skip


def _missing(resource: Resource) -> list[str]:
    """What would help people to find it and is not said yet."""
    facets = {term.facet for term in resource.terms}
    wanted = ((resource.kind, _("el tipo de material")), (resource.summary, _("un resumen")),
              ("topic" in facets, _("al menos un tema")))  # fmt: skip
    return [words for present, words in wanted if not present]


@section.route("/mis-aportes/<id>/editar", access=signed_in, methods=["GET", "POST"])
def edit(id: str) -> ResponseReturnValue:
    """Change the card. When somebody else saved meanwhile, both texts are shown and neither is lost."""
    resource = catalogue.get_to_change(visit(), id)
    if request.method == "GET":
        form = CardForm.of(catalogue.describe(resource), resource.revision)
        return render_template("contributions/edit.html", form=form, resource=resource)
    form = CardForm()
    try:
        catalogue.change(visit(), resource, form.card(show_card=resource.show_card), revision=form.number())
    except Overtaken as trouble:
        form.revision.data = str(trouble.revision)
        theirs = CardForm.of(trouble.theirs, trouble.revision)
        return render_template("contributions/edit.html", form=form, resource=resource, trouble=trouble,
                               theirs=theirs, said=_said), 409  # fmt: skip
    except Invalid as trouble:
        form.refuse(trouble)
        return render_template("contributions/edit.html", form=form, resource=resource), 422
    return _done(_("Se guardaron los cambios."), id)


def _said(field: Field) -> str:
    """What a field holds, in words: the labels of what was chosen, or the text."""
    if not isinstance(field, SelectField | SelectMultipleField):
        return str(field.data or "").strip() or _("(vacío)")
    chosen = field.data if isinstance(field.data, list) else [field.data]
    said = [str(words) for value, words, *_more in field.iter_choices() if value and value in chosen]
    return ", ".join(said) or _("(vacío)")


@section.route("/mis-aportes/<id>/visibilidad", access=signed_in, methods=["GET", "POST"])
def visibility(id: str) -> ResponseReturnValue:
    """Choose who sees it: this publishes a draft, and moves what is published."""
    resource = catalogue.get_to_change(visit(), id)
    if request.method == "GET":
        form = SightForm(data={"level": str(resource.level), "show_card": resource.show_card})
        return _visibility(form, resource)
    form = SightForm()
    draft = resource.state == "draft"
    try:
        catalogue.publish(visit(), resource, form.chosen(), show_card=form.showing())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _visibility(form, resource), 422
    who = next(words for level, words, _hint in LEVELS if level == resource.level)
    said = _("Se publicó. Lo ve: %(who)s.", who=who) if draft else _("Ahora lo ve: %(who)s.", who=who)
    return _done(said, id)


def _visibility(form: SightForm, resource: Resource) -> str:
    return render_template("contributions/visibility.html", form=form, resource=resource, levels=LEVELS)


@section.route("/mis-aportes/<id>/retirar", access=signed_in, methods=["GET", "POST"])
def withdraw(id: str) -> ResponseReturnValue:
    """Take it out of the library, with the reason that whoever had its address will read."""
    resource = catalogue.get_to_change(visit(), id)
    form = ReasonForm()
    if request.method == "GET":
        return render_template("contributions/withdraw.html", form=form, resource=resource)
    catalogue.withdraw(visit(), resource, form.reason.data or "")
    return _done(_("Se retiró de la biblioteca."), id)


@section.route("/mis-aportes/<id>/restaurar", access=signed_in, methods=["POST"])
def restore(id: str) -> ResponseReturnValue:
    """Publish again, for the same readers, what was withdrawn."""
    catalogue.restore(visit(), catalogue.get_to_change(visit(), id))
    return _done(_("Se restauró: vuelve a verlo quien lo veía."), id)


@section.route("/mis-aportes/<id>/archivo/<int:version>/<int:number>/quitar", access=signed_in,
               methods=["POST"])  # fmt: skip
def delete_file(id: str, version: int, number: int) -> ResponseReturnValue:
    """Take a file out of a draft."""
    resource = catalogue.get_to_change(visit(), id)
    file = catalogue.get_file(visit(), resource, min(version, MOST), min(number, MOST))
    name = file.name
    catalogue.delete_file(visit(), file)
    return _done(_("Se quitó «%(name)s».", name=name), id)


@section.route("/mis-aportes/<id>/borrar", access=signed_in, methods=["GET", "POST"])
def delete(id: str) -> ResponseReturnValue:
    """Delete a draft for good, after a page that asks."""
    resource = catalogue.get_to_change(visit(), id)
    if request.method == "GET":
        return render_template("contributions/delete.html", resource=resource)
    title = resource.title
    catalogue.delete_draft(visit(), resource)
    flash(_("Se borró el borrador «%(title)s».", title=title), "success")
    return redirect(url_for("contributions.index"))
