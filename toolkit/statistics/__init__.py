"""«Estadísticas»: what the portal can say in numbers, each with its source, date and definition."""

from toolkit.access import shown
from toolkit.statistics.collecting import figures, get_table, tables
from toolkit.statistics.numbers import Figure, Row, Table

__all__ = ["Figure", "Row", "Table", "figures", "get_table", "shown", "tables"]
