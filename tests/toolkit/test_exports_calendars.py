"""Days as a calendar, read back by the library and by the letter of the standard."""

from __future__ import annotations

import datetime as dt

import icalendar

from toolkit.exports.calendars import Event, events_as_calendar

CHANGED = dt.datetime(2026, 5, 4, 15, 30, tzinfo=dt.UTC)


def event(**more: object) -> Event:
    said = {"uid": "abc@ayni", "first": dt.date(2026, 3, 2), "last": dt.date(2026, 3, 31), "title": "Taller",
            "words": "Con; comas, y\nlíneas", "address": "https://x.coop/a", "changed": CHANGED}  # fmt: skip
    return Event(**{**said, **more})  # type: ignore[arg-type]


def test_an_event_is_a_row_of_whole_days_with_its_last_day_in_it() -> None:
    calendar = icalendar.Calendar.from_ical(events_as_calendar("Plan", [event()]))
    read = calendar.walk("VEVENT")[0]
    assert read.decoded("dtstart") == dt.date(2026, 3, 2)
    assert read.decoded("dtend") == dt.date(2026, 4, 1), "the day after, as the standard wants it"
    assert str(read["description"]) == "Con; comas, y\nlíneas" and str(read["url"]) == "https://x.coop/a"
    assert str(read["status"]) == "CONFIRMED" and str(read["transp"]) == "TRANSPARENT"


def test_the_same_event_is_written_the_same_whenever_it_is_asked_for() -> None:
    assert events_as_calendar("Plan", [event()]) == events_as_calendar("Plan", [event()])
    assert b"DTSTAMP:20260504T153000Z" in events_as_calendar("Plan", [event()])


def test_what_was_cancelled_says_so_under_the_same_name() -> None:
    written = events_as_calendar("Plan", [event(cancelled=True, sequence=3)])
    read = icalendar.Calendar.from_ical(written).walk("VEVENT")[0]
    assert (str(read["uid"]), str(read["status"]), read["sequence"]) == ("abc@ayni", "CANCELLED", 3)


def test_no_line_is_longer_than_75_bytes_and_words_cannot_begin_a_line_of_their_own() -> None:
    written = events_as_calendar("Plan", [event(title="ñ" * 200 + "\r\nEND:VEVENT", words="x\nBEGIN:VEVENT")])
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") == 1


def test_the_last_day_that_there_is_can_be_written() -> None:
    written = events_as_calendar(
        "Plan", [event(last=dt.date.max), event(first=dt.date.max, last=dt.date.max)]
    )
    assert written.count(b"DTEND;VALUE=DATE:99991231") == 2
