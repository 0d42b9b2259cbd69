"""Co-authors: people of the organisation with whom the author of a draft shares it. They read the draft; they
do not change it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from toolkit import audit, catalogue, memberships, outbox
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.records import Coauthor, Person, Resource, alphabetical


def get_draft(visit: Visit, public_id: str) -> Resource:
    """A draft of the viewer's own. NotFound for what the viewer does not see, Forbidden for a co-author,
    Conflict for what is no draft any more."""
    resource = catalogue.get_to_change(visit, public_id)
    if resource.state != "draft":
        raise Conflict(
            N_("Solo un borrador tiene coautores: lo publicado lo lee quien indica su visibilidad.")
        )
    if resource.created_by != visit.viewer.person_id:
        raise Forbidden
    return resource


def browse(visit: Visit, resource: Resource) -> list[Person]:
    """Who is named for a draft, by name."""
    rows = visit.session.scalars(
        select(Coauthor).where(Coauthor.resource_id == resource.id).options(joinedload(Coauthor.person))
    )
    return sorted((one.person for one in rows if one.person), key=lambda one: alphabetical(one.name))


def possible(visit: Visit, resource: Resource) -> list[Person]:
    """The people of the organisation but the author."""
    everyone = memberships.browse(visit, resource.organization)
    return [one.person for one in everyone if one.person.id != visit.viewer.person_id]


def name(visit: Visit, resource: Resource, public_ids: Collection[str]) -> None:
    """Let exactly these people read the draft; who is new among them is told by e-mail. Raises `Invalid` for
    somebody who does not belong."""
    candidates = {one.public_id: one for one in possible(visit, resource)}
    if not set(public_ids) <= candidates.keys():
        raise Invalid(N_("Elija a personas de la lista."), field="people")
    rows = visit.session.scalars(select(Coauthor).where(Coauthor.resource_id == resource.id)).all()
    before = {one.person.public_id: one for one in rows if one.person}
    for public_id in before.keys() - set(public_ids):
        visit.session.delete(before[public_id])
    for public_id in set(public_ids) - before.keys():
        named = candidates[public_id]
        visit.session.add(Coauthor(resource_id=resource.id, person_id=named.id))
        values = {"name": named.name, "author": visit.viewer.name, "id": resource.public_id}
        outbox.send(visit.session, named.email, "coauthor", values, named.language)
    if before.keys() != set(public_ids):
        audit.record(visit.session, visit.viewer, "name_coauthors", "resource", resource.public_id,
                     organization_id=resource.organization_id, people=sorted(public_ids))  # fmt: skip
    visit.session.flush()
