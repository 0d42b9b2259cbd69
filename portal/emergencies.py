"""Emergency access: asking for it, opening it as the second person, ending it, and the banner meanwhile."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField

from portal.accounts.freshness import fresh
from portal.languages import gettext
from portal.section import Section, administrators, overseers
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import emergencies, organizations
from toolkit.errors import Conflict, Invalid

section = Section("emergencies", __name__)
section.add_app_template_global(lambda: emergencies.current(visit()), "emergencies_open")


class AskForm(Sheet):
    """Whose contents, and why."""

    organization = SelectField(_l("Organización"), validate_choice=False)
    reason = TextAreaField(_l("Motivo"))


@section.route("/administracion/emergencias", access=overseers)
def index() -> ResponseReturnValue:
    """The newest, and the way to ask."""
    return render_template("emergencies/index.html", found=emergencies.browse(visit()),
                           state=emergencies.state)  # fmt: skip


@section.route("/administracion/emergencias/nueva", access=administrators, methods=["GET", "POST"])
@fresh
def create() -> ResponseReturnValue:
    """Ask for access to the contents of an organisation."""
    form = AskForm()
    names = organizations.names(visit())
    form.organization.choices = [("", gettext("Elija una")), *sorted(names.items(), key=lambda one: one[1])]
    if request.method == "POST":
        try:
            organization = organizations.find(visit().session, form.organization.data or "")
            if organization is None:
                raise Invalid(gettext("Elija una organización de la lista."), field="organization")
            emergency = emergencies.ask(visit(), organization, form.reason.data or "")
        except (Invalid, Conflict) as trouble:
            form.refuse(trouble)
            return render_template("emergencies/create.html", form=form), 422
        flash(gettext("Quedó pedido. Se avisó por correo a quienes pueden abrirlo."), "success")
        return redirect(url_for("emergencies.show", id=emergency.public_id))
    return render_template("emergencies/create.html", form=form)


@section.route("/administracion/emergencias/<id>", access=overseers)
def show(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Who asks, for whose contents, why, and what may be done about it."""
    emergency = emergencies.get(visit(), id)
    return render_template("emergencies/show.html", emergency=emergency, state=emergencies.state(emergency),
                           own=emergency.person_id == visit().viewer.person_id,
                           opener=emergencies.opener(visit(), emergency))  # fmt: skip


@section.route("/administracion/emergencias/<id>/abrir", access=overseers, methods=["GET", "POST"])
@fresh
def grant(id: str) -> ResponseReturnValue:  # noqa: A002
    """The second person opens it; asked for by its address, it is the page of the access."""
    if request.method == "POST":
        emergencies.grant(visit(), emergencies.get(visit(), id))
        flash(gettext("El acceso está abierto por 60 minutos. La coordinación ya fue avisada."), "success")
    return redirect(url_for("emergencies.show", id=id))


@section.route("/administracion/emergencias/<id>/terminar", access=overseers, methods=["GET", "POST"])
def end(id: str) -> ResponseReturnValue:  # noqa: A002
    """End it before its time, take it back, or decline it."""
    if request.method == "POST":
        emergencies.end(visit(), emergencies.get(visit(), id))
        flash(gettext("El acceso de emergencia terminó."), "success")
    return redirect(url_for("emergencies.show", id=id))
