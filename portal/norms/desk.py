"""What editors do with norms: write them, publish them, say what each does to others."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.languages import gettext as _
from portal.norms import section
from portal.norms.forms import NormForm, RelationForm
from portal.section import editors
from portal.viewer import visit
from toolkit import norms
from toolkit.errors import Conflict, Invalid, Overtaken
from toolkit.records import Norm


@section.route("/normas/nueva", access=editors, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Write down a norm: it is kept as a draft."""
    form = NormForm().offer()
    if request.method == "GET":
        return _sheet(form)
    try:
        made = norms.add(visit(), form.entry())
    except Invalid as trouble:
        form.refuse(trouble)
        return _sheet(form), 422
    flash(_("Se guardó la norma como borrador. Anote sus relaciones con otras normas y publíquela."))
    return redirect(url_for("norms.show", slug=made.slug))


@section.route("/normas/<slug>/editar", access=editors, methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Change what is said of a norm."""
    norm = norms.get_to_change(visit(), slug)
    if request.method == "GET":
        return _sheet(NormForm.of(norms.describe(norm), norm.revision), norm)
    form = NormForm().offer()
    try:
        norms.change(visit(), norm, form.entry(), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(NormForm.of(trouble.theirs, trouble.revision), trouble)
        return _sheet(form, norm), 409
    except Invalid as trouble:
        form.refuse(trouble)
        return _sheet(form, norm), 422
    flash(_("Se guardó la norma."))
    return redirect(url_for("norms.show", slug=norm.slug))


def _sheet(form: NormForm, norm: Norm | None = None) -> str:
    return render_template("norms/edit.html", form=form, norm=norm)


@section.route("/normas/<slug>/publicar", access=editors, methods=["POST"])
def publish(slug: str) -> ResponseReturnValue:
    """Show it to everybody."""
    norm = norms.get_to_change(visit(), slug)
    norms.publish(visit(), norm)
    flash(_("La norma está publicada."))
    return redirect(url_for("norms.show", slug=norm.slug))


@section.route("/normas/<slug>/retirar", access=editors, methods=["POST"])
def withdraw(slug: str) -> ResponseReturnValue:
    """Take it back to the drafts."""
    norm = norms.get_to_change(visit(), slug)
    norms.withdraw(visit(), norm)
    flash(_("La norma volvió a los borradores: solo la ve la edición."))
    return redirect(url_for("norms.show", slug=norm.slug))


@section.route("/normas/<slug>/relaciones", access=editors, methods=["GET", "POST"])
def relations(slug: str) -> ResponseReturnValue:
    """What a norm does to others, and one more."""
    norm = norms.get_to_change(visit(), slug)
    form = RelationForm().offer([one for one in norms.browse(visit()) if one.id != norm.id])
    if request.method == "GET":
        return render_template("norms/relations.html", norm=norm, form=form)
    try:
        norms.add_relation(visit(), norm, form.said("deed"), form.said("other"), form.said("since"))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("norms/relations.html", norm=norm, form=form), 422
    flash(_("Se agregó."))
    return redirect(url_for("norms.relations", slug=slug))


@section.route("/normas/relaciones/<public_id:id>/quitar", access=editors, methods=["POST"])
def remove_relation(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Take back what a norm does to another."""
    relation = norms.get_relation(visit(), id)
    slug = relation.norm.slug
    norms.remove_relation(visit(), relation)
    flash(_("Se quitó."))
    return redirect(url_for("norms.relations", slug=slug))
