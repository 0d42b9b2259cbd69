"""How a person signs in: mailed links, another address, the second step taken off, and open sign-ins."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import accounts
from portal.account import section
from portal.accounts import browsers as open_ones
from portal.accounts import factors, passkey_views, views
from portal.accounts.freshness import fresh
from portal.languages import gettext, ngettext
from portal.section import anyone, signed_in
from portal.viewer import viewer


@section.route("/mi-cuenta/segundo-paso/quitar", access=signed_in, methods=["GET", "POST"])
@fresh
def remove_factor() -> ResponseReturnValue:
    """Go on with the password alone, after a page that says what that means."""
    who = viewer()
    if factors.obliged(who):
        return redirect(url_for("security.two_factor_setup"))
    if request.method != "POST":
        return render_template("accounts/factor_remove.html")
    factors.remove(accounts.Accounts().session, who.person_id or 0, who)
    flash(gettext("Su cuenta ya no pide un segundo paso."), "success")
    return redirect(url_for("account.show"))


@section.route("/cuenta/ingresos", access=signed_in)
def browsers() -> ResponseReturnValue:
    """«Sus ingresos»: where this person is signed in."""
    return render_template("accounts/browsers.html", browsers=open_ones.browse(viewer().person_id or 0))


@section.route("/cuenta/ingresos", access=signed_in, methods=["POST"])
def end_browsers() -> ResponseReturnValue:
    """End one of them, or all others."""
    which = request.form.get("ingreso", "")
    if which == "otros":
        ended = open_ones.end_others(viewer())
        flash(ngettext("Se cerró %(num)s ingreso.", "Se cerraron %(num)s ingresos.", ended), "success")
    else:
        open_ones.end(viewer(), which)
        flash(gettext("El ingreso quedó cerrado."), "success")
    return redirect(url_for("account.browsers"))


section.route("/ingresar/enlace", access=anyone, methods=["GET", "POST"])(views.ask_link)
section.route("/ingresar/enlace/<token>", access=anyone, methods=["GET", "POST"])(views.use_link)
section.route("/mi-cuenta/correo", access=signed_in, methods=["GET", "POST"])(views.change_email)
section.route("/mi-cuenta/correo/<token>", access=anyone, methods=["GET", "POST"])(views.confirm_email)
section.route("/ingresar/llave", access=anyone, methods=["GET", "POST"])(passkey_views.use_passkey)
section.route("/mi-cuenta/llaves", access=signed_in, methods=["GET", "POST"], endpoint="passkeys")(
    passkey_views.show_passkeys
)
section.route("/mi-cuenta/llaves/quitar", access=signed_in, methods=["POST"])(passkey_views.remove_passkey)
