"""The worker of an instance: which jobs exist and what does them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select

from portal import mail
from portal.instance import Instance
from portal.workplan import making
from toolkit import erasure, lapses, reminders, terms
from toolkit.jobs import Handler, Job, Worker, enqueue
from toolkit.news.photos import Photographer
from toolkit.reading import Reader
from toolkit.records import Lease, now
from toolkit.search import indexing
from toolkit.search.shelf import Unavailable


def make_worker(instance: Instance) -> Worker:
    """The worker that does all jobs of the instance."""
    reader = Reader(instance.database, instance.store, instance.folder / "scratch")
    handlers: dict[str, Handler] = {
        **reader.handlers(),
        **Photographer(instance.database, instance.store, instance.folder / "scratch").handlers(),
        **mail.handlers(instance),
        **making.handlers(instance),
        "watch_posts": Handler(lambda job: lapses.watch(instance.database)),
        "watch_plan": Handler(lambda job: reminders.watch(instance.database)),
        "forget": Handler(
            lambda job: erasure.sweep(instance.database, instance.erasure_key, instance.outbox)
        ),
    }
    begun: list[dt.date] = []

    def index(jobs: Sequence[Job]) -> None:
        if any(job.kind == "rebuild" for job in jobs):
            indexing.rebuild(instance.database, instance.shelves)
        watch()
        for job in jobs:
            if job.kind == "index_organization":
                indexing.spread(instance.database, int(job.key))
        keys = [job.key for job in jobs if job.kind == "index_resource"]
        try:
            indexing.index(instance.database, instance.shelves, keys)
        except (Unavailable, OSError):  # somebody deleted shelves while we wrote on them
            if instance.shelves.available():
                raise
            watch()  # what is built anew holds these resources too

    def watch() -> None:
        if not instance.shelves.available():
            indexing.rebuild(instance.database, instance.shelves)

    def look_around() -> None:
        watch()
        day = terms.today()
        if begun != [day]:  # midnight in Lima has passed, or this worker has just begun
            with instance.database.open_for_maintenance() as session:
                for watch_over in ("watch_posts", "watch_plan"):
                    enqueue(session, "mail", watch_over, day.isoformat())
            begun[:] = [day]

    return Worker(
        instance.database, handlers, index, look_around, instance.shelves.let_go,
        readers=instance.settings["READERS"],
    )  # fmt: skip


def somebody_works(instance: Instance) -> bool:
    """Does a living worker hold the pen of the shelves?"""
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.scalar(select(Lease).where(Lease.name == "shelves", Lease.until > now())) is not None


@contextmanager
def worker_inside(instance: Instance) -> Iterator[None]:
    """While the block runs there is a worker: another process's, or ours if nobody's lives or it dies."""
    ours = make_worker(instance)
    threads: list[threading.Thread] = []
    done = threading.Event()

    def look_after() -> None:
        while True:
            if not threads and not somebody_works(instance):
                threads.extend(ours.start())
            if done.wait(2):
                return

    guardian = threading.Thread(target=look_after, daemon=True)
    guardian.start()
    try:
        yield
    finally:
        done.set()
        guardian.join()
        if threads:
            ours.stop()
            for thread in threads:
                thread.join()
            ours.give_back()
