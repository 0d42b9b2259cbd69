"""The credentials session: unscoped, opened by `portal.accounts` only, on the request's own connection.

It shares the connection, and so the transaction, with the request's visit: one commit covers both, and
neither waits for the other (on two connections the second writer would wait out the busy timeout).
"""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, g
from flask_security import SQLAlchemyUserDatastore
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import viewer
from portal.accounts.records import Account
from toolkit.records import Person, email_key


class Accounts:
    """What Flask-Security calls the database: an object with a `session`."""

    @property
    def session(self) -> Session:
        """The credentials session of this request, opened at its first use."""
        if "accounts" not in g:
            g.accounts = Session(bind=viewer.connection(), join_transaction_mode="rollback_only")
            g.setdefault("before_commit", []).append(g.accounts.commit)
        return cast(Session, g.accounts)


class AccountStore(SQLAlchemyUserDatastore):
    """Finds accounts by the address of their person, and ends sign-ins when a password changes."""

    def __init__(self) -> None:
        super().__init__(Accounts(), Account, None)  # type: ignore[arg-type]

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        """The account with this `email` (however written) or with this value in a column of its own."""
        ((field, value),) = by.items()
        where = Person.email_key == email_key(value) if field == "email" else getattr(Account, field) == value
        return self.db.session.scalar(select(Account).join(Account.person).where(where))

    def set_uniquifier(self, user: Account, uniquifier: str | None = None) -> None:  # type: ignore[override]
        """Every change of password comes through here: no sign-in begun before it stays, nor any link."""
        user.end_everything()

    def commit(self) -> None:
        """Write, but leave the commit to the end of the request, where there is one for everything."""
        self.db.session.flush()


def set_up(app: Flask) -> None:
    """Close the session with its request."""

    @app.teardown_request
    def close(_trouble: Any) -> None:
        if "accounts" in g:
            g.pop("accounts").close()
