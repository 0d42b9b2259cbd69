"""The pages of the second step: the code at sign-in, and setting it up.

Between the password and the code a browser is half-way: its session cookie says for whom, for ten minutes.
"""

from __future__ import annotations

import time
from typing import Any, cast

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security import views as stock
from flask_security.proxies import _security
from flask_security.tf_plugin import tf_check_state, tf_clean_session
from flask_security.utils import _get_post_login_redirect, login_user, validate_redirect_url
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal import viewer
from portal.accounts import codes, factors, interruption, passkey_views, passkeys
from portal.accounts.freshness import fresh
from portal.accounts.records import Account
from portal.accounts.store import Accounts
from portal.languages import gettext

HALF_WAY = 600
"""Seconds between password and code."""


def _digits(typed: str | None) -> str:
    return "".join(c for c in typed or "" if c.isdecimal())


class CodeForm(FlaskForm):
    """Six digits."""

    code = StringField(
        _l("Código de seis cifras"),
        [DataRequired(_l("Escriba el código que muestra la aplicación."))],
        filters=[_digits],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 12,
                   "autocapitalize": "none", "class": "short"},
    )  # fmt: skip


class RecoveryForm(FlaskForm):
    """One of the codes on paper."""

    code = StringField(
        _l("Código de respaldo"),
        [DataRequired(_l("Escriba uno de sus códigos de respaldo.")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false",
                   "maxlength": 40, "class": "short"},
    )  # fmt: skip


def login() -> ResponseReturnValue:
    """Flask-Security's, which may lead to the code; from when on is written down."""
    if interruption.looking():
        return interruption.sign_in_page()
    answer = stock.login()
    if request.method != "POST" or session.get("tf_state") not in ("ready", factors.PASSKEY):
        return interruption.go_on(cast(ResponseReturnValue, answer))
    session["tf_since"] = int(time.time())
    if session["tf_state"] == factors.PASSKEY:
        return passkey_views.page() if interruption.goes_along() else cast(ResponseReturnValue, answer)
    account = _half_way("ready")
    if account is not None and interruption.goes_along():
        return _code_page(account, CodeForm(formdata=None))
    wanted = request.values.get("next", "")
    further = wanted if wanted and validate_redirect_url(wanted) else None
    return redirect(url_for("security.two_factor_token_validation", next=further))


def go_on(account: Account, means: str) -> ResponseReturnValue:
    """Sign in whoever proved by `means` who they are: with the code to follow where the account has one."""
    answer = _security.two_factor_plugins.tf_enter(account, False, means, next_loc=None)
    if answer is not None:
        session["tf_since"] = int(time.time())
        return cast(ResponseReturnValue, answer)
    login_user(account, authn_via=[means])
    return redirect(_get_post_login_redirect())


def _half_way(*states: str) -> Account | None:
    """The account whose password was right a short while ago in this browser, and what it waits for."""
    if time.time() - session.get("tf_since", 0) > HALF_WAY:
        tf_clean_session()
    found = tf_check_state([*states])
    return found if isinstance(found, Account) and found.active else None


def _begin_again() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("spaces.index"))
    flash(gettext("Pasó mucho tiempo desde que escribió su contraseña. Ingrese otra vez."), "warning")
    return redirect(url_for("security.login"))


def _sign_in(account: Account) -> ResponseReturnValue:
    account.remembering = bool(session.get("tf_remember_login"))
    _security.two_factor_plugins.tf_complete(account, True)
    return interruption.go_on(redirect(_get_post_login_redirect()))


def _code_page(account: Account, form: CodeForm) -> ResponseReturnValue:
    return render_template(
        "accounts/code.html", form=form, keys=passkeys.count(account), papers=codes.left(account)
    ), 422 if form.errors else 200


def enter_code() -> ResponseReturnValue:
    """The code of the application, after the password."""
    account = None if current_user.is_authenticated else _half_way("ready")
    if account is None:
        return _begin_again()
    form = CodeForm()
    if interruption.sent(form):
        if codes.matches(account, form.code.data or ""):
            return _sign_in(account)
        form.code.errors = [gettext("Ese código no es el de ahora, o ya se usó. Espere al siguiente.")]
    return _code_page(account, form)


def enter_recovery_code() -> ResponseReturnValue:
    """One of the recovery codes, for whoever does not have the telephone at hand."""
    account = None if current_user.is_authenticated else _half_way("ready", factors.PASSKEY)
    if account is None:
        return _begin_again()
    form = RecoveryForm()
    if interruption.sent(form):
        if _security.mf_recovery_codes_util.check_recovery_code(account, form.code.data):
            factors.note_code_used(Accounts().session, account)
            flash(gettext("Le quedan %(n)s códigos de respaldo.", n=codes.left(account)), "warning")
            return _sign_in(account)
        form.code.errors = [gettext("Ese código no es uno de los suyos, o ya se usó.")]
    return render_template(
        "accounts/recovery.html", form=form, keys=passkeys.count(account),
        application=account.tf_primary_method == factors.METHOD,
    ), 422 if form.errors else 200  # fmt: skip


def lead_to_recovery() -> ResponseReturnValue:
    """In place of Flask-Security's page for help, which would write to an address of nobody."""
    return redirect(url_for("security.mf_recovery"))


def nowhere(**_: Any) -> ResponseReturnValue:
    """In place of pages of Flask-Security that have no use here."""
    abort(404)


def _account() -> Account:
    return cast(Account, current_user._get_current_object())


@fresh
def set_up_factor() -> ResponseReturnValue:
    """«Segundo paso»: what there is, or a QR code and the first code to prove that it was taken over."""
    account = _account()
    if account.tf_primary_method and "otro" not in request.args:
        return render_template("accounts/factor.html", left=codes.left(account),
                               by_key=account.tf_primary_method == factors.PASSKEY,
                               obliged=factors.obliged(viewer.viewer()))  # fmt: skip
    form = CodeForm()
    secret = session.get("new_factor") or codes.new_secret()
    if form.validate_on_submit():
        step = codes.step_of(secret, form.code.data or "")
        if step is not None:
            session.pop("new_factor", None)
            factors.put(Accounts().session, account, secret, step)
            made = _security.mf_recovery_codes_util.create_recovery_codes(account)
            return render_template(
                "accounts/recovery_codes.html", codes=made, new=True, onward=factors.going_on()
            )
        form.code.errors = [gettext("Ese código no corresponde. Escriba el que la aplicación muestra ahora.")]
    session["new_factor"] = secret
    link = codes.address(secret, account.email)
    return render_template(
        "accounts/factor_set_up.html", form=form, link=link, picture=codes.picture(link),
        key=codes.readable(secret), replaces=account.tf_primary_method == factors.METHOD,
        obliged=factors.obliged(viewer.viewer()),
    ), 422 if form.errors else 200  # fmt: skip


@fresh
def renew_recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown once."""
    account = _account()
    if account.tf_primary_method is None:
        return redirect(url_for("security.two_factor_setup"))
    if request.method != "POST":
        return render_template("accounts/recovery_codes.html", codes=[], left=codes.left(account))
    made = _security.mf_recovery_codes_util.create_recovery_codes(account)
    factors.note_new_codes(Accounts().session, account)
    return render_template("accounts/recovery_codes.html", codes=made, new=False,
                           onward=url_for("account.show"))  # fmt: skip
