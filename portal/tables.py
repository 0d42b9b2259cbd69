"""Tables to be downloaded, and moments as they stand in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from flask import Response

from toolkit.access import LIMA
from toolkit.exports.spreadsheets import Cell, rows_as_csv


def sheet(name: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A table to be downloaded as `name`.csv."""
    answer = Response(rows_as_csv(titles, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def stamp(moment: dt.datetime | None) -> str:
    """A moment in Lima as tables write it: «2027-03-31 15:04»; empty without one."""
    return moment.astimezone(LIMA).strftime("%Y-%m-%d %H:%M") if moment else ""
