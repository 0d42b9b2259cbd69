"""El convenio: its facts and parts, written by editors, and its amendments, to which every party agrees."""

from toolkit.agreement.amendments import (
    Proposal,
    agree,
    get_amendment,
    propose_amendment,
    publish_amendment,
    still_to_agree,
    withdraw_amendment,
)
from toolkit.agreement.changes import Facts, add, change, describe, publish
from toolkit.agreement.finding import browse, current, get, get_procedure, get_to_change, texts
from toolkit.agreement.parts import PARTS, add_part, change_part, get_part, remove_part

__all__ = [
    "PARTS",
    "Facts",
    "Proposal",
    "add",
    "add_part",
    "agree",
    "browse",
    "change",
    "change_part",
    "current",
    "describe",
    "get",
    "get_amendment",
    "get_part",
    "get_procedure",
    "get_to_change",
    "propose_amendment",
    "publish",
    "publish_amendment",
    "remove_part",
    "still_to_agree",
    "texts",
    "withdraw_amendment",
]
