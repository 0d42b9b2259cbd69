"""The yearly work plan of an agreement: the plan with its indicators, and the changes made to it once both
parties had agreed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.agreement import Agreement, Consent, Objective
from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.people import Organization, Person

if TYPE_CHECKING:
    from toolkit.records.actions import Action


class Plan(Base):
    """What the parties of an agreement want to do in a year. A draft becomes `agreed`, and is frozen, when
    every party has agreed; `published`, everybody reads it. There is one a year."""

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    year: Mapped[int] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    words: Mapped[str] = mapped_column(Text, default="")
    agreed_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    agreement: Mapped[Agreement] = relationship()
    consents: Mapped[list[Consent]] = relationship(cascade="all, delete-orphan", order_by="Consent.id")
    indicators: Mapped[list[Indicator]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="Indicator.number"
    )
    actions: Mapped[list[Action]] = relationship(back_populates="plan", order_by="Action.number")
    changes: Mapped[list[PlanChange]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="PlanChange.number, PlanChange.id"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (CheckConstraint("state IN ('draft', 'agreed', 'published')", name="state"),)

    @property
    def title(self) -> str:
        """What the plan is called, in the language of the agreement."""
        return f"Plan de trabajo {self.year}"


class Indicator(Base):
    """What a plan is measured by. `counts` names what the portal counts by itself, or is empty where people
    write down the values."""

    __tablename__ = "indicator"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    objective_id: Mapped[int | None] = mapped_column(ForeignKey("objective.id"), index=True)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(160))
    definition: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(String(40), default="")
    baseline: Mapped[Decimal | None] = mapped_column(Numeric(16, 4), default=None)
    target: Mapped[Decimal] = mapped_column(Numeric(16, 4))
    counts: Mapped[str] = mapped_column(String(16), default="")
    revision: Mapped[int] = mapped_column(default=1)
    plan: Mapped[Plan] = relationship(back_populates="indicators")
    objective: Mapped[Objective | None] = relationship()
    measures: Mapped[list[Measure]] = relationship(
        back_populates="indicator", cascade="all, delete-orphan", order_by="Measure.day, Measure.id"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("counts IN ('', 'materials', 'practices', 'deliveries', 'applications')",
                        name="counts"),
    )  # fmt: skip

    @property
    def code(self) -> str:
        """«I1», as people call it."""
        return f"I{self.number}"


class Measure(Base):
    """The value of an indicator on a day, and where it comes from."""

    __tablename__ = "measure"
    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    value: Mapped[Decimal] = mapped_column(Numeric(16, 4))
    day: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    written_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    indicator: Mapped[Indicator] = relationship(back_populates="measures")


class PlanChange(Base):
    """A change of a frozen plan: proposed by one party, made when all have agreed, and numbered then.

    `noun` says what it is about: an action of the plan, an indicator, or the plan itself. `asked` holds what
    is to be written and `stood` what stood there; both are emptied when that was done. `told` is what
    everybody may read of it then, as (field, before, after); `answer`, why it was not made."""

    __tablename__ = "plan_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    number: Mapped[int | None] = mapped_column(default=None)
    noun: Mapped[str] = mapped_column(String(12))
    act: Mapped[str] = mapped_column(String(12))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), default=None, index=True)
    indicator_id: Mapped[int | None] = mapped_column(
        ForeignKey("indicator.id", ondelete="SET NULL"), default=None, index=True
    )
    reason: Mapped[str] = mapped_column(Text)
    asked: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    stood: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    told: Mapped[list[Any]] = mapped_column(JSON, default=list)
    answer: Mapped[str] = mapped_column(Text, default="")
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    proposed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    agreed_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    plan: Mapped[Plan] = relationship(back_populates="changes")
    action: Mapped[Action | None] = relationship()
    indicator: Mapped[Indicator | None] = relationship()
    organization: Mapped[Organization | None] = relationship()
    proposer: Mapped[Person | None] = relationship()
    consents: Mapped[list[Consent]] = relationship(cascade="all, delete-orphan", order_by="Consent.id")

    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("state IN ('proposed', 'agreed', 'withdrawn')", name="state"),
        CheckConstraint("noun IN ('plan', 'action', 'indicator')", name="noun"),
        CheckConstraint("act IN ('add', 'change', 'cancel')", name="act"),
    )
