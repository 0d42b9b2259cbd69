"""Rows as CSV that spreadsheets open as they should: UTF-8 with a mark at its beginning, and no cell that a
spreadsheet would take for a formula (OWASP, «CSV injection»)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell = str | int | None


def rows_as_csv(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as bytes. Numbers stay numbers; text that begins like a formula gets an apostrophe in front."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow([harmless(title) for title in titles])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return sheet.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> Cell:
    """The cell, so that no spreadsheet calculates it."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_BEGINNINGS):
        return f"'{cell}"
    return "" if cell is None else cell
