"""What those who work on the plan do with initiatives: write them, publish, take back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.initiatives import section
from portal.initiatives.forms import InitiativeForm, form_for
from portal.languages import gettext as _
from portal.section import signed_in
from portal.viewer import visit
from toolkit import access, agreement, initiatives
from toolkit.errors import Conflict, Forbidden, Invalid, NotFound, Overtaken
from toolkit.records import Initiative


def _sheet(form: InitiativeForm, found: Initiative | None = None) -> str:
    return render_template("initiatives/edit.html", form=form, initiative=found)


@section.route("/iniciativas/nueva", access=signed_in, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Begin an initiative: it is kept as a draft."""
    known = agreement.current(visit())
    if known is None:
        raise NotFound
    if not access.may_plan(visit().viewer, known):
        raise Forbidden
    if request.method == "GET":
        return _sheet(form_for(known, initiatives.Facts("")))
    form = form_for(known)
    try:
        made = initiatives.add(visit(), known, form.facts())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(form), 422
    flash(_("Se guardó la iniciativa como borrador. Sus acciones se eligen en la página de cada acción."))
    return redirect(url_for("initiatives.show", slug=made.slug))


@section.route("/iniciativas/<slug>/editar", access=signed_in, methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Change what it says."""
    found = initiatives.get_to_change(visit(), slug)
    if request.method == "GET":
        return _sheet(_standing(found), found)
    form = form_for(found.agreement)
    try:
        initiatives.change(visit(), found, form.facts(), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(_standing(found), trouble)
        return _sheet(form, found), 409
    except Invalid as trouble:
        form.refuse(trouble)
        return _sheet(form, found), 422
    flash(_("Se guardó la iniciativa."))
    return redirect(url_for("initiatives.show", slug=slug))


def _standing(found: Initiative) -> InitiativeForm:
    return form_for(found.agreement, initiatives.describe(found), found.revision)


@section.route("/iniciativas/<slug>/publicar", access=signed_in, methods=["POST"])
def publish(slug: str) -> ResponseReturnValue:
    """Show it to everybody; where something is lacking, the form asks for all of it."""
    found = initiatives.get_to_change(visit(), slug)
    try:
        initiatives.publish(visit(), found)
    except Invalid:
        form = _standing(found)
        for trouble in initiatives.lacking(initiatives.describe(found), found.agreement):
            form.refuse(trouble)
        return _sheet(form, found), 422
    flash(_("La iniciativa está publicada."))
    return redirect(url_for("initiatives.show", slug=slug))


@section.route("/iniciativas/<slug>/retirar", access=signed_in, methods=["POST"])
def withdraw(slug: str) -> ResponseReturnValue:
    """Take it back to the drafts."""
    initiatives.withdraw(visit(), initiatives.get_to_change(visit(), slug))
    flash(_("La iniciativa volvió a los borradores: la ven las coordinaciones de las partes y la edición."))
    return redirect(url_for("initiatives.show", slug=slug))
