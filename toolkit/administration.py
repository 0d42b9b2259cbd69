"""What administrators do with people and organisations (product.md 5.4): look them up, give portal
roles, take memberships away, add and suspend organisations, settle successions.

Every function asks `access.may_administer` of the visit, which was opened for the viewer of this moment:
whoever lost the role a moment ago does nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from toolkit import access, audit, invitations, memberships, organizations, outbox, people, terms
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.jobs import enqueue
from toolkit.records import Membership, Organization, Person, Post, Request, alphabetical, email_key
from toolkit.spaces import joint

PER_PAGE = 20
REASON = 500
"""Characters of a reason."""


@dataclass(frozen=True)
class Shown:
    """A page of people, by name."""

    people: list[Person] = field(default_factory=list)
    total: int = 0
    page: int = 1
    last: int = 1


@dataclass(frozen=True)
class Standing:
    """What ties somebody to organisations: memberships, the ended ones too, and terms held or stood by."""

    memberships: Sequence[Membership]
    posts: Sequence[Post]


def _check(visit: Visit) -> None:
    if not access.may_administer(visit.viewer):
        raise Forbidden


def reason_of(words: str) -> str:
    """The reason of an act; raises `Invalid` without one."""
    words = " ".join(words.split())
    if not words:
        raise Invalid(N_("Escriba el motivo: queda en la auditoría."), field="reason")
    if len(words) > REASON:
        raise Invalid(N_("Use como máximo %(n)s caracteres."), field="reason", n=REASON)
    return words


def find_people(visit: Visit, words: str = "", page: int = 1) -> Shown:
    """People whose name or address holds the words, `PER_PAGE` a page; everybody without words."""
    _check(visit)
    wanted = select(Person)
    for word in words.split()[:8]:
        literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        wanted = wanted.where(
            or_(
                Person.name.ilike(f"%{literal}%", escape="\\"),
                Person.email_key.like(f"%{email_key(literal)}%", escape="\\"),
            )
        )
    found = visit.session.execute(wanted.with_only_columns(Person.id, Person.name)).all()
    ids = [one.id for one in sorted(found, key=lambda one: (alphabetical(one.name), one.id))]
    last = max(1, -(-len(ids) // PER_PAGE))
    page = min(max(1, page), last)
    here = ids[(page - 1) * PER_PAGE : page * PER_PAGE]
    rows = visit.session.scalars(select(Person).where(Person.id.in_(here)))
    return Shown(sorted(rows, key=lambda one: here.index(one.id)), len(ids), page, last)


def person(visit: Visit, public_id: str) -> Person:
    """The person with this identifier; raises NotFound."""
    _check(visit)
    found = visit.session.scalar(select(Person).where(Person.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def standing(visit: Visit, somebody: Person) -> Standing:
    """Memberships and terms of a person, the newest first."""
    _check(visit)
    tied = visit.session.scalars(
        select(Membership)
        .where(Membership.person_id == somebody.id)
        .order_by(Membership.since.desc(), Membership.id.desc())
        .options(joinedload(Membership.organization))
    )
    held = visit.session.scalars(
        select(Post)
        .where(or_(Post.holder_id == somebody.id, Post.alternate_id == somebody.id))
        .order_by(Post.since.desc(), Post.id.desc())
        .options(joinedload(Post.organization))
    )
    return Standing(tied.all(), held.all())


def give_role(visit: Visit, somebody: Person, role: str) -> None:
    """Make somebody an editor, an administrator, or neither (empty). Nobody changes their own role, and one
    administrator stays (product.md 5.5, rule 3). The person is told by e-mail."""
    _check(visit)
    if role not in ("", *people.PORTAL_ROLES):
        raise Invalid(N_("Elija uno de los papeles de la lista."), field="role")
    if somebody.id == visit.viewer.person_id:
        raise Forbidden(N_("Nadie cambia su propio papel en el portal."))
    if (somebody.portal_role or "") == role:
        return
    others = select(func.count(Person.id)).where(
        Person.portal_role == "administrator", Person.id != somebody.id
    )
    if somebody.portal_role == "administrator" and not visit.session.scalar(others):
        raise Conflict(N_("El portal quedaría sin nadie que lo administre."))
    was, somebody.portal_role = somebody.portal_role, role or None
    visit.session.flush()
    audit.record(visit.session, visit.viewer, "give_role", "person", somebody.public_id, role=role or "none",
                 was=was or "none")  # fmt: skip
    outbox.send(visit.session, somebody.email, "portal_role", {"name": somebody.name, "role": role},
                somebody.language)  # fmt: skip


def remove(visit: Visit, somebody: Person, slug: str) -> None:
    """Take somebody out of an organisation; the audit says who did. Raises NotFound where there is no
    membership, `terms.StillNeeded` for whoever coordinates."""
    _check(visit)
    found = visit.session.scalar(
        select(Membership)
        .join(Membership.organization)
        .where(Membership.person_id == somebody.id, Membership.until.is_(None), Organization.slug == slug)
    )
    if found is None:
        raise NotFound
    memberships.remove(visit, found)


def every_organization(visit: Visit) -> list[Organization]:
    """All of them by name, also those that are suspended, and joint spaces."""
    _check(visit)
    return sorted(visit.session.scalars(select(Organization)), key=organizations.alphabetical)


def organization(visit: Visit, slug: str) -> Organization:
    """The organisation or joint space with this slug; raises NotFound."""
    _check(visit)
    found = organizations.find(visit.session, slug)
    if found is None:
        raise NotFound
    return found


def members(visit: Visit, one: Organization) -> list[Membership]:
    """Who belongs to it now, by name."""
    _check(visit)
    rows = visit.session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(Membership.organization_id == one.id, Membership.until.is_(None))
        .options(contains_eager(Membership.person))
    )
    return sorted(rows, key=lambda each: (alphabetical(each.person.name), each.person_id))


def add_organization(visit: Visit, slug: str, name: str, email: str = "", **more: str) -> Organization:
    """Add an organisation and, where an address is given, invite its first promoter. Raises `Invalid` with
    the field, `SlugTaken`."""
    _check(visit)
    made = organizations.add(visit.session, slug, name, viewer=visit.viewer, **more)
    if email:
        invitations.invite(visit, made, email, "promoter")
    return made


def change_organization(visit: Visit, one: Organization, **fields: str) -> None:
    """Change its profile."""
    _check(visit)
    organizations.change(visit.session, one, viewer=visit.viewer, **fields)


def suspend_organization(visit: Visit, one: Organization, reason: str) -> None:
    """Close an organisation: from the next request its people are no members by it, and it stands in no
    directory. Nothing is deleted. What it published for everybody stays."""
    _set_active(visit, one, active=False, reason=reason)


def restore_organization(visit: Visit, one: Organization, reason: str) -> None:
    """Open it again."""
    _set_active(visit, one, active=True, reason=reason)


def _set_active(visit: Visit, one: Organization, *, active: bool, reason: str) -> None:
    _check(visit)
    if one.kind == "joint":
        raise Conflict(N_("Un espacio conjunto lo abren y lo cierran sus partes."))
    reason = reason_of(reason)
    if one.active == active:
        raise Conflict(N_("Ya está así: otra persona lo cambió."))
    one.active = active
    visit.session.flush()
    audit.record(visit.session, visit.viewer, "restore" if active else "suspend", "organization", one.slug,
                 organization_id=one.id, reason=reason)  # fmt: skip
    enqueue(visit.session, "index", "index_organization", str(one.id))


def without_coordination(visit: Visit) -> list[Organization]:
    """Active organisations in which nobody coordinates today, by name."""
    day = terms.today()
    known: dict[int, list[Post]] = {}
    for term in visit.session.scalars(select(Post)):
        known.setdefault(term.organization_id, []).append(term)
    return [
        one for one in every_organization(visit)
        if one.active and one.kind == "organization"
        and terms.acting_id(terms.current(known.get(one.id, []), day), day) is None
    ]  # fmt: skip


def propose_joint(visit: Visit, slug: str, name: str, slugs: Sequence[str]) -> Organization:
    """Propose a joint space to the organisations with these slugs; it opens when all have agreed."""
    _check(visit)
    parties = [one for one in every_organization(visit) if one.slug in slugs]
    return joint.propose(visit.session, slug, name, parties, visit.viewer)


def successions(visit: Visit) -> list[Request]:
    """Successions that wait for an administrator, the oldest first."""
    _check(visit)
    found = visit.session.scalars(
        select(Request)
        .where(Request.kind == "succession", Request.state == "waiting")
        .order_by(Request.created_at, Request.id)
        .options(joinedload(Request.organization))
    )
    return list(found)


def holder_for(visit: Visit, email: str, name: str) -> Person:
    """The person to hold a post: by address; somebody who is new gets a record under the name given."""
    _check(visit)
    found = people.find(visit.session, people.address(email))
    if found is not None:
        return found
    if not name.strip():
        raise Invalid(N_("Nadie tiene este correo todavía: escriba también el nombre."), field="name")
    return people.add(visit.session, name, email, viewer=visit.viewer)
