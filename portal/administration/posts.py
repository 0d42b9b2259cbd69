"""The post «Coordinación» as administrators record it, on a signed request."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.freshness import fresh
from portal.administration import section
from portal.administration.forms import EndForm, ReasonForm, SettlementForm, TermForm, page
from portal.administration.organizations import done, steps
from portal.languages import gettext
from portal.section import administrators
from portal.viewer import visit
from toolkit import administration, posts, requests
from toolkit.errors import N_, Conflict, Fault, Forbidden, Invalid, NotFound
from toolkit.records import Organization, Person, Request


def _offered(one: Organization) -> list[tuple[str, str]]:
    """Who may stand in: the people of the organisation, or nobody."""
    people = [member.person for member in administration.members(visit(), one)]
    return [("", gettext("Nadie por ahora")), *((one.public_id, one.name) for one in people)]


def _day(value: dt.date | None, field: str) -> dt.date:
    if value is None:
        raise Invalid(N_("Escriba la fecha como día, mes y año."), field=field)
    return value


def _person(public_id: str) -> Person | None:
    return administration.person(visit(), public_id) if public_id else None


@section.route("/administracion/organizaciones/<slug>/coordinacion", access=administrators,
               methods=["GET", "POST"])  # fmt: skip
@fresh
def record_post(slug: str) -> ResponseReturnValue:
    """Record who holds the post, from when, and who stands in."""
    one, form = administration.organization(visit(), slug), TermForm()
    form.alternate.choices = _offered(one)
    if request.method == "POST" and form.validate():
        try:
            since = _day(form.since.data, "since")
            holder = administration.holder_for(visit(), form.email.data or "", form.name.data or "")
            posts.record(visit(), one, holder, since, until=form.until.data,
                         alternate=_person(form.alternate.data or ""))  # fmt: skip
            return done(slug, gettext("El cargo quedó registrado. Se avisó por correo a quienes "
                                      "corresponde."))  # fmt: skip
        except NotFound:
            form.refuse(Invalid(N_("Elija a alguien de la lista."), field="alternate"))
        except Fault as trouble:
            form.refuse(trouble)
    return page(form, gettext("Registrar la coordinación de %(name)s", name=one.name),
                gettext("Según la solicitud firmada. El cargo pasa a medianoche, hora de Lima."),
                gettext("Registrar el cargo"), steps(one), optional=("name", "until"))  # fmt: skip


@section.route("/administracion/organizaciones/<slug>/coordinacion/fin", access=administrators,
               methods=["GET", "POST"])  # fmt: skip
@fresh
def end_post(slug: str) -> ResponseReturnValue:
    """Set the last day of the term in force."""
    one, form = administration.organization(visit(), slug), EndForm()
    if request.method == "POST" and form.validate():
        try:
            posts.end(visit(), one, _day(form.until.data, "until"))
            return done(slug, gettext("El último día quedó registrado."))
        except (Invalid, Conflict) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Fin del cargo en %(name)s", name=one.name),
                gettext("Hace falta suplente, o que ya esté registrado quien sucede: la organización no se "
                        "queda sin coordinación."),
                gettext("Guardar el último día"), steps(one))  # fmt: skip


def _succession(public_id: str) -> Request:
    """The succession with this identifier; NotFound for another kind of request."""
    found = requests.get(visit(), public_id)
    if found.kind != "succession":
        raise NotFound
    return found


def _proposed(asked: Request) -> dict[str, Any]:
    """What the coordination proposed: who, by name and address, from when."""
    values = asked.values
    try:
        holder = _person(str(values.get("holder", "")))
    except NotFound:
        holder = None
    return {
        "name": holder.name if holder else values.get("name", ""),
        "email": holder.email if holder else asked.email,
        "since": dt.date.fromisoformat(values["since"]),
        "alternate": values.get("alternate", ""),
    }


@section.route("/administracion/sucesiones/<id>", access=administrators, methods=["GET", "POST"])
@fresh
def succession(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Record a succession that a coordination proposed, with the dates of the signed request."""
    asked = _succession(id)
    proposed = _proposed(asked)
    form = SettlementForm(since=proposed["since"], alternate=proposed["alternate"])
    form.alternate.choices = _offered(asked.organization)
    if request.method == "POST" and form.validate():
        try:
            posts.settle(visit(), asked, _day(form.since.data, "since"), until=form.until.data,
                         alternate=form.alternate.data or "")  # fmt: skip
            return done(asked.organization.slug, gettext("La sucesión quedó registrada."))
        except Fault as trouble:
            form.refuse(trouble)
    shown = render_template("administration/succession.html", form=form, asked=asked, proposed=proposed)
    return shown, 422 if form.errors else 200


@section.route("/administracion/sucesiones/<id>/rechazar", access=administrators, methods=["GET", "POST"])
@fresh
def refuse_succession(id: str) -> ResponseReturnValue:  # noqa: A002
    """Refuse it, with a reason that the coordination reads."""
    asked, form = _succession(id), ReasonForm()
    form.reason.description = gettext("Lo lee quien lo propuso.")
    if request.method == "POST":
        try:
            requests.decide(visit(), asked, granted=False, reason=form.reason.data or "")
            flash(gettext("La propuesta quedó rechazada. Se avisó por correo."), "success")
            return redirect(url_for("administration.index"))
        except (Invalid, Conflict, Forbidden) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Rechazar la propuesta de %(name)s", name=asked.organization.name),
                gettext("La coordinación sigue como está."), gettext("Rechazar la propuesta"),
                steps(asked.organization))  # fmt: skip
