"""What norms do to one another."""

from __future__ import annotations

from sqlalchemy import select

from toolkit import partial_dates
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Invalid, NotFound
from toolkit.norms.changes import check_may, note, reindex
from toolkit.records import Norm, NormRelation

DEEDS = {"amends": "amended", "repeals": "repealed", "replaces": "replaced", "regulates": "",
         "consolidates": ""}  # fmt: skip
"""What one norm does to another, and the state in which that leaves the other; empty where it stays."""


def add_relation(visit: Visit, norm: Norm, deed: str, other_slug: str, since: str = "") -> NormRelation:
    """Say what `norm` does to another, which changes the state of that one. `since` is a date as
    `partial_dates` writes it, empty where it is not known. Raises Invalid with the field."""
    check_may(visit)
    if deed not in DEEDS:
        raise Invalid(N_("Elija un valor de la lista."), field="deed")
    other = visit.session.scalars(select(Norm).where(Norm.slug == other_slug)).one_or_none()
    if other is None or other is norm:
        raise Invalid(N_("Elija otra norma de la lista."), field="other")
    since = partial_dates.check(since, "since")
    if since and other.dated and partial_dates.is_after(other.dated, since):
        raise Invalid(N_("La fecha no puede ser anterior a la de la otra norma."), field="since")
    if any(one.other is other and one.deed == deed for one in norm.does):
        raise Conflict(N_("Eso ya está anotado."))
    relation = NormRelation(deed=deed, other=other, since=since)
    norm.does.append(relation)
    if _rank(DEEDS[deed]) > _rank(other.state):
        other.state = DEEDS[deed]
    visit.session.flush()
    note(visit, "add", norm, deed=deed, other=other.number)
    reindex(visit, other)
    return relation


def get_relation(visit: Visit, public_id: str) -> NormRelation:
    """One relation, for an editor; NotFound, or Forbidden for others."""
    check_may(visit)
    wanted = select(NormRelation).where(NormRelation.public_id == public_id)
    found = visit.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def remove_relation(visit: Visit, relation: NormRelation) -> None:
    """Take back what was said; the state of the other norm stays until an editor changes it."""
    check_may(visit)
    norm, other = relation.norm, relation.other
    norm.does.remove(relation)
    visit.session.flush()
    note(visit, "remove", norm, deed=relation.deed, other=other.number)


def _rank(state: str) -> int:
    """How far a state is from «in force»: a later, weaker deed does not weaken what was said before."""
    return ("", "in_force", "amended", "replaced", "repealed").index(state)
