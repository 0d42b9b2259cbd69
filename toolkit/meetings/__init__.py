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
from toolkit.meetings.calling import Call, call, cancel, change, check_cancellable, describe
from toolkit.meetings.finding import actions_of, agreements, browse, get, people_of
from toolkit.meetings.recording import Minutes, Newcomer, Promise, has_come, minutes, record, traces
from toolkit.meetings.telling import is_past, points

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
    "check_cancellable",
    "commit",
    "describe",
    "drop",
    "get",
    "has_come",
    "is_past",
    "mark",
    "minutes",
    "people_of",
    "points",
    "record",
    "remove_attendee",
    "still_to_agree",
    "traces",
    "write",
]
