"""Sign-ins as rows: find the one of this browser, say who is looking, end one.

Limits (ASVS 5.0 7.3.1 and 7.3.2): with «Recordarme» 14 days without use and 90 days in all; without it
2 hours without use and 12 hours in all. The trial proposed 30 minutes without use; that would end sign-ins
of people who fill in a long form, or wait for a weak line, between two requests, and cost them their text.
"""

from __future__ import annotations

import datetime as dt

from flask import current_app, g, request, session
from flask_login.config import COOKIE_NAME
from flask_login.utils import decode_cookie
from flask_security.utils import set_request_attr
from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import Session

from portal import viewer
from portal.accounts.records import LONGEST_LIFE, Account, SignIn, digest
from portal.accounts.store import Accounts
from toolkit import people
from toolkit.access import VISITOR, Viewer
from toolkit.database import Busy
from toolkit.records import now

REMEMBERED = (dt.timedelta(days=14), LONGEST_LIFE)
NOT_REMEMBERED = (dt.timedelta(hours=2), dt.timedelta(hours=12))
"""Longest time without use, and longest life."""
TOUCH = dt.timedelta(minutes=5)
"""How old the last sight of a sign-in may be before it is written again."""


_BY_KEY = select(SignIn).where(SignIn.key_digest == bindparam("digest"))


def key() -> str | None:
    """The sign-in key that this browser brought: in its session cookie, else in the remember cookie."""
    kept = session.get("_user_id")
    if kept:
        return str(kept)
    cookie = request.cookies.get(current_app.config.get("REMEMBER_COOKIE_NAME", COOKIE_NAME))
    return decode_cookie(cookie) if cookie else None


def find(store: Session, sign_in_key: str, moment: dt.datetime) -> SignIn | None:
    """The sign-in with this key, with account and person, if it still holds at `moment`: one query."""
    row = store.scalar(_BY_KEY, {"digest": digest(sign_in_key)})
    if row is None or not row.account.active:
        return None
    idle, life = REMEMBERED if row.remembered else NOT_REMEMBERED
    if moment - row.seen_at > idle or moment - row.begun_at > life:
        return None
    return row


def resolve(connection: Connection) -> Viewer:
    """Who is looking (`portal.viewer` asks): the person of this browser's sign-in, else a visitor."""
    sign_in_key = key()
    if sign_in_key is None:
        return VISITOR
    moment = now()
    with Session(bind=connection, join_transaction_mode="rollback_only") as store:
        row = find(store, sign_in_key, moment)
        if row is None:
            return VISITOR
        found = people.viewer_of(store, row.account.person_id, moment)
        number, seen = row.id, row.seen_at
        g.sign_in_id = row.id
        g.has_factor = row.account.tf_primary_method is not None
    if moment - seen > TOUCH:
        _touch(connection, number, moment)
    return found


def before() -> Viewer:
    """Who was signed in by this browser until its sign-in grew too old; a visitor where none did, or where
    it was ended. Nothing is shown for this: it says only to whom a page may tell that it needs a sign-in."""
    sign_in_key = key()
    if sign_in_key is None:
        return VISITOR
    with viewer.instance().database.connect() as short, Session(bind=short) as store:
        row = store.scalar(_BY_KEY, {"digest": digest(sign_in_key)})
        known = row is not None and row.account.active
        return people.viewer_of(store, row.account.person_id, now()) if row and known else VISITOR


def _touch(connection: Connection, number: int, moment: dt.datetime) -> None:
    """Write when the sign-in was last seen: with the request's own writing, else in a short transaction
    of its own that is over before the request writes anything; a busy database is left in peace."""
    statement = update(SignIn).where(SignIn.id == number).values(seen_at=moment)
    if connection.get_execution_options().get("writing"):
        connection.execute(statement)
        return
    try:
        short = viewer.instance().database.connect(writing=True)
    except Busy:
        return
    with short:
        short.execute(statement)
        short.commit()


def load(sign_in_key: str) -> Account | None:
    """The account for Flask-Login's `current_user`, by the same rule as `resolve`."""
    row = find(Accounts().session, sign_in_key, now())
    if row is None:
        session.pop("_user_id", None)
        return None
    g.sign_in_id = row.id
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    row.account.remembering = row.remembered
    return row.account


def end_this(_app: object, **_: object) -> None:
    """End the sign-in of this browser: copies of its cookies are dead with it."""
    number = g.pop("sign_in_id", None)
    if number is not None:
        Accounts().session.execute(delete(SignIn).where(SignIn.id == number))
