"""The worker: threads that take jobs from their lanes, one heartbeat, one thread for the shelves.

`fast` reads files, `slow` does what may take long (OCR, pictures), `mail` makes what a person waits for:
letters, and files that were asked for. `index` alone writes shelves: its jobs come in batches, because many
documents in one commit cost little more than one.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.database import Busy, Database
from toolkit.jobs import queue

log = logging.getLogger(__name__)
IDLE = 0.2
"""Seconds between two looks of an idle worker."""
PEN = "shelves"
"""The lease of the one process that writes shelves."""
BATCH = 200
"""Most index jobs taken together."""


@dataclass(frozen=True)
class Job:
    """A claimed job, as plain values."""

    id: int
    kind: str
    key: str
    values: Mapping[str, Any]
    attempts: int


@dataclass
class Handler:
    """What a worker does for a kind of job: `run` does it, `give_up` is told after the last attempt."""

    run: Callable[[Job], None]
    give_up: Callable[[Job, str], None] | None = None


@dataclass
class Worker:
    """Runs jobs until `stop`: `handlers` by kind; `index` takes a batch of index jobs at once, and
    `watch` is called about once a second by the thread that holds the writer's lease, which was told so by
    `take_pen` (another process may have written until then)."""

    database: Database
    handlers: Mapping[str, Handler]
    index: Callable[[Sequence[Job]], None]
    watch: Callable[[], None] = lambda: None
    take_pen: Callable[[], None] = lambda: None
    readers: int = 2
    holder: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(4)}")
    stopping: threading.Event = field(default_factory=threading.Event)
    writing: threading.Event = field(default_factory=threading.Event)
    _in_hand: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _renewed: float = 0.0

    def start(self) -> list[threading.Thread]:
        """Start all threads and give them back."""
        loops: list[tuple[str, Callable[[], None]]] = [
            ("heartbeat", self._beat),
            ("index", self._write_shelves),
        ]
        loops += [(f"fast-{n}", lambda: self._take_turns("fast")) for n in range(self.readers)]
        loops += [("slow", lambda: self._take_turns("slow")), ("mail", lambda: self._take_turns("mail"))]
        threads = [threading.Thread(target=loop, name=name, daemon=True) for name, loop in loops]
        for thread in threads:
            thread.start()
        return threads

    def stop(self) -> None:
        """Finish what is in hand, then give everything back."""
        self.stopping.set()

    def run(self) -> None:
        """Work until `stop` is called, then return."""
        for thread in self.start():
            thread.join()
        self.give_back()

    def give_back(self) -> None:
        """Let go of leases and jobs, so that another worker need not wait for them to run out."""
        with self.database.open_for_maintenance() as session:
            queue.let_go(session, self.holder)

    def _pause(self, seconds: float = IDLE) -> None:
        self.stopping.wait(seconds)

    def _claim(self, lane: str, limit: int = 1) -> list[Job]:
        with self.database.open_for_maintenance(writing=False) as session:
            if not queue.due(session, [lane]):
                return []
        with self.database.open_for_maintenance() as session:
            jobs = [
                Job(job.id, job.kind, job.key, dict(job.values), job.attempts)
                for job in queue.claim(session, [lane], self.holder, limit=limit)
            ]
        with self._lock:
            self._in_hand.update(job.id for job in jobs)
        return jobs

    def _put_down(self, jobs: Sequence[Job]) -> None:
        """Whatever became of these jobs, they are renewed no more."""
        with self._lock:
            self._in_hand.difference_update(job.id for job in jobs)

    def _beat(self) -> None:
        while not self.stopping.wait(queue.RENEW):
            try:
                with self._lock:
                    jobs = list(self._in_hand)
                moment = time.monotonic()
                with self.database.open_for_maintenance() as session:
                    kept = queue.renew(session, self.holder, jobs)
                self._renewed = moment
                if PEN not in kept:
                    self.writing.clear()
            except Exception:
                log.exception("heartbeat failed")

    def _take_turns(self, lane: str) -> None:
        while not self.stopping.is_set():
            try:
                jobs = self._claim(lane)
                for job in jobs:
                    self._do(job)
                if not jobs:
                    self._pause()
            except Busy:
                self._pause()
            except Exception:
                log.exception("worker lane %s stumbled", lane)
                self._pause(1)

    def _do(self, job: Job) -> None:
        handler = self.handlers.get(job.kind)
        try:
            if handler is None:
                raise LookupError("nobody does such jobs")
            if job.attempts > queue.ATTEMPTS:
                raise RuntimeError("its worker died each time")
            handler.run(job)
        except Exception as trouble:
            log.exception("job %s %s failed", job.kind, job.key)
            self._put_back(job, repr(trouble), handler)
        else:
            self._finish([job])
        finally:
            self._put_down([job])

    def _finish(self, jobs: Sequence[Job]) -> None:
        with self.database.open_for_maintenance() as session:
            queue.finish(session, [job.id for job in jobs])

    def _put_back(self, job: Job, trouble: str, handler: Handler | None) -> None:
        with self.database.open_for_maintenance() as session:
            last = queue.fail(session, job.id, trouble)
        if last and handler and handler.give_up:
            handler.give_up(job, trouble)

    def _write_shelves(self) -> None:
        watched = 0.0
        while not self.stopping.is_set():
            try:
                if not self._hold_pen():
                    self._pause(1)
                    continue
                if time.monotonic() - watched > 1:
                    self.watch()
                    watched = time.monotonic()
                jobs = self._claim("index", BATCH)
                if jobs:
                    self._index(jobs)
                if len(jobs) < BATCH:  # let some gather: a commit costs the same for one and for many
                    self._pause()
            except Busy:
                self._pause()
            except Exception:
                log.exception("writing the shelves stumbled")
                self._pause(1)

    def _hold_pen(self) -> bool:
        """Is the pen ours, and renewed lately? A process that slept may have lost it unawares."""
        if self.writing.is_set() and time.monotonic() - self._renewed < queue.LEASE:
            return True
        self.writing.clear()
        moment = time.monotonic()
        with self.database.open_for_maintenance() as session:
            held = queue.hold(session, PEN, self.holder)
        if held:
            self.take_pen()
            self._renewed = moment
            self.writing.set()
        return held

    def _index(self, jobs: Sequence[Job]) -> None:
        """Index a batch; where that fails each job by itself, so that one cannot keep the others back."""
        try:
            self.index(jobs)
        except Exception as trouble:
            log.exception("indexing %d jobs failed", len(jobs))
            if len(jobs) > 1:
                for job in jobs:
                    self._index([job])
            else:
                self._put_back(jobs[0], repr(trouble), None)
        else:
            self._finish(jobs)
        finally:
            self._put_down(jobs)
