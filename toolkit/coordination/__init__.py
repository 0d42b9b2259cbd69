"""Coordinación: what waits for each party of an agreement, the dates to come, and who is reminded of it."""

from toolkit.coordination.matters import Matter, days_late, waiting
from toolkit.coordination.overview import Coming, Overview, concerns, finish, look, of_space, opens
from toolkit.coordination.shared import actions_of, meetings_of

__all__ = [
    "Coming",
    "Matter",
    "Overview",
    "actions_of",
    "concerns",
    "days_late",
    "finish",
    "look",
    "meetings_of",
    "of_space",
    "opens",
    "waiting",
]
