"""Days as a calendar that other programs read (iCalendar, RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import icalendar

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Event:
    """Something on whole days, from the first to the last one. `uid` is its name for ever; `changed` is when
    it was last changed and `sequence` how often."""

    uid: str
    first: dt.date
    last: dt.date
    title: str
    words: str
    address: str
    changed: dt.datetime
    sequence: int = 0
    cancelled: bool = False


def events_as_calendar(name: str, events: Iterable[Event]) -> bytes:
    """A calendar of this name. An event does not make whoever has it look busy."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Ayni//Plan de trabajo//ES")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for one in events:
        calendar.add_component(_written(one))
    return calendar.to_ical()


def _written(event: Event) -> icalendar.Event:
    """Days are written as the standard wants it: the end is the day after the last, as far as there is
    one."""
    made = icalendar.Event()
    made.add("uid", event.uid)
    made.add("dtstamp", event.changed)
    made.add("sequence", event.sequence)
    made.add("dtstart", event.first)
    made.add("dtend", min(event.last, dt.date.max - DAY) + DAY)
    made.add("summary", event.title)
    if event.words:
        made.add("description", event.words)
    made.add("url", event.address)
    made.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    return made
