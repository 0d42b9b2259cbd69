"""Emergency access (product.md 5.5, rule 8): an administrator reads the private contents of an organisation
for sixty minutes, with a reason, opened by a second person, told to the coordination at once, written down.

What it opens is said in `toolkit.access`: the published contents, by address and in lists; no search, no
drafts, no space. It ends by the clock, which every request asks anew.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from toolkit import audit, outbox, terms
from toolkit.access import Viewer, may_administer
from toolkit.database import Database, Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Emergency, Organization, Party, Person, Resource, now

LIFE = dt.timedelta(minutes=60)
WAITS = dt.timedelta(hours=24)
"""How long somebody else may open what was asked for."""
LONGEST = 1000
SHOWN = 50


def state(emergency: Emergency) -> str:
    """`waiting` for a second person, `open`, or `over`: ended, declined, or asked for too long ago."""
    moment = now()
    if emergency.until is not None:
        return "open" if emergency.opened_at is not None and emergency.until > moment else "over"
    return "waiting" if moment - emergency.asked_at < WAITS else "over"


def may_oversee(viewer: Viewer) -> bool:
    """Administrators and editors are the second pair of eyes."""
    return may_administer(viewer) or viewer.editor


def browse(visit: Visit) -> list[Emergency]:
    """The newest, for administrators and editors, and for the coordination they concern."""
    found = visit.session.scalars(
        select(Emergency)
        .order_by(Emergency.asked_at.desc(), Emergency.id.desc())
        .options(joinedload(Emergency.person), joinedload(Emergency.organization))
        .limit(SHOWN)
    )
    return list(found)


def waiting(visit: Visit) -> list[Emergency]:
    """Those that the viewer may open as the second person."""
    if not may_oversee(visit.viewer):
        return []
    found = (one for one in browse(visit) if one.person_id != visit.viewer.person_id)
    return [one for one in found if state(one) == "waiting"]


def get(visit: Visit, public_id: str) -> Emergency:
    """One of them; NotFound for whoever it does not concern."""
    found = visit.session.scalar(select(Emergency).where(Emergency.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def opener(visit: Visit, emergency: Emergency) -> str:
    """The name of the second person, who opened it; empty where nobody did, or is not to be known."""
    return visit.session.scalar(select(Person.name).where(Person.id == emergency.opened_by)) or ""


def current(visit: Visit) -> list[Emergency]:
    """Those by which the viewer reads private contents at this moment."""
    if not visit.viewer.emergencies:
        return []
    return [one for one in browse(visit) if one.person_id == visit.viewer.person_id and state(one) == "open"]


def ask(visit: Visit, organization: Organization, reason: str) -> Emergency:
    """An administrator asks for access to an organisation's contents. The other administrators and the
    editors are told by e-mail. Raises `Invalid` with the field, Conflict while one waits or is open."""
    if not may_administer(visit.viewer) or visit.viewer.person_id is None:
        raise Forbidden
    reason = reason.strip()
    if not reason:
        raise Invalid(N_("Escriba el motivo: lo leerá la coordinación de la organización."), field="reason")
    if len(reason) > LONGEST:
        raise Invalid(N_("Use como máximo %(n)s caracteres."), field="reason", n=LONGEST)
    if any(one.person_id == visit.viewer.person_id and state(one) != "over" for one in browse(visit)):
        raise Conflict(N_("Usted ya tiene un acceso pedido o abierto. Termínelo antes de pedir otro."))
    emergency = Emergency(organization_id=organization.id, person_id=visit.viewer.person_id, reason=reason)
    visit.session.add(emergency)
    visit.session.flush()
    _note(visit, "ask", emergency)
    others = select(Person).where(Person.portal_role.is_not(None), Person.id != visit.viewer.person_id)
    values = {"asker": visit.viewer.name, "organization": organization.name, "reason": reason,
              "id": emergency.public_id}  # fmt: skip
    for one in visit.session.scalars(others):
        outbox.send(visit.session, one.email, "emergency_asked", {**values, "name": one.name}, one.language)
    return emergency


def grant(visit: Visit, emergency: Emergency) -> None:
    """The second person opens it, from now for sixty minutes; the coordination is told in the same moment.
    Raises Forbidden for whoever asked, Conflict where nothing waits."""
    if not may_oversee(visit.viewer):
        raise Forbidden
    if emergency.person_id == visit.viewer.person_id:
        raise Forbidden(N_("Lo abre otra persona: nadie abre su propio acceso de emergencia."))
    if state(emergency) != "waiting":
        raise Conflict(N_("Este acceso ya no espera respuesta."))
    if emergency.person is None or emergency.person.portal_role != "administrator":
        raise Conflict(N_("Quien lo pidió ya no administra el portal."))
    emergency.opened_by, emergency.opened_at = visit.viewer.person_id, now()
    emergency.until = emergency.opened_at + LIFE
    visit.session.flush()
    _note(visit, "open", emergency)
    with visit.open_for_maintenance() as session:  # an editor does not see joint spaces and their parties
        _tell_coordination(session, session.get_one(Emergency, emergency.id), visit.viewer.name)


def end(visit: Visit, emergency: Emergency) -> None:
    """End it before its time, take it back, or decline it: whoever asked, or the second pair of eyes."""
    if not may_oversee(visit.viewer):
        raise Forbidden
    if state(emergency) == "over":
        raise Conflict(N_("Este acceso ya terminó."))
    emergency.until = now()
    visit.session.flush()
    _note(visit, "end", emergency)


def witness(
    database: Database, viewer: Viewer, page: str, *, resource: str = "", slug: str = "", **place: Any
) -> None:
    """Write down that the viewer, within an emergency access, opened `page`: a resource or an organisation
    whose contents it opens, or a page that lists. What belongs to others concerns nobody here."""
    with database.open_for_maintenance() as session:
        for organization_id in viewer.emergencies:
            owned = select(Resource.id).where(
                Resource.public_id == resource, Resource.organization_id == organization_id
            )
            if resource and session.scalar(owned) is None:
                continue
            organization = session.get_one(Organization, organization_id)
            if slug and slug != organization.slug:
                continue
            noun = "resource" if resource else "organization" if slug else "page"
            audit.record(session, viewer, "emergency_read", noun, resource or slug or page,
                         organization_id=organization_id, page=page, **place)  # fmt: skip


def _tell_coordination(session: Session, emergency: Emergency, opener: str) -> None:
    """To whoever coordinates today; where nobody does, to all who hold the post or stand by."""
    ids = [emergency.organization_id]
    if emergency.organization.kind == "joint":
        ids = list(
            session.scalars(select(Party.organization_id).where(Party.joint_id == emergency.organization_id))
        )
    values = {"asker": emergency.person.name, "opener": opener, "organization": emergency.organization.name,
              "reason": emergency.reason, "slug": emergency.organization.slug,
              "until": emergency.until and emergency.until.isoformat()}  # fmt: skip
    for one in _coordination(session, ids):
        outbox.send(session, one.email, "emergency_opened", {**values, "name": one.name}, one.language)


def _coordination(session: Session, organization_ids: list[int]) -> list[Person]:
    found: dict[int, Person] = {}
    for organization_id in organization_ids:
        acting = terms.acting(session, organization_id)
        held = [acting] if acting else []
        if not held:
            for term in terms.of(session, organization_id)[:1]:
                held = [one for one in (term.holder, term.alternate) if one is not None]
        found |= {one.id: one for one in held}
    return list(found.values())


def _note(visit: Visit, act: str, emergency: Emergency) -> None:
    audit.record(visit.session, visit.viewer, f"{act}_emergency", "emergency", emergency.public_id,
                 organization_id=emergency.organization_id)  # fmt: skip
    visit.session.flush()
