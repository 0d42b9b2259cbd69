"""Finding resources in the database: one by its identifier, the newest, one's own, counts for doors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, distinct, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access
from toolkit.access import Viewer
from toolkit.catalogue.progress import under_way
from toolkit.database import Visit
from toolkit.errors import Forbidden, Gone, NotFound
from toolkit.records import Organization, Resource, ResourceTerm, Version


def get(visit: Visit, public_id: str) -> Resource:
    """The resource that this viewer may see listed. Raises NotFound, or Gone where it was withdrawn and
    the viewer could see it until then."""
    wanted = (
        select(Resource).where(Resource.public_id == public_id).options(joinedload(Resource.organization))
    )
    resource = visit.session.scalar(wanted)
    if resource is not None:
        return resource
    gone = visit.session.scalar(wanted.execution_options(withdrawn=True))
    if gone is None:
        raise NotFound
    portal = gone.withdrawn_as is not None
    raise Gone(organization=gone.organization.name if gone.organization and not portal else "",
               portal=portal, reason=gone.withdrawn_reason, moment=gone.withdrawn_at)  # fmt: skip


Deed = Callable[[Viewer, Resource], bool]


def get_to(visit: Visit, public_id: str, *deeds: Deed) -> Resource:
    """Like `get`, for somebody who may do one of these deeds of `access`; Forbidden for others who see it."""
    resource = get(visit, public_id)
    if not any(may(visit.viewer, resource) for may in deeds):
        raise Forbidden
    return resource


def get_to_change(visit: Visit, public_id: str) -> Resource:
    """Like `get`, for somebody who may change it; Forbidden for others who see it."""
    return get_to(visit, public_id, access.may_change)


def made_by(visit: Visit, form: str) -> Resource | None:
    """What the viewer made with the form of this digest, so that the same form, sent twice, makes it once."""
    return visit.session.scalar(
        select(Resource).where(Resource.form == form, Resource.created_by == visit.viewer.person_id)
    )


def browse(visit: Visit, *, where: Sequence[ColumnElement[bool]] = (), offset: int = 0, limit: int = 10
           ) -> tuple[list[Resource], int]:  # fmt: skip
    """Published resources, the newest first, and how many there are in all."""
    total = visit.session.scalar(select(func.count(Resource.id)).where(_PUBLISHED, *where)) or 0
    return _newest_first(visit, where, offset, limit), total


_PUBLISHED = Resource.state == "published"


def _newest_first(
    visit: Visit, where: Sequence[ColumnElement[bool]], offset: int, limit: int
) -> list[Resource]:
    rows = visit.session.scalars(
        select(Resource)
        .where(_PUBLISHED, *where)
        .order_by(Resource.published_at.desc(), Resource.id.desc())
        .options(
            joinedload(Resource.organization), selectinload(Resource.versions).selectinload(Version.files)
        )
        .offset(offset)
        .limit(limit)
    )
    return list(rows)


def newest(visit: Visit, limit: int = 3) -> list[Resource]:
    """The resources published last."""
    return _newest_first(visit, (), 0, limit)


def counts_by(visit: Visit, facet: str, codes: Sequence[str]) -> Mapping[str, int]:
    """For each code (with its children) how many published resources this viewer sees."""
    matches = [
        or_(ResourceTerm.code == code, ResourceTerm.code.startswith(f"{code}.", autoescape=True))
        for code in codes
    ]
    counts = [func.count(distinct(case((match, ResourceTerm.resource_id)))) for match in matches]
    row = visit.session.execute(
        select(*counts)
        .select_from(ResourceTerm)
        .join(Resource, Resource.id == ResourceTerm.resource_id)
        .where(ResourceTerm.facet == facet, Resource.state == "published", or_(*matches))
    ).one()
    return dict(zip(codes, row, strict=True))


def _on_topic(code: str) -> ColumnElement[bool]:
    on = or_(ResourceTerm.code == code, ResourceTerm.code.startswith(f"{code}.", autoescape=True))
    return Resource.id.in_(select(ResourceTerm.resource_id).where(ResourceTerm.facet == "topic", on))


def newest_on(visit: Visit, topic: str, limit: int) -> list[Resource]:
    """The resources on a topic (or one inside it) published last."""
    return _newest_first(visit, (_on_topic(topic),), 0, limit)


def kinds_on(visit: Visit, topic: str) -> Mapping[str, int]:
    """How many published resources of each kind this viewer sees on a topic, the most frequent first."""
    rows = visit.session.execute(
        select(Resource.kind, func.count())
        .where(_on_topic(topic), Resource.state == "published", Resource.kind != "")
        .group_by(Resource.kind)
        .order_by(func.count().desc(), Resource.kind)
    )
    return dict(iter(rows))


@dataclass(frozen=True)
class Shown:
    """One page of a list: its `rows`, how many there are in all, its number and that of the last."""

    rows: list[Resource]
    total: int
    page: int
    last: int


def browse_of(visit: Visit, organization: Organization, page: int = 1, per_page: int = 10) -> Shown:
    """A page of the published resources of an organisation that this viewer sees, the newest first. A page
    beyond the last gives the last."""
    own = (Resource.organization_id == organization.id,)
    page = min(max(1, page), 1_000_000)
    rows, total = browse(visit, where=own, offset=(page - 1) * per_page, limit=per_page)
    last = max(1, -(-total // per_page))
    if page > last:
        page = last
        rows, total = browse(visit, where=own, offset=(page - 1) * per_page, limit=per_page)
    return Shown(rows, total, page, last)


def whole(visit: Visit, resources: Sequence[Resource]) -> list[Resource]:
    """The same resources in the same order, with all columns and terms read in two statements: those that a
    search found hold only what a result shows."""
    found = visit.session.scalars(
        select(Resource)
        .where(Resource.id.in_([one.id for one in resources]))
        .options(selectinload(Resource.terms))
        .execution_options(populate_existing=True)
    )
    places = {one.id: place for place, one in enumerate(resources)}
    return sorted(found, key=lambda one: places[one.id])


def holdings(visit: Visit, organization: Organization) -> list[Resource]:
    """All that an organisation published or withdrew, as far as this viewer sees it, the newest first."""
    found = visit.session.scalars(
        select(Resource)
        .where(Resource.organization_id == organization.id, Resource.state != "draft")
        .order_by(Resource.published_at.desc(), Resource.id.desc())
        .options(joinedload(Resource.organization), selectinload(Resource.terms))
    )
    return list(found)


CONTRIBUTIONS = {
    "draft": lambda: and_(Resource.state == "draft", ~under_way()),
    "working": lambda: and_(Resource.state != "withdrawn", under_way()),
    "published": lambda: and_(Resource.state == "published", ~under_way()),
    "withdrawn": lambda: Resource.state == "withdrawn",
}
"""The kinds of contributions a person may look at one by one; each contribution is of one kind."""


def _contributed(visit: Visit) -> ColumnElement[bool]:
    """What the viewer created, and for a coordination what its organisations published or withdrew."""
    viewer = visit.viewer
    own = Resource.created_by == viewer.person_id
    if viewer.coordinates:
        own = own | ((Resource.organization_id.in_(viewer.coordinates)) & (Resource.state != "draft"))
    return own


def contributions(visit: Visit, kind: str | None = None, page: int = 1, per_page: int = 10) -> Shown:
    """A page of the viewer's contributions, of one of the `CONTRIBUTIONS` or all; the newest change first."""
    wanted = (_contributed(visit), *((CONTRIBUTIONS[kind](),) if kind else ()))
    total = visit.session.scalar(select(func.count(Resource.id)).where(*wanted)) or 0
    last = max(1, -(-total // per_page))
    page = min(max(1, page), last)
    rows = visit.session.scalars(
        select(Resource)
        .where(*wanted)
        .order_by(Resource.changed_at.desc(), Resource.id.desc())
        .options(
            joinedload(Resource.organization), selectinload(Resource.versions).selectinload(Version.files)
        )
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return Shown(list(rows), total, page, last)


def contribution_counts(visit: Visit) -> dict[str, int]:
    """How many contributions of each kind the viewer has, and under "all" how many there are."""
    mine = _contributed(visit)
    counts = {
        kind: visit.session.scalar(select(func.count(Resource.id)).where(mine, condition())) or 0
        for kind, condition in CONTRIBUTIONS.items()
    }
    counts["all"] = sum(counts.values())
    return counts


def draft_titles(visit: Visit, organization_id: int) -> list[tuple[str, str]]:
    """Title and moment of the drafts of an organisation, for its coordination: titles, no contents.

    A function of its own rather than a wider scope (architecture.md section 5).
    """
    if organization_id not in visit.viewer.coordinates:
        raise Forbidden
    drafts = access.draft_titles(organization_id)
    return [(row[0], str(row[1])) for row in visit.connection.execute(drafts)]


def organization_of(visit: Visit, resource: Resource) -> Organization | None:
    """The organisation that holds the resource; None where it is no longer active."""
    return visit.session.get(Organization, resource.organization_id)
