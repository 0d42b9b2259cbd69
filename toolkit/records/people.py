"""People, organisations, and what ties them: memberships and posts (product.md 5.1)."""

from __future__ import annotations

import datetime as dt
import unicodedata

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from toolkit.records.base import Base, Moment, now, public_id


def email_key(address: str) -> str:
    """The form under which an address is unique: without outer space, composed, case folded.

    Written by Python because SQL `lower()` knows only ASCII in SQLite.
    """
    return unicodedata.normalize("NFC", address.strip()).casefold()


def alphabetical(name: str) -> str:
    """The form under which a name stands in a list: without accents and capitals."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


class Organization(Base):
    """A co-operative, a federation, a ministry. Each has one private space, known by its slug.

    A `joint` one is the coordination space of several (its `Party` rows): it holds documents and has members
    like any other, and stands in no directory. `approves_own` asks the coordination's approval for what
    promoters publish for their own organisation too; `takes_requests` lets people ask to join.
    """

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
    kind: Mapped[str] = mapped_column(String(12), default="organization", server_default="organization")
    approves_own: Mapped[bool] = mapped_column(default=False, server_default=false())
    takes_requests: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)

    __table_args__ = (CheckConstraint("kind IN ('organization', 'joint')", name="kind"),)


class Party(Base):
    """An organisation that takes part in a joint space. The space opens when every party has agreed to it,
    and closes when every party has agreed to that."""

    __tablename__ = "party"
    id: Mapped[int] = mapped_column(primary_key=True)
    joint_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), default=None)
    opened_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), default=None)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    joint: Mapped[Organization] = relationship(foreign_keys=[joint_id])
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])

    __table_args__ = (UniqueConstraint("joint_id", "organization_id"),)


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
    """A person in an organisation, as member or promoter. Coordinator is a post, never a role.

    A `trusted` promoter («de confianza») publishes for all members, or for chosen organisations, without
    asking. `visited_at` is the last visit to the space, `visited_before` the one before it.
    """

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    until: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    trusted: Mapped[bool] = mapped_column(default=False, server_default=false())
    visited_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    visited_before: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    person: Mapped[Person] = relationship(back_populates="memberships")
    organization: Mapped[Organization] = relationship()

    __table_args__ = (
        CheckConstraint("role IN ('member', 'promoter')", name="role"),
        Index("uq_membership_current", "person_id", "organization_id", unique=True,
              sqlite_where=text("until IS NULL"), postgresql_where=text("until IS NULL")),
    )  # fmt: skip


class Post(Base):
    """A charge in an organisation («Coordinación») with holder, alternate and dates, in Lima's calendar.

    The alternate acts from the day after `until`, and from `absent_from` to `absent_until` (both included;
    without an end until the holder is back). `warned_at`: the administrators were told that the term ends
    with nobody to follow.
    """

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
    absent_from: Mapped[dt.date | None] = mapped_column(default=None)
    absent_until: Mapped[dt.date | None] = mapped_column(default=None)
    warned_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    organization: Mapped[Organization] = relationship()
    holder: Mapped[Person] = relationship(foreign_keys=[holder_id])
    alternate: Mapped[Person | None] = relationship(foreign_keys=[alternate_id])

    __table_args__ = (
        CheckConstraint("code IN ('coordination')", name="code"),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
    )


class Invitation(Base):
    """An organisation asks somebody in, by e-mail. The key in the link is kept as a digest only.

    It ends by being accepted, taken back, or by its date; whoever opens it late may ask for a new one
    (`asked_again_at`).
    """

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[str] = mapped_column(String(16))
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), default=None)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[dt.datetime] = mapped_column(Moment)
    accepted_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    accepted_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), default=None
    )
    taken_back_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    asked_again_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    organization: Mapped[Organization] = relationship()

    __table_args__ = (CheckConstraint("role IN ('member', 'promoter')", name="role"),)

    @validates("email")
    def _keep_key(self, _name: str, address: str) -> str:
        self.email_key = email_key(address)
        return address.strip()


class Emergency(Base):
    """An administrator's access to the private contents of an organisation (product.md 5.5, rule 8): asked
    for with a reason, opened by a second person, over after 60 minutes."""

    __tablename__ = "emergency"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), default=None)
    opened_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    until: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    organization: Mapped[Organization] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
