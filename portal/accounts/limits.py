"""How often one may try at the doors of sign-in, counting failures (accounts.md 3.9).

`address` is what was typed, not an account, so that the answer says nothing about who exists."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request, session
from flask_security import views as stock

from portal.accounts import departure, passkey_views, second_step, views
from portal.limits import limiter, network
from toolkit.records import email_key


def address_and_network() -> str:
    """For whom, and from where."""
    typed = email_key(request.form.get("email", "")[:254])
    return f"{hashlib.sha256(typed.encode()).hexdigest()[:32]} {network()}"


def half_way() -> str:
    """The account whose password was right: neither other cookies nor other networks give more tries."""
    return str(session.get("tf_user_id", network()))


def everybody() -> str:
    """One count for the whole portal."""
    return "all"


def _failed(response: Response) -> bool:
    return not 300 <= response.status_code < 400 and not g.get("uncounted")


def _asked(response: Response) -> bool:
    return True


Rule = tuple[str, Callable[[], str], Callable[[Response], bool]]
CODES: tuple[Rule, ...] = (
    ("5 per 15 minutes", half_way, _failed),
    ("20 per day", half_way, _failed),
    ("60 per 15 minutes", network, _failed),
)
ASKING: tuple[Rule, ...] = (
    ("5 per hour", address_and_network, _asked),
    ("20 per hour", network, _asked),
)
LINKS: tuple[Rule, ...] = (("20 per 5 minutes", network, _asked),)
GUESSING: tuple[Rule, ...] = (("20 per 5 minutes", network, _failed),)
DOORS: dict[str, tuple[Rule, ...]] = {
    "security.login": (
        ("10 per 5 minutes", address_and_network, _failed),
        ("30 per 5 minutes", network, _failed),
        ("1000 per 5 minutes", everybody, _failed),
    ),
    "security.forgot_password": ASKING,
    "account.ask_link": ASKING,
    "account.change_email": ASKING,
    "security.reset_password": GUESSING,
    "security.change_password": GUESSING,
    "security.verify": GUESSING,
    "security.two_factor_token_validation": CODES,
    "security.mf_recovery": CODES,
    "security.two_factor_setup": GUESSING,
    "account.use_link": LINKS,
    "account.confirm_email": LINKS,
    "account.leave": GUESSING,
    "account.use_passkey": GUESSING,
}
"""Endpoint → how many, for whom, and which answers count."""


def _limited(view: Callable[..., Any], rules: tuple[Rule, ...]) -> Callable[..., Any]:
    for rule, key, counts in rules:
        view = limiter.limit(rule, key_func=key, methods=["POST"], deduct_when=counts)(view)
    return view


VIEWS = {
    "security.login": second_step.login,
    "security.forgot_password": views.forgot_password,
    "security.reset_password": views.reset_password,
    "security.change_password": stock.change_password,
    "security.verify": stock.verify,
    "security.two_factor_token_validation": second_step.enter_code,
    "security.mf_recovery": second_step.enter_recovery_code,
    "security.two_factor_setup": second_step.set_up_factor,
    "account.ask_link": views.ask_link,
    "account.change_email": views.change_email,
    "account.use_link": views.use_link,
    "account.confirm_email": views.confirm_email,
    "account.leave": departure.leave,
    "account.use_passkey": passkey_views.use_passkey,
}
_LIMITED = {endpoint: _limited(VIEWS[endpoint], rules) for endpoint, rules in DOORS.items()}
"""Made once for the process: the limiter adds a rule each time that it wraps a view."""


def set_up(app: Flask) -> None:
    """Put the rules before the views, and our views in place of those of the library."""
    app.view_functions.update(_LIMITED)
    app.view_functions.update(
        {
            "security.two_factor_rescue": second_step.lead_to_recovery,
            "security.two_factor_setup_validate": second_step.nowhere,
            "security.tf_select": second_step.nowhere,
            "security.mf_recovery_codes": second_step.renew_recovery_codes,
        }
    )
