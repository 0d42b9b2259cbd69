"""Passkeys: adding one, signing in with it, taking it off. The protocol is py_webauthn's.

A passkey always proves possession and, by finger, face or number, its person: it signs in alone. Where an
account has passkeys but no application for codes, the password alone leads to the page of the passkey and
nowhere else: nobody who knows only the password can set up a factor of their own.
"""

from __future__ import annotations

import time
from typing import Any

import webauthn
from flask import redirect as lead_to
from flask import request, session, url_for
from flask.typing import ResponseValue
from flask_security.tf_plugin import TfPluginBase
from sqlalchemy import func, select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import viewer
from portal.accounts import factors
from portal.accounts.records import Account, Passkey
from portal.accounts.store import Accounts
from toolkit.errors import N_, Invalid, NotFound
from toolkit.records import now

REQUIRED = UserVerificationRequirement.REQUIRED
ANSWER_WITHIN = 300
"""Seconds for which a challenge may be answered."""
MOST = 10


class Refused(Invalid):
    """What the browser sent is no answer of a passkey to our question."""

    default = N_("La llave no respondió como se esperaba. Vuelva a intentar.")


class NoPasskey(NotFound):
    """It was taken off already, or it is somebody else's."""

    default = N_("Esa llave ya no está en su cuenta.")


class PasskeyStep(TfPluginBase):
    """Leads whoever has passkeys and no application from the password to the page of the passkey."""

    def get_setup_methods(self, user: Any) -> list[tuple[str, str]]:
        """The method, where it is the only one."""
        return [(factors.PASSKEY, factors.PASSKEY)] if user.tf_primary_method == factors.PASSKEY else []

    def create_blueprint(self, app: Any, bp: Any, state: Any) -> None:
        """No addresses of its own."""

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> ResponseValue:
        """Half-way: the passkey comes next."""
        session["tf_state"] = "passkey"
        return lead_to(url_for("account.use_passkey"))


def _host() -> str:
    return request.host.split(":")[0]


def _ask(purpose: str, challenge: bytes) -> None:
    session["challenge"] = [purpose, bytes_to_base64url(challenge), int(time.time())]


def _asked(purpose: str) -> bytes:
    """The challenge of this browser for `purpose`, which is good for one answer; raises `Refused`."""
    kept = session.pop("challenge", None)
    if not kept or kept[0] != purpose or time.time() - kept[2] > ANSWER_WITHIN:
        raise Refused
    return base64url_to_bytes(kept[1])


def browse(account: Account) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    own = select(Passkey).where(Passkey.account_id == account.id).order_by(Passkey.id)
    return list(Accounts().session.scalars(own))


def question_for_new(account: Account) -> str:
    """What the browser is asked in order to make a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=_host(), rp_name=viewer.instance().settings["NAME"],
        user_id=account.person.public_id.encode(), user_name=account.email,
        user_display_name=account.person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(one.credential_id) for one in browse(account)],
    )  # fmt: skip
    _ask("new", options.challenge)
    return webauthn.options_to_json(options)


def add(account: Account, name: str, answer: str) -> bool:
    """Keep the passkey that the browser made; True where it is the first factor of the account.

    Raises `Refused`, and `Invalid` for a name.
    """
    store, challenge = Accounts().session, _asked("new")
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not name or len(name) > 60:
        raise Invalid(
            N_("Escriba un nombre de hasta 60 caracteres, por ejemplo «Mi teléfono»."), field="name"
        )
    if len(browse(account)) >= MOST:
        raise Invalid(N_("Ya tiene %(n)s llaves. Quite una antes."), field="name", n=MOST)
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(),
            expected_origin=request.host_url.rstrip("/"), require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as trouble:
        raise Refused from trouble
    if store.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise Refused
    store.add(Passkey(account_id=account.id, credential_id=made.credential_id, name=name,
                      public_key=made.credential_public_key, sign_count=made.sign_count))  # fmt: skip
    first = account.tf_primary_method is None
    if first:
        account.tf_primary_method = factors.PASSKEY
    factors.note_passkey(store, account, "key_on")
    return first


def question_for_sign_in() -> str:
    """What the browser is asked in order to sign somebody in, as JSON. It names nobody."""
    options = webauthn.generate_authentication_options(rp_id=_host(), user_verification=REQUIRED)
    _ask("sign_in", options.challenge)
    return webauthn.options_to_json(options)


def account_of(answer: str) -> Account:
    """The account in force whose passkey answered; raises `Refused`, the same for every cause."""
    store, challenge = Accounts().session, _asked("sign_in")
    try:
        said = parse_authentication_credential_json(answer)
        key = store.scalar(select(Passkey).where(Passkey.credential_id == said.raw_id))
        account = store.get(Account, key.account_id) if key is not None else None
        if key is None or account is None or not account.active:
            raise Refused
        if said.response.user_handle != account.person.public_id.encode():
            raise Refused
        right = webauthn.verify_authentication_response(
            credential=said, expected_challenge=challenge, expected_rp_id=_host(),
            expected_origin=request.host_url.rstrip("/"), credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as trouble:
        raise Refused from trouble
    key.sign_count, key.used_at = right.new_sign_count, now()
    return account


def remove(account: Account, passkey_id: str) -> None:
    """Take one passkey off; raises `NoPasskey`. The last one of an account without application takes the
    second step with it."""
    store, left = Accounts().session, browse(account)
    key = next((one for one in left if bytes_to_base64url(one.credential_id) == passkey_id), None)
    if key is None:
        raise NoPasskey
    store.delete(key)
    store.flush()
    if account.tf_primary_method == factors.PASSKEY and len(left) == 1:
        factors.remove(store, account.person_id, viewer.viewer())
    else:
        factors.note_passkey(store, account, "key_off")


def count(account: Account) -> int:
    """How many passkeys an account has."""
    own = select(func.count(Passkey.id)).where(Passkey.account_id == account.id)
    return Accounts().session.scalar(own) or 0
