"""The browsers in which a person is signed in: which they are, and ending them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import g
from sqlalchemy import delete, select

from portal.accounts.records import Account, SignIn
from portal.accounts.sign_ins import NOT_REMEMBERED, REMEMBERED
from portal.accounts.store import Accounts
from toolkit import audit
from toolkit.access import Viewer
from toolkit.errors import N_, NotFound
from toolkit.records import now

NAMES = (
    ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("Edg/", "Edge"), ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"), ("YaBrowser/", "Yandex"), ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
"""Marks in a User-Agent and whose they are. The first that stands there counts: many claim to be others."""
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


class NoSignIn(NotFound):
    """It is over already, or it is somebody else's."""

    default = N_("Ese ingreso ya no está abierto.")


@dataclass(frozen=True)
class Browser:
    """One sign-in, as its person sees it. `browser` and `system` are empty where they are not known."""

    reference: str
    browser: str
    system: str
    address: str
    begun: dt.datetime
    seen: dt.datetime
    remembered: bool
    this: bool


def _first(marks: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in marks if mark in agent), "")


def described(agent: str) -> tuple[str, str]:
    """Browser and system that a User-Agent names: ("Firefox", "Android"); empty for what it does not say."""
    return _first(NAMES, agent), _first(SYSTEMS, agent)


def _rows(person_id: int) -> list[SignIn]:
    moment = now()
    rows = Accounts().session.scalars(
        select(SignIn).join(SignIn.account).where(Account.person_id == person_id)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )  # fmt: skip
    limits = {True: REMEMBERED, False: NOT_REMEMBERED}
    return [
        row for row in rows
        if moment - row.seen_at <= limits[row.remembered][0]
        and moment - row.begun_at <= limits[row.remembered][1]
    ]  # fmt: skip


def _reference(row: SignIn) -> str:
    """What names a sign-in on its person's page: no number, for numbers would tell how many there are."""
    return row.key_digest[:20]


def browse(person_id: int) -> list[Browser]:
    """The sign-ins of a person that still hold, this one first, then those seen last."""
    found = []
    for row in _rows(person_id):
        name, system = described(row.device)
        found.append(
            Browser(_reference(row), name, system, row.address, row.begun_at, row.seen_at, row.remembered,
                    row.id == g.get("sign_in_id"))
        )  # fmt: skip
    return sorted(found, key=lambda one: not one.this)


def end(viewer: Viewer, reference: str) -> None:
    """End one of the viewer's own sign-ins; raises `NoSignIn`."""
    row = next((row for row in _rows(viewer.person_id or 0) if _reference(row) == reference), None)
    if row is None:
        raise NoSignIn
    _end(viewer, [row])


def end_others(viewer: Viewer) -> int:
    """End all but the one in hand; gives how many they were."""
    rows = [row for row in _rows(viewer.person_id or 0) if row.id != g.get("sign_in_id")]
    _end(viewer, rows)
    return len(rows)


def _end(viewer: Viewer, rows: list[SignIn]) -> None:
    store = Accounts().session
    if not rows:
        return
    public_id = rows[0].account.person.public_id
    store.execute(delete(SignIn).where(SignIn.id.in_([row.id for row in rows])))
    audit.record(store, viewer, "end_sign_ins", "account", public_id, count=len(rows))
    store.flush()
