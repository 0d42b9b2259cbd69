"""«Mis aportes»: what a person contributed, how far it is, and what can be done with it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.contributions import section
from portal.contributions.forms import CardForm, EditForm, ReasonForm
from portal.section import signed_in, uploaders
from portal.viewer import visit
from toolkit import access, catalogue, moderation, publication, requests, usage
from toolkit.catalogue import deliveries
from toolkit.errors import Invalid, Overtaken
from toolkit.records import Resource
from toolkit.spaces import folders
from toolkit.statistics import shown

KINDS = {"borradores": "draft", "en-proceso": "working", "publicados": "published", "retirados": "withdrawn"}

MOST = 1_000_000
"""No version or file has so high a number; a number that no database holds is none either."""


def done(words: str, resource: Resource) -> ResponseReturnValue:
    """Say what was done, and go on: to the contribution, or to the library for an editor, who has none."""
    flash(words, "success")
    if access.may_change(visit().viewer, resource):
        return redirect(url_for("contributions.show", id=resource.public_id))
    return redirect(url_for("library.index"))


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
    return render_template(
        "contributions/show.html", resource=resource, stages=stages, twins=twins, missing=_missing(resource),
        asked_for=requests.waiting_about(visit(), resource),
        receivers=len(deliveries.receivers(visit(), resource)),
        may_share=access.may_share(visit().viewer, resource),
        may_propose=access.may_propose_share(visit().viewer, resource), used=_used(resource),
    )  # fmt: skip


def _used(resource: Resource) -> list[tuple[str, int | None]]:
    """How often what is published was used: the name of each act and a number, None for fewer than five."""
    if resource.state != "published":
        return []
    counts = usage.of_resource(visit(), resource)
    names = {"view": _("Fichas abiertas"), "page": _("Páginas leídas"), "download": _("Descargas")}
    return [(names[act], shown(counts.get(act, 0))) for act in usage.ACTS]


def _missing(resource: Resource) -> list[str]:
    """What would help people to find it and is not said yet."""
    facets = {term.facet for term in resource.terms}
    wanted = ((resource.kind, _("el tipo de material")), (resource.summary, _("un resumen")),
              ("topic" in facets, _("al menos un tema")))  # fmt: skip
    return [words for present, words in wanted if not present]


@section.route("/mis-aportes/<id>/editar", access=signed_in, methods=["GET", "POST"])
def edit(id: str) -> ResponseReturnValue:
    """Change the card and the folder. When somebody else saved the card meanwhile, both texts are shown and
    neither is lost."""
    resource = catalogue.get_to(visit(), id, access.may_change, access.may_correct)
    held = [one for one in folders.to_fill(visit()) if one.organization_id == resource.organization_id]
    if request.method == "GET":
        form = EditForm.of(catalogue.describe(resource), resource.revision)
        form.offer_folders(held, resource.folder_id)
        return render_template("contributions/edit.html", form=form, resource=resource)
    form = EditForm()
    form.offer_folders(held, resource.folder_id)
    try:
        folder = form.into(resource.organization_id)
        catalogue.change(visit(), resource, form.card(show_card=resource.show_card), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(CardForm.of(trouble.theirs, trouble.revision), trouble)
        return render_template("contributions/edit.html", form=form, resource=resource), 409
    except Invalid as trouble:
        form.refuse(trouble)
        return render_template("contributions/edit.html", form=form, resource=resource), 422
    if held:
        folders.place(visit(), resource, folder)
    return done(_("Se guardaron los cambios."), resource)


@section.route("/mis-aportes/<id>/retirar", access=signed_in, methods=["GET", "POST"])
def withdraw(id: str) -> ResponseReturnValue:
    """Take it out of the library, with the reason that whoever had its address will read."""
    resource = catalogue.get_to(visit(), id, access.may_withdraw)
    form, own = ReasonForm(), access.may_change(visit().viewer, resource)
    page = {"form": form, "resource": resource, "own": own,
            "ordered": not own and moderation.needs_order(visit(), resource)}  # fmt: skip
    if request.method == "GET":
        return render_template("contributions/withdraw.html", **page)
    reason = form.reason.data or ""
    try:
        if own:
            catalogue.withdraw(visit(), resource, reason)
        else:
            moderation.withdraw(visit(), resource, reason, form.order.data or "")
    except Invalid as trouble:
        form.refuse(trouble)
        return render_template("contributions/withdraw.html", **page), 422
    return done(_("Se retiró de la biblioteca."), resource)


@section.route("/mis-aportes/<id>/restaurar", access=signed_in, methods=["POST"])
def restore(id: str) -> ResponseReturnValue:
    """Publish again, for the same readers, what was withdrawn; or ask the coordination to."""
    resource = catalogue.get_to(visit(), id, access.may_change, access.may_restore)
    if publication.offer_again(visit(), resource) is not None:
        return done(_("Se pidió a la coordinación que lo restaure."), resource)
    return done(_("Se restauró: vuelve a verlo quien lo veía."), resource)


@section.route("/mis-aportes/<id>/archivo/<whole:version>/<whole:number>/quitar", access=signed_in,
               methods=["POST"])  # fmt: skip
def delete_file(id: str, version: int, number: int) -> ResponseReturnValue:
    """Take a file out of a draft."""
    resource = catalogue.get_to_change(visit(), id)
    file = catalogue.get_file(visit(), resource, min(version, MOST), min(number, MOST))
    name = file.name
    catalogue.delete_file(visit(), file)
    return done(_("Se quitó «%(name)s».", name=name), resource)


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
