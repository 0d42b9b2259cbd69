"""Invitations: an organisation asks somebody in by e-mail, for fourteen days, once.

The key stands in the mailed link only; the database keeps its digest. `open_with`, `accept` and `ask_again`
take a session that sees everything, because whoever holds the key may be a visitor to whom no organisation's
invitations exist; they look at nothing but the one invitation that the key names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from toolkit import access, audit, memberships, outbox, people
from toolkit.access import Viewer
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Invitation, Membership, Organization, Person, Request, email_key, now

LIFE = dt.timedelta(days=14)
MOST_WAITING = 100
"""Invitations of one organisation that may wait at once: nobody sends mail to the world from here."""


class Useless(NotFound):
    """No invitation has this key."""

    default = N_("Este enlace no corresponde a ninguna invitación. Revise que esté completo, tal como llegó.")


class Over(Conflict):
    """The invitation was used, taken back, or its organisation is closed."""

    default = N_("Esta invitación ya no sirve: se usó antes o la organización la retiró.")


class Expired(Conflict):
    """Fourteen days have passed."""

    default = N_("Esta invitación venció. Puede pedir a la organización que le envíe otra.")


class ForSomebodyElse(Forbidden):
    """Signed in with another address than the invited one."""

    default = N_(
        "Esta invitación es para otra dirección. Salga, abra otra vez el enlace del correo e ingrese con la "
        "cuenta de esa dirección."
    )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _waits(invitation: Invitation) -> bool:
    return invitation.accepted_at is None and invitation.taken_back_at is None


def expired(invitation: Invitation) -> bool:
    """Have its fourteen days passed?"""
    return invitation.expires_at <= now()


def _check_may(visit: Visit, organization: Organization) -> None:
    if not (access.leads(visit.viewer, organization.id) or access.may_administer(visit.viewer)):
        raise Forbidden


def browse(visit: Visit, organization: Organization) -> list[Invitation]:
    """The invitations of an organisation that wait or have run out, the oldest first, for its
    coordination."""
    found = visit.session.scalars(
        select(Invitation)
        .where(
            Invitation.organization_id == organization.id,
            Invitation.accepted_at.is_(None),
            Invitation.taken_back_at.is_(None),
        )
        .order_by(Invitation.created_at, Invitation.id)
    )
    return list(found)


def get(visit: Visit, organization: Organization, public_id: str) -> Invitation:
    """An invitation of this organisation that has not been answered; NotFound for any other."""
    found = next((one for one in browse(visit, organization) if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def invite(visit: Visit, organization: Organization, email: str, role: str) -> Invitation:
    """Invite somebody; inviting again renews what waits, with a new key and another fourteen days. For the
    coordination, and administrators. The answer says nothing about who has an account.

    Raises `Invalid` with the field, Conflict for somebody who belongs already. Nobody invites themselves: an
    administrator would open a private space that way.
    """
    _check_may(visit, organization)
    email = people.address(email)
    if role not in memberships.ROLES:
        raise Invalid(N_("Elija qué podrá hacer la persona."), field="role")
    known = people.find(visit.session, email)
    if known is not None and known.id == visit.viewer.person_id:
        raise Invalid(N_("Nadie cambia su propio papel en la organización."), field="email")
    waiting = browse(visit, organization)
    standing = next((one for one in waiting if one.email_key == email_key(email)), None)
    if standing is None:
        if known is not None and memberships.belongs(visit.session, known, organization):
            raise Invalid(N_("Esa persona ya pertenece a la organización."), field="email")
        if len(waiting) >= MOST_WAITING:
            raise Conflict(N_("Hay demasiadas invitaciones sin responder. Retire las que ya no hagan falta."))
        standing = Invitation(organization_id=organization.id, email=email)
        visit.session.add(standing)
    standing.role = role
    renew(visit, organization, standing)
    return standing


def renew(visit: Visit, organization: Organization, invitation: Invitation) -> None:
    """Send it anew: another key, fourteen days from now. The link sent before is dead."""
    _check_may(visit, organization)
    key = secrets.token_urlsafe(32)
    invitation.key_digest, invitation.expires_at = _digest(key), now() + LIFE
    invitation.invited_by, invitation.asked_again_at = visit.viewer.person_id, None
    visit.session.flush()
    audit.record(visit.session, visit.viewer, "invite", "invitation", invitation.public_id,
                 organization_id=organization.id, role=invitation.role)  # fmt: skip
    known = people.find(visit.session, invitation.email)
    values = {"organization": organization.name, "inviter": visit.viewer.name, "key": key, "days": LIFE.days}
    outbox.send(visit.session, invitation.email, "invitation", values, known.language if known else "es")


def take_back(visit: Visit, organization: Organization, invitation: Invitation) -> None:
    """The organisation wants it no more: its link is dead."""
    _check_may(visit, organization)
    invitation.taken_back_at = now()
    visit.session.flush()
    audit.record(visit.session, visit.viewer, "take_back", "invitation", invitation.public_id,
                 organization_id=organization.id)  # fmt: skip


def open_with(session: Session, key: str) -> Invitation:
    """The invitation that a key names, run out or not. Raises `Useless`, or `Over` where it is answered,
    taken back, or its organisation closed."""
    found = session.scalar(
        select(Invitation)
        .where(Invitation.key_digest == _digest(key))
        .options(joinedload(Invitation.organization))
    )
    if found is None:
        raise Useless
    if not _waits(found) or not found.organization.active:
        raise Over
    return found


def waiting_for(session: Session, person: Person) -> Invitation | None:
    """The newest invitation in force to a person's own address, for whoever signed in to answer it."""
    return session.scalar(
        select(Invitation)
        .join(Invitation.organization)
        .where(
            Invitation.email_key == person.email_key,
            Invitation.accepted_at.is_(None),
            Invitation.taken_back_at.is_(None),
            Invitation.expires_at > now(),
            Organization.active.is_(True),
        )
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
        .limit(1)
    )


