"""«La aplicamos»: that an organisation used or adapted a material."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.catalogue import Resource
from toolkit.records.people import Organization, Person


class Application(Base):
    """What an organisation did with a version of a material: where, on a day or in a month (`day` is then its
    first), what came of it, in words. `people` is how many took part, where that is said.

    `public`: the organisation agrees that everybody who may know of the material reads this, but for the
    name of who wrote it down. `title` stays as it was, because the organisation goes on reading the row when
    the material is no longer there for it."""

    __tablename__ = "application"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(300))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="recorded")
    public: Mapped[bool] = mapped_column(default=False)
    how: Mapped[str] = mapped_column(String(8))
    result: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(Text)
    people: Mapped[int | None] = mapped_column(default=None)
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(8), default="")
    day: Mapped[dt.date] = mapped_column(index=True)
    precision: Mapped[str] = mapped_column(String(8), default="month")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    revision: Mapped[int] = mapped_column(default=1)
    resource: Mapped[Resource | None] = relationship()
    organization: Mapped[Organization | None] = relationship()
    author: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint("state IN ('recorded', 'withdrawn')", name="state"),
        CheckConstraint("how IN ('used', 'adapted')", name="how"),
        CheckConstraint("result IN ('worked', 'partly', 'failed')", name="result"),
        CheckConstraint("precision IN ('day', 'month')", name="precision"),
    )
