"""What works in the background: jobs, leases, outgoing mail, the audit, erasures, and what stands on which
shelf."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from toolkit.records.base import Base, Moment, now


class Job(Base):
    """A piece of work that waits or runs. A job can run twice; a dead worker's lease runs out.

    `lane` keeps slow work out of the way of fast work; `key` makes a waiting job unique.
    """

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    lane: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(80))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    run_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None] = mapped_column(String(64), default=None)
    leased_until: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    trouble: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'failed')", name="state"),
        Index("ix_job_next", "lane", "state", "run_at"),
        Index("uq_job_waiting", "kind", "key", unique=True,
              sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip


class Lease(Base):
    """Who holds a thing that only one process may hold (the writer of the shelves), and until when."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[dt.datetime] = mapped_column(Moment)


class OutboxMessage(Base):
    """An e-mail to be written and sent: template, values and language; the words come later."""

    __tablename__ = "outbox_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254))
    template: Mapped[str] = mapped_column(String(60))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    language: Mapped[str] = mapped_column(String(2), default="es")
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    sent_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)


class AuditEntry(Base):
    """Who did what, to what, when, from where (a network address, cut), with which result. Only ever added
    to."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(Moment, default=now, index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), default=None)
    organization_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="SET NULL"), default=None, index=True
    )
    act: Mapped[str] = mapped_column(String(40))
    noun: Mapped[str] = mapped_column(String(24))
    noun_id: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(45), default="", server_default="")
    result: Mapped[str] = mapped_column(String(8), default="done", server_default="done")
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Erasure(Base):
    """A person's data were erased. The keyed digest tells the address if it turns up again; it cannot be
    turned back into it."""

    __tablename__ = "erasure"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[dt.datetime] = mapped_column(Moment, default=now)


class Placement(Base):
    """What stands on which shelf: written before the shelf is touched, so that nothing is forgotten there."""

    __tablename__ = "placement"
    id: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(String(16))
    public_id: Mapped[str] = mapped_column(String(24), index=True)
    shelf: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int]
    form: Mapped[str] = mapped_column(String(8))

    __table_args__ = (UniqueConstraint("noun", "public_id", "shelf"),)
