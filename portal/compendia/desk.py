"""What editors do with compendia: make them, put materials in order, publish them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.compendia import section
from portal.compendia.forms import CompendiumForm, ItemForm
from portal.languages import gettext as _
from portal.section import editors
from portal.viewer import visit
from toolkit import compendia
from toolkit.errors import Conflict, Fault, Invalid, Overtaken
from toolkit.records import Compendium, CompendiumItem


@section.route("/compendios/nuevo", access=editors, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Begin a compendium: it is kept as a draft."""
    form = CompendiumForm()
    if request.method == "GET":
        return render_template("compendia/create.html", form=form)
    try:
        made = compendia.add(visit(), form.said("title"), form.said("words"))
    except Invalid as trouble:
        form.refuse(trouble)
        return render_template("compendia/create.html", form=form), 422
    flash(_("Se guardó el compendio como borrador. Agregue ahora los materiales."))
    return redirect(url_for("compendia.edit", slug=made.slug))


@section.route("/compendios/<slug>/editar", access=editors, methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Change its words; the place where materials are added and moved."""
    found = compendia.get_to_change(visit(), slug)
    if request.method == "GET":
        return _sheet(found)
    form = CompendiumForm()
    try:
        compendia.change(visit(), found, form.said("title"), form.said("words"),
                         revision=form.begun())  # fmt: skip
    except Overtaken as trouble:
        form.set_beside(CompendiumForm.of(trouble.theirs), trouble)
        return _sheet(found, form=form), 409
    except Invalid as trouble:
        form.refuse(trouble)
        return _sheet(found, form=form), 422
    flash(_("Se guardó el compendio."))
    return redirect(url_for("compendia.edit", slug=slug))


def _sheet(
    found: Compendium, form: CompendiumForm | None = None, item: ItemForm | None = None,
    reasons: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """The page where a compendium is changed; `reasons` were typed, by the public id of their item."""
    return render_template("compendia/edit.html", compendium=found, form=form or CompendiumForm.of(found),
                           item_form=item or ItemForm(formdata=None), reasons=reasons or {})  # fmt: skip


@section.route("/compendios/<slug>/materiales", access=editors, methods=["POST"])
def add_item(slug: str) -> ResponseReturnValue:
    """Put a material at the end."""
    found, form = compendia.get_to_change(visit(), slug), ItemForm()
    try:
        compendia.add_item(visit(), found, form.wanted(), form.said("reason"))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(found, item=form), 422
    return _done(found, _("Se agregó el material."))


@section.route("/compendios/<slug>/publicar", access=editors, methods=["POST"])
def publish(slug: str) -> ResponseReturnValue:
    """Show it to everybody."""
    found = compendia.get_to_change(visit(), slug)
    try:
        compendia.publish(visit(), found)
    except (Invalid, Conflict) as trouble:
        return _refused(found, trouble)
    flash(_("El compendio está publicado."))
    return redirect(url_for("compendia.show", slug=slug))


@section.route("/compendios/<slug>/retirar", access=editors, methods=["POST"])
def withdraw(slug: str) -> ResponseReturnValue:
    """Take it back to the drafts."""
    found = compendia.get_to_change(visit(), slug)
    compendia.withdraw(visit(), found)
    return _done(found, _("El compendio volvió a los borradores: solo lo ve la edición."))


@section.route("/compendios/materiales/<public_id:id>/subir", access=editors, methods=["POST"])
def raise_item(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Move a material one place up."""
    return _act(id, lambda item: compendia.move(visit(), item, -1), _("Se movió el material."))


@section.route("/compendios/materiales/<public_id:id>/bajar", access=editors, methods=["POST"])
def lower_item(id: str) -> ResponseReturnValue:  # noqa: A002
    """Move a material one place down."""
    return _act(id, lambda item: compendia.move(visit(), item, 1), _("Se movió el material."))


@section.route("/compendios/materiales/<public_id:id>/motivo", access=editors, methods=["POST"])
def change_reason(id: str) -> ResponseReturnValue:  # noqa: A002
    """Say anew why it stands there."""
    said = ItemForm().said("reason")
    return _act(id, lambda item: compendia.change_reason(visit(), item, said), _("Se guardó el motivo."),
                {id: said})  # fmt: skip


@section.route("/compendios/materiales/<public_id:id>/quitar", access=editors, methods=["POST"])
def remove_item(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take a material out."""
    return _act(id, lambda item: compendia.remove_item(visit(), item), _("Se quitó el material."))


def _act(
    id: str, act: Callable[[CompendiumItem], None], done: str,  # noqa: A002
    reasons: Mapping[str, str] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    item = compendia.get_item(visit(), id)
    found = item.compendium
    try:
        act(item)
    except (Invalid, Conflict) as trouble:
        return _refused(found, trouble, reasons)
    return _done(found, done)


def _refused(
    found: Compendium, trouble: Fault, reasons: Mapping[str, str] | None = None
) -> ResponseReturnValue:  # fmt: skip
    form = CompendiumForm.of(found)
    form.refuse(trouble)
    return _sheet(found, form=form, reasons=reasons), 422


def _done(found: Compendium, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("compendia.edit", slug=found.slug))
