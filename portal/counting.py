"""Counting how the library is used, without knowing by whom and without making anybody wait.

A page must not write (architecture.md section 5): what is counted is gathered in memory and added to the
database every few seconds by a thread of the web process, and when that ends. A process that is killed loses
the last seconds. Robots are not counted. What is gathered is a day, a material and an act, or the words of a
search that found nothing: no address, no browser, no person.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections import Counter

from flask import Flask, Response, current_app, request

from portal.robots import by_a_person, is_robot
from portal.viewer import viewer
from toolkit import usage
from toolkit.access import lima_day
from toolkit.database import Busy, Database
from toolkit.records import Resource, now

log = logging.getLogger(__name__)
EVERY = 5.0
"""Seconds between two writings; a killed process loses at most so many."""
MOST = 10_000
"""Different things that are gathered until the next writing; above that nothing new is."""


class Tally:
    """What was counted and is not written yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._uses: Counter[tuple[dt.date, int, str]] = Counter()
        self._misses: Counter[tuple[dt.date, str]] = Counter()

    def use(self, resource_id: int, act: str) -> None:
        """One more use of a material, today in Lima."""
        key = (lima_day(now()), resource_id, act)
        with self._lock:
            if key in self._uses or len(self._uses) < MOST:
                self._uses[key] += 1

    def miss(self, words: str) -> None:
        """One more search, this month, for words in their normal form."""
        key = (lima_day(now()).replace(day=1), words)
        with self._lock:
            if key in self._misses or len(self._misses) < MOST:
                self._misses[key] += 1

    def write(self) -> None:
        """Add what was gathered to the database; what cannot be written now waits for the next time."""
        with self._lock:
            uses, self._uses = self._uses, Counter()
            misses, self._misses = self._misses, Counter()
        if not uses and not misses:
            return
        try:
            usage.keep(self._database, uses, misses)
        except Exception as trouble:
            if not isinstance(trouble, Busy):
                log.exception("uses could not be counted")
            with self._lock:
                self._uses.update(uses)
                self._misses.update(misses)

    def start(self) -> None:
        """Write every few seconds from now on, in a thread."""
        is_robot("Mozilla")  # the list is read, and its patterns made, before somebody waits for it
        self._thread = threading.Thread(target=self._go_on, name="counting", daemon=True)
        self._thread.start()

    def _go_on(self) -> None:
        while not self._over.wait(EVERY):
            self.write()

    def stop(self) -> None:
        """Write for the last time."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self.write()


def set_up(app: Flask) -> None:
    """Give the application something to count with; `serving` starts and stops it."""
    app.extensions["tally"] = Tally(app.extensions["instance"].database)


def tally() -> Tally:
    """What counts in this application."""
    found: Tally = current_app.extensions["tally"]
    return found


def used(resource: Resource, act: str) -> None:
    """Somebody opened the card of a published material («view») or read a page of it («page»)."""
    if resource.state == "published" and by_a_person(request):
        tally().use(resource.id, act)


def taken(resource: Resource, response: Response) -> None:
    """Somebody took a file: its beginning counts, the parts of it that follow do not."""
    asked = request.range
    first = asked is None or any(begin == 0 for begin, _ in asked.ranges)
    if first and response.status_code in (200, 206):
        used(resource, "download")


def missed(words: str) -> None:
    """A visitor searched for words and found nothing. Of whoever has signed in nothing is kept: the words
    could be those of a private space (product.md 5.5, rule 9)."""
    plain = usage.normal(words)
    if plain and not viewer().signed_in and by_a_person(request):
        tally().miss(plain)
