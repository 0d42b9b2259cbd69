"""Encuentros: the parties of an agreement meet; both approve the acta, and its commitments become tasks."""

from toolkit.meetings.acta import (
    add_attendee,
    agree,
    commit,
    drop,
    mark,
    remove_attendee,
    still_to_agree,
    write,
)
from toolkit.meetings.calling import Call, call, cancel, change, describe
from toolkit.meetings.finding import actions_of, agreements, browse, get, people_of
from toolkit.meetings.recording import Minutes, Newcomer, Promise, has_come, minutes, record

__all__ = [
    "Call",
    "Minutes",
    "Newcomer",
    "Promise",
    "actions_of",
    "add_attendee",
    "agree",
    "agreements",
    "browse",
    "call",
    "cancel",
    "change",
    "commit",
    "describe",
    "drop",
    "get",
    "has_come",
    "mark",
    "minutes",
    "people_of",
    "record",
    "remove_attendee",
    "still_to_agree",
    "write",
]
