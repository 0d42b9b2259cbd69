"""«La aplicamos»: an organisation tells that it used or adapted a material, and takes that back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.applications.forms import HOW, RESULTS, ApplicationForm
from portal.resources.wording import address
from portal.section import Section, anyone, appliers, signed_in
from portal.viewer import visit
from toolkit import access, applications, catalogue, spaces
from toolkit.errors import Conflict, Invalid, Overtaken
from toolkit.records import Application, Organization, Resource

section = Section("applications", __name__)


def may_change(one: Application) -> bool:
    """May this reader change it? For the lists, wherever they stand."""
    return one.state == "recorded" and access.may_change_application(visit().viewer, one)


section.add_app_template_global(may_change, "may_change_application")
section.add_app_template_global(HOW.get, "how_applied")
section.add_app_template_global(RESULTS.get, "result_of_applying")


def _number() -> int:
    return request.args.get("pagina", 1, int)


@section.route("/recursos/<public_id:id>/aplicaciones", access=anyone)
def index(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Who applied a material, and what came of it."""
    resource = catalogue.get(visit(), id)
    return render_template("applications/index.html", resource=resource,
                           found=applications.browse(visit(), resource, _number()))  # fmt: skip


@section.route("/espacios/<slug>/aplicaciones", access=signed_in)
def of_space(slug: str) -> ResponseReturnValue:
    """All that an organisation wrote down, for its own people."""
    organization = spaces.get(visit(), slug)
    return render_template("applications/of_space.html", organization=organization,
                           found=applications.of_space(visit(), organization, _number()))  # fmt: skip


@section.route("/recursos/<public_id:id>/aplicamos", access=appliers, methods=["GET", "POST"])
def create(id: str) -> ResponseReturnValue:  # noqa: A002
    """Tell that one's organisation applied a material."""
    resource = catalogue.get(visit(), id)
    form = _offered(ApplicationForm(), resource)
    if request.method == "GET":
        form.suggest()
        return _sheet(form, resource)
    try:
        organization = form.place()
        made = applications.add(visit(), resource, organization, form.report())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(form, resource), 422
    flash(_("Quedó registrado. Gracias por contarlo: le sirve a quien viene después."), "success")
    return _next(made, organization)


def _next(made: Application, organization: Organization) -> ResponseReturnValue:
    if organization.id in visit().viewer.organizations:
        return redirect(url_for("applications.of_space", slug=organization.slug))
    return redirect(url_for("applications.edit", id=made.public_id))


def _offered(form: ApplicationForm, resource: Resource) -> ApplicationForm:
    form.offer(resource, applications.places(visit()))
    return form


def _sheet(form: ApplicationForm, resource: Resource, made: Application | None = None) -> str:
    consents = [one for one in form.places if access.may_consent(visit().viewer, one.id)]
    if made is not None:
        consents = [one for one in consents if one.id == made.organization_id]
    return render_template("applications/edit.html", form=form, resource=resource, application=made,
                           may_consent=bool(consents))  # fmt: skip


@section.route("/aplicaciones/<public_id:id>/editar", access=appliers, methods=["GET", "POST"])
def edit(id: str) -> ResponseReturnValue:  # noqa: A002
    """Change what was told. Where the material is not there any more for this reader, only withdraw it. When
    somebody else saved it meanwhile, both texts are shown and neither is lost."""
    made = applications.get_to_change(visit(), id)
    if made.resource is None or made.state == "withdrawn":
        code = 200 if request.method == "GET" else 409
        return render_template("applications/closed.html", application=made, form=ApplicationForm()), code
    standing = _offered(ApplicationForm.of(applications.describe(made), made.revision), made.resource)
    if request.method == "GET":
        return _sheet(standing, made.resource, made)
    form = _offered(ApplicationForm(), made.resource)
    try:
        applications.change(visit(), made, form.report(), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(standing, trouble)
        return _sheet(form, made.resource, made), 409
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(form, made.resource, made), 409 if isinstance(trouble, Conflict) else 422
    flash(_("Se guardaron los cambios."), "success")
    return redirect(address(made.resource))


@section.route("/aplicaciones/<public_id:id>/retirar", access=appliers, methods=["POST"])
def withdraw(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take it back."""
    made = applications.get_to_change(visit(), id)
    applications.withdraw(visit(), made)
    flash(_("Se retiró: ya no se cuenta ni se muestra."), "success")
    return _after(made)


@section.route("/aplicaciones/<public_id:id>/dejar-de-publicar", access=appliers, methods=["POST"])
def make_private(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take back the consent that others read it."""
    made = applications.get(visit(), id)
    applications.make_private(visit(), made)
    flash(_("Ya no lo leen otras personas: queda solo para la organización."), "success")
    return _after(made)


def _after(made: Application) -> ResponseReturnValue:
    own = made.organization_id in visit().viewer.organizations
    if own and made.organization is not None:
        return redirect(url_for("applications.of_space", slug=made.organization.slug))
    return redirect(address(made.resource) if made.resource else url_for("library.index"))
