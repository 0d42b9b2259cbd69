"""The codes of the second step: six digits from an application, and recovery codes on paper.

A code is used once: the counter of the last one is written by an UPDATE that only one of several requests
at once can win, and a recovery code is used by deleting its seal. Of a recovery code the database keeps an
HMAC under a key of the instance; the secret of the application is encrypted under another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
from pathlib import Path
from typing import Any, cast

import qrcode
from flask_security import MfRecoveryCodesUtil, Totp
from flask_security.proxies import _security
from passlib.exc import TokenError, UsedTokenError
from qrcode.image.svg import SvgPathFillImage
from sqlalchemy import CursorResult, delete, func, or_, select, update

from portal import settings, viewer
from portal.accounts.records import Account, RecoveryCode
from portal.accounts.store import Accounts

NUMBER = 10
"""How many recovery codes there are at once."""
WINDOW = 30
"""Seconds by which the clock of a telephone may be wrong: one step before and one after are taken."""


def secrets_of(folder: Path) -> dict[str, str]:
    """The key under which the secrets of applications are encrypted. Who loses it loses all of them."""
    return {"1": settings.secret(folder, "second-factor-key")}


class OneUse(Totp):
    """Flask-Security's codes, each of which is taken once."""

    def get_last_counter(self, user: Any) -> int | None:
        """The step of the code used last."""
        return cast(Account, user).totp_counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Write the step, unless another request used it first."""
        moved = Accounts().session.execute(
            update(Account)
            .where(
                Account.id == user.id,
                or_(Account.totp_counter.is_(None), Account.totp_counter < tmatch.counter),
            )
            .values(totp_counter=tmatch.counter)
        )
        if cast(CursorResult[Any], moved).rowcount != 1:
            raise UsedTokenError


def matches(account: Account, code: str) -> bool:
    """Is this the code that the person's application shows now? It then counts as used."""
    if not account.tf_totp_secret:
        return False
    return bool(_security.totp_factory.verify_totp(code, account.tf_totp_secret, account, WINDOW))


def step_of(secret: str, code: str) -> int | None:
    """The step to which `code` belongs, for a secret that nobody has yet; None for a wrong code."""
    try:
        return int(_security.totp_factory._totp.verify(code, secret, window=WINDOW).counter)
    except TokenError:
        return None


def new_secret() -> str:
    """A new secret for an application, encrypted: the form in which it is kept, here and in the session."""
    return str(_security.totp_factory.generate_totp_secret())


def readable(secret: str) -> str:
    """The secret in groups of four, for whoever types it."""
    return str(_security.totp_factory.get_totp_pretty_key(secret)).replace("-", " ")


def address(secret: str, email: str) -> str:
    """The `otpauth:` address of a secret, which applications understand."""
    return str(_security.totp_factory.get_totp_uri(email, secret))


def picture(text: str) -> str:
    """A QR code as a `data:` address of an image; black on white, whatever the page is."""
    with io.BytesIO() as made:
        qrcode.make(text, image_factory=SvgPathFillImage, border=2).save(made)
        return f"data:image/svg+xml;base64,{base64.b64encode(made.getvalue()).decode('ascii')}"


def _seal(code: str) -> str:
    key = settings.secret(viewer.instance().folder, "recovery-code-key")
    plain = "".join(c for c in code.casefold() if c.isalnum())
    return hmac.new(key.encode(), plain.encode(), hashlib.sha256).hexdigest()


class Recovery(MfRecoveryCodesUtil):
    """Recovery codes that are shown once, and that nobody can read in the database."""

    def create_recovery_codes(self, user: Any) -> list[str]:
        """New codes of 48 random bits each; those there were are void."""
        store = Accounts().session
        store.execute(delete(RecoveryCode).where(RecoveryCode.account_id == user.id))
        plain = [secrets.token_hex(6) for _ in range(NUMBER)]
        store.add_all(RecoveryCode(account_id=user.id, seal=_seal(code)) for code in plain)
        store.flush()
        return ["-".join((code[:4], code[4:8], code[8:])) for code in plain]

    def get_recovery_codes(self, user: Any) -> list[str]:
        """None: they were seen once."""
        return []

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Use a code up. Of several requests with one code, one is told yes."""
        used = Accounts().session.execute(
            delete(RecoveryCode).where(RecoveryCode.account_id == user.id, RecoveryCode.seal == _seal(code))
        )
        return cast(CursorResult[Any], used).rowcount == 1

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        """Nothing is left to delete: checking did it."""
        return True


def left(account: Account) -> int:
    """How many recovery codes were not used yet."""
    count = select(func.count(RecoveryCode.id)).where(RecoveryCode.account_id == account.id)
    return Accounts().session.scalar(count) or 0
