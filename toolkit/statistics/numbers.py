"""What a figure is, what a table is, and how small numbers are kept from telling of somebody.

Numbers of what people or organisations did are rounded down to a multiple of five, totals too; from one to
four nothing is told but that they are fewer than five. So no subtraction gives a hidden number: neither of
rows from a total, nor of one table from another, nor of what stood there a minute before. Numbers of what is
public by itself (materials, organisations of the directory) are exact: everybody can count them. What may be
told of a number says `access.shown`, wherever it stands.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from toolkit.errors import N_, Message

HERE = Message(N_("Registros de este portal"))
"""The source of everything that the portal counts itself."""


@dataclass(frozen=True)
class Figure:
    """One number: `value` None where there is none yet, or, with `few`, where it is under five; `target`
    what was meant to be reached, if anything was."""

    name: Message
    value: int | Decimal | None
    source: Message
    day: dt.date
    definition: Message
    target: int | Decimal | None = None
    few: bool = False


@dataclass(frozen=True)
class Row:
    """One line: what is counted, as a code of the table's facet, and how much; None for fewer than five."""

    code: str
    value: int | None


@dataclass(frozen=True)
class Table:
    """Numbers by the values of one facet. `code` is its word in addresses, `facet` says what the codes of its
    rows are, `column` and `unit` what its two columns are called."""

    code: str
    name: Message
    facet: str
    column: Message
    unit: Message
    rows: tuple[Row, ...]
    source: Message
    day: dt.date
    definition: Message
