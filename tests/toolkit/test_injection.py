"""Moments and identifiers from a source that a test gives."""

from __future__ import annotations

import datetime as dt

from portal.instance import Instance
from toolkit.records import Person, now
from toolkit.records.base import injected

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def _added(instance: Instance, name: str) -> Person:
    with instance.database.open_for_maintenance() as session:
        person = Person(name=name, email=f"{name}@ejemplo.pe")
        session.add(person)
        session.flush()
        session.expunge(person)
    return person


def test_an_injected_clock_tells_the_moment_and_stops_with_the_block() -> None:
    with injected(clock=lambda: NOON):
        assert now() == NOON
    assert now() > NOON


def test_an_injected_source_draws_from_the_table_and_the_row(instance: Instance) -> None:
    with injected(clock=lambda: NOON, identifiers=lambda noun, row: f"{noun}-{row['email_key']}"):
        person = _added(instance, "rosa")
    assert (person.public_id, person.created_at) == ("person-rosa@ejemplo.pe", NOON)


def test_without_injection_identifiers_are_random(instance: Instance) -> None:
    first, second = _added(instance, "rosa").public_id, _added(instance, "juan").public_id
    assert len(first) == 20 and first != second
