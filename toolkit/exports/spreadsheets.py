"""Rows as CSV that spreadsheets open as they should: UTF-8 with a mark at its beginning, and no cell that a
spreadsheet would take for a formula (OWASP, «CSV injection»), wherever it parts cells: in some languages at
semicolons, and then at line ends inside a cell too."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_INSIDE = re.compile(r"([;\t\r\n][ \"]*)(?=[=+@＝＋－＠]|-\S)")
Cell = str | int | Decimal | None


def rows_as_csv(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as bytes. Numbers stay numbers; what begins like a formula gets an apostrophe in front."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow([harmless(title) for title in titles])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return sheet.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> Cell:
    """The cell, so that no spreadsheet calculates it."""
    if isinstance(cell, str):
        within = _INSIDE.sub(r"\1'", cell)
        return "'" + within if cell.lstrip(" ").startswith(_BEGINNINGS) else within
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    return "" if cell is None else cell
