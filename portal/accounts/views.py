"""Asking for a link by e-mail, and the way from a mailed link to the button that uses it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import views as stock
from flask_security.utils import get_message, login_user

from portal.accounts import links, second_step
from portal.accounts.forms import ForgotForm, NewAddressForm
from portal.accounts.freshness import fresh
from portal.accounts.records import digest
from portal.languages import gettext, say
from portal.viewer import viewer, visit
from toolkit import jobs
from toolkit.errors import Conflict
from toolkit.records import email_key

WORD = "nueva"
"""What stands in the address of the form in place of the token, which waits in the session cookie."""


def forgot_password() -> ResponseReturnValue:
    """Queue the address and say the same to everybody; the worker looks whether it has an account."""
    form = ForgotForm()
    if form.validate_on_submit():
        email = str(form.email.data)
        jobs.enqueue(visit().session, "mail", "reset_password", digest(email_key(email)), email=email)
        flash(*get_message("GENERIC_RECOVERY"))
        return redirect(url_for("security.login"))
    return render_template("accounts/forgot.html", form=form), 422 if form.errors else 200


def put_aside(kind: str, token: str, endpoint: str) -> ResponseReturnValue:
    """Take a mailed token from the address into the session cookie, and go on at an address without it.

    So it stays out of the history, of logs of later requests, and of any Referer. Opening the link changes
    nothing, which matters because mail scanners open links too.
    """
    if request.method not in ("GET", "HEAD"):
        abort(405)
    session[kind] = token[:500]
    response = make_response(redirect(url_for(endpoint, token=WORD)))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def reset_password(token: str) -> ResponseReturnValue:
    """The form for a new password, for whoever has the link."""
    if token != WORD:
        return put_aside("reset", token, "security.reset_password")
    response = make_response(stock.reset_password(session.get("reset", "")))
    if request.method == "POST" and response.status_code in (302, 303):
        session.pop("reset", None)
    return response


def ask_link() -> ResponseReturnValue:
    """Ask for a link that signs in; the answer is the same to everybody."""
    if current_user.is_authenticated:
        return redirect(url_for("spaces.index"))
    form = ForgotForm()
    if form.validate_on_submit():
        email = str(form.email.data)
        jobs.enqueue(visit().session, "mail", "sign_in_link", digest(email_key(email)), email=email)
        flash(gettext("Si ese correo tiene una cuenta, en unos minutos recibirá un enlace para ingresar. "
                      "Sirve durante 15 minutos."), "info")  # fmt: skip
        return redirect(url_for("security.login"))
    return render_template("accounts/ask_link.html", form=form), 422 if form.errors else 200


def use_link(token: str) -> ResponseReturnValue:
    """A button that signs in, for whoever has the link; the second step is still asked for."""
    if token != WORD:
        return put_aside("link", token, "account.use_link")
    if current_user.is_authenticated:
        return redirect(url_for("spaces.index"))
    key = session.get("link", "")
    if request.method == "POST":
        session.pop("link", None)
        account = links.use(key)
        if account is not None:
            return second_step.go_on(account, "email")
    elif links.holds(key):
        return render_template("accounts/use_link.html")
    flash(gettext("Ese enlace ya se usó o venció. Pida otro."), "error")
    return redirect(url_for("account.ask_link"))


@fresh
def change_email() -> ResponseReturnValue:
    """Ask for another address: a link goes there, and nothing changes until it is used."""
    form = NewAddressForm()
    if form.validate_on_submit():
        email, number = str(form.email.data), viewer().person_id
        key = digest(f"{number} {email_key(email)}")
        jobs.enqueue(visit().session, "mail", "confirm_email", key, person_id=number, email=email)
        flash(gettext("Le enviamos un enlace a %(email)s. Ábralo antes de dos horas para terminar el cambio.",
                      email=email), "info")  # fmt: skip
        return redirect(url_for("account.show"))
    return render_template(
        "accounts/change_email.html", form=form, email=current_user.email
    ), 422 if form.errors else 200


def confirm_email(token: str) -> ResponseReturnValue:
    """A button that makes an address the person's own, for whoever has the link sent there."""
    if token != WORD:
        return put_aside("address", token, "account.confirm_email")
    found = links.address_in(session.get("address", ""))
    if found is None:
        flash(gettext("Ese enlace ya se usó o venció. Pida el cambio otra vez."), "error")
        return redirect(url_for("account.show"))
    account, email = found
    if request.method != "POST":
        return render_template("accounts/confirm_email.html", email=email)
    same = current_user.is_authenticated and current_user.id == account.id
    session.pop("address", None)
    try:
        links.change_address(account, email)
    except Conflict as trouble:
        flash(say(trouble.message), "error")
        return redirect(url_for("account.show"))
    if same:
        login_user(account, remember=account.remembering, authn_via=["email"])
    flash(gettext("Su correo es ahora %(email)s. Ingrese con él.", email=email), "success")
    return redirect(url_for("account.show"))


def refuse_broken_next() -> None:
    """An address to go on to that cannot be taken apart, such as «//[»: Flask-Security would fail on it."""
    for said in request.values.getlist("next"):
        try:
            urlsplit(said)
        except ValueError:
            abort(400)


def refuse_json() -> None:
    """The portal takes forms only: an address inside JSON would escape the limits, and a bare word or number
    where a form reads its fields would be a fault."""
    if request.is_json:
        abort(415)
