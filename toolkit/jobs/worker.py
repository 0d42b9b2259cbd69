"""The worker: threads that take jobs from their lanes, one heartbeat, one thread for the shelves.

`fast` reads files, `slow` does what may take long (OCR, pictures, mail), `index` alone writes shelves:
its jobs come in batches, because many documents in one commit cost little more than one.
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
    `watch` is called about once a second by the thread that holds the writer's lease."""

    database: Database
    handlers: Mapping[str, Handler]
    index: Callable[[Sequence[Job]], None]
    watch: Callable[[], None] = lambda: None
    readers: int = 2
    holder: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(4)}")
    stopping: threading.Event = field(default_factory=threading.Event)
    writing: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        """Start all threads and give them back."""
        loops: list[tuple[str, Callable[[], None]]] = [
            ("heartbeat", self._beat),
            ("index", self._write_shelves),
        ]
        loops += [(f"fast-{n}", lambda: self._take_turns("fast")) for n in range(self.readers)]
        loops += [("slow", lambda: self._take_turns("slow"))]
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
            return [
                Job(job.id, job.kind, job.key, dict(job.values), job.attempts)
                for job in queue.claim(session, [lane], self.holder, limit=limit)
            ]

    def _beat(self) -> None:
        while not self.stopping.wait(queue.RENEW):
            try:
                with self.database.open_for_maintenance() as session:
                    queue.renew(session, self.holder)
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
        handler = self.handlers[job.kind]
        try:
            if job.attempts > queue.ATTEMPTS:
                raise RuntimeError("its worker died each time")
            handler.run(job)
        except Exception as trouble:
            log.exception("job %s %s failed", job.kind, job.key)
            self._put_back(job, repr(trouble), handler)
        else:
            with self.database.open_for_maintenance() as session:
                queue.finish(session, [job.id])

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
                else:
                    self._pause()
            except Busy:
                self._pause()
            except Exception:
                log.exception("writing the shelves stumbled")
                self._pause(1)

    def _hold_pen(self) -> bool:
        if self.writing.is_set():
            return True
        with self.database.open_for_maintenance() as session:
            if queue.hold(session, "shelves", self.holder):
                self.writing.set()
        return self.writing.is_set()

    def _index(self, jobs: Sequence[Job]) -> None:
        try:
            self.index(jobs)
        except Exception as trouble:
            log.exception("indexing %d jobs failed", len(jobs))
            for job in jobs:
                self._put_back(job, repr(trouble), None)
        else:
            with self.database.open_for_maintenance() as session:
                queue.finish(session, [job.id for job in jobs])
