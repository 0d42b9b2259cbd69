"""Folders of a space: looking into one, making, renaming and deleting them, putting a document into one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField

from portal.section import signed_in
from portal.sheets import Sheet
from portal.spaces import section
from portal.viewer import visit
from toolkit import catalogue, spaces
from toolkit.access import may_upload
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Folder, Organization, Resource
from toolkit.spaces import folders


class NameForm(Sheet):
    """What a folder is called."""

    name = StringField(_l("Nombre de la carpeta"))


class PlaceForm(Sheet):
    """In which folder a document stands."""

    folder = RadioField(_l("¿En qué carpeta?"), validate_choice=False)

    def offer(self, organization: Organization) -> None:
        """Offer the folders of the space, and none."""
        named = [(one.public_id, one.name) for one, _count in folders.browse(visit(), organization)]
        self.folder.choices = [*named, ("", _("En ninguna"))]


def _to_change(slug: str) -> Organization:
    """The space, for somebody who may change its folders."""
    organization = spaces.get(visit(), slug)
    if not may_upload(visit().viewer, organization.id):
        raise Forbidden(N_("Las carpetas las cambian la coordinación y quienes promueven."))
    return organization


@section.route("/espacios/<slug>/carpetas/<id>", access=signed_in)
def folder(slug: str, id: str) -> ResponseReturnValue:
    """The documents in a folder."""
    organization = spaces.get(visit(), slug)
    found = folders.get(visit(), organization, id)
    return render_template(
        "spaces/folder.html", organization=organization, folder=found,
        shown=folders.documents(visit(), found, request.args.get("pagina", 1, int)),
        folders=folders.browse(visit(), organization), uploads=may_upload(visit().viewer, organization.id),
    )  # fmt: skip


@section.route("/espacios/<slug>/carpeta-nueva", access=signed_in, methods=["GET", "POST"])
def add_folder(slug: str) -> ResponseReturnValue:
    """Make a folder."""
    organization, form = _to_change(slug), NameForm()
    if request.method == "GET":
        return _named(form, organization)
    try:
        found = folders.add(visit(), organization, form.name.data or "")
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _named(form, organization), 422
    flash(_("Se creó la carpeta «%(name)s».", name=found.name), "success")
    return redirect(url_for("spaces.folder", slug=slug, id=found.public_id))


@section.route("/espacios/<slug>/carpetas/<id>/nombre", access=signed_in, methods=["GET", "POST"])
def rename_folder(slug: str, id: str) -> ResponseReturnValue:
    """Give a folder another name."""
    organization = _to_change(slug)
    found = folders.get(visit(), organization, id)
    if request.method == "GET":
        return _named(NameForm(data={"name": found.name}), organization, found)
    form = NameForm()
    try:
        folders.rename(visit(), found, form.name.data or "")
    except Invalid as trouble:
        form.refuse(trouble)
        return _named(form, organization, found), 422
    flash(_("La carpeta se llama ahora «%(name)s».", name=found.name), "success")
    return redirect(url_for("spaces.folder", slug=slug, id=id))


def _named(form: NameForm, organization: Organization, found: Folder | None = None) -> str:
    return render_template("spaces/folder_name.html", form=form, organization=organization, folder=found)


@section.route("/espacios/<slug>/carpetas/<id>/borrar", access=signed_in, methods=["GET", "POST"])
def delete_folder(slug: str, id: str) -> ResponseReturnValue:
    """Delete a folder, after a page that asks; its documents stay."""
    organization = _to_change(slug)
    found = folders.get(visit(), organization, id)
    if request.method == "GET":
        return render_template("spaces/folder_delete.html", organization=organization, folder=found)
    name = found.name
    folders.delete(visit(), found)
    flash(_("Se borró la carpeta «%(name)s». Sus documentos siguen en el espacio.", name=name), "success")
    return redirect(url_for("spaces.show", slug=slug))


@section.route("/espacios/<slug>/documentos/<id>", access=signed_in, methods=["GET", "POST"])
def place(slug: str, id: str) -> ResponseReturnValue:
    """Put a document of the space into a folder, or out of any."""
    organization = _to_change(slug)
    resource = catalogue.get(visit(), id)
    if resource.organization_id != organization.id:
        raise NotFound
    if request.method == "GET":
        form = PlaceForm(data={"folder": _folder_of(organization, resource)})
        form.offer(organization)
        return render_template("spaces/place.html", form=form, organization=organization, resource=resource)
    chosen = PlaceForm().folder.data or ""
    found = folders.get(visit(), organization, chosen) if chosen else None
    folders.place(visit(), resource, found)
    if found is None:
        flash(_("No está en ninguna carpeta."), "success")
        return redirect(url_for("spaces.show", slug=slug))
    flash(_("Está ahora en la carpeta «%(name)s».", name=found.name), "success")
    return redirect(url_for("spaces.folder", slug=slug, id=chosen))


def _folder_of(organization: Organization, resource: Resource) -> str:
    """The public id of the folder in which the document stands; empty for none."""
    held = (one for one, _count in folders.browse(visit(), organization) if one.id == resource.folder_id)
    return next((one.public_id for one in held), "")
