"""The link for a new password: for whom there is one, and what it carries."""

from __future__ import annotations

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.records import Account
from toolkit.records import Person, email_key


def make(session: Session, email: str) -> tuple[Person, str] | None:
    """The person with this address and a token that lets them set a password; None without one in force.

    `session` sees everything, and the application's context is open. The token is signed, dated, and bound
    to the account's mark, which every new password changes: it works once.
    """
    account = session.scalar(select(Account).join(Account.person).where(Person.email_key == email_key(email)))
    if account is None or not account.active:
        return None
    return account.person, generate_reset_password_token(account)
