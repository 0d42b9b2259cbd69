"""«La aplicamos»: what organisations did with the materials of the library, told by themselves."""

from toolkit.applications.changes import Report, add, change, describe, make_private, withdraw
from toolkit.applications.counting import counted
from toolkit.applications.finding import (
    Applied,
    appliers,
    browse,
    get,
    get_to_change,
    of_organization,
    of_space,
    places,
)

__all__ = [
    "Applied",
    "Report",
    "add",
    "appliers",
    "browse",
    "change",
    "counted",
    "describe",
    "get",
    "get_to_change",
    "make_private",
    "of_organization",
    "of_space",
    "places",
    "withdraw",
]
