"""Compendios: ordered lists of materials with a reason for each, made by editors, to be taken along as one
file."""

from toolkit.compendia.changes import add, change, publish, withdraw
from toolkit.compendia.finding import Piece, browse, get, get_to_change, pieces_of
from toolkit.compendia.items import add_item, change_reason, get_item, move, remove_item
from toolkit.compendia.packing import LARGEST, Entry, entries, pack, weight

__all__ = [
    "LARGEST",
    "Entry",
    "Piece",
    "add",
    "add_item",
    "browse",
    "change",
    "change_reason",
    "entries",
    "get",
    "get_item",
    "get_to_change",
    "move",
    "pack",
    "pieces_of",
    "publish",
    "remove_item",
    "weight",
    "withdraw",
]
