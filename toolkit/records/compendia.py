"""Compendia: ordered lists of materials that editors make, with a reason for each."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.catalogue import Resource


class Compendium(Base):
    """A list of materials in the order in which they are to be read. A draft is seen by the editors."""

    __tablename__ = "compendium"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    revision: Mapped[int] = mapped_column(default=1)
    items: Mapped[list[CompendiumItem]] = relationship(
        back_populates="compendium", cascade="all, delete-orphan",
        order_by="CompendiumItem.position, CompendiumItem.id",
    )  # fmt: skip

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (CheckConstraint("state IN ('draft', 'published')", name="state"),)


class CompendiumItem(Base):
    """A material of a compendium, and why it stands there; whoever may not see the material does not see this
    row. Positions rise, and may leave gaps."""

    __tablename__ = "compendium_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    compendium_id: Mapped[int] = mapped_column(ForeignKey("compendium.id", ondelete="CASCADE"))
    position: Mapped[int]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    compendium: Mapped[Compendium] = relationship(back_populates="items")
    resource: Mapped[Resource | None] = relationship()

    __table_args__ = (UniqueConstraint("compendium_id", "resource_id"),)
