"""Invitations: the coordination sends them, whoever holds the mailed key answers.

The key leaves the address at once and waits in the session cookie, like that of a new password, so that it
stays out of the history and of any Referer. What the page shows comes from the credentials session, which
sees everything: the visitor to whom the mail was sent belongs nowhere yet.
"""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.proxies import _datastore
from flask_security.utils import login_user
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired

from portal import accounts
from portal.accounts.forms import NEW_PASSWORD_HINT
from portal.languages import language, say
from portal.limits import limiter
from portal.members import ROLES
from portal.section import Section, anyone, signed_in
from portal.sheets import Sheet
from portal.viewer import instance, viewer, visit
from toolkit import invitations, people, spaces
from toolkit.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from toolkit.records import Invitation, Person

section = Section("invitations", __name__)


class InviteForm(Sheet):
    """Whom to invite, and to what."""

    email = EmailField(_l("Correo electrónico"))
    role = StringField(_l("¿Qué podrá hacer?"), default="member")


class NewcomerForm(Sheet):
    """Somebody who has no account yet."""

    name = StringField(
        _l("Nombre y apellidos"), [DataRequired(_l("Escriba su nombre."))],
        render_kw={"autocomplete": "name", "maxlength": 200},
    )  # fmt: skip
    password = PasswordField(
        _l("Contraseña"), [DataRequired(_l("Escriba una contraseña."))], description=NEW_PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


def _sender() -> str:
    return f"invites {viewer().person_id}"


@section.route("/espacios/<slug>/personas/invitar", access=signed_in, methods=["GET", "POST"])
@limiter.limit("60 per hour", key_func=_sender, methods=["POST"])
def create(slug: str) -> ResponseReturnValue:
    """Invite somebody by e-mail; whether the address has an account is not told."""
    organization = spaces.get_to_lead(visit(), slug)
    form = InviteForm()
    if request.method == "POST":
        try:
            sent = invitations.invite(visit(), organization, form.email.data or "", form.role.data or "")
        except (Invalid, Conflict) as trouble:
            form.refuse(trouble)
        else:
            flash(
                _("Se envió la invitación a %(email)s. Sirve durante 14 días.", email=sent.email), "success"
            )
            return redirect(url_for("members.index", slug=slug))
    page = render_template("invitations/create.html", form=form, roles=ROLES, organization=organization)
    return page, 422 if form.errors or form.form_errors else 200


@section.route("/espacios/<slug>/invitaciones/<id>/renovar", access=signed_in, methods=["POST"])
@limiter.limit("60 per hour", key_func=_sender)
def renew(slug: str, id: str) -> ResponseReturnValue:
    """Send an invitation anew."""
    organization = spaces.get_to_lead(visit(), slug)
    invitation = invitations.get(visit(), organization, id)
    invitations.renew(visit(), organization, invitation)
    flash(
        _("Se envió otra vez a %(email)s. El enlace anterior ya no sirve.", email=invitation.email), "success"
    )
    return redirect(url_for("members.index", slug=slug))


@section.route("/espacios/<slug>/invitaciones/<id>/retirar", access=signed_in, methods=["POST"])
def take_back(slug: str, id: str) -> ResponseReturnValue:
    """The organisation wants it no more."""
    organization = spaces.get_to_lead(visit(), slug)
    invitation = invitations.get(visit(), organization, id)
    invitations.take_back(visit(), organization, invitation)
    flash(_("Se retiró la invitación a %(email)s.", email=invitation.email), "success")
    return redirect(url_for("members.index", slug=slug))


@section.route("/invitacion/<token>", access=anyone)
def take(token: str) -> ResponseReturnValue:
    """Take the key from the mailed address into the session cookie, and go to an address without it."""
    session["invitation"] = token[:100]
    response = make_response(redirect(url_for("invitations.show")))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _has_account(invitation: Invitation) -> bool:
    return _datastore.find_user(email=invitation.email) is not None


def _me() -> Person | None:
    person_id = visit().viewer.person_id
    return accounts.Accounts().session.get(Person, person_id) if person_id is not None else None


def _invitation() -> Invitation:
    """The one whose key this browser brought; else the newest to the own address of whoever signed in,
    because signing in gives a browser a new session. Raises what `invitations.open_with` raises."""
    me, store = _me(), accounts.Accounts().session
    if "invitation" not in session and me is not None:
        own = invitations.waiting_for(store, me)
        if own is not None:
            return own
    return invitations.open_with(store, session.get("invitation", ""))


@section.errorhandler(invitations.Useless)
@section.errorhandler(invitations.Over)
@section.errorhandler(invitations.Expired)
@section.errorhandler(invitations.ForSomebodyElse)
def refused(trouble: Fault) -> ResponseReturnValue:
    """Say why the link opens nothing."""
    status = 404 if isinstance(trouble, NotFound) else 403 if isinstance(trouble, Forbidden) else 410
    return render_template("invitations/refused.html", sentence=say(trouble.message)), status


def _page(invitation: Invitation, form: NewcomerForm, status: int = 200) -> ResponseReturnValue:
    store, me = accounts.Accounts().session, _me()
    return render_template(
        "invitations/show.html", invitation=invitation, form=form, me=me,
        inviter=invitations.inviter(store, invitation), expired=invitations.expired(invitation),
        mine=me is not None and me.email_key == invitation.email_key,
        known=_has_account(invitation),
    ), status  # fmt: skip


@section.route("/invitacion", access=anyone)
def show() -> ResponseReturnValue:
    """Who invites, and to what; and the one step that follows for whoever is looking."""
    return _page(_invitation(), NewcomerForm())


@section.route("/invitacion", access=anyone, methods=["POST"])
@limiter.limit("20 per 5 minutes", deduct_when=lambda answer: not 300 <= answer.status_code < 400)
def accept() -> ResponseReturnValue:
    """Say yes: with the account that the address has, or with a new one, which is signed in at once."""
    invitation, store = _invitation(), accounts.Accounts().session
    slug = invitation.organization.slug
    me = _me()
    if me is not None:
        invitations.accept(store, invitation, me)
        session.pop("invitation", None)
    elif _has_account(invitation):
        return redirect(url_for("security.login", next=url_for("invitations.show")))
    else:
        form = NewcomerForm()
        if not form.validate():
            return _page(invitation, form, 422)
        try:
            _begin(invitation, form)
        except Invalid as trouble:
            form.refuse(trouble)
            return _page(invitation, form, 422)
    flash(
        _("Bienvenida o bienvenido a %(organization)s.", organization=invitation.organization.name), "success"
    )
    return redirect(url_for("spaces.show", slug=slug))


def _begin(invitation: Invitation, form: NewcomerForm) -> None:
    """Person, membership, account, sign-in: all or nothing."""
    store = accounts.Accounts().session
    person = people.find(store, invitation.email)
    if person is None:
        person = people.add(store, form.name.data or "", invitation.email, language())
    else:
        people.change(store, person, name=form.name.data or "", language=language())
    invitations.accept(store, invitation, person)
    account = accounts.add(store, person, form.password.data or "", portal=instance().settings["NAME"])
    login_user(account, remember=False, authn_via=["password"])


@section.route("/invitacion/otra", access=anyone, methods=["POST"])
def ask_again() -> ResponseReturnValue:
    """Ask the organisation for a new invitation in place of one that has run out."""
    invitations.ask_again(accounts.Accounts().session, _invitation())
    flash(_("La organización verá que pidió otra invitación. Llegará a su correo si la envía."), "success")
    return redirect(url_for("invitations.show"))
