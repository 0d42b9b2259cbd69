"""How much of what is public was applied: a number that everybody may check, for indicators and figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, extract, func, select

from toolkit.access import PUBLIC
from toolkit.database import Visit
from toolkit.records import Application, Organization, Resource

_MONTH = (extract("year", Application.day).label("year"), extract("month", Application.day).label("month"))


def public_ones() -> tuple[ColumnElement[bool], ...]:
    """What every reader may count: told to everybody, by an organisation that is there, of a material that
    everybody reads. It holds whoever looks, so that two readers get the same number."""
    return (
        Application.public.is_(True),
        Application.state == "recorded",
        Application.resource_id.in_(
            select(Resource.id).where(Resource.level == PUBLIC, Resource.state == "published")
        ),
        Application.organization_id.in_(select(Organization.id).where(Organization.active)),
    )


def counted(
    visit: Visit, since: dt.date, until: dt.date, *, how: str = "", results: Collection[str] = ()
) -> int:
    """How often public materials were applied from `since` to `until`, both days included. An organisation
    counts once for each material and month, however many of its people wrote it down. What is told for a
    month counts on its first day. `how` («used», «adapted») and `results` («worked», «partly», «failed»)
    narrow it."""
    wanted = [Application.day >= since, Application.day <= until]
    if how:
        wanted.append(Application.how == how)
    if results:
        wanted.append(Application.result.in_(results))
    return sum(counts_by(visit, Application.organization_id, *wanted).values())


def counts_by(
    visit: Visit, value: SQLColumnExpression[Any], *where: ColumnElement[bool]
) -> Mapping[Any, int]:
    """The same for each value of an expression. Who told two results of one month counts in both."""
    once = (
        select(value.label("value"), Application.resource_id, Application.organization_id, *_MONTH)
        .where(*public_ones(), *where)
        .distinct()
        .subquery()
    )
    rows = visit.session.execute(select(once.c.value, func.count()).group_by(once.c.value))
    return dict(iter(rows))
