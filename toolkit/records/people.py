"""People, organisations, and what ties them: memberships and posts (product.md 5.1)."""

from __future__ import annotations

import datetime as dt
import unicodedata

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from toolkit.records.base import Base, Moment, now, public_id


def email_key(address: str) -> str:
    """The form under which an address is unique: without outer space, composed, case folded.

    Written by Python because SQL `lower()` knows only ASCII in SQLite.
    """
    return unicodedata.normalize("NFC", address.strip()).casefold()


class Organization(Base):
    """A co-operative, a federation, a ministry. Each has one private space, known by its slug."""

    __tablename__ = "organization"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    acronym: Mapped[str] = mapped_column(String(40), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    region: Mapped[str] = mapped_column(String(8), default="")
    sector: Mapped[str] = mapped_column(String(8), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)


class Person(Base):
    """Somebody who may sign in. The account (password, sign-ins) belongs to `portal.accounts`."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="es")
    text_size: Mapped[int] = mapped_column(default=100)
    portal_role: Mapped[str | None] = mapped_column(String(16), default=None)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    memberships: Mapped[list[Membership]] = relationship(back_populates="person")

    __table_args__ = (
        CheckConstraint("portal_role IN ('editor', 'administrator')", name="portal_role"),
        CheckConstraint("language IN ('es', 'pt', 'en')", name="language"),
    )

    @validates("email")
    def _keep_key(self, _name: str, address: str) -> str:
        self.email_key = email_key(address)
        return address.strip()


class Membership(Base):
    """A person in an organisation, as member or promoter. Coordinator is a post, never a role."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    until: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    person: Mapped[Person] = relationship(back_populates="memberships")
    organization: Mapped[Organization] = relationship()

    __table_args__ = (
        CheckConstraint("role IN ('member', 'promoter')", name="role"),
        Index("uq_membership_current", "person_id", "organization_id", unique=True,
              sqlite_where=text("until IS NULL"), postgresql_where=text("until IS NULL")),
    )  # fmt: skip


class Post(Base):
    """A charge in an organisation («Coordinación») with holder, alternate and dates, in Lima's calendar."""

    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str] = mapped_column(String(24), default="coordination")
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    alternate_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    since: Mapped[dt.date]
    until: Mapped[dt.date | None] = mapped_column(default=None)
    organization: Mapped[Organization] = relationship()

    __table_args__ = (
        CheckConstraint("code IN ('coordination')", name="code"),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
    )
