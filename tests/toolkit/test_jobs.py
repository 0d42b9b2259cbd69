"""The queue, its leases, and the worker that empties it."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from portal.instance import Instance
from toolkit import jobs
from toolkit.database import Busy, Database
from toolkit.jobs import Handler, Worker, queue
from toolkit.jobs import Job as Claimed
from toolkit.records import Job, Lease, now

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def database(instance: Instance) -> Database:
    return instance.database


def add(database: Database, lane: str, kind: str, key: str, **more: object) -> None:
    with database.open_for_maintenance() as session:
        jobs.enqueue(session, lane, kind, key, **more)  # type: ignore[arg-type]


def take(database: Database, lane: str = "fast", holder: str = "one", limit: int = 1) -> list[str]:
    with database.open_for_maintenance() as session:
        return [job.key for job in jobs.claim(session, [lane], holder, limit=limit)]


def rows(database: Database) -> list[tuple[str, str, int]]:
    with database.open_for_maintenance(writing=False) as session:
        found = session.scalars(select(Job).order_by(Job.id))
        return [(job.key, job.state, job.attempts) for job in found]


def run_out(database: Database) -> None:
    """Let the leases of all jobs run out, as if their worker had been dead for long."""
    with database.open_for_maintenance() as session:
        session.execute(update(Job).values(leased_until=now() - SECOND))


def make_due(database: Database) -> None:
    with database.open_for_maintenance() as session:
        session.execute(update(Job).values(run_at=now() - SECOND))


def id_of(database: Database, key: str) -> int:
    with database.open_for_maintenance(writing=False) as session:
        return session.scalars(select(Job.id).where(Job.key == key, Job.state == "running")).one()


def test_jobs_are_taken_in_the_order_of_their_moments(database: Database) -> None:
    moment = now()
    for key, ago in (("later", 1), ("first", 3), ("second", 2)):
        add(database, "fast", "read", key, run_at=moment - ago * SECOND)
    add(database, "fast", "read", "tomorrow", run_at=moment + dt.timedelta(days=1))
    add(database, "slow", "scan", "elsewhere")
    assert [take(database) for _ in range(4)] == [["first"], ["second"], ["later"], []]


def test_a_batch_is_taken_at_once(database: Database) -> None:
    for number in range(5):
        add(database, "index", "index", str(number))
    assert take(database, "index", limit=3) == ["0", "1", "2"]
    assert take(database, "index", limit=3) == ["3", "4"]


def test_another_takes_a_job_only_when_its_lease_ran_out(database: Database) -> None:
    add(database, "fast", "read", "7")
    assert take(database, holder="dead") == ["7"]
    assert take(database, holder="living") == []
    run_out(database)
    assert take(database, holder="living") == ["7"]
    assert rows(database) == [("7", "running", 2)]


def test_a_heartbeat_keeps_what_is_in_hand_and_nothing_else(database: Database) -> None:
    """A job whose end could not be written must come back, although its worker lives."""
    add(database, "fast", "read", "kept")
    add(database, "fast", "read", "forgotten")
    assert take(database, limit=2) == ["kept", "forgotten"]
    run_out(database)
    with database.open_for_maintenance() as session:
        jobs.renew(session, "one", [id_of(database, "kept")])
    assert take(database, holder="two", limit=2) == ["forgotten"]


def test_a_job_that_waits_is_not_added_twice_but_brought_forward(database: Database) -> None:
    add(database, "index", "index", "a", run_at=now() + dt.timedelta(hours=1))
    assert take(database, "index") == []
    add(database, "index", "index", "a")
    assert rows(database) == [("a", "waiting", 0)]
    assert take(database, "index") == ["a"]
    add(database, "index", "index", "a")  # the one that runs may have read too early
    assert rows(database) == [("a", "running", 1), ("a", "waiting", 0)]


def test_asking_for_later_never_puts_a_waiting_job_off(database: Database) -> None:
    add(database, "index", "index", "a")
    add(database, "index", "index", "a", run_at=now() + dt.timedelta(hours=1))
    assert take(database, "index") == ["a"]


def test_failing_waits_longer_each_time_and_ends_after_three(database: Database) -> None:
    add(database, "fast", "read", "7")
    for attempt, pause in ((1, 2), (2, 4)):
        assert take(database) == ["7"]
        with database.open_for_maintenance() as session:
            assert not jobs.fail(session, id_of(database, "7"), "broken")
        with database.open_for_maintenance(writing=False) as session:
            job = session.scalars(select(Job)).one()
            assert job.state == "waiting" and job.attempts == attempt
            assert pause - 1 < (job.run_at - now()).total_seconds() <= pause
            assert session.scalar(select(Job.id).where(jobs.under_way())) is not None
        assert take(database) == []
        make_due(database)
    assert take(database) == ["7"]
    with database.open_for_maintenance() as session:
        assert jobs.fail(session, id_of(database, "7"), "x" * 900)
    assert rows(database) == [("7", "failed", 3)]
    with database.open_for_maintenance(writing=False) as session:
        assert session.scalar(select(Job.id).where(jobs.under_way())) is None
        assert len(session.scalars(select(Job.trouble)).one()) == 500


def test_a_retry_is_not_lost_to_a_twin_of_a_later_date(database: Database) -> None:
    add(database, "index", "index", "a")
    assert take(database, "index") == ["a"]
    add(database, "index", "index", "a", run_at=now() + dt.timedelta(days=30))
    with database.open_for_maintenance() as session:
        jobs.fail(session, id_of(database, "a"), "broken")
        (job,) = session.scalars(select(Job))
        assert job.state == "waiting" and job.attempts == 1
        assert job.run_at < now() + dt.timedelta(seconds=5)


def test_success_clears_the_failures_before_it(database: Database) -> None:
    add(database, "fast", "read", "7")
    add(database, "fast", "read", "8")
    with database.open_for_maintenance() as session:
        session.execute(update(Job).values(state="failed"))
    add(database, "fast", "read", "7")
    assert take(database) == ["7"]
    with database.open_for_maintenance() as session:
        jobs.finish(session, [id_of(database, "7")])
    assert rows(database) == [("8", "failed", 0)]


def test_a_lease_is_one_holders_until_it_runs_out(database: Database) -> None:
    def hold(holder: str) -> bool:
        with database.open_for_maintenance() as session:
            return jobs.hold(session, "shelves", holder)

    assert hold("one") and hold("one") and not hold("two")
    with database.open_for_maintenance() as session:
        session.execute(update(Lease).values(until=now() - SECOND))
    assert hold("two") and not hold("one")
    with database.open_for_maintenance() as session:
        assert jobs.renew(session, "one", []) == set()
        assert jobs.renew(session, "two", []) == {"shelves"}
        jobs.let_go(session, "two")
    assert hold("one")


def test_letting_go_gives_jobs_back_at_once(database: Database) -> None:
    add(database, "fast", "read", "7")
    assert take(database, holder="one") == ["7"]
    with database.open_for_maintenance() as session:
        jobs.let_go(session, "one")
    assert take(database, holder="two") == ["7"]


def wait_until(true: Callable[[], object], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.02)


class Bench:
    """A worker whose jobs are noted; `bad` keys fail."""

    def __init__(self, database: Database, *bad: str) -> None:
        self.done: list[str] = []
        self.batches: list[list[str]] = []
        self.given_up: list[str] = []
        self.pens = 0
        self.bad = bad
        handlers = {"read": Handler(self.read, self.give_up)}
        self.worker = Worker(database, handlers, self.index, take_pen=self.take_pen)

    def read(self, job: Claimed) -> None:
        if job.key in self.bad:
            raise ValueError("broken")
        self.done.append(job.key)

    def index(self, batch: list[Claimed]) -> None:
        self.batches.append([job.key for job in batch])
        if any(job.key in self.bad for job in batch):
            raise ValueError("broken")
        self.done += [job.key for job in batch]

    def give_up(self, job: Claimed, trouble: str) -> None:
        self.given_up.append(job.key)

    def take_pen(self) -> None:
        self.pens += 1

    def __enter__(self) -> Bench:
        self.threads = self.worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.stop()
        for thread in self.threads:
            thread.join(10)
        self.worker.give_back()


def test_a_worker_does_what_is_due_and_leaves_the_queue_empty(database: Database) -> None:
    for number in range(5):
        add(database, "fast", "read", f"r{number}")
        add(database, "index", "index_resource", f"i{number}")
    with Bench(database) as bench:
        wait_until(lambda: not rows(database))
        assert sorted(bench.done) == sorted(f"{lane}{n}" for lane in "ri" for n in range(5))
        assert bench.batches == [[f"i{n}" for n in range(5)]] and bench.pens == 1
    with database.open_for_maintenance(writing=False) as session:
        assert session.scalar(select(Lease.name)) is None


def test_an_idle_worker_looks_at_least_five_times_a_second(database: Database) -> None:
    with Bench(database) as bench:
        wait_until(lambda: bench.pens)
        begun = time.monotonic()
        add(database, "fast", "read", "r")
        wait_until(lambda: bench.done)
        assert time.monotonic() - begun < 3


def test_one_bad_document_keeps_no_other_from_its_shelf(database: Database) -> None:
    for key in ("a", "bad", "c"):
        add(database, "index", "index_resource", key)
    with Bench(database, "bad") as bench:
        wait_until(lambda: rows(database) == [("bad", "waiting", 1)])
    assert bench.done == ["a", "c"]


def test_the_last_failure_is_told(database: Database) -> None:
    add(database, "fast", "read", "bad")
    with database.open_for_maintenance() as session:
        session.execute(update(Job).values(attempts=queue.ATTEMPTS - 1))
    with Bench(database, "bad") as bench:
        wait_until(lambda: bench.given_up == ["bad"])
    assert rows(database) == [("bad", "failed", 3)]


def test_a_job_that_killed_its_workers_is_not_begun_again(database: Database) -> None:
    add(database, "fast", "read", "killer")
    with database.open_for_maintenance() as session:
        session.execute(update(Job).values(attempts=3, state="running", leased_until=now() - SECOND))
    with Bench(database) as bench:
        wait_until(lambda: bench.given_up == ["killer"])
    assert bench.done == []


def test_a_job_that_nobody_knows_fails_in_words(database: Database) -> None:
    add(database, "fast", "unheard-of", "1")
    with Bench(database):
        wait_until(lambda: rows(database) == [("1", "waiting", 1)])


def test_only_one_worker_writes_shelves(database: Database) -> None:
    with Bench(database) as first:
        wait_until(lambda: first.pens)
        with Bench(database) as second:
            for number in range(3):
                add(database, "index", "index_resource", str(number))
                wait_until(lambda: not rows(database))
            assert not second.pens and not second.batches
        assert len(first.done) == 3


def test_a_worker_that_slept_finds_out_that_it_lost_the_pen(database: Database) -> None:
    with Bench(database) as bench:
        wait_until(lambda: bench.pens)
        with database.open_for_maintenance() as session:
            session.execute(update(Lease).values(holder="other", until=now() + 60 * SECOND))
        bench.worker._renewed -= queue.LEASE + 1  # as if the process had been stopped meanwhile
        wait_until(lambda: not bench.worker.writing.is_set())
        add(database, "index", "index_resource", "a")
        time.sleep(0.6)
        assert bench.batches == []


def test_writers_of_a_process_come_in_turn(database: Database) -> None:
    """Whoever asks first writes first, however busy the others are."""
    order: list[int] = []

    def write(number: int) -> None:
        with database.open_for_maintenance():
            order.append(number)
            time.sleep(0.02)

    with database.open_for_maintenance():
        threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join(10)
    assert order == list(range(6))


def test_a_writer_that_waits_too_long_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.database.BUSY_MILLISECONDS", 100)
    outcome: list[object] = []

    def write() -> None:
        try:
            with database.open_for_maintenance():
                outcome.append("written")
        except Busy as busy:
            outcome.append(busy)

    with database.open_for_maintenance():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(10)
        assert isinstance(outcome[0], Busy)
    write()
    assert outcome[1] == "written"
