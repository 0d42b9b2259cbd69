"""From the rows of a resource to its documents: what stands on which shelf, and what it says there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from toolkit import access
from toolkit.access import Standing
from toolkit.records import File, Page, Resource, Share, Version, now
from toolkit.search.shelf import JOINT, Document
from toolkit.vocabulary import with_parents

NOUN = "resource"


def load(session: Session, public_ids: Sequence[str]) -> list[Resource]:
    """The resources with these public ids, ready to be made documents of."""
    return list(
        session.scalars(
            select(Resource)
            .where(Resource.public_id.in_(public_ids))
            .options(
                joinedload(Resource.organization),
                selectinload(Resource.terms),
                selectinload(Resource.versions).selectinload(Version.files),
            )
        )
    )


def shares_of(session: Session, resource: Resource) -> list[Share]:
    """The shares of a resource, those in force, those to come and those that ended."""
    return list(session.scalars(select(Share).join(Version).where(Version.resource_id == resource.id)))


def standings_of(session: Session, resource: Resource | None) -> frozenset[Standing]:
    """Where a resource should stand at this moment; nowhere where there is none."""
    if resource is None:
        return frozenset()
    moment, numbers = now(), {version.id: version.number for version in resource.versions}
    in_force = [
        (numbers[share.version_id], share.organization_id)
        for share in shares_of(session, resource)
        if share.since <= moment and (share.until is None or share.until > moment)
    ]
    newest = max((version.number for version in resource.versions if version.files), default=None)
    return access.audiences_of(resource, newest, in_force)


def document_of(session: Session, resource: Resource, standing: Standing) -> Document:
    """The index document of a resource as it stands on one shelf. A joint space is named on none."""
    full = standing.form == "full"
    moment = resource.published_at or resource.created_at
    named = [] if resource.organization.kind == "joint" else [resource.organization]
    return Document(
        noun=NOUN,
        id=resource.public_id,
        version=standing.version,
        form="full" if full else "ficha",
        title=resource.title,
        summary=resource.summary,
        people=" · ".join([*resource.authors, *(one.name for one in named)]),
        codes=" ".join(one.acronym for one in named),
        pages=_texts(session, resource, standing.version) if full else (),
        facets=_facets(resource),
        date=int(moment.timestamp()),
        own=standing.shelf == access.space_shelf(resource.organization_id),
    )


def _texts(session: Session, resource: Resource, number: int) -> list[str]:
    """The texts of all pages of a version, in the order of `catalogue.page_counts`."""
    pages = session.scalars(
        select(Page)
        .join(File, File.id == Page.file_id)
        .join(Version, Version.id == File.version_id)
        .where(Version.resource_id == resource.id, Version.number == number)
        .order_by(File.number, Page.number)
    )
    return [page.text for page in pages]


def _facets(resource: Resource) -> dict[str, tuple[str, ...]]:
    several: dict[str, list[str]] = defaultdict(list)
    for term in resource.terms:
        several[term.facet].append(term.code)
    single = {
        "noun": NOUN,
        "kind": resource.kind,
        "country": resource.country,
        "region": resource.region,
        "language": resource.language,
        JOINT if resource.organization.kind == "joint" else "organization": resource.organization.slug,
        "year": str(resource.year or ""),
    }
    return {
        **{facet: (value,) for facet, value in single.items() if value},
        **{facet: tuple(with_parents(codes)) for facet, codes in several.items()},
    }


def published(session: Session) -> list[str]:
    """The public ids of all resources that stand on some shelf."""
    ids = select(Resource.public_id).where(Resource.state == "published").order_by(Resource.id)
    return list(session.scalars(ids))


def naming(session: Session, organization_id: int) -> list[str]:
    """The public ids of all resources that stand somewhere and name this organisation, which owns them."""
    ids = select(Resource.public_id).where(
        Resource.organization_id == organization_id, Resource.state == "published"
    )
    return list(session.scalars(ids))


def next_turn(session: Session, resource: Resource) -> dt.datetime | None:
    """The next moment at which a share of a resource begins or ends."""
    moment = now()
    turns = (turn for share in shares_of(session, resource) for turn in (share.since, share.until))
    return min((turn for turn in turns if turn is not None and turn > moment), default=None)


def turning(session: Session) -> list[Resource]:
    """Resources of which a share begins or ends in the future."""
    moment = now()
    shared = select(Version.resource_id).join(Share).where(or_(Share.since > moment, Share.until > moment))
    return list(session.scalars(select(Resource).where(Resource.id.in_(shared))))
