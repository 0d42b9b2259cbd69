"""Which shelves a viewer opens, and what stands on which (architecture.md section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.access.viewer import CHOSEN, MEMBERS, PUBLIC, Viewer
from toolkit.records import Resource

PUBLIC_SHELF, MEMBERS_SHELF = "public", "members"


def space_shelf(organization_id: int) -> str:
    """The name of the shelf of an organisation's space."""
    return f"space-{organization_id}"


def shelves_of(viewer: Viewer) -> tuple[str, ...]:
    """The shelves a viewer opens: the public one, the members' one, one for each space. Never more."""
    shelves = [PUBLIC_SHELF]
    if viewer.member:
        shelves.append(MEMBERS_SHELF)
    return (*shelves, *(space_shelf(organization) for organization in sorted(viewer.organizations)))


@dataclass(frozen=True)
class Standing:
    """That a version stands on a shelf, in full or as a card."""

    shelf: str
    version: int
    form: Literal["full", "ficha"]


def audiences_of(
    resource: Resource, newest: int | None, shares: list[tuple[int, int]]
) -> frozenset[Standing]:
    """Which versions of a resource stand on which shelves (architecture.md section 6).

    `newest` is the number of the newest version, None without one; `shares` are the shares in force as
    (version number, organisation id). Each shelf holds at most one version in full.
    """
    if resource.state != "published" or newest is None:
        return frozenset()
    if resource.level == PUBLIC:
        return frozenset({Standing(PUBLIC_SHELF, newest, "full")})
    standings = set()
    if resource.show_card and resource.level in (MEMBERS, CHOSEN):
        standings.add(Standing(PUBLIC_SHELF, newest, "ficha"))
    if resource.level == MEMBERS:
        return frozenset({*standings, Standing(MEMBERS_SHELF, newest, "full")})
    own = space_shelf(resource.organization_id)
    standings.add(Standing(own, newest, "full"))
    if resource.level == CHOSEN:
        delivered: dict[str, int] = {}
        for number, organization_id in shares:
            shelf = space_shelf(organization_id)
            if shelf != own:
                delivered[shelf] = max(number, delivered.get(shelf, 0))
        standings |= {Standing(shelf, number, "full") for shelf, number in delivered.items()}
    return frozenset(standings)
