"""What ties people to organisations: joining, leaving with the hand-over of drafts, roles, trust.

`join`, `appoint` and `leave` take any session and check no right of the viewer: commands and other modules
call them. `change` and `remove` are what a coordination does on the page of its people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from toolkit import access, audit, handover, outbox, terms
from toolkit.access import VISITOR, Viewer, drafts
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Invitation, Membership, Organization, Person, Post, alphabetical, now

ROLES = ("member", "promoter")
ORDER = ("coordinator", "promoter", "member")


@dataclass(frozen=True)
class Member:
    """Somebody of an organisation for its page: `place` is coordinator today, promoter or member."""

    person: Person
    membership: Membership
    place: str


def _current(session: Session, person: Person, organization: Organization) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.person_id == person.id,
            Membership.organization_id == organization.id,
            Membership.until.is_(None),
        )
    )


Closed = Callable[[Session, Collection[int]], set[int]]
_CLOSED: list[Closed] = []


def knows_closed(ask: Closed) -> Closed:
    """Register who says which of some people have a closed account: signing in is not this module's."""
    _CLOSED.append(ask)
    return ask


def shut_out(session: Session, person: Person) -> bool:
    """Is this person's account closed, so that they could do nothing in a post?"""
    return any(person.id in ask(session, [person.id]) for ask in _CLOSED)


def belongs(session: Session, person: Person, organization: Organization) -> bool:
    """Has this person a membership in the organisation now?"""
    return _current(session, person, organization) is not None


def browse(visit: Visit, organization: Organization) -> list[Member]:
    """The people of an organisation, the coordination first, then by name; nobody for those who do not
    belong to it."""
    if organization.id not in visit.viewer.organizations:
        return []
    rows = visit.session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(Membership.organization_id == organization.id, Membership.until.is_(None))
        .options(contains_eager(Membership.person))
    )
    day = terms.today()
    leading = terms.acting_id(terms.current(terms.of(visit.session, organization.id), day), day)
    found = [Member(one.person, one, "coordinator" if one.person_id == leading else one.role) for one in rows]
    return sorted(found, key=lambda one: (ORDER.index(one.place), alphabetical(one.person.name)))


def get(visit: Visit, organization: Organization, public_id: str) -> Membership:
    """The membership that a person has now in this organisation. NotFound for a person of another one, and
    for viewers who do not belong to it."""
    found = visit.session.scalar(
        select(Membership)
        .join(Membership.person)
        .where(
            Person.public_id == public_id,
            Membership.organization_id == organization.id,
            Membership.until.is_(None),
        )
        .options(joinedload(Membership.person))
    )
    if found is None or organization.id not in visit.viewer.organizations:
        raise NotFound
    return found


def join(
    session: Session, person: Person, organization: Organization, role: str, *, viewer: Viewer = VISITOR
) -> Membership:
    """Make `person` a `member` or `promoter` of `organization` from now, and give the membership.

    The same role again changes nothing; another role ends the membership there is and begins a new one,
    so that it stays known who could do what, and when.
    """
    if role not in ROLES:
        raise Invalid(N_("«%(value)s» no es una de las opciones: %(allowed)s."), field="role", value=role,
                      allowed=", ".join(ROLES))  # fmt: skip
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


def admit(
    session: Session, person: Person, organization: Organization, role: str, *, viewer: Viewer = VISITOR
) -> Membership:
    """Like `join`, but a promoter stays one: an invitation or a request takes nothing away."""
    standing = _current(session, person, organization)
    if standing is not None and standing.role == "promoter":
        return standing
    return join(session, person, organization, role, viewer=viewer)


def appoint(
    session: Session, organization: Organization, holder: Person, since: dt.date | None = None,
    *, alternate: Person | None = None, until: dt.date | None = None, viewer: Viewer = VISITOR,
) -> Post:  # fmt: skip
    """Give the post «Coordinación» of `organization` to `holder` from `since` (today in Lima), until the
    end of the day `until` or without end, and make the holder a promoter. The term before ends the day
    before. This is the operator's way; people go through `toolkit.posts.record`."""
    term = place(session, organization, holder, since or terms.today(), alternate=alternate, until=until)
    audit.record(session, viewer, "appoint", "person", holder.public_id, organization_id=organization.id,
                 post=term.code, since=term.since.isoformat(),
                 until=until and until.isoformat())  # fmt: skip
    join(session, holder, organization, "promoter", viewer=viewer)
    handover.turn(session, organization)
    return term


