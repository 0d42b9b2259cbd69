"""The timeline of a plan: where each action stands in the picture of its year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from babel.dates import format_skeleton

from portal.actions import wording
from portal.languages import locale
from portal.workplan import section
from toolkit import terms
from toolkit.records import Action, Plan

LEFT, RIGHT, TOP, ROW = 250, 960, 44, 24
"""In units of the picture: where January begins and December ends, where the first row begins, how high a
row is."""
PATTERNS = {"verified": "full", "to_verify": "dense", "running": "dense", "observed": "dense",
            "paused": "sparse", "planned": "empty", "proposed": "empty", "cancelled": "crossed"}  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One action in the picture: from where to where, how it is filled, and what is written beside it."""

    action: Action
    start: float
    width: float
    top: int
    pattern: str
    words: str


@dataclass(frozen=True)
class Timeline:
    """A year: the actions in the order of their days, months by name and place, bars, and the place of today
    where it lies in the year. `height` is that of the whole picture."""

    actions: list[Action]
    months: list[tuple[str, float]]
    bars: list[Bar]
    today: float | None
    height: int


@section.app_template_global("timeline_of")
def draw(plan: Plan, actions: Iterable[Action]) -> Timeline:
    """The timeline of a plan, with these of its actions."""
    shown = [one for one in actions if one.state != "withdrawn"]
    shown.sort(key=lambda one: (one.starts_on or one.due_on or dt.date.max, one.number))
    bars = [_bar(one, plan.year, TOP + ROW * row) for row, one in enumerate(_dated(shown))]
    months = [dt.date(plan.year, month, 1) for month in range(1, 13)]
    names = [(str(format_skeleton("MMM", one, locale=locale())), _place(one)) for one in months]
    today = terms.today()
    return Timeline(shown, names, bars, _place(today) if today.year == plan.year else None,
                    TOP + ROW * len(bars) + 6)  # fmt: skip


def _dated(actions: list[Action]) -> list[Action]:
    return [one for one in actions if one.due_on]


def _place(day: dt.date) -> float:
    """Where a day begins."""
    first, after = dt.date(day.year, 1, 1), dt.date(day.year + 1, 1, 1)
    return round(LEFT + (RIGHT - LEFT) * (day - first).days / (after - first).days, 1)


def _bar(action: Action, year: int, top: int) -> Bar:
    """What lies outside the year is cut off; an action of a day is a small bar all the same."""
    due = action.due_on or dt.date(year, 12, 31)
    start, end = _within(action.starts_on or due, year), _within(due, year, after=True)
    width = max(6.0, round(end - start, 1))
    state = wording.late(action) or str(wording.STATES[action.state])
    pattern = PATTERNS.get(action.state, "empty")
    return Bar(action, min(start, RIGHT - width), width, top, pattern, f"{action.code} · {state}")


def _within(day: dt.date, year: int, *, after: bool = False) -> float:
    """The place of a day, or of its end, inside the year of the picture."""
    if day.year < year:
        return LEFT
    last = day.month == 12 and day.day == 31
    if day.year > year or (after and last):
        return RIGHT
    return _place(day + dt.timedelta(days=after))
