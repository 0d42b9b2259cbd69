"""How much the library is used, in numbers that say nothing of anybody."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from toolkit.records.base import Base


class Use(Base):
    """How often a material was used on a day of Lima: its card opened («view»), a page of it read, a file
    taken. There is no more to it: not who, from where, or with what."""

    __tablename__ = "use"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(String(8))
    n: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("day", "resource_id", "act"),
        CheckConstraint("act IN ('view', 'page', 'download')", name="act"),
    )


class MissedSearch(Base):
    """How often visitors searched for these words in a month (`month` is its first day) and found nothing.
    The words stand in one form: without accents and capitals."""

    __tablename__ = "missed_search"
    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[dt.date]
    words: Mapped[str] = mapped_column(String(60))
    n: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("month", "words"), Index("ix_missed_search_n", "n"))
