"""The settings of Flask-Security, Flask-Login and Flask-WTF, and why each is as it is (accounts.md 6)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from portal.accounts.codes import NUMBER, WINDOW, secrets_of
from portal.accounts.passwords import OPTIONS, SHORTEST
from portal.accounts.records import LONGEST_LIFE

TRANSLATIONS = Path(__file__).parent.parent / "translations"

SECURITY: dict[str, Any] = {
    "RETURN_GENERIC_RESPONSES": True,
    "TWO_FACTOR": True,
    "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "TWO_FACTOR_IMPLEMENTATIONS": {
        "code": "flask_security.twofactor.CodeTfPlugin",
        "passkey": "portal.accounts.passkeys.PasskeyStep",
    },
    "TWO_FACTOR_ALWAYS_VALIDATE": True,
    "TWO_FACTOR_AUTHENTICATOR_VALIDITY": WINDOW,
    "TWO_FACTOR_RESCUE_EMAIL": False,
    "MULTI_FACTOR_RECOVERY_CODES": True,
    "MULTI_FACTOR_RECOVERY_CODES_N": NUMBER,
    "RECOVERABLE": True,
    "CHANGEABLE": True,
    "STATIC_FOLDER": None,
    "I18N_DIRNAME": ["builtin", str(TRANSLATIONS)],  # the later one wins: ours
    "JOIN_USER_ROLES": False,
    "CLI_USERS_NAME": False,
    "CLI_ROLES_NAME": False,
    "API_ENABLED_METHODS": ["session"],
    "LOGOUT_METHODS": ["POST"],
    "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "globally_deliverable": False},
    "EMAIL_HTML": False,
    # Our own messages go through the outbox, in the language of the person.
    "SEND_PASSWORD_CHANGE_EMAIL": False,
    "SEND_PASSWORD_RESET_EMAIL": False,
    "SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_SINGLE_HASH": ["argon2"],
    "PASSWORD_HASH_PASSLIB_OPTIONS": OPTIONS,
    "PASSWORD_LENGTH_MIN": SHORTEST,
    "PASSWORD_NORMALIZE_FORM": "NFKD",
    "RESET_PASSWORD_WITHIN": dt.timedelta(hours=1),
    "FRESHNESS": dt.timedelta(minutes=30),
    "FRESHNESS_GRACE_PERIOD": dt.timedelta(minutes=10),
    "FRESHNESS_ALLOW_AUTH_TOKEN": False,
    "LOGIN_URL": "/ingresar",
    "LOGOUT_URL": "/salir",
    "RESET_URL": "/recuperar",
    "CHANGE_URL": "/mi-cuenta/contrasena",
    "VERIFY_URL": "/confirmar-identidad",
    "TWO_FACTOR_SETUP_URL": "/mi-cuenta/segundo-paso",
    "TWO_FACTOR_SELECT_URL": "/ingresar/segundo-paso",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/ingresar/codigo",
    "TWO_FACTOR_RESCUE_URL": "/ingresar/ayuda",
    "MULTI_FACTOR_RECOVERY_URL": "/ingresar/codigo-de-respaldo",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/mi-cuenta/codigos-de-respaldo",
    "POST_LOGIN_VIEW": "spaces.index",
    "POST_LOGOUT_VIEW": "library.home",
    "POST_CHANGE_VIEW": "account.show",
    "POST_VERIFY_VIEW": "account.show",
    "LOGIN_USER_TEMPLATE": "accounts/login.html",
    "FORGOT_PASSWORD_TEMPLATE": "accounts/forgot.html",
    "RESET_PASSWORD_TEMPLATE": "accounts/reset.html",
    "CHANGE_PASSWORD_TEMPLATE": "accounts/change.html",
    "VERIFY_TEMPLATE": "accounts/verify.html",
}


def settings(folder: Path, name: str, *, https: bool) -> dict[str, Any]:
    """Everything to put into `app.config`, for the instance in `folder`; `name` is what applications show."""
    return {
        "SECURITY_TOTP_SECRETS": secrets_of(folder),
        "SECURITY_TOTP_ISSUER": name.replace(":", " "),
        **{f"SECURITY_{name}": value for name, value in SECURITY.items()},
        # The key of a sign-in is a row of ours; hashing address and browser would only annoy telephones.
        "SESSION_PROTECTION": None,
        "REMEMBER_COOKIE_NAME": "__Host-recuerdo" if https else "recuerdo",
        "REMEMBER_COOKIE_DURATION": LONGEST_LIFE,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": https,
        "WTF_CSRF_TIME_LIMIT": None,
        # Privacy add-ons take the Referer away; the token, bound to the session, is what counts.
        "WTF_CSRF_SSL_STRICT": False,
    }
