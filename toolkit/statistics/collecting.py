"""Where the numbers come from: one module after another. Another source of figures is one more name in
`SOURCES`."""

from __future__ import annotations

from collections.abc import Callable

from toolkit.database import Visit
from toolkit.errors import NotFound
from toolkit.statistics import deeds, library, planned
from toolkit.statistics.numbers import Figure, Table

SOURCES: tuple[Callable[[Visit], list[Figure]], ...] = (planned.figures, library.figures, deeds.figures)
TABLES: tuple[Callable[[Visit], list[Table]], ...] = (library.tables, deeds.tables)


def figures(visit: Visit) -> list[Figure]:
    """All single numbers, in the order of the sources."""
    return [figure for source in SOURCES for figure in source(visit)]


def tables(visit: Visit) -> list[Table]:
    """All tables that have a row."""
    return [table for source in TABLES for table in source(visit) if table.rows]


def get_table(visit: Visit, code: str) -> Table:
    """One table by its word in addresses; NotFound for none, or one that has nothing for this viewer."""
    for table in tables(visit):
        if table.code == code:
            return table
    raise NotFound
