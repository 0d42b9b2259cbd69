"""Reading the counts: of one material, of what an organisation holds, of all that is public."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from toolkit.access import PUBLIC
from toolkit.database import Visit
from toolkit.records import MissedSearch, Organization, Resource, Use


@dataclass(frozen=True)
class OfOne:
    """A material and how often each act was done."""

    resource: Resource
    counts: Mapping[str, int] = field(default_factory=dict)


def of_resource(visit: Visit, resource: Resource) -> Mapping[str, int]:
    """How often each act was done with a material; empty for who may not know."""
    rows = visit.session.execute(
        select(Use.act, func.sum(Use.n)).where(Use.resource_id == resource.id).group_by(Use.act)
    )
    return dict(iter(rows))


def of_organization(visit: Visit, organization: Organization) -> list[OfOne]:
    """What an organisation published and how much it is used, by title; for its own people."""
    if organization.id not in visit.viewer.organizations:
        return []
    held = visit.session.scalars(
        select(Resource)
        .where(Resource.organization_id == organization.id, Resource.state == "published")
        .order_by(Resource.title, Resource.id)
    ).all()
    counts: dict[int, Counter[str]] = {one.id: Counter() for one in held}
    rows = visit.session.execute(
        select(Use.resource_id, Use.act, func.sum(Use.n))
        .where(Use.resource_id.in_(counts))
        .group_by(Use.resource_id, Use.act)
    )
    for number, act, n in rows:
        counts[number][act] = n
    return [OfOne(one, counts[one.id]) for one in held]


def public_by_month(visit: Visit, act: str, since: dt.date) -> Mapping[tuple[int, int], int]:
    """How often an act was done with what everybody reads, by (year, month), from a day on: the same for
    whoever asks."""
    public = select(Resource.id).where(Resource.level == PUBLIC, Resource.state == "published")
    rows = visit.session.execute(
        select(Use.day, func.sum(Use.n))
        .where(Use.act == act, Use.day >= since, Use.resource_id.in_(public))
        .group_by(Use.day)
    )
    found: Counter[tuple[int, int]] = Counter()
    for day, n in rows:
        found[day.year, day.month] += n
    return found


def missed(visit: Visit, since: dt.date, limit: int = 50) -> list[tuple[str, int]]:
    """What visitors searched for in vain from a month on, the most frequent first; for editors."""
    times = func.sum(MissedSearch.n)
    rows = visit.session.execute(
        select(MissedSearch.words, times)
        .where(MissedSearch.month >= since)
        .group_by(MissedSearch.words)
        .order_by(times.desc(), MissedSearch.words)
        .limit(limit)
    )
    return [(words, n) for words, n in rows]
