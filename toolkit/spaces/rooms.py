"""Whose space somebody may open, and when they were there before."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import bindparam, or_, select, update

from toolkit import organizations
from toolkit.access import Viewer, leads, uploads_for
from toolkit.database import Busy, Database, Visit
from toolkit.errors import Forbidden, NotFound
from toolkit.records import Membership, Moment, Organization, alphabetical, now

A_VISIT_ENDS = dt.timedelta(minutes=30)
"""Nobody there for so long: the next opening is a new visit."""
TOUCH = dt.timedelta(minutes=5)
"""How old the last sight may be before it is written again."""


def browse(visit: Visit) -> list[Organization]:
    """The organisations whose space this viewer may open, by name, joint spaces after one's own."""
    return sorted(_among(visit, visit.viewer.organizations), key=lambda one: one.kind == "joint")


def suspended(visit: Visit) -> list[str]:
    """Names of the suspended organisations to which the viewer belongs. In no session of theirs are these
    there any more; but who belongs to one knows it, and is to be told why its space is closed."""
    with visit.open_for_maintenance() as session:
        found = session.scalars(
            select(Organization.name)
            .join(Membership, Membership.organization_id == Organization.id)
            .where(
                Membership.person_id == visit.viewer.person_id, Membership.until.is_(None),
                Organization.kind == "organization", Organization.active.is_(False),
            )
        )  # fmt: skip
        return sorted(found, key=alphabetical)


def uploadable(visit: Visit) -> list[Organization]:
    """The organisations for which this viewer may create materials, by name."""
    return _among(visit, uploads_for(visit.viewer))


def _among(visit: Visit, ids: frozenset[int]) -> list[Organization]:
    every = visit.session.scalars(select(Organization).where(Organization.id.in_(ids)))
    return sorted(every, key=organizations.alphabetical)


def get(visit: Visit, slug: str) -> Organization:
    """The organisation with this slug, for whoever belongs to it; NotFound for everybody else."""
    organization = visit.session.scalar(select(Organization).where(Organization.slug == slug))
    if organization is None or organization.id not in visit.viewer.organizations:
        raise NotFound
    return organization


def get_to_lead(visit: Visit, slug: str) -> Organization:
    """Like `get`, for its coordination; Forbidden for others who belong to it."""
    organization = get(visit, slug)
    if not leads(visit.viewer, organization.id):
        raise Forbidden
    return organization


_MINE = (
    select(Membership)
    .join(Organization, Organization.id == Membership.organization_id)
    .where(
        Organization.slug == bindparam("slug"),
        Membership.person_id == bindparam("person"),
        Membership.since <= bindparam("moment", type_=Moment()),
        or_(Membership.until.is_(None), Membership.until > bindparam("moment", type_=Moment())),
    )
    .order_by(Membership.id.desc())
    .limit(1)
)


def enter(database: Database, viewer: Viewer, slug: str) -> dt.datetime | None:
    """Remember that the viewer is in this space, and say when the visit before this one was; None for a
    first visit, and for those who are there by a post alone.

    To be called before the request's own visit is open: what it writes, at most every five minutes, is a
    short transaction of its own. A busy database is left in peace.
    """
    moment = now()
    with database.visit(viewer) as looking:
        values = {"slug": slug, "person": viewer.person_id, "moment": moment}
        membership = looking.session.scalar(_MINE, values)
        if membership is None:
            return None
        number, last, before = membership.id, membership.visited_at, membership.visited_before
    if last is not None and moment - last <= TOUCH:
        return before
    if last is not None and moment - last > A_VISIT_ENDS:
        before = last
    try:
        with database.visit(viewer, writing=True) as writing:
            writing.session.execute(
                update(Membership)
                .where(Membership.id == number)
                .values(visited_at=moment, visited_before=before)
                .execution_options(synchronize_session=False)
            )
    except Busy:
        pass
    return before
