"""Uploading: a new resource, a new version of one, another file for it.

The files came in before a view begins, and are examined before it opens the visit, which takes the write
lock. They are kept last: whatever is refused until then leaves nothing on the disk.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import PurePath

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.contributions import section
from portal.contributions.forms import FilesForm, UploadForm
from portal.contributions.receiving import Arrival, examine, limit, upload
from portal.contributions.sight import choices_for
from portal.contributions.visibility import asked
from portal.section import signed_in, uploaders
from portal.sheets import Sheet
from portal.viewer import instance, visit
from toolkit import access, catalogue, publication, sharing, spaces
from toolkit.errors import N_, Conflict, Fault, Invalid
from toolkit.files.admission import ACCEPTED
from toolkit.files.formats import FORMATS
from toolkit.records import Resource, Version
from toolkit.spaces import folders

ENDINGS = ",".join(f".{ending}" for one in FORMATS.values() for ending in one.extensions)


def title_from(arrivals: list[Arrival]) -> str:
    """A title made from the name of the first file; '' without one."""
    return PurePath(arrivals[0].name).stem.replace("_", " ").strip() if arrivals else ""


def _add_files(version: Version, arrivals: list[Arrival]) -> None:
    for arrival in arrivals:
        if arrival.received is not None and arrival.format is not None:
            catalogue.add_file(visit(), version, arrival.received, arrival.name, arrival.format)


def _keep(arrivals: list[Arrival]) -> None:
    """Keep the contents for good: the last thing before the commit."""
    for arrival in arrivals:
        if arrival.received is not None:
            instance().store.keep(arrival.received)


def _page(template: str, form: Sheet, status: int = 200, **more: object) -> ResponseReturnValue:
    return render_template(
        template, form=form, megabytes=limit() // 1_000_000, accepted=ACCEPTED,
        endings=ENDINGS, **more,
    ), status  # fmt: skip


def _status(trouble: Fault) -> int:
    if upload().oversize:
        return 413
    return 409 if isinstance(trouble, Conflict) else 422


@section.route("/subir", access=uploaders, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Upload a material and say what it is, to publish it or to keep it as a draft."""
    if request.method == "GET":
        form = UploadForm()
        form.offer(_preferred(spaces.uploadable(visit()), request.args.get("organizacion")))
        form.folder.data = request.args.get("carpeta")
        return _form(form)
    form = UploadForm()
    try:
        trouble: Fault | None = None
        arrivals = examine()
    except Invalid as refused:
        trouble, arrivals = refused, []
    form.offer(spaces.uploadable(visit()))
    form.offer_folders(folders.to_fill(visit()))
    form.offer_others(sharing.candidates(visit()))
    try:
        if trouble:
            raise trouble
        if form.refuse_files(arrivals):
            return _form(form, 422)
        sent = _digest(arrivals)
        if first := catalogue.made_by(visit(), sent):
            flash(_("Este formulario ya se había recibido: este es el material."), "info")
            return redirect(url_for("contributions.show", id=first.public_id))
        resource = _add(form, arrivals, sent)
        answer = _publish(form, resource) if request.form.get("action") == "publish" else _kept(resource)
    except (Invalid, Conflict) as refused:
        form.refuse(refused)
        return _form(form, _status(refused))
    _keep(arrivals)
    return answer


def _digest(arrivals: list[Arrival]) -> str:
    """What tells a form that is sent twice: its token, what was written, its files; not which button."""
    said = [one for one in request.form.items(multi=True) if one[0] != "action"]
    files = [(one.name, one.received.sha256) for one in arrivals if one.received is not None]
    proof = request.headers.get("X-CSRFToken", "")
    return hashlib.sha256(json.dumps([proof, said, files]).encode()).hexdigest()


def _form(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    mine = spaces.uploadable(visit())
    form.offer_others(sharing.candidates(visit(), mine[0].id if len(mine) == 1 else None))
    form.offer_folders(folders.to_fill(visit()))
    choices = choices_for(mine)
    return _page("contributions/create.html", form, status, choices=choices)


def _preferred(organizations: list, slug: str | None) -> list:
    """The organisations with the one asked for at the front."""
    return sorted(organizations, key=lambda one: one.slug != slug)


def _add(form: UploadForm, arrivals: list[Arrival], sent: str) -> Resource:
    if not arrivals and not (form.title.data or "").strip():
        raise Invalid(N_("Elija un archivo, o escriba al menos un título."), field="file")
    card = form.card(show_card=form.showing())
    card.title = card.title.strip() or title_from(arrivals)
    folder = form.into(form.owner())
    resource = catalogue.add(visit(), form.owner(), card, level=form.chosen(), form=sent)
    if folder is not None:
        folders.place(visit(), resource, folder)
    if arrivals:
        _add_files(catalogue.add_version(visit(), resource), arrivals)
    return resource


def _kept(resource: Resource) -> ResponseReturnValue:
    flash(_("Se guardó el borrador: solo usted lo ve."), "success")
    return redirect(url_for("contributions.show", id=resource.public_id))


def _publish(form: UploadForm, resource: Resource) -> ResponseReturnValue:
    """Publish, or ask for it. For chosen organisations the draft waits for the page that says how many people
    would read it."""
    form.organizations.data = [
        slug for slug in form.organizations.data or () if slug != form.organization.data
    ]
    sight = form.sight()
    if sight.level == access.CHOSEN:
        return redirect(url_for("contributions.visibility", id=resource.public_id, level=sight.level,
                                organizations=form.organizations.data,
                                show_card="y" if sight.show_card else None))  # fmt: skip
    if publication.offer(visit(), resource, sight) is not None:
        return asked(resource)
    flash(_("Se publicó."), "success")
    return redirect(url_for("contributions.show", id=resource.public_id))


@section.route("/mis-aportes/<id>/version-nueva", access=signed_in, methods=["GET", "POST"])
def add_version(id: str) -> ResponseReturnValue:
    """Upload the files of a new version; the versions before stay in the ficha."""
    return _more_files(id, new=True)


@section.route("/mis-aportes/<id>/archivo", access=signed_in, methods=["GET", "POST"])
def add_file(id: str) -> ResponseReturnValue:
    """Add files to the newest version."""
    return _more_files(id, new=False)


def _more_files(id: str, *, new: bool) -> ResponseReturnValue:
    form = FilesForm()
    trouble: Fault | None = None
    arrivals: list[Arrival] = []
    if request.method == "POST":
        try:
            arrivals = examine()
        except Invalid as refused:
            trouble = refused
    resource = catalogue.get_to_change(visit(), id)
    if request.method == "GET":
        return _page("contributions/files.html", form, resource=resource, new=new)
    try:
        if trouble:
            raise trouble
        if form.refuse_files(arrivals):
            return _page("contributions/files.html", form, 422, resource=resource, new=new)
        if not arrivals:
            raise Invalid(N_("Elija al menos un archivo."), field="file")
        newest = None if new else catalogue.newest_version(visit(), resource)
        version = newest or catalogue.add_version(visit(), resource, form.note.data or "")
        _add_files(version, arrivals)
    except (Invalid, Conflict) as refused:
        form.refuse(refused)
        return _page("contributions/files.html", form, _status(refused), resource=resource, new=new)
    _keep(arrivals)
    flash(_("Se recibió la versión %(n)s.", n=version.number) if new else _("Se recibió."), "success")
    return redirect(url_for("contributions.show", id=id))
