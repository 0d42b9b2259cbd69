"""The coordination space of several organisations: an `Organization` of the kind "joint" with `Party` rows.

An administrator proposes it; it opens when every party's coordination has agreed, and closes when every one
has agreed to that; each coordination is told of each step by e-mail. It stands in no directory, facet or
list; `access` shows it to those who belong to it and to the coordinations that are asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from toolkit import audit, letters, organizations
from toolkit.access import Viewer, may_administer
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Organization, Party, Person, now
from toolkit.spaces.fellows import heads


def propose(
    session: Session, slug: str, name: str, parties: Sequence[Organization], viewer: Viewer
) -> Organization:
    """Propose a joint space of these organisations, for an administrator; nobody can open it yet.

    Raises Forbidden, Invalid with the field (`organizations` for fewer than two, or for one that cannot take
    part), SlugTaken.
    """
    if not may_administer(viewer):
        raise Forbidden
    if len({one.id for one in parties}) < 2:
        raise Invalid(N_("Elija al menos dos organizaciones."), field="organizations")
    if any(one.kind == "joint" or not one.active for one in parties):
        raise Invalid(N_("Elija organizaciones que estén activas."), field="organizations")
    joint = organizations.add(session, slug, name, viewer=viewer)
    joint.kind, joint.active, joint.takes_requests = "joint", False, False
    session.add_all(Party(joint_id=joint.id, organization_id=one.id) for one in parties)
    session.flush()
    audit.record(session, viewer, "propose", "joint_space", slug, organization_id=joint.id,
                 parties=[one.slug for one in parties])  # fmt: skip
    _tell(session, joint, "proposed", [one.id for one in parties])
    return joint


def _tell(session: Session, joint: Organization, step: str, organization_ids: Iterable[int]) -> None:
    """Write to the coordinations of these parties; `step` is proposed, opened, closing or closed."""
    values = {"joint": joint.name, "slug": joint.slug, "step": step}
    letters.to_coordinations(session, organization_ids, "joint_space", values)


def parties(visit: Visit, joint: Organization) -> list[Party]:
    """The parties of a joint space with their organisations, by name; none for strangers."""
    found = visit.session.scalars(
        select(Party).where(Party.joint_id == joint.id).options(joinedload(Party.organization))
    )
    known = [one for one in found if one.organization is not None]
    return sorted(known, key=lambda one: organizations.alphabetical(one.organization))


def leading(visit: Visit, joint: Organization) -> list[tuple[Person, Organization]]:
    """Who coordinates a joint space today: the coordination of each party, with that party, by its name."""
    own = [one.organization for one in parties(visit, joint)]
    found = heads(visit, [one.id for one in own])
    return [(found[one.id], one) for one in own if one.id in found]


def get_to_agree(visit: Visit, slug: str) -> Organization:
    """The joint space with this slug, proposed or open, for the coordination of a party; NotFound for
    everybody else."""
    joint = visit.session.scalar(
        select(Organization).where(Organization.slug == slug, Organization.kind == "joint")
    )
    if joint is None or not _own(visit, joint):
        raise NotFound
    return joint


def _own(visit: Visit, joint: Organization) -> list[Party]:
    """The parties for which the viewer speaks."""
    return [one for one in parties(visit, joint) if one.organization_id in visit.viewer.coordinates]


def open_up(visit: Visit, joint: Organization) -> bool:
    """Agree to the opening, for the parties whose coordination the viewer holds; does it stand open now?"""
    if _is_closed(visit, joint):
        raise Conflict(N_("Este espacio conjunto se cerró."))
    own = [one for one in _own(visit, joint) if one.opened_at is None]
    if not own:
        raise Conflict(N_("Su organización ya dio su conformidad."))
    for one in own:
        one.opened_at, one.opened_by = now(), visit.viewer.person_id
    visit.session.flush()
    _note(visit, joint, "agree_to_open", own)
    if all(one.opened_at for one in _every(visit, joint)):
        joint.active = True
        visit.session.flush()
        _note(visit, joint, "open", own)
        _tell(visit.session, joint, "opened", [one.organization_id for one in parties(visit, joint)])
    return joint.active


def close_down(visit: Visit, joint: Organization) -> bool:
    """Agree to the closing, likewise; is it closed now? Until every party has agreed it stays open."""
    if not joint.active:
        raise Conflict(N_("Este espacio conjunto no está abierto."))
    own = [one for one in _own(visit, joint) if one.closed_at is None]
    if not own:
        raise Conflict(N_("Su organización ya dio su conformidad."))
    for one in own:
        one.closed_at, one.closed_by = now(), visit.viewer.person_id
    visit.session.flush()
    _note(visit, joint, "agree_to_close", own)
    every = parties(visit, joint)
    if _is_closed(visit, joint):
        _tell(visit.session, joint, "closed", [one.organization_id for one in every])
        joint.active = False
        visit.session.flush()
        _note(visit, joint, "close", own)
    else:
        _tell(visit.session, joint, "closing", [one.organization_id for one in every if not one.closed_at])
    return not joint.active


def keep_open(visit: Visit, joint: Organization) -> None:
    """Take the agreement to a closing back, as long as the space is open."""
    if not joint.active:
        raise Conflict(N_("Este espacio conjunto no está abierto."))
    own = [one for one in _own(visit, joint) if one.closed_at is not None]
    for one in own:
        one.closed_at = one.closed_by = None
    visit.session.flush()
    _note(visit, joint, "keep_open", own)


def _is_closed(visit: Visit, joint: Organization) -> bool:
    return all(one.closed_at for one in _every(visit, joint))


def _every(visit: Visit, joint: Organization) -> Sequence[Party]:
    """All parties, also one that is suspended, whose organisation the viewer does not see: nobody agrees for
    it."""
    return visit.session.scalars(select(Party).where(Party.joint_id == joint.id)).all()


def _note(visit: Visit, joint: Organization, act: str, own: list[Party]) -> None:
    audit.record(visit.session, visit.viewer, act, "joint_space", joint.slug, organization_id=joint.id,
                 parties=[one.organization.slug for one in own])  # fmt: skip
