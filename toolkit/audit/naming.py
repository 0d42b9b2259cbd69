"""Of whom and of what the entries of the audit speak, by name.

What an entry is about has a name where the reader's own session shows it (`things`). People have one there,
and beyond it those whom `people` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from toolkit.database import Visit
from toolkit.records import (
    Action,
    AuditEntry,
    Emergency,
    Initiative,
    Invitation,
    Meeting,
    Membership,
    Organization,
    Person,
    Request,
    Resource,
    Share,
)

READING = ("ask_emergency", "emergency_read")
"""What only an administrator does, whatever that person is today."""
EMERGENCY = (*READING, "open_emergency", "end_emergency")
INTERNAL = (
    *EMERGENCY, "add", "appoint", "change", "correct", "distrust", "granted_succession", "hand_over",
    "invite", "join", "leave", "legal_order", "move", "propose", "record", "refused_succession", "restore",
    "set_end", "suspend", "take_back", "trust", "withdraw",
)  # fmt: skip
"""What is done in, or to, an organisation only by its own people and by those who run the portal."""
PEOPLE = ("person", "holder", "alternate", "author", "heir", "people")
"""Details that hold public ids of people."""
ORGANIZATIONS = ("receiver", "organizations", "parties")
"""Details that hold organisations, by number or by slug."""
THINGS: dict[str, tuple[Any, Any]] = {
    "action": (Action, Action.code),
    "resource": (Resource, Resource.public_id),
    "request": (Request, Request.public_id),
    "share": (Share, Share.public_id),
    "initiative": (Initiative, Initiative.slug),
    "invitation": (Invitation, Invitation.public_id),
    "emergency": (Emergency, Emergency.public_id),
    "meeting": (Meeting, Meeting.public_id),
    "organization": (Organization, Organization.slug),
    "joint_space": (Organization, Organization.slug),
    "post": (Organization, Organization.slug),
}


@dataclass(frozen=True)
class Known:
    """People by number: (name, portal role); by public id: name; by entry those who are named beyond the
    session; organisations by number and by slug: name; things by (noun, id): the row."""

    people: dict[int, tuple[str, str]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    beyond: dict[int, tuple[str, str]] = field(default_factory=dict)
    organizations: dict[int | str, str] = field(default_factory=dict)
    things: dict[tuple[str, str], Any] = field(default_factory=dict)


def know(visit: Visit, rows: Sequence[AuditEntry]) -> Known:
    """All that the viewer may be told about who and what stands in these entries."""
    numbers = {row.person_id for row in rows if row.person_id is not None}
    ids = {one for row in rows for one in public_ids(row)}
    known = Known(organizations=_organizations(visit, rows), things=things(visit, rows))
    for person in _select(visit.session, numbers, ids):
        known.people[person.id] = (person.name, person.portal_role or "")
        known.ids[person.public_id] = person.name
    people(visit, rows, known)
    return known


def accountable(visit: Visit) -> ColumnElement[bool]:
    """Is the entry one of an organisation that the viewer coordinates, and was it written by its own people
    of that day or by those who run the portal?"""
    belonged = exists(
        select(Membership.id).where(
            Membership.person_id == AuditEntry.person_id,
            Membership.organization_id == AuditEntry.organization_id,
            Membership.since <= AuditEntry.at,
            or_(Membership.until.is_(None), Membership.until >= AuditEntry.at),
        )
    )
    return and_(
        AuditEntry.organization_id.in_(visit.viewer.coordinates),
        or_(AuditEntry.act.in_(INTERNAL), belonged),
    )


def beyond(visit: Visit, words: str) -> list[int]:
    """Numbers of the people whom `people` names, and whose name holds these words."""
    if not visit.viewer.coordinates:
        return []
    shown = select(Person.id)
    wanted = select(AuditEntry.person_id).where(AuditEntry.person_id.not_in(shown), accountable(visit))
    strangers = {one for one in visit.session.scalars(wanted.distinct()) if one is not None}
    with visit.open_for_maintenance() as session:  # see `people`
        found = list(_select(session, strangers, ())) if strangers else []
    return [one.id for one in found if words.casefold() in one.name.casefold()]


def people(visit: Visit, rows: Sequence[AuditEntry], known: Known) -> None:
    """Name to a coordination, beyond its session, who answers for what was done in its organisation: those
    who run the portal, above all the administrator who read by emergency access (product.md 5.5, rule 8:
    «full log»; 5.4: «any, logged»), and its own people who left since.

    With `beyond`, which looks among the same, it is the only place where an entry names somebody whom the
    viewer's session does not show. People of
    other organisations, who download or ask for something, stay without a name. Only the name and the portal
    role are told, no address.
    """
    strangers = {row.person_id for row in rows if row.person_id is not None} - known.people.keys()
    wanted = select(AuditEntry.id).where(AuditEntry.person_id.in_(strangers), accountable(visit))
    told = set(visit.session.scalars(wanted)) if strangers and visit.viewer.coordinates else set()
    own = [row for row in rows if row.organization_id in visit.viewer.coordinates and row.act in INTERNAL]
    ids = {one for row in own for one in public_ids(row)} - known.ids.keys()
    entries = {row.id: row.person_id for row in rows if row.id in told and row.person_id is not None}
    if not entries and not ids:
        return
    with visit.open_for_maintenance() as session:
        found = list(_select(session, set(entries.values()), ids))
    names = {one.id: (one.name, one.portal_role or "") for one in found}
    known.beyond.update({entry: names[one] for entry, one in entries.items() if one in names})
    known.ids.update({one.public_id: one.name for one in found if one.public_id in ids})


def _select(session: Any, numbers: Iterable[int], ids: Iterable[str]) -> Iterable[Any]:
    wanted = select(Person.id, Person.public_id, Person.name, Person.portal_role)
    return session.execute(wanted.where(or_(Person.id.in_(list(numbers)), Person.public_id.in_(list(ids)))))


def public_ids(row: AuditEntry) -> list[str]:
    """The people of whom an entry speaks, beside the one who acted."""
    found = [row.noun_id] if row.noun in ("person", "account") else []
    for name in PEOPLE:
        value = row.values.get(name)
        found += value if isinstance(value, list) else [value] if value else []
    return found


def things(visit: Visit, rows: Sequence[AuditEntry]) -> dict[tuple[str, str], Any]:
    """What the entries are about, as far as the viewer's session shows it."""
    found: dict[tuple[str, str], Any] = {}
    for noun, (record, key) in THINGS.items():
        ids = {row.noun_id for row in rows if row.noun == noun}
        if ids:
            for one in visit.session.scalars(select(record).where(key.in_(ids))):
                found[noun, getattr(one, key.key)] = one
    return found


def _organizations(visit: Visit, rows: Sequence[AuditEntry]) -> dict[int | str, str]:
    marks = {row.organization_id for row in rows if row.organization_id is not None}
    slugs: set[str] = set()
    for row in rows:
        for name in ORGANIZATIONS:
            value = row.values.get(name)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, int):
                    marks.add(one)
                elif isinstance(one, str):
                    slugs.add(one)
    wanted = select(Organization.id, Organization.slug, Organization.name)
    found: dict[int | str, str] = {}
    for one in visit.session.execute(
        wanted.where(or_(Organization.id.in_(marks), Organization.slug.in_(slugs)))
    ):
        found[one.id] = found[one.slug] = one.name
    return found
