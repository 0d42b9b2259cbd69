"""Work in the background: a queue in the database, leases, and the worker that empties it.

A job is enqueued in the transaction of what caused it, so neither exists without the other. It may run
twice: a worker that dies keeps its lease for at most `LEASE` seconds, then another takes the job.
"""

from toolkit.jobs.queue import (
    LEASE,
    RENEW,
    awaited,
    claim,
    enqueue,
    fail,
    finish,
    hold,
    let_go,
    renew,
    under_way,
    waiting,
)
from toolkit.jobs.worker import Handler, Job, Worker

__all__ = [
    "LEASE",
    "RENEW",
    "Handler",
    "Job",
    "Worker",
    "awaited",
    "claim",
    "enqueue",
    "fail",
    "finish",
    "hold",
    "let_go",
    "renew",
    "under_way",
    "waiting",
]
