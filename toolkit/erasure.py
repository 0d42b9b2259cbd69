"""Erasing a person: what says who they are is replaced, what they did for organisations stays without it.

Of the address a keyed digest is kept, under a key of the instance: with it `traces` can look whether the
address turns up again, and nobody can read it back. Whoever comes back later with the same address is
somebody new, and no trace.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, String, cast, delete, inspect, select, update
from sqlalchemy.orm import Session

from toolkit import audit, jobs, memberships, terms
from toolkit.access import VISITOR, Viewer
from toolkit.database import Database
from toolkit.errors import N_
from toolkit.outbox import NOWHERE
from toolkit.records import (
    Attendance,
    AuditEntry,
    Base,
    Erasure,
    Invitation,
    Job,
    Membership,
    Organization,
    OutboxMessage,
    Page,
    Person,
    Post,
    Request,
    email_key,
    now,
    unpack,
)

NAME = N_("Persona retirada")
"""What stands in place of the name, in the language of the portal's texts."""
_SIGNS = "!#$%&'*+/=?^_`{|}~.-"
ADDRESS = re.compile(rf"[\w{re.escape(_SIGNS)}]+@[\w\-]+(?:\.[\w\-]+)*")
"""What looks like an e-mail address inside a longer text."""


def seal(key: str, address: str) -> str:
    """The keyed digest of an address, however it is written."""
    return hmac.new(key.encode(), email_key(address).encode(), hashlib.sha256).hexdigest()


def leave_everything(session: Session, person: Person, viewer: Viewer = VISITOR) -> None:
    """End every membership and post of a person, their drafts handed over. Raises `terms.StillNeeded` while
    an organisation would be left without a coordination; nothing is changed then, if the caller rolls back.
    """
    own = select(Membership.organization_id).where(
        Membership.person_id == person.id, Membership.until.is_(None)
    )
    posts = select(Post.organization_id).where(
        (Post.holder_id == person.id) | (Post.alternate_id == person.id)
    )
    concerned = select(Organization).where(Organization.id.in_(own.union(posts))).order_by(Organization.id)
    organizations = session.scalars(concerned).all()
    for organization in organizations:
        terms.check_free(session, person, organization)
    for organization in organizations:
        memberships.leave(session, person, organization, viewer=viewer)


def erase(session: Session, person: Person, key: str, viewer: Viewer = VISITOR) -> None:
    """Take a person out of everything and replace what says who they are; `session` sees everything.

    Raises `terms.StillNeeded`. The account is the caller's: it goes before. A job then removes the messages
    that were written for the address and what the database's log still holds.
    """
    leave_everything(session, person, viewer)
    lost = _addresses_of(session, person, key)
    session.add_all(Erasure(digest=one, at=now()) for one in sorted(lost))
    _forget_messages(session, _among(key, lost))
    person.name, person.email = NAME, f"{person.public_id}{NOWHERE}"
    person.language, person.text_size, person.portal_role = "es", 100, None
    session.execute(update(Request).where(Request.person_id == person.id).values(message=""))
    session.execute(update(Attendance).where(Attendance.person_id == person.id).values(name=NAME))
    audit.record(session, viewer, "erase", "person", person.public_id)
    session.flush()
    session.execute(update(AuditEntry).where(AuditEntry.person_id == person.id).values(place=""))
    jobs.enqueue(session, "slow", "forget", person.public_id)


def _addresses_of(session: Session, person: Person, key: str) -> set[str]:
    """The digests of a person's address and of those they had before, as `people.change` wrote them down, but
    for one that somebody else has today."""
    former = select(AuditEntry.values["former"].as_string()).where(
        AuditEntry.act == "change", AuditEntry.noun == "person", AuditEntry.noun_id == person.public_id
    )
    others = select(Person.email).where(Person.id != person.id)
    known = {one for one in session.scalars(former) if one}
    taken = {seal(key, one) for one in session.scalars(others)} if known else set()
    return (known - taken) | {seal(key, person.email)}


def _among(key: str, digests: set[str]) -> Callable[[str], bool]:
    """A test for an address: is its digest one of these?"""

    @lru_cache(maxsize=100_000)
    def known(address: str) -> bool:
        return seal(key, address) in digests

    return known if digests else lambda _address: False


