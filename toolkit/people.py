"""People: add, find, change; what ties them to organisations; and who somebody is at one moment."""

from __future__ import annotations

import datetime as dt

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from sqlalchemy import BindParameter, Date, Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from toolkit import audit
from toolkit.access import VISITOR, Viewer, lima_day
from toolkit.errors import N_, Conflict, Invalid, NotFound
from toolkit.records import (
    Emergency,
    Membership,
    Moment,
    Organization,
    Party,
    Person,
    Post,
    email_key,
    now,
)
from toolkit.vocabulary import LANGUAGES

ROLES = ("member", "promoter")
PORTAL_ROLES = ("editor", "administrator")

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
    viewer: Viewer = VISITOR,
) -> None:  # fmt: skip
    """Change what is given; None leaves a field as it is. The audit names the fields, not their words."""
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
        audit.record(session, viewer, "change", "person", person.public_id, fields=changed,
                     portal_role=person.portal_role)  # fmt: skip
    session.flush()


def _current(session: Session, person: Person, organization: Organization) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.person_id == person.id,
            Membership.organization_id == organization.id,
            Membership.until.is_(None),
        )
    )


def join(
    session: Session, person: Person, organization: Organization, role: str, *, viewer: Viewer = VISITOR
) -> Membership:
    """Make `person` a `member` or `promoter` of `organization` from now, and give the membership.

    The same role again changes nothing; another role ends the membership there is and begins a new one,
    so that it stays known who could do what, and when.
    """
    _one_of("role", role, ROLES)
    standing = _current(session, person, organization)
    if standing is not None:
        if standing.role == role:
            return standing
        standing.until = now()
        session.flush()
    membership = Membership(person=person, organization=organization, role=role)
    session.add(membership)
    session.flush()
    audit.record(session, viewer, "join", "person", person.public_id, organization_id=organization.id,
                 role=role)  # fmt: skip
    return membership


def leave(session: Session, person: Person, organization: Organization, *, viewer: Viewer = VISITOR) -> None:
    """End the membership of `person` in `organization`, if there is one, from now."""
    standing = _current(session, person, organization)
    if standing is not None:
        standing.until = now()
        session.flush()
        audit.record(session, viewer, "leave", "person", person.public_id, organization_id=organization.id)


def appoint(
    session: Session, organization: Organization, holder: Person, since: dt.date | None = None,
    *, alternate: Person | None = None, until: dt.date | None = None, viewer: Viewer = VISITOR,
) -> Post:  # fmt: skip
    """Give the post «Coordinación» of `organization` to `holder` from `since` (today in Lima), until the
    end of the day `until` or without end, and make the holder a promoter.

    The term before ends the day before; one that would not have begun by then is taken away. The same
    holder without end is left as it is.
    """
    day = since or lima_day(now())
    terms = session.scalars(select(Post).where(Post.organization_id == organization.id)).all()
    for term in terms:
        if term.until is not None and term.until < day:
            continue
        if term.holder_id == holder.id and term.since <= day and term.until is None and until is None:
            join(session, holder, organization, "promoter", viewer=viewer)
            return term
        if term.since >= day:
            session.delete(term)
        else:
            term.until = day - dt.timedelta(days=1)
    post = Post(organization=organization, holder_id=holder.id, since=day, until=until,
                alternate_id=alternate.id if alternate else None)  # fmt: skip
    session.add(post)
    session.flush()
    audit.record(session, viewer, "appoint", "person", holder.public_id, organization_id=organization.id,
                 post=post.code, since=day.isoformat(), until=until and until.isoformat())  # fmt: skip
    join(session, holder, organization, "promoter", viewer=viewer)
    return post


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


def _standing_posts() -> Select[int]:
    """Organisations whose post a person holds on a day, or stands in for: the term is over, or the holder is
    marked absent.

    Of an organisation's terms the one begun last counts: an alternate steps back when a successor begins.
    """
    person: BindParameter[int] = bindparam("person")
    day, later = bindparam("day", type_=Date()), aliased(Post)
    begun_later = exists(
        select(later.id).where(
            later.organization_id == Post.organization_id,
            later.code == Post.code,
            later.since <= day,
            (later.since > Post.since) | ((later.since == Post.since) & (later.id > Post.id)),
        )
    )
    over = Post.until.is_not(None) & (Post.until < day)
    absent = Post.absent_from.is_not(None) & (Post.absent_from <= day)
    absent &= Post.absent_until.is_(None) | (Post.absent_until >= day)
    away = over | absent
    return (
        select(Post.organization_id)
        .join(Organization, Organization.id == Post.organization_id)
        .where(
            Post.since <= day,
            ((Post.holder_id == person) & ~away) | ((Post.alternate_id == person) & away),
            Organization.active.is_(True),
            ~begun_later,
        )
    )


def _joint_spaces() -> Select[int]:
    """Open joint spaces in which one of these organisations takes part."""
    return (
        select(Party.joint_id)
        .join(Organization, Organization.id == Party.joint_id)
        .where(Party.organization_id.in_(bindparam("led", expanding=True)), Organization.active.is_(True))
    )


def _open_emergencies() -> Select[int]:
    return select(Emergency.organization_id).where(
        Emergency.person_id == bindparam("person"), Emergency.until > bindparam("moment", type_=Moment())
    )


_ROLES, _POSTS, _JOINT, _EMERGENCIES = (
    _standing_roles(), _standing_posts(), _joint_spaces(), _open_emergencies(),
)  # fmt: skip
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
    posts = frozenset(session.scalars(_POSTS, {"person": person_id, "day": lima_day(moment)}))
    joint = frozenset(session.scalars(_JOINT, {"led": list(posts)})) if posts else posts
    emergencies: frozenset[int] = frozenset()
    if person.portal_role == "administrator":
        emergencies = frozenset(session.scalars(_EMERGENCIES, {"person": person_id, "moment": moment}))
    return Viewer(
        person_id=person.id, name=person.name, language=person.language, portal_role=person.portal_role,
        roles=frozenset((organization_id, role) for organization_id, role, _ in roles),
        trusted=frozenset(organization_id for organization_id, _, trusted in roles if trusted),
        coordinates=posts | joint, emergencies=emergencies,
    )  # fmt: skip
