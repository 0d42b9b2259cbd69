"""Iniciativas: actions of several years that belong together, with what each party and co-operatives gain."""

from toolkit.initiatives.changes import Facts, add, change, describe, lacking, link, publish, withdraw
from toolkit.initiatives.finding import Year, browse, choices, exist, get, get_to_change, years

__all__ = [
    "Facts",
    "Year",
    "add",
    "browse",
    "change",
    "choices",
    "describe",
    "exist",
    "get",
    "get_to_change",
    "lacking",
    "link",
    "publish",
    "withdraw",
    "years",
]
