"""What went to and fro between a space and others, and what is new in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, load_only

from toolkit.database import Visit
from toolkit.records import Organization, Resource, Share, Version, now

FIRST = 5
"""How many of each list a dashboard shows."""


@dataclass(frozen=True)
class Delivery:
    """A version that was handed over, and the material it belongs to."""

    share: Share
    resource: Resource


@dataclass(frozen=True)
class Arrival:
    """Something new in a space. `kind`: document, version (of one that was there), delivery (from others).
    `giver` is the organisation that handed it over, None where it is the space's own."""

    kind: str
    at: dt.datetime
    resource: Resource
    giver: Organization | None = None


@dataclass(frozen=True)
class Listed:
    """The first rows of a list, and how many there are in all."""

    rows: list[Any]
    total: int


def received(visit: Visit, organization: Organization, limit: int = FIRST) -> Listed:
    """What others share with this space today, the newest delivery first."""
    return _deliveries(visit, limit, Share.organization_id == organization.id)


def given(visit: Visit, organization: Organization, limit: int = FIRST) -> Listed:
    """What this space shares with others today, the newest delivery first."""
    return _deliveries(visit, limit, Share.giver_id == organization.id)


def _deliveries(visit: Visit, limit: int, *whose: ColumnElement[bool]) -> Listed:
    moment = now()
    rows = visit.session.execute(
        select(Share, Resource, func.count().over())
        .join(Version, Version.id == Share.version_id)
        .join(Resource, Resource.id == Version.resource_id)
        .where(
            *whose, Share.since <= moment, or_(Share.until.is_(None), Share.until > moment),
            Resource.state == "published",
        )
        .order_by(Share.since.desc(), Share.id.desc())
        .limit(limit)
        .options(
            joinedload(Share.giver).load_only(Organization.name, Organization.acronym),
            joinedload(Share.organization).load_only(Organization.name, Organization.acronym),
            load_only(Resource.public_id, Resource.title, Resource.language),
        )
    ).all()  # fmt: skip
    return Listed([Delivery(share, resource) for share, resource, _ in rows], rows[0][2] if rows else 0)


def arrivals(visit: Visit, organization: Organization, since: dt.datetime, limit: int = FIRST) -> Listed:
    """What is new in this space since a moment, by others than the viewer, the newest first: documents,
    versions of documents, deliveries."""
    own = _new_documents(visit, organization, since, limit)
    foreign = _deliveries(visit, limit, Share.organization_id == organization.id, Share.since > since)
    brought = [Arrival("delivery", one.share.since, one.resource, one.share.giver) for one in foreign.rows]
    rows = sorted([*own.rows, *brought], key=lambda one: one.at, reverse=True)
    return Listed(rows[:limit], own.total + foreign.total)


def _new_documents(visit: Visit, organization: Organization, since: dt.datetime, limit: int) -> Listed:
    me = visit.viewer.person_id
    newest = (
        select(func.max(Version.created_at))
        .where(Version.resource_id == Resource.id, Version.created_by.is_distinct_from(me))
        .correlate(Resource)
        .scalar_subquery()
    )
    published = and_(Resource.published_at > since, Resource.created_by.is_distinct_from(me))
    at = case((Resource.published_at > since, Resource.published_at), else_=newest)
    rows = visit.session.execute(
        select(Resource, at, func.count().over())
        .where(
            Resource.organization_id == organization.id, Resource.state == "published",
            or_(published, and_(Resource.published_at <= since, newest > since)),
        )
        .order_by(at.desc(), Resource.id.desc())
        .limit(limit)
        .options(load_only(Resource.public_id, Resource.title, Resource.language, Resource.published_at))
    ).all()  # fmt: skip
    found = [
        Arrival("document" if one.published_at and one.published_at > since else "version", when, one)
        for one, when, _ in rows
    ]
    return Listed(found, rows[0][2] if rows else 0)
