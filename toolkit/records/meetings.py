"""Meetings of the parties of an agreement («encuentros»): who was there, the acta that both approve, and what
each party commits itself to; and the reminders of what waits."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.actions import Action, Task
from toolkit.records.agreement import Agreement, Consent
from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.people import Organization, Person


class Meeting(Base):
    """A meeting: `called` until its acta is begun, `held` while the parties agree on that, `agreed` when all
    have, and frozen then. `written_at` is when something of it was last changed, `cancelled_for` why it
    does not take place."""

    __tablename__ = "meeting"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="called")
    title: Mapped[str] = mapped_column(String(160))
    at: Mapped[dt.datetime] = mapped_column(Moment)
    place: Mapped[str] = mapped_column(String(200), default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    acta: Mapped[str] = mapped_column(Text, default="")
    cancelled_for: Mapped[str] = mapped_column(Text, default="")
    called_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    written_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    agreed_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    agreement: Mapped[Agreement] = relationship()
    attendance: Mapped[list[Attendance]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="Attendance.id"
    )
    commitments: Mapped[list[Commitment]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="Commitment.id"
    )
    consents: Mapped[list[Consent]] = relationship(cascade="all, delete-orphan", order_by="Consent.id")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (CheckConstraint("state IN ('called', 'held', 'agreed', 'cancelled')", name="state"),)


class Attendance(Base):
    """Somebody who is expected at a meeting, or was there: name and organisation in plain words, which stay;
    with a `person` it is somebody of the portal, who reads the meeting."""

    __tablename__ = "attendance"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    organization: Mapped[str] = mapped_column(String(160), default="")
    present: Mapped[bool] = mapped_column(default=False)
    meeting: Mapped[Meeting] = relationship(back_populates="attendance")
    person: Mapped[Person | None] = relationship()

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)


class Commitment(Base):
    """What a party commits itself to in a meeting; once the acta is approved there is a `task` for it, of the
    action that it names or of none."""

    __tablename__ = "commitment"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    words: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[dt.date]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id", ondelete="SET NULL"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    meeting: Mapped[Meeting] = relationship(back_populates="commitments")
    organization: Mapped[Organization | None] = relationship()
    action: Mapped[Action | None] = relationship()
    task: Mapped[Task | None] = relationship()


class Reminder(Base):
    """That a person was reminded, for an organisation, of something that waits: `noun` says in which way it
    does, `key` names it."""

    __tablename__ = "reminder"
    id: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(24))
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    sent_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_reminder_noun_key", "noun", "key"),)
