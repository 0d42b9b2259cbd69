"""Mailed links: for a new password, to sign in once, to confirm a new address. For whom there is one, what it
carries, and using it.

`make…` run in the worker, with a session that sees everything and the application's context open, so that the
answer to asking never looks at the accounts; the rest runs in a request, on the credentials session.
"""

from __future__ import annotations

import datetime as dt
import secrets

from flask_security.proxies import _security
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import check_and_get_token_status
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.records import Account, SignInLink, digest
from portal.accounts.store import Accounts
from portal.viewer import instance
from toolkit import erasure, outbox, people
from toolkit.access import Viewer
from toolkit.records import Person, email_key, now

LIFE = dt.timedelta(minutes=15)
"""How long a link signs in."""
CONFIRM_WITHIN = dt.timedelta(hours=2)
"""How long a new address can be confirmed."""


def make_reset(session: Session, email: str) -> tuple[Person, str] | None:
    """The person with this address and a token that lets them set a password; None without one in force.

    The token is signed, dated, and bound to the account's mark, which every new password changes: it works
    once.
    """
    account = _in_force(session, email)
    return None if account is None else (account.person, generate_reset_password_token(account))


def make_sign_in(session: Session, email: str) -> tuple[Person, str] | None:
    """The person with this address and a key that signs them in once, within `LIFE`; None without an
    account in force. Keys made before stay good until their time, so that a late mail works."""
    account = _in_force(session, email)
    if account is None:
        return None
    key = secrets.token_urlsafe(32)
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now()))
    session.add(SignInLink(account_id=account.id, key_digest=digest(key), expires_at=now() + LIFE))
    return account.person, key


def make_address(session: Session, person_id: int, email: str) -> tuple[Person, str] | None:
    """The person and a token that confirms `email` as their address; None where somebody has it already, or
    the account is closed. It is bound to the account's mark: it works once, and not after a new password."""
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None or not account.active or people.find(session, email) is not None:
        return None
    return account.person, str(_security.change_email_serializer.dumps([account.fs_uniquifier, email]))


def _in_force(session: Session, email: str) -> Account | None:
    return session.scalar(
        select(Account)
        .join(Account.person)
        .where(Person.email_key == email_key(email), Account.active.is_(True))
    )


def holds(key: str) -> bool:
    """Would this key sign somebody in now? Nothing is used up."""
    found = select(SignInLink.id).where(SignInLink.key_digest == digest(key), SignInLink.expires_at > now())
    return Accounts().session.scalar(found) is not None


def use(key: str) -> Account | None:
    """Use a key up and give its account; None where it was used, is too old or never was."""
    store = Accounts().session
    account_id = store.scalar(
        delete(SignInLink)
        .where(SignInLink.key_digest == digest(key), SignInLink.expires_at > now())
        .returning(SignInLink.account_id)
    )
    account = store.get(Account, account_id) if account_id is not None else None
    return account if account is not None and account.active else None


def address_in(token: str) -> tuple[Account, str] | None:
    """Whose address a token changes, and to which; None for a token that does not hold."""
    late, wrong, said = check_and_get_token_status(token, "change_email", CONFIRM_WITHIN)
    if late or wrong or not (isinstance(said, list) and len(said) == 2):
        return None
    account = Accounts().session.scalar(select(Account).where(Account.fs_uniquifier == str(said[0])))
    return (account, str(said[1])) if account is not None and account.active else None


def change_address(account: Account, email: str) -> None:
    """Make `email` the address of the account's person, end every sign-in and link, and tell the old address.

    Raises `AddressTaken` where somebody took it meanwhile.
    """
    store, person, old = Accounts().session, account.person, account.email
    people.change(store, person, email=email, viewer=Viewer(person_id=person.id),
                  former=erasure.seal(instance().erasure_key, old))  # fmt: skip
    account.end_everything()
    words = {"name": person.name, "contact": instance().settings["CONTACT"]}
    outbox.send(store, old, "email_changed", words, person.language)
