"""The queue table: enqueue, claim, renew, finish, fail; and leases for what only one may hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from toolkit.records import Job, Lease, now

LEASE = 30.0
"""Seconds for which a claimed job or a lease is held without being renewed."""
RENEW = 10.0
"""Seconds between renewals."""
ATTEMPTS = 3
"""How often a job is tried before it counts as failed."""
LANES = ("fast", "index", "slow", "mail")


def enqueue(
    session: Session, lane: str, kind: str, key: str, *, run_at: dt.datetime | None = None, **values: Any
) -> None:
    """Add a job in the caller's transaction. A job of the same kind and key that still waits is enough:
    it will see the newest state, so its moment is only brought forward."""
    moment = run_at or now()
    row = insert(Job).values(lane=lane, kind=kind, key=key, values=values, run_at=moment)
    session.flush()
    session.connection().execute(
        row.values(state="waiting", attempts=0, trouble="", created_at=now()).on_conflict_do_update(
            index_elements=["kind", "key"],
            index_where=Job.state == "waiting",
            set_={"run_at": func.min(Job.run_at, row.excluded.run_at)},
        )
    )


def _due(lanes: Sequence[str], moment: dt.datetime) -> ColumnElement[bool]:
    ready = (Job.state == "waiting") & (Job.run_at <= moment)
    abandoned = (Job.state == "running") & (Job.leased_until < moment)
    return Job.lane.in_(lanes) & or_(ready, abandoned)


def due(session: Session, lanes: Sequence[str]) -> bool:
    """Is there anything to claim? Asks without taking the write lock."""
    return session.scalar(select(Job.id).where(_due(lanes, now())).limit(1)) is not None


def claim(session: Session, lanes: Sequence[str], holder: str, *, limit: int = 1) -> list[Job]:
    """Take the jobs due longest, waiting ones or those whose worker let its lease run out."""
    moment = now()
    jobs = list(
        session.scalars(select(Job).where(_due(lanes, moment)).order_by(Job.run_at, Job.id).limit(limit))
    )
    for job in jobs:
        job.state, job.leased_by = "running", holder
        job.leased_until = moment + dt.timedelta(seconds=LEASE)
        job.attempts += 1
    return jobs


def renew(session: Session, holder: str, jobs: Collection[int]) -> set[str]:
    """Prolong the jobs with these ids, which `holder` has in hand, and its leases; gives the names of the
    leases that it still holds. A job it claimed but no longer knows of is not renewed, so that it comes back.
    """
    until = now() + dt.timedelta(seconds=LEASE)
    session.execute(
        update(Job)
        .where(Job.id.in_(jobs), Job.leased_by == holder, Job.state == "running")
        .values(leased_until=until)
    )
    session.execute(update(Lease).where(Lease.holder == holder).values(until=until))
    return set(session.scalars(select(Lease.name).where(Lease.holder == holder)))


def finish(session: Session, jobs: Collection[int]) -> None:
    """The jobs with these ids are done: they leave the queue, and with them what failed before of the same
    kind and key."""
    done = select(Job.kind, Job.key).where(Job.id.in_(jobs))
    session.execute(delete(Job).where(Job.state == "failed", tuple_(Job.kind, Job.key).in_(done)))
    session.execute(delete(Job).where(Job.id.in_(jobs)))


def fail(session: Session, job_id: int, trouble: str) -> bool:
    """Put a job back with growing delay (2, 4 … seconds), or mark it failed after `ATTEMPTS`.

    Gives True when it was the last attempt.
    """
    job = session.get(Job, job_id)
    if job is None:
        return True
    job.trouble, job.leased_by, job.leased_until = trouble[:500], None, None
    again = now() + dt.timedelta(seconds=2.0**job.attempts)
    twin = session.scalar(select(Job).where(Job.kind == job.kind, Job.key == job.key, Job.state == "waiting"))
    if job.attempts >= ATTEMPTS:
        job.state = "failed"
        return True
    if twin is not None:  # it takes over, at the moment of this one, which may be long before its own
        twin.run_at, twin.attempts = min(twin.run_at, again), max(twin.attempts, job.attempts)
        session.delete(job)
    else:
        job.state, job.run_at = "waiting", again
    return False


def under_way() -> ColumnElement[bool]:
    """Jobs that run, are due, or wait to be tried again: not those of a later date, nor failed ones."""
    due_or_tried = or_(Job.run_at <= now(), Job.attempts > 0)
    return or_(Job.state == "running", and_(Job.state == "waiting", due_or_tried))


def awaited(session: Session, kind: str, key: str) -> bool:
    """Does a job of this kind and key wait or run?"""
    wanted = select(Job.id).where(Job.kind == kind, Job.key == key, Job.state.in_(("waiting", "running")))
    return session.scalar(wanted.limit(1)) is not None


def waiting(session: Session, lanes: Sequence[str] = LANES, kinds: Sequence[str] = ()) -> int:
    """How many jobs of these lanes (and kinds, if given) wait or run."""
    count = select(func.count(Job.id)).where(Job.lane.in_(lanes), Job.state.in_(("waiting", "running")))
    return session.scalar(count.where(Job.kind.in_(kinds)) if kinds else count) or 0


def hold(session: Session, name: str, holder: str) -> bool:
    """Take or keep the lease called `name`; False while somebody else holds it."""
    lease, moment = session.get(Lease, name), now()
    until = moment + dt.timedelta(seconds=LEASE)
    if lease is None:
        session.add(Lease(name=name, holder=holder, until=until))
    elif lease.holder == holder or lease.until < moment:
        lease.holder, lease.until = holder, until
    else:
        return False
    return True


def let_go(session: Session, holder: str) -> None:
    """Give back all leases and running jobs of `holder`, as a worker does that stops in order."""
    session.execute(delete(Lease).where(Lease.holder == holder))
    session.execute(
        update(Job)
        .where(Job.leased_by == holder, Job.state == "running")
        .values(leased_until=now() - dt.timedelta(seconds=1))
    )
