"""Initiatives: actions of several years that belong together, and what each side gains by them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.agreement import Agreement
from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.people import Organization

if TYPE_CHECKING:
    from toolkit.records.actions import Action


class Initiative(Base):
    """What the parties of an agreement pursue for longer than a year: who gains by it (`beneficiaries`), and
    what co-operatives (`cooperatives`) and each party gain. A draft is seen by those who work on the plan.
    An action says itself to which initiative it belongs."""

    __tablename__ = "initiative"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    title: Mapped[str] = mapped_column(String(160))
    words: Mapped[str] = mapped_column(Text, default="")
    beneficiaries: Mapped[str] = mapped_column(Text, default="")
    cooperatives: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    revision: Mapped[int] = mapped_column(default=1)
    agreement: Mapped[Agreement] = relationship()
    benefits: Mapped[list[InitiativeBenefit]] = relationship(
        back_populates="initiative", cascade="all, delete-orphan", order_by="InitiativeBenefit.id"
    )
    actions: Mapped[list[Action]] = relationship(viewonly=True, order_by="Action.code")

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (CheckConstraint("state IN ('draft', 'published')", name="state"),)


class InitiativeBenefit(Base):
    """What a party gains by an initiative (`words`), or why it gains nothing (`reason`)."""

    __tablename__ = "initiative_benefit"
    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    initiative: Mapped[Initiative] = relationship(back_populates="benefits")
    organization: Mapped[Organization | None] = relationship()

    __table_args__ = (UniqueConstraint("initiative_id", "organization_id"),)