def place(
    session: Session, organization: Organization, holder: Person, since: dt.date,
    *, alternate: Person | None = None, until: dt.date | None = None,
) -> Post:  # fmt: skip
    """Write the term. The one before ends the day before; one that would not have begun by then is taken
    away. The same holder without end goes on, perhaps with another alternate."""
    for term in terms.of(session, organization.id):
        if term.until is not None and term.until < since:
            continue
        if term.holder_id == holder.id and term.since <= since and term.until is None and until is None:
            term.alternate_id = alternate.id if alternate else term.alternate_id
            return term
        if term.since >= since:
            session.delete(term)
        else:
            term.until = since - terms.DAY
    post = Post(organization=organization, holder_id=holder.id, since=since, until=until,
                alternate_id=alternate.id if alternate else None)  # fmt: skip
    session.add(post)
    session.flush()
    return post


def leave(session: Session, person: Person, organization: Organization, *, viewer: Viewer = VISITOR) -> None:
    """End the membership of `person` in `organization`, if there is one, from now, and hand the drafts
    over to whoever coordinates today; what is published keeps its author. Both are told by e-mail.

    Raises `terms.StillNeeded` for whoever coordinates, or is to (product.md 5.5, rules 3 and 5). Every way
    out goes through here: leaving, being removed, erasure.
    """
    terms.check_free(session, person, organization, oneself=viewer.person_id == person.id)
    terms.release(session, person, organization)
    standing = _current(session, person, organization)
    if standing is None:
        return
    standing.until = now()
    session.flush()
    session.execute(drafts.forget_coauthor(organization.id, person.id))
    moved = handover.hand_over(session, person, organization, viewer=viewer)
    audit.record(session, viewer, "leave", "person", person.public_id, organization_id=organization.id)
    values = {"name": person.name, "organization": organization.name, "moved": moved}
    outbox.send(session, person.email, "left", values, person.language)


def _check_leads(visit: Visit, organization: Organization) -> None:
    """The viewer coordinates now: looked at anew, because somebody may have changed that meanwhile."""
    person_id = visit.viewer.person_id
    if not access.leads(visit.viewer, organization.id) or person_id is None:
        raise Forbidden
    if organization.id not in terms.coordinated_by(visit.session, person_id, terms.today()):
        raise Conflict(N_("Usted ya no coordina esta organización: otra persona lo cambió mientras tanto."))


def change(visit: Visit, membership: Membership, role: str, *, trusted: bool = False) -> None:
    """Give another role, or «de confianza», which only a promoter can be. For the coordination; nobody
    changes their own (product.md 5.4; 5.5, rule 3)."""
    organization, person = membership.organization, membership.person
    _check_leads(visit, organization)
    if person.id == visit.viewer.person_id:
        raise Forbidden(N_("Nadie cambia su propio papel en la organización."))
    _forget_invitations(visit, organization, person)
    standing = join(visit.session, person, organization, role, viewer=visit.viewer)
    trusted = trusted and role == "promoter"
    if standing.trusted != trusted:
        standing.trusted = trusted
        audit.record(visit.session, visit.viewer, "trust" if trusted else "distrust", "person",
                     person.public_id, organization_id=organization.id)  # fmt: skip
    visit.session.flush()


def remove(visit: Visit, membership: Membership) -> None:
    """Take somebody out of the organisation. For the coordination, and an administrator; for oneself there
    is `leave`. Raises `terms.StillNeeded` for whoever coordinates."""
    if not access.may_administer(visit.viewer):
        _check_leads(visit, membership.organization)
    if membership.person_id == visit.viewer.person_id:
        raise Forbidden(N_("Para salir usted de la organización, use «Salir de la organización»."))
    _forget_invitations(visit, membership.organization, membership.person)
    leave(visit.session, membership.person, membership.organization, viewer=visit.viewer)


def _forget_invitations(visit: Visit, organization: Organization, person: Person) -> None:
    """What the coordination says now counts more than an invitation to the person that still waits."""
    for one in visit.session.scalars(
        select(Invitation).where(
            Invitation.organization_id == organization.id,
            Invitation.email_key == person.email_key,
            Invitation.accepted_at.is_(None),
            Invitation.taken_back_at.is_(None),
        )
    ):
        one.taken_back_at = now()
        audit.record(visit.session, visit.viewer, "take_back", "invitation", one.public_id,
                     organization_id=organization.id)  # fmt: skip