def _forget_messages(session: Session, lost: Callable[[str], bool]) -> None:
    """Delete what was written, or is to be written, to an address; take it out of what is kept."""
    written = ((OutboxMessage, OutboxMessage.recipient), (Request, Request.email),
               (Invitation, Invitation.email))  # fmt: skip
    for record, column in written:
        for number, value in session.execute(select(record.id, column).where(column.contains("@"))):
            if lost(value):
                session.execute(delete(record).where(record.id == number))
    for kept in (Job, AuditEntry, Request, OutboxMessage):
        _forget_in(session, kept, lost)
    session.flush()


def _forget_in(session: Session, record: Any, lost: Callable[[str], bool]) -> None:
    """Empty the values of a record that name an address; a job that works for it, or failed on it, is not
    needed any more."""
    named = cast(record.values, String).contains("@")
    if record is Job:
        named |= Job.trouble.contains("@")
    for row in session.scalars(select(record).where(named)):
        keep = {name: value for name, value in row.values.items() if not _names(value, lost)}
        if record is Job and (keep != row.values or _names(row.trouble, lost)):
            session.delete(row)
        elif keep != row.values:
            row.values = keep


def _names(value: Any, lost: Callable[[str], bool]) -> bool:
    """Does a text, or something in plain data, name such an address, and not one that ends like it?"""
    return any(lost(one) for text in _texts_in(value) for one in _addresses(text))


def _addresses(text: str) -> Iterator[str]:
    """What could be an address in a text, with and without the signs around it."""
    for one in ADDRESS.findall(text):
        yield one
        yield one.strip(_SIGNS)


def _texts_in(value: Any) -> Iterator[str]:
    """The texts in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts_in(one)


def sweep(database: Database, key: str, outbox: Path | None) -> None:
    """Remove the message files of erased addresses, and what the database's log still holds of them. What a
    job does after an erasure; it may run twice."""
    with database.open_for_maintenance(writing=False) as session:
        known = _erased(session, key)
    for path in _messages(outbox):
        if known(_recipient(path)):
            path.unlink(missing_ok=True)
    database.truncate_log()


def _messages(outbox: Path | None) -> list[Path]:
    return sorted(outbox.glob("*.eml")) if outbox is not None and outbox.is_dir() else []


def _recipient(path: Path) -> str:
    return str(message_from_bytes(path.read_bytes(), policy=policy.default)["To"] or "")


def _erased(session: Session, key: str) -> Callable[[str], bool]:
    """A test for an address: was it erased, and does nobody have it, or was invited with it, since?"""
    digests = set(session.scalars(select(Erasure.digest)))
    if digests:
        digests -= {seal(key, address) for address in session.scalars(select(Person.email))}
        digests -= {seal(key, address) for address in session.scalars(select(Invitation.email))}

    return _among(key, digests)


def traces(database: Database, key: str, outbox: Path | None, shelves: Path) -> list[str]:
    """Where the address of an erased person still stands, one line each: in rows and texts of the database,
    in messages, on shelves. The line does not repeat it."""
    with database.open_for_maintenance(writing=False) as session:
        if session.scalar(select(Erasure.id).limit(1)) is None:
            return []
        erased = _erased(session, key)

        def found_in(text: str) -> bool:
            return any(erased(one) for one in _addresses(text))

        found = [f"erased address in {place}" for place, text in _texts(session) if found_in(text)]
    for path in _messages(outbox):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if found_in(f"{message['To']} {message['Subject']} {message.get_content()}"):
            found.append(f"erased address in message {path.name}")
    for path in sorted(one for one in shelves.rglob("*") if one.is_file()):
        if found_in(path.read_bytes().decode("utf-8", "replace")):
            found.append(f"erased address on shelf {path.relative_to(shelves)}")
    return found


def _texts(session: Session) -> Iterator[tuple[str, str]]:
    """Every text of the database that could hold an address, with where it stands."""
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.local_table.description):
        table = mapper.local_table
        columns = [one for one in table.columns if isinstance(one.type, String | JSON)]
        keys = list(inspect(mapper).primary_key)
        for column in columns:
            wanted = select(*keys, column).where(cast(column, String).contains("@"))
            for row in session.execute(wanted):
                value, number = row[-1], "/".join(str(part) for part in row[:-1])
                yield f"{table.description}.{column.name} {number}", "\n".join(_texts_in(value))
    for page_id, packed in session.execute(select(Page.id, Page.packed)).yield_per(200):
        yield f"page {page_id}", unpack(packed)
