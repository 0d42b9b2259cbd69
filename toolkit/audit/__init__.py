"""The audit: who did what, to what, when, from where, and with which result. Entries are only ever added.

`record` writes an entry in the caller's transaction, `note` one of its own, for what changes nothing else (a
download, a failed sign-in). `values` never hold titles, words of documents, passwords or keys: an entry is
read by people to whom the thing itself does not exist.

Each entry that stays is also handed to the log `audit`, as plain data beside the message.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from toolkit.access import Viewer
from toolkit.database import Database
from toolkit.records import AuditEntry, now

log = logging.getLogger("audit")
DONE, REFUSED = "done", "refused"
_PLACE: ContextVar[str] = ContextVar("place", default="")
_PENDING = "audited"


@contextmanager
def acting_from(place: str) -> Iterator[None]:
    """While the block runs, what is recorded comes from this network address; empty for a command."""
    before = _PLACE.set(place)
    try:
        yield
    finally:
        _PLACE.reset(before)


def record(
    session: Session, viewer: Viewer, act: str, noun: str, noun_id: str,
    *, organization_id: int | None = None, result: str = DONE, **values: Any,
) -> None:  # fmt: skip
    """Write that `viewer` did `act` to the thing `noun_id`; `values` must be plain JSON data."""
    entry = AuditEntry(
        at=now(), person_id=viewer.person_id, organization_id=organization_id, act=act, noun=noun,
        noun_id=noun_id[:80], place=_PLACE.get(), result=result, values=values,
    )  # fmt: skip
    session.add(entry)
    session.info.setdefault(_PENDING, []).append(_plain(entry))


def note(
    database: Database, viewer: Viewer, act: str, noun: str, noun_id: str,
    *, organization_id: int | None = None, result: str = DONE, **values: Any,
) -> None:  # fmt: skip
    """The same in a transaction of its own, which is over when this returns. Not while the caller writes: it
    would wait for the caller."""
    with database.open_for_maintenance() as session:
        record(session, viewer, act, noun, noun_id, organization_id=organization_id, result=result, **values)


def tell(viewer: Viewer, act: str, noun: str, noun_id: str, **values: Any) -> None:
    """Tell the log only: for what happens too often, and says too little, to be kept."""
    entry = AuditEntry(at=now(), person_id=viewer.person_id, act=act, noun=noun, noun_id=noun_id[:80],
                       place=_PLACE.get(), result=REFUSED, values=values)  # fmt: skip
    log.info(act, extra={"entry": _plain(entry)})


def _plain(entry: AuditEntry) -> dict[str, Any]:
    """An entry as plain data for the log: people and organisations by number, never by name."""
    return {
        "at": entry.at.isoformat(timespec="seconds"), "who": entry.person_id, "act": entry.act,
        "noun": entry.noun, "id": entry.noun_id, "organization": entry.organization_id,
        "place": entry.place, "result": entry.result, "values": entry.values,
    }  # fmt: skip


@event.listens_for(Session, "after_commit")
def _hand_over(session: Session) -> None:
    for entry in session.info.pop(_PENDING, ()):
        log.info(entry["act"], extra={"entry": entry})


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)
