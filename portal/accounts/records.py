"""The tables of sign-in: the account beside a person, and each sign-in as a row.

They stand on the metadata of `toolkit.records`. No visit ever shows them: they are read through the
credentials session of `portal.accounts.store` only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from flask import g, request, session
from flask_security import UserMixin
from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, delete, false
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from toolkit.access import SCOPES, Viewer
from toolkit.records import Base, Moment, Person, now

LONGEST_LIFE = dt.timedelta(days=90)
"""No sign-in lives longer, whatever was ticked."""


def digest(key: str) -> str:
    """What the database keeps of a sign-in key: whoever reads the table cannot sign in with it."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_mark() -> str:
    """A new value of `fs_uniquifier`, to which links for a new password are bound."""
    return secrets.token_hex(32)


class Account(Base, UserMixin):
    """The means of one person to sign in. The address, the name and the language stay with the person."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None] = mapped_column(String(255), default=None)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=new_mark)
    tf_primary_method: Mapped[str | None] = mapped_column(String(16), default=None)
    tf_totp_secret: Mapped[str | None] = mapped_column(String(400), default=None)
    totp_counter: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    roles = []  # noqa: RUF012 - nobody adds to it
    """What a person may do comes from `toolkit.access`, never from roles of Flask-Security."""
    remembering = False
    """Was «Recordarme» ticked for the sign-in in hand? Set by the form, or by the row that is loaded."""

    @property
    def email(self) -> str:  # type: ignore[override]
        """The address of the person, for Flask-Security."""
        return self.person.email

    def end_everything(self) -> None:
        """End every sign-in, and make worthless every link that was sent before."""
        store = self._store()
        self.fs_uniquifier = new_mark()
        store.execute(delete(SignIn).where(SignIn.account_id == self.id))
        store.execute(delete(SignInLink).where(SignInLink.account_id == self.id))

    def _store(self) -> Session:
        store = object_session(self)
        if store is None:
            raise RuntimeError("the account is not in a session")
        return store

    def begin_sign_in(self) -> str:
        """Add a sign-in row and give its key, which both cookies carry (`LoginManager.id_attribute`).

        Whatever the browser brought in its session cookie is dropped, so that nothing planted before a
        sign-in is of use after it.
        """
        session.clear()
        g.pop("csrf_token", None)
        key, moment = secrets.token_urlsafe(32), now()
        store = self._store()
        store.execute(
            delete(SignIn).where(SignIn.account_id == self.id, SignIn.begun_at < moment - LONGEST_LIFE)
        )
        row = SignIn(
            account_id=self.id, key_digest=digest(key), begun_at=moment, seen_at=moment,
            remembered=bool(self.remembering), device=request.headers.get("User-Agent", "")[:200],
            address=(request.remote_addr or "")[:45],
        )  # fmt: skip
        store.add(row)
        store.flush()
        g.sign_in_id = row.id
        return key


class SignIn(Base):
    """One browser that is signed in. Both its cookies hold the key; they die with the row."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    begun_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    seen_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    remembered: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class RecoveryCode(Base):
    """A code for whoever lost the telephone: a seal made with a key of the instance, deleted by its use."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    seal: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("account_id", "seal"),)


class SignInLink(Base):
    """A mailed link that signs its person in once. The key itself stands in the mail only."""

    __tablename__ = "sign_in_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[dt.datetime] = mapped_column(Moment)


class Passkey(Base):
    """A key in a telephone, a computer or a small device, which signs in alone: it asks for a finger, a face
    or a number before it answers. Only its public half stands here."""

    __tablename__ = "passkey"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(1024))
    sign_count: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    used_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)


def _nobody(viewer: Viewer, record: Any) -> Any:
    return false()


SCOPES.update(dict.fromkeys((Account, SignIn, RecoveryCode, SignInLink, Passkey), _nobody))
