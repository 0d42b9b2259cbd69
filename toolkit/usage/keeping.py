"""Adding to the counts what was gathered since the last time, in one short transaction."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from toolkit import tidy
from toolkit.access import FEWEST
from toolkit.database import Database
from toolkit.records import MissedSearch, Resource, Use, alphabetical

ACTS = ("view", "page", "download")
LONGEST = 60
"""Signs of a search that are kept at most: more is a sentence, and may tell of somebody."""
_TELLS = re.compile(r"@|\d(?:[ .-]?\d){7}")
"""An address, or a number as long as that of a document or a telephone; those of laws are shorter."""
Uses = Mapping[tuple[dt.date, int, str], int]
"""How often: by day in Lima, number of the material, act."""
Misses = Mapping[tuple[dt.date, str], int]
"""How often: by first day of the month, words in their normal form."""


def normal(words: str) -> str:
    """The one form of what was searched for: «Balanse  Sosial» and «balanse sosial» are the same. Empty for
    what is not to be kept because it could tell who asked."""
    plain = tidy.line(alphabetical(words))
    return "" if len(plain) > LONGEST or _TELLS.search(plain) else plain


def keep(database: Database, uses: Uses, misses: Misses) -> None:
    """Add these numbers to those that are kept, all or none; of a material that is not there any more,
    nothing. Raises `Busy`."""
    with database.open_for_maintenance() as session:
        _add_uses(session, uses)
        _add_misses(session, misses)


def _add_uses(session: Session, uses: Uses) -> None:
    numbers = {resource for _, resource, _ in uses}
    there = set(session.scalars(select(Resource.id).where(Resource.id.in_(numbers))))
    kept = {
        (one.day, one.resource_id, one.act): one
        for one in session.scalars(
            select(Use).where(Use.day.in_({day for day, _, _ in uses}), Use.resource_id.in_(there))
        )
    }
    for (day, resource, act), n in uses.items():
        if resource in there:
            row = kept.get((day, resource, act))
            if row is None:
                row = Use(day=day, resource_id=resource, act=act, n=0)
                session.add(row)
            row.n += n


def _add_misses(session: Session, misses: Misses) -> None:
    """What stayed rare in a month that is over is forgotten: nobody was told of it."""
    if not misses:
        return
    months = {month for month, _ in misses}
    session.execute(delete(MissedSearch).where(MissedSearch.month < min(months), MissedSearch.n < FEWEST))
    words = {said for _, said in misses}
    kept = {
        (one.month, one.words): one
        for one in session.scalars(
            select(MissedSearch).where(MissedSearch.month.in_(months), MissedSearch.words.in_(words))
        )
    }
    for (month, said), n in misses.items():
        row = kept.get((month, said))
        if row is None:
            row = MissedSearch(month=month, words=said, n=0)
            session.add(row)
        row.n += n
