"""People: looking them up, suspending accounts, portal roles, memberships, the second factor."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import accounts
from portal.accounts import factors
from portal.accounts.freshness import fresh
from portal.administration import section
from portal.administration.forms import ReasonForm, RoleForm, page
from portal.languages import gettext
from portal.section import administrators
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import administration, terms
from toolkit.errors import N_, Conflict, Fault, Forbidden, Invalid, NotFound
from toolkit.records import Person


@section.route("/administracion/personas", access=administrators)
def people() -> ResponseReturnValue:
    """People by name, or those whose name or address holds some words."""
    words = request.args.get("q", "").strip()[:100]
    shown = administration.find_people(visit(), words, request.args.get("pagina", 1, int))
    suspended = accounts.suspended_among(accounts.Accounts().session, [one.id for one in shown.people])
    return render_template("administration/people.html", shown=shown, words=words, suspended=suspended)


@section.route("/administracion/personas/<id>", access=administrators)
def person(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """One person: memberships, posts, role, state."""
    somebody = administration.person(visit(), id)
    whole = accounts.Accounts().session
    suspended = accounts.suspended_among(whole, [somebody.id])
    return render_template("administration/person.html", person=somebody, suspended=bool(suspended),
                           standing=administration.standing(visit(), somebody),
                           factor=factors.of(whole, somebody.id),
                           led=terms.coordinated_by(visit().session, somebody.id, terms.today()),
                           )  # fmt: skip


def _steps(somebody: Person) -> list[tuple[str, str]]:
    """The way to an act on this person."""
    return [(gettext("Personas"), url_for("administration.people")),
            (somebody.name, url_for("administration.person", id=somebody.public_id))]  # fmt: skip


def _done(somebody: Person, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("administration.person", id=somebody.public_id))


@section.route("/administracion/personas/<id>/suspender", access=administrators, methods=["GET", "POST"])
@fresh
def suspend(id: str) -> ResponseReturnValue:  # noqa: A002
    """Close the account, with a reason; its sign-ins end at once."""
    somebody, form = administration.person(visit(), id), ReasonForm()
    if request.method == "POST":
        try:
            reason = administration.reason_of(form.reason.data or "")
            accounts.suspend(accounts.Accounts().session, somebody.id, visit().viewer, reason)
            return _done(somebody, gettext("La cuenta quedó suspendida y sus ingresos se cerraron."))
        except (Invalid, Conflict, Forbidden, NotFound) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Suspender la cuenta de %(name)s", name=somebody.name),
                gettext("No podrá ingresar, y sus ingresos abiertos se cierran ahora. Nada se borra."),
                gettext("Suspender la cuenta"), _steps(somebody))  # fmt: skip


@section.route("/administracion/personas/<id>/restablecer", access=administrators, methods=["GET", "POST"])
@fresh
def restore(id: str) -> ResponseReturnValue:  # noqa: A002
    """Open a suspended account again."""
    somebody, form = administration.person(visit(), id), ReasonForm()
    if request.method == "POST":
        try:
            reason = administration.reason_of(form.reason.data or "")
            accounts.restore(accounts.Accounts().session, somebody.id, visit().viewer, reason)
            return _done(somebody, gettext("La cuenta quedó restablecida."))
        except (Invalid, Conflict, Forbidden, NotFound) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Restablecer la cuenta de %(name)s", name=somebody.name),
                gettext("Podrá ingresar otra vez, con la contraseña y el segundo paso que tenía."),
                gettext("Restablecer la cuenta"), _steps(somebody))  # fmt: skip


@section.route("/administracion/personas/<id>/papel", access=administrators, methods=["GET", "POST"])
@fresh
def role(id: str) -> ResponseReturnValue:  # noqa: A002
    """Make somebody an editor, an administrator, or neither."""
    somebody = administration.person(visit(), id)
    form = RoleForm(role=somebody.portal_role or "")
    if request.method == "POST":
        try:
            administration.give_role(visit(), somebody, form.role.data or "")
            return _done(somebody, gettext("El papel quedó cambiado. Se le avisó por correo."))
        except Fault as trouble:
            form.refuse(trouble)
    return page(form, gettext("Papel de %(name)s en el portal", name=somebody.name),
                gettext("No da acceso a ningún espacio privado. Nadie cambia su propio papel."),
                gettext("Guardar el papel"), _steps(somebody))  # fmt: skip


@section.route("/administracion/personas/<id>/segundo-paso", access=administrators, methods=["GET", "POST"])
@fresh
def remove_factor(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take off the second factor of somebody who lost telephone and codes."""
    somebody, form = administration.person(visit(), id), Sheet()
    if request.method == "POST":
        try:
            if somebody.id == visit().viewer.person_id:
                raise Forbidden(N_("El suyo se quita en «Cuenta»."))
            factors.remove(accounts.Accounts().session, somebody.id, visit().viewer)
            return _done(somebody, gettext("El segundo paso quedó quitado. Se le avisó por correo."))
        except (Forbidden, NotFound) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Quitar el segundo paso de %(name)s", name=somebody.name),
                gettext("Úselo solo si perdió el teléfono y los códigos de respaldo, después de comprobar "
                        "que es ella o él quien lo pide."),
                gettext("Quitar el segundo paso"), _steps(somebody))  # fmt: skip


@section.route("/administracion/personas/<id>/membresias/<slug>/quitar", access=administrators,
               methods=["GET", "POST"])  # fmt: skip
@fresh
def remove_membership(id: str, slug: str) -> ResponseReturnValue:  # noqa: A002
    """Take somebody out of an organisation."""
    somebody, one = administration.person(visit(), id), administration.organization(visit(), slug)
    form = Sheet()
    if request.method == "POST":
        try:
            administration.remove(visit(), somebody, slug)
            return _done(somebody, gettext("La membresía terminó. Se le avisó por correo."))
        except (Conflict, Forbidden) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Quitar a %(name)s de %(organization)s", name=somebody.name,
                              organization=one.name),
                gettext("Deja de abrir el espacio privado de la organización desde ahora. Sus borradores "
                        "pasan a la coordinación; lo publicado conserva su autoría."),
                gettext("Quitar la membresía"), _steps(somebody))  # fmt: skip
