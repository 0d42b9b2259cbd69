"""Who would read a material today: a number of people, said before anything is saved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from portal import accounts
from portal.viewer import visit
from toolkit import access, sharing
from toolkit.records import Organization


@dataclass(frozen=True)
class Reach:
    """How many people would read it today, and how many of each organisation; `everybody` at level 0."""

    people: int
    parts: tuple[tuple[str, int], ...] = ()
    everybody: bool = False


def reach(level: int, organizations: Sequence[Organization]) -> Reach:
    """The people who read what has this level: at 2 and 3 those of these organisations, each counted once
    however many it belongs to, and none whose account is suspended."""
    if level == access.PUBLIC:
        return Reach(0, everybody=True)
    if level == access.MEMBERS:
        return Reach(count(level, ()))
    parts = tuple((one.acronym or one.name, count(level, [one.id])) for one in organizations)
    return Reach(count(level, [one.id for one in organizations]), parts)


def count(level: int, organization_ids: Collection[int]) -> int:
    """How many people read what has this level and is read by these organisations."""
    found = sharing.readers(visit(), level, organization_ids)
    return len(found - accounts.suspended_among(accounts.Accounts().session, found))
