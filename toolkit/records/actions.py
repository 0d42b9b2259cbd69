"""Joint actions of a work plan: what everybody reads of them, what only the parties read, and what came of
them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.agreement import Agreement, Consent, Objective
from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.catalogue import Resource
from toolkit.records.initiatives import Initiative
from toolkit.records.people import Organization, Person
from toolkit.records.workplan import Plan

STATES = ("proposed", "planned", "running", "to_verify", "verified", "observed", "paused", "cancelled",
          "withdrawn")  # fmt: skip
"""Of an action (product.md section 4, state machines); a proposal that was taken back is `withdrawn`."""


class Action(Base):
    """A joint action, known by its code («2026-03»): one party is responsible, the other is its counterpart
    and verifies it. `percent` is that of the last note, `next_on` the next date that it named. To which
    initiative it belongs is no part of the plan."""

    __tablename__ = "action"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    initiative_id: Mapped[int | None] = mapped_column(
        ForeignKey("initiative.id", ondelete="SET NULL"), default=None, index=True
    )
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(Text, default="")
    responsible_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    counterpart_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    post: Mapped[str] = mapped_column(String(160), default="")
    starts_on: Mapped[dt.date | None] = mapped_column(default=None)
    due_on: Mapped[dt.date | None] = mapped_column(default=None)
    percent: Mapped[int] = mapped_column(default=0)
    next_on: Mapped[dt.date | None] = mapped_column(default=None)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    proposed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    moved_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    verified_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    revision: Mapped[int] = mapped_column(default=1)
    plan: Mapped[Plan] = relationship(back_populates="actions")
    initiative: Mapped[Initiative | None] = relationship(viewonly=True)
    responsible: Mapped[Organization | None] = relationship(foreign_keys=[responsible_id])
    counterpart: Mapped[Organization | None] = relationship(foreign_keys=[counterpart_id])
    consents: Mapped[list[Consent]] = relationship(cascade="all, delete-orphan", order_by="Consent.id")
    objectives: Mapped[list[ActionObjective]] = relationship(
        back_populates="action", cascade="all, delete-orphan", order_by="ActionObjective.objective_id"
    )
    terms: Mapped[list[ActionTerm]] = relationship(cascade="all, delete-orphan", order_by="ActionTerm.code")
    detail: Mapped[ActionDetail | None] = relationship(back_populates="action", cascade="all, delete-orphan")
    priorities: Mapped[list[Priority]] = relationship(cascade="all, delete-orphan", order_by="Priority.id")
    outputs: Mapped[list[Output]] = relationship(cascade="all, delete-orphan", order_by="Output.id")
    tasks: Mapped[list[Task]] = relationship(back_populates="action", order_by="Task.due_on, Task.id")
    links: Mapped[list[ActionResource]] = relationship(
        cascade="all, delete-orphan", order_by="ActionResource.id"
    )
    assignees: Mapped[list[Assignee]] = relationship(cascade="all, delete-orphan", order_by="Assignee.id")
    evidence: Mapped[list[Evidence]] = relationship(
        back_populates="action", cascade="all, delete-orphan", order_by="Evidence.id"
    )
    notes: Mapped[list[Note]] = relationship(order_by="Note.id")
    steps: Mapped[list[Step]] = relationship(cascade="all, delete-orphan", order_by="Step.id")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint(f"state IN ({', '.join(repr(one) for one in STATES)})", name="state"),
        CheckConstraint("responsible_id <> counterpart_id", name="parties"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    )


class _Of:
    """A row that belongs to an action."""

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)


class ActionObjective(_Of, Base):
    """That an action serves an objective of the agreement."""

    __tablename__ = "action_objective"
    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id"), index=True)
    action: Mapped[Action] = relationship(back_populates="objectives")
    objective: Mapped[Objective] = relationship()

    __table_args__ = (UniqueConstraint("action_id", "objective_id"),)


class ActionTerm(_Of, Base):
    """A topic of an action, by its code."""

    __tablename__ = "action_term"
    code: Mapped[str] = mapped_column(String(8), index=True)

    __table_args__ = (UniqueConstraint("action_id", "code"),)


class ActionDetail(Base):
    """What only the parties read: how it will be done, and its budget line."""

    __tablename__ = "action_detail"
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text, default="")
    budget: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[Action] = relationship(back_populates="detail")


class Priority(_Of, Base):
    """Which policy or priority of a party an action serves, in its own words."""

    __tablename__ = "priority"
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    words: Mapped[str] = mapped_column(String(200))
    organization: Mapped[Organization | None] = relationship()

    __table_args__ = (UniqueConstraint("action_id", "organization_id"),)


class Output(_Of, Base):
    """What an action is to produce; the verifier ticks each."""

    __tablename__ = "output"
    words: Mapped[str] = mapped_column(String(200))


class Assignee(_Of, Base):
    """Somebody who may write notes and add evidence for a party."""

    __tablename__ = "assignee"
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    person: Mapped[Person | None] = relationship()

    __table_args__ = (UniqueConstraint("action_id", "person_id"),)


class ActionResource(_Of, Base):
    """A material that an action uses, in the version it had when it was linked."""

    __tablename__ = "action_resource"
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    resource: Mapped[Resource | None] = relationship()

    __table_args__ = (UniqueConstraint("action_id", "resource_id"),)


class Task(Base):
    """Something a party has to do until a day: part of an action, or agreed on in a meeting."""

    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    words: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[dt.date | None] = mapped_column(default=None)
    done_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    agreement: Mapped[Agreement] = relationship()
    action: Mapped[Action | None] = relationship(back_populates="tasks")
    organization: Mapped[Organization | None] = relationship()


class Note(_Of, Base):
    """How far an action has come, in few words."""

    __tablename__ = "note"
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    words: Mapped[str] = mapped_column(Text)
    percent: Mapped[int]
    next_on: Mapped[dt.date | None] = mapped_column(default=None)
    written_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    organization: Mapped[Organization | None] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),)


class Evidence(_Of, Base):
    """What proves that something was done: a file of its own, or a material in one version. `public` shows it
    to everybody; what was withdrawn stays written, with the reason."""

    __tablename__ = "evidence"
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    title: Mapped[str] = mapped_column(String(200))
    public: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[str | None] = mapped_column(String(64), default=None, index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    format: Mapped[str] = mapped_column(String(8), default="")
    size: Mapped[int] = mapped_column(default=0)
    resource_id: Mapped[int | None] = mapped_column(
        ForeignKey("resource.id", ondelete="SET NULL"), default=None, index=True
    )
    version: Mapped[int | None] = mapped_column(default=None)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    added_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    withdrawn_for: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[Action] = relationship(back_populates="evidence")
    organization: Mapped[Organization | None] = relationship()
    resource: Mapped[Resource | None] = relationship()


class Step(_Of, Base):
    """That an action passed from one state to another: who did it, when, why; for a verification also what
    was checked, as (words, whether it holds)."""

    __tablename__ = "step"
    before: Mapped[str] = mapped_column(String(12))
    after: Mapped[str] = mapped_column(String(12))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    reason: Mapped[str] = mapped_column(Text, default="")
    checked: Mapped[list[Any]] = mapped_column(JSON, default=list)
    organization: Mapped[Organization | None] = relationship()
    person: Mapped[Person | None] = relationship()
