"""Norms: laws, decrees, resolutions, with what each did to others."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.catalogue import Resource


class Norm(Base):
    """A norm under the number by which it is cited («DS 074-90-TR»), in the `state` in which it is today.

    `dated` is an ISO date as far as it is known («1991», «1991-01», «1991-01-07», or empty). The resource
    `text` holds its text, where the portal has it. `aliases` are other ways to cite it, one a line. Until
    `published_at` is set it is a draft of the editors.
    """

    __tablename__ = "norm"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    number: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    issuer: Mapped[str] = mapped_column(String(200), default="")
    dated: Mapped[str] = mapped_column(String(10), default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(12), default="in_force")
    summary: Mapped[str] = mapped_column(Text, default="")
    aliases: Mapped[str] = mapped_column(Text, default="")
    text_id: Mapped[int | None] = mapped_column(
        ForeignKey("resource.id", ondelete="SET NULL"), default=None, index=True
    )
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    revision: Mapped[int] = mapped_column(default=1)
    text: Mapped[Resource | None] = relationship()
    terms: Mapped[list[NormTerm]] = relationship(cascade="all, delete-orphan", order_by="NormTerm.id")
    does: Mapped[list[NormRelation]] = relationship(
        back_populates="norm", cascade="all, delete-orphan", foreign_keys="NormRelation.norm_id",
        order_by="NormRelation.id",
    )  # fmt: skip
    undergoes: Mapped[list[NormRelation]] = relationship(
        back_populates="other", cascade="all, delete-orphan", foreign_keys="NormRelation.other_id",
        order_by="NormRelation.id",
    )  # fmt: skip

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint("state IN ('in_force', 'amended', 'replaced', 'repealed')", name="state"),
    )


class NormTerm(Base):
    """A topic of a norm."""

    __tablename__ = "norm_term"
    id: Mapped[int] = mapped_column(primary_key=True)
    norm_id: Mapped[int] = mapped_column(ForeignKey("norm.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(12), index=True)

    __table_args__ = (UniqueConstraint("norm_id", "code"),)


class NormRelation(Base):
    """What a norm does to another, and since when (like `Norm.dated`). It is shown on the pages of both, to
    whoever sees both."""

    __tablename__ = "norm_relation"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    norm_id: Mapped[int] = mapped_column(ForeignKey("norm.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("norm.id", ondelete="CASCADE"), index=True)
    deed: Mapped[str] = mapped_column(String(12))
    since: Mapped[str] = mapped_column(String(10), default="")
    norm: Mapped[Norm] = relationship(back_populates="does", foreign_keys=[norm_id])
    other: Mapped[Norm] = relationship(back_populates="undergoes", foreign_keys=[other_id])

    __table_args__ = (
        UniqueConstraint("norm_id", "other_id", "deed"),
        CheckConstraint("norm_id <> other_id", name="itself"),
        CheckConstraint(
            "deed IN ('amends', 'repeals', 'regulates', 'consolidates', 'replaces')", name="deed"
        ),
    )