def inviter(session: Session, invitation: Invitation) -> str:
    """The name of whoever invites; nothing when that person is gone."""
    person = session.get(Person, invitation.invited_by) if invitation.invited_by is not None else None
    return person.name if person else ""


def accept(session: Session, invitation: Invitation, person: Person) -> Membership:
    """Make the invited person a member, once; a promoter stays one. Raises `Over`, `Expired`, and
    `ForSomebodyElse` for another address than the invited one."""
    if not _waits(invitation) or not invitation.organization.active:
        raise Over
    if expired(invitation):
        raise Expired
    if person.email_key != invitation.email_key:
        raise ForSomebodyElse
    viewer = Viewer(person_id=person.id)
    invitation.accepted_at, invitation.accepted_by = now(), person.id
    membership = memberships.admit(session, person, invitation.organization, invitation.role, viewer=viewer)
    _answer_request(session, invitation, person)
    audit.record(session, viewer, "accept", "invitation", invitation.public_id,
                 organization_id=invitation.organization_id, role=invitation.role)  # fmt: skip
    session.flush()
    return membership


def _answer_request(session: Session, invitation: Invitation, person: Person) -> None:
    """Whoever had also asked to join is in: that request waits no more."""
    asked = session.scalars(
        select(Request).where(
            Request.kind == "join",
            Request.state == "waiting",
            Request.organization_id == invitation.organization_id,
            Request.person_id == person.id,
        )
    )
    for request in asked:
        request.state, request.decided_at, request.decided_by = "granted", now(), invitation.invited_by


def ask_again(session: Session, invitation: Invitation) -> None:
    """Whoever opens it late asks for a new one; the coordination sees so beside the invitation. Once is
    enough."""
    if not expired(invitation):
        raise Conflict(N_("Esta invitación todavía sirve: puede aceptarla."))
    if invitation.asked_again_at is None:
        invitation.asked_again_at = now()
        audit.record(session, Viewer(), "ask_again", "invitation", invitation.public_id,
                     organization_id=invitation.organization_id)  # fmt: skip
        session.flush()
