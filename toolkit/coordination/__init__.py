"""Coordinación: what waits for each party of an agreement, the dates to come, and who is reminded of it."""

from toolkit.coordination.matters import Matter, days_late, waiting
from toolkit.coordination.overview import Coming, Overview, concerns, finish, look, of_space, opens

__all__ = [
    "Coming",
    "Matter",
    "Overview",
    "concerns",
    "days_late",
    "finish",
    "look",
    "of_space",
    "opens",
    "waiting",
]
