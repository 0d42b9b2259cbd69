"""The views that are ours: forgotten password, and the way from its link to the form."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import views as stock
from flask_security.utils import get_message

from portal.accounts.forms import ForgotForm
from portal.accounts.records import digest
from portal.viewer import visit
from toolkit import jobs
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


def reset_password(token: str) -> ResponseReturnValue:
    """Take the token from the mailed address into the session cookie, and go to an address without it.

    So it stays out of the history, of logs of later requests, and of any Referer. Opening the link changes
    nothing, which matters because mail scanners open links too.
    """
    if token == WORD:
        response = make_response(stock.reset_password(session.get("reset", "")))
        if request.method == "POST" and response.status_code in (302, 303):
            session.pop("reset", None)
        return response
    if request.method not in ("GET", "HEAD"):
        abort(405)
    session["reset"] = token[:500]
    response = make_response(redirect(url_for("security.reset_password", token=WORD)))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse_broken_next() -> None:
    """An address to go on to that cannot be taken apart, such as «//[»: Flask-Security would fail on it."""
    for said in request.values.getlist("next"):
        try:
            urlsplit(said)
        except ValueError:
            abort(400)


def refuse_json() -> None:
    """These doors take forms only: an address inside JSON would escape the limits."""
    if request.is_json:
        abort(415)
