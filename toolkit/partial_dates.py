"""Days as far as they are known: «2026», «2026-01» or «2026-01-15», as ISO 8601 writes them. As text they
sort by date."""

from __future__ import annotations

import datetime as dt
import re

from toolkit.errors import N_, Invalid

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
EARLIEST = 1800


def check(said: str, field: str) -> str:
    """A year, a month or a day as it is kept, empty for nothing; Invalid with the field for what is none."""
    said = said.strip()
    found = _FORM.fullmatch(said)
    try:
        if said and (found is None or first_day(said).year < EARLIEST):
            raise ValueError
    except ValueError:
        raise Invalid(
            N_("Escriba un día (2026-01-15), un mes (2026-01) o solo el año (2026)."), field=field
        ) from None
    return said


def first_day(said: str) -> dt.date:
    """The day, or the first of the month or the year. Raises ValueError for what is no date."""
    year, month, day = (int(part) for part in f"{said}-01-01".split("-")[:3])
    return dt.date(year, month, day)


def is_after(one: str, other: str) -> bool:
    """Is the first surely later than the second, as far as both are known?"""
    known = min(len(one), len(other))
    return one[:known] > other[:known]
