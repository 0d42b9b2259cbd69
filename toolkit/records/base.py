"""What all tables share: the metadata with its naming convention, moments in UTC, public identifiers."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import DateTime, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """The parent of every record."""

    metadata = metadata


class Moment(TypeDecorator[dt.datetime]):
    """A point in time: aware and in UTC in Python, without zone in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Bring an aware moment to UTC; a moment without zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Give a stored moment its zone back."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


def _this_moment() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_LETTERS = "23456789abcdefghijkmnpqrstuvwxyz"


def _random(noun: str, row: Mapping[str, Any]) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(20))


@dataclass
class _Sources:
    """Where moments and identifiers come from: the machine's clock and its randomness, but in tests."""

    clock: Callable[[], dt.datetime] = _this_moment
    identifiers: Callable[[str, Mapping[str, Any]], str] = _random


_sources = _Sources()


def now() -> dt.datetime:
    """This moment, in UTC."""
    return _sources.clock()


def public_id(context: Any) -> str:
    """A new identifier for an address: 20 letters and digits, 100 random bits, none to be misread.

    The default of a column: SQLAlchemy calls it with the context of the INSERT, so that an injected source
    may draw from the record's own values.
    """
    return _sources.identifiers(context.current_column.table.name, context.get_current_parameters())


@contextmanager
def injected(
    *,
    clock: Callable[[], dt.datetime] = _this_moment,
    identifiers: Callable[[str, Mapping[str, Any]], str] = _random,
) -> Iterator[None]:
    """While the block runs, in all threads, moments come from `clock` and identifiers from
    `identifiers(table, row)`. For tests that compare two portals byte by byte: a source that draws from
    (seed, table, the row's own key) gives a record the same identifier whatever else was written before.
    """
    global _sources
    kept, _sources = _sources, _Sources(clock, identifiers)
    try:
        yield
    finally:
        _sources = kept
