"""Do the shelves hold what the database says?"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from toolkit.database import Database
from toolkit.records import Placement
from toolkit.search.indexing import CHUNK
from toolkit.search.shelves import Shelves
from toolkit.search.sources import SOURCES, load


def faults(database: Database, shelves: Shelves) -> list[str]:
    """What differs between database, placements and shelves, one line each; empty when they agree. Raises
    `Unavailable` where there are no shelves. Writes nothing."""
    found: list[str] = []
    with database.open_for_maintenance(writing=False) as session:
        placed = {
            (row.shelf, row.noun, row.public_id, row.version, row.form)
            for row in session.scalars(select(Placement))
        }
        wanted: set[tuple[str, str, str, int, str]] = set()
        ids = [public_id for source in SOURCES for public_id in source.published(session)]
        for start in range(0, len(ids), CHUNK):
            for source, record in load(session, ids[start : start + CHUNK]):
                wanted |= {
                    (one.shelf, source.noun, record.public_id, one.version, one.form)
                    for one in source.standings(session, record)
                }
    standing: set[tuple[str, str, str, int, str]] = set()
    for name, shelf in sorted(shelves.look().items()):
        troubles = shelf.health()
        found += troubles
        if troubles:
            continue
        rows = [(name, *row) for row in shelf.documents()]
        found += [f"{name}: {row} stands twice" for row, often in Counter(rows).items() if often > 1]
        standing |= set(rows)
    found += [f"missing on its shelf: {row}" for row in sorted(wanted - standing)]
    found += [f"should not stand: {row}" for row in sorted(standing - wanted)]
    return found + [f"placement without reason: {row}" for row in sorted(placed - wanted)]
