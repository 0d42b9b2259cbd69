"""The pages of passkeys, the only ones that need script. Codes and passwords are the way without."""

from __future__ import annotations

from typing import cast

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security.proxies import _security
from flask_security.tf_plugin import tf_check_state
from flask_security.utils import _get_post_login_redirect, login_user
from flask_wtf import FlaskForm
from webauthn.helpers import bytes_to_base64url
from wtforms import StringField

from portal import viewer
from portal.accounts import codes, factors, interruption, passkeys
from portal.accounts.freshness import fresh
from portal.accounts.records import Account
from portal.languages import gettext, say
from toolkit.errors import Invalid


class PasskeyForm(FlaskForm):
    """The name under which a person will know the passkey."""

    name = StringField(_l("Nombre de la llave"), description=_l("Por ejemplo, «Mi teléfono»."),
                       render_kw={"maxlength": 60, "autocomplete": "off"})  # fmt: skip


def _account() -> Account:
    return cast(Account, current_user._get_current_object())


@fresh
def show_passkeys() -> ResponseReturnValue:
    """The passkeys of this person, and adding one."""
    form, account = PasskeyForm(), _account()
    if form.validate_on_submit():
        try:
            first = passkeys.add(account, form.name.data or "", request.form.get("credential", ""))
        except Invalid as trouble:
            form.name.errors = [say(trouble.message)]
        else:
            if first:
                made = _security.mf_recovery_codes_util.create_recovery_codes(account)
                return render_template("accounts/recovery_codes.html", codes=made, new=True)
            flash(gettext("La llave quedó en su cuenta."), "success")
            return redirect(url_for("account.passkeys"))
    return render_template(
        "accounts/passkeys.html", form=form, options=passkeys.question_for_new(account),
        keys=[(bytes_to_base64url(one.credential_id), one) for one in passkeys.browse(account)],
        second_step=account.tf_primary_method,
    ), 422 if form.errors else 200  # fmt: skip


@fresh
def remove_passkey() -> ResponseReturnValue:
    """Take a passkey off. Whoever must have a second factor keeps at least one."""
    account = _account()
    only = account.tf_primary_method == factors.PASSKEY and passkeys.count(account) == 1
    if only and factors.obliged(viewer.viewer()):
        flash(
            gettext("Su cargo requiere un segundo paso. Agregue otra llave o una aplicación antes."), "error"
        )
    else:
        passkeys.remove(account, request.form.get("llave", ""))
        flash(gettext("La llave quedó quitada de su cuenta."), "success")
    return redirect(url_for("account.passkeys"))


def use_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone, or after the password."""
    if current_user.is_authenticated:
        return redirect(url_for("spaces.index"))
    form = FlaskForm()
    if interruption.sent(form):
        try:
            account = passkeys.account_of(request.form.get("credential", ""))
        except Invalid as trouble:
            form.form_errors.append(say(trouble.message))
        else:
            account.remembering = bool(session.get("tf_remember_login"))
            login_user(account, remember=account.remembering, authn_via=["webauthn"])
            return interruption.go_on(redirect(_get_post_login_redirect()))
    return page(form)


def page(form: FlaskForm | None = None) -> ResponseReturnValue:
    """The page on which the browser is asked for a passkey."""
    form = form or FlaskForm(formdata=None)
    account = cast(Account | None, tf_check_state(["ready", factors.PASSKEY]))
    return render_template(
        "accounts/use_passkey.html", form=form, options=passkeys.question_for_sign_in(), half_way=account,
        application=account is not None and account.tf_primary_method == factors.METHOD,
        papers=account is not None and codes.left(account),
    ), 422 if form.errors else 200  # fmt: skip
