"""Normas: what is in force, with its history, written by editors."""

from toolkit.norms.changes import KINDS, STATES, Entry, add, change, describe, publish, withdraw
from toolkit.norms.finding import (
    browse,
    cited,
    citing,
    get,
    get_to_change,
    in_its_place,
    named_by,
    telling,
)
from toolkit.norms.relations import DEEDS, add_relation, get_relation, remove_relation

__all__ = [
    "DEEDS",
    "KINDS",
    "STATES",
    "Entry",
    "add",
    "add_relation",
    "browse",
    "change",
    "cited",
    "citing",
    "describe",
    "get",
    "get_relation",
    "get_to_change",
    "in_its_place",
    "named_by",
    "publish",
    "remove_relation",
    "telling",
    "withdraw",
]
