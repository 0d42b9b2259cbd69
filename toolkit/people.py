"""People: add, find, change; and who somebody is at one moment.

What ties them to organisations stands in `toolkit.memberships`; its `join`, `leave` and `appoint` are
given on here, because whoever adds a person needs them too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from toolkit import audit, terms
from toolkit.access import VISITOR, Viewer, lima_day
from toolkit.errors import N_, Conflict, Invalid, NotFound
from toolkit.memberships import ROLES, appoint, join, leave
from toolkit.records import (
    Emergency,
    Membership,
    Moment,
    Organization,
    Person,
    email_key,
)
from toolkit.vocabulary import LANGUAGES

PORTAL_ROLES = ("editor", "administrator")

__all__ = [
    "PORTAL_ROLES", "ROLES", "AddressTaken", "UnknownPerson", "add", "address", "appoint", "change", "find",
    "get", "join", "leave", "oneself", "viewer_of",
]  # fmt: skip

for _domain in ("local", "localhost", "test"):  # the library's own way to take addresses of a house network
    if _domain in SPECIAL_USE_DOMAIN_NAMES:
        SPECIAL_USE_DOMAIN_NAMES.remove(_domain)


class AddressTaken(Conflict):
    """Somebody else has this e-mail address."""

    default = N_("Ya hay una persona con el correo «%(email)s».")


class UnknownPerson(NotFound):
    """Nobody has this e-mail address."""

    default = N_("No hay ninguna persona con el correo «%(email)s».")


def _name(name: str) -> str:
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not cleaned:
        raise Invalid(N_("Escriba el nombre."), field="name")
    if len(cleaned) > 200:
        raise Invalid(N_("Use como máximo %(n)s caracteres."), field="name", n=200)
    return cleaned


def address(email: str) -> str:
    """The address as it will be kept; raises `Invalid`. It asks no server whether the mailbox exists."""
    if not email.strip():
        raise Invalid(N_("Escriba el correo electrónico."), field="email")
    try:
        validate_email(email.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as trouble:
        raise Invalid(N_("«%(email)s» no es un correo electrónico."), field="email", email=email) from trouble
    return email.strip()


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise Invalid(N_("«%(value)s» no es una de las opciones: %(allowed)s."), field=field, value=value,
                      allowed=", ".join(allowed))  # fmt: skip
    return value


def add(
    session: Session, name: str, email: str, language: str = "es", *, portal_role: str | None = None,
    viewer: Viewer = VISITOR,
) -> Person:  # fmt: skip
    """Add a person and give it back. Raises `Invalid` with the field, `AddressTaken`."""
    person = Person(
        name=_name(name), email=address(email), language=_one_of("language", language, LANGUAGES),
        portal_role=portal_role and _one_of("portal_role", portal_role, PORTAL_ROLES),
    )  # fmt: skip
    if find(session, email) is not None:
        raise AddressTaken(email=email)
    session.add(person)
    session.flush()
    audit.record(session, viewer, "add", "person", person.public_id, portal_role=portal_role)
    return person


def find(session: Session, email: str) -> Person | None:
    """The person with this address, however it is written, among those the session sees; or None."""
    return session.scalar(select(Person).where(Person.email_key == email_key(email)))


def get(session: Session, email: str) -> Person:
    """The person with this address; raises `UnknownPerson`."""
    person = find(session, email)
    if person is None:
        raise UnknownPerson(email=email)
    return person


def oneself(session: Session, viewer: Viewer) -> Person:
    """The person who is looking; raises NotFound for a visitor."""
    person = session.get(Person, viewer.person_id) if viewer.person_id is not None else None
    if person is None:
        raise NotFound
    return person


def change(
    session: Session, person: Person, *, name: str | None = None, email: str | None = None,
    language: str | None = None, text_size: int | None = None, portal_role: str | None = None,
    former: str | None = None, viewer: Viewer = VISITOR,
) -> None:  # fmt: skip
    """Change what is given; None leaves a field as it is. The audit names the fields, not their words;
    `former` is the keyed digest of the address that is given up (`erasure.seal`): by it, it is erased."""
    if email is not None:
        email = address(email)
        other = find(session, email)
        if other is not None and other is not person:
            raise AddressTaken(email=email)
    wanted = {
        "name": None if name is None else _name(name),
        "email": email,
        "language": language and _one_of("language", language, LANGUAGES),
        "text_size": text_size,
        "portal_role": portal_role and _one_of("portal_role", portal_role, PORTAL_ROLES),
    }
    changed = [key for key, value in wanted.items() if value is not None and getattr(person, key) != value]
    for key in changed:
        setattr(person, key, wanted[key])
    if set(changed) - {"text_size"}:
        said: dict[str, Any] = {"former": former} if former is not None and "email" in changed else {}
        audit.record(session, viewer, "change", "person", person.public_id, fields=changed,
                     portal_role=person.portal_role, **said)  # fmt: skip
    session.flush()


def _standing_roles() -> Select[int, str, bool]:
    moment = bindparam("moment", type_=Moment())
    return (
        select(Membership.organization_id, Membership.role, Membership.trusted)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            Membership.person_id == bindparam("person"),
            Membership.since <= moment,
            Membership.until.is_(None) | (Membership.until > moment),
            Organization.active.is_(True),
        )
    )


def _open_emergencies() -> Select[int]:
    return select(Emergency.organization_id).where(
        Emergency.person_id == bindparam("person"), Emergency.until > bindparam("moment", type_=Moment())
    )


_ROLES, _EMERGENCIES = _standing_roles(), _open_emergencies()
"""Every request of somebody signed in asks these: made once, because making them costs more than asking."""


def viewer_of(session: Session, person_id: int, moment: dt.datetime) -> Viewer:
    """Who this person is at `moment`: active memberships, posts held that day in Lima, portal role. The
    coordination of a party belongs to the coordination of its joint spaces.

    `session` must see everything. Raises NotFound for an unknown id.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    roles = session.execute(_ROLES, {"person": person_id, "moment": moment}).all()
    emergencies: frozenset[int] = frozenset()
    if person.portal_role == "administrator":
        emergencies = frozenset(session.scalars(_EMERGENCIES, {"person": person_id, "moment": moment}))
    return Viewer(
        person_id=person.id, name=person.name, language=person.language, portal_role=person.portal_role,
        roles=frozenset((organization_id, role) for organization_id, role, _ in roles),
        trusted=frozenset(organization_id for organization_id, _, trusted in roles if trusted),
        coordinates=terms.coordinated_by(session, person_id, lima_day(moment)), emergencies=emergencies,
    )  # fmt: skip
