"""Accounts: sign-in, passwords, second factors, on Flask-Security with our own pages and our own rows.

Flask-Login keeps the key of a sign-in row where it would keep a person's id, in the session cookie and in
the remember cookie; whatever ends the row ends both, and every copy of them.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, after_this_request, current_app, request
from flask_login import current_user, user_logged_in, user_logged_out
from flask_login.login_manager import LoginManager
from flask_login.utils import _user_context_processor
from flask_security import PasswordUtil, Security, password_changed, password_reset
from flask_wtf import CSRFProtect

from portal import preferences, section
from portal.accounts import codes, factors, forms, interruption, limits, sign_ins, store, views
from portal.accounts.passwords import add, change, check, hashing, names_around, normalise
from portal.accounts.records import Account
from portal.accounts.settings import settings
from portal.accounts.store import Accounts, AccountStore
from portal.accounts.suspension import restore, suspend, suspended_among
from portal.languages import say
from portal.viewer import instance
from toolkit import audit, outbox
from toolkit.access import Viewer
from toolkit.errors import Invalid

__all__ = ["Accounts", "add", "change", "restore", "set_up", "suspend", "suspended_among"]

section.FOREIGN.update(
    {
        "security.login": section.anyone,
        "security.logout": section.anyone,
        "security.forgot_password": section.anyone,
        "security.reset_password": section.anyone,
        "security.change_password": section.signed_in,
        "security.verify": section.signed_in,
        "security.two_factor_token_validation": section.anyone,
        "security.two_factor_rescue": section.anyone,
        "security.tf_select": section.anyone,
        "security.mf_recovery": section.anyone,
        "security.two_factor_setup": section.signed_in,
        "security.two_factor_setup_validate": section.signed_in,
        "security.mf_recovery_codes": section.signed_in,
    }
)


class Rules(PasswordUtil):
    """Flask-Security's door to our rules."""

    def normalize(self, password: str) -> str:
        """As at every door."""
        return normalise(password)

    def validate(self, password: str, is_register: bool, **about: Any) -> tuple[list[str] | None, str]:
        """Sentences that say what is wrong, or None, and the normalised password."""
        person = about["user"].person
        names = names_around(Accounts().session, person, instance().settings["NAME"])
        try:
            return None, check(password, names)
        except Invalid as trouble:
            return [say(trouble.message)], normalise(password)


def set_up(app: Flask) -> None:
    """Install sign-in: extension, hooks, our views, signals, limits, and who is looking."""
    own = app.extensions["instance"]
    app.config.update(settings(own.folder, own.settings["NAME"], https=app.config["HTTPS"]))
    csrf = CSRFProtect(app)
    csrf.exempt(preferences.update)  # it looks at Sec-Fetch-Site itself, and sets a preference only
    security = Security(
        app, AccountStore(), password_util_cls=Rules, login_form=forms.LoginForm,
        reset_password_form=forms.ResetForm, change_password_form=forms.ChangeForm,
        verify_form=forms.VerifyForm, totp_cls=codes.OneUse, mf_recovery_codes_util_cls=codes.Recovery,
    )  # fmt: skip
    security.pwd_context = hashing
    security.want_json(lambda request: False)
    security.change_password_context_processor(lambda: {"email": current_user.email})
    security.verify_context_processor(lambda: {"has_password": current_user.password is not None})
    store.set_up(app)
    _hook(app, security)
    app.before_request_funcs.setdefault(None, []).append(views.refuse_json)
    app.before_request_funcs.setdefault("security", []).append(views.refuse_broken_next)
    limits.set_up(app)
    interruption.set_up(app)
    app.before_request_funcs.setdefault(None, []).insert(0, factors.stop_who_owes_one)
    user_logged_out.connect(sign_ins.end_this, app)
    user_logged_in.connect(_restore_preferences, app)
    password_changed.connect(_tell, app)
    password_reset.connect(_tell, app)
    app.extensions["resolve_viewer"] = sign_ins.resolve


def _hook(app: Flask, security: Security) -> None:
    """Sign-ins as rows; and three hooks taken off that would look at the account on every request, even for
    a static file. Their names are private: tests that count queries hold them."""
    manager: LoginManager = security.login_manager
    manager.id_attribute = "begin_sign_in"
    manager.user_loader(sign_ins.load)
    manager.request_loader(None)
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)

    @app.after_request
    def keep_remember_cookie(response: Response) -> Response:
        return response if request.endpoint == "static" else manager._update_remember_cookie(response)


def _restore_preferences(app: Flask, user: Account) -> None:
    """Give a browser that has no text size of its own that of the profile."""
    size = preferences.size_of(user.person.text_size)
    if size != 100 and "texto" not in request.cookies:

        @after_this_request
        def put(response: Response) -> Response:
            preferences.keep(response, "texto", f"{size:g}")
            return response


def _tell(app: Flask, user: Account, **_: Any) -> None:
    """Record a new password, and tell the person by e-mail."""
    own = current_app.extensions["instance"].settings
    session = Accounts().session
    audit.record(session, Viewer(person_id=user.person_id), "change_password", "account",
                 user.person.public_id)  # fmt: skip
    outbox.send(session, user.email, "password_changed",
                {"name": user.person.name, "contact": own["CONTACT"]}, user.person.language)  # fmt: skip
