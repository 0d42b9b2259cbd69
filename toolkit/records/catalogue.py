"""Resources with their versions, files and pages, and the sharing of versions."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.people import Organization, Person


class Folder(Base):
    """A folder of a space: one name for some of its documents."""

    __tablename__ = "folder"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    organization: Mapped[Organization] = relationship()

    __table_args__ = (UniqueConstraint("organization_id", "name"),)


class Resource(Base):
    """One material of the library. Its `level` says who reads it: 0 everybody, 1 all members,
    2 chosen organisations, 3 the owning organisation; a draft is its author's (product.md 5.2).

    `withdrawn_as`: the role in the portal of whoever took it down, empty where the organisation itself did.
    `form` is a digest of the form that made it, so that the same form is not taken twice."""

    __tablename__ = "resource"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    level: Mapped[int] = mapped_column(default=3)
    show_card: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str] = mapped_column(String(4), default="")
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text, default="")
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)
    country: Mapped[str] = mapped_column(String(2), default="")
    region: Mapped[str] = mapped_column(String(8), default="")
    language: Mapped[str] = mapped_column(String(2), default="es")
    year: Mapped[int | None] = mapped_column(default=None)
    licence: Mapped[str] = mapped_column(String(16), default="ask")
    folder_id: Mapped[int | None] = mapped_column(
        ForeignKey("folder.id", ondelete="SET NULL"), default=None, index=True
    )
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None, index=True)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    withdrawn_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), default=None
    )
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    withdrawn_as: Mapped[str | None] = mapped_column(String(16), default=None)
    form: Mapped[str | None] = mapped_column(String(64), default=None)
    organization: Mapped[Organization] = relationship()
    terms: Mapped[list[ResourceTerm]] = relationship(cascade="all, delete-orphan", order_by="ResourceTerm.id")
    versions: Mapped[list[Version]] = relationship(
        back_populates="resource", cascade="all, delete-orphan", order_by="Version.number"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        CheckConstraint("level IN (0, 1, 2, 3)", name="level"),
        CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state"),
        Index("uq_resource_form", "form", unique=True),
    )


class ResourceTerm(Base):
    """One value of a facet with several: topic, sector, audience, principle."""

    __tablename__ = "resource_term"
    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    facet: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(12))

    __table_args__ = (
        UniqueConstraint("resource_id", "facet", "code"),
        CheckConstraint("facet IN ('topic', 'sector', 'audience', 'principle')", name="facet"),
    )


class Coauthor(Base):
    """Somebody of the organisation with whom the author of a draft shares it."""

    __tablename__ = "coauthor"
    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("resource_id", "person_id"),)


class Version(Base):
    """One delivery of a resource: number 1, 2, … with its files."""

    __tablename__ = "version"
    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), default=None)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    resource: Mapped[Resource] = relationship(back_populates="versions")
    files: Mapped[list[File]] = relationship(
        back_populates="version", cascade="all, delete-orphan", order_by="File.number"
    )

    __table_args__ = (UniqueConstraint("resource_id", "number"),)


class Share(Base):
    """A version handed to another organisation, from a moment on and perhaps until another: one row of the
    exchange register. What the register says (title, number, giver) stays as it was at the handing-over,
    because the receiver goes on reading the row after the share has ended. `until` is when the reading ends;
    where somebody ended it before, at `ended_at`, `meant_until` is what had been agreed."""

    __tablename__ = "share"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    giver_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    number: Mapped[int] = mapped_column(default=1)
    shared_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), default=None)
    since: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    until: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    meant_until: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    acknowledged_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    acknowledged_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), default=None
    )
    version: Mapped[Version] = relationship()
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
    giver: Mapped[Organization] = relationship(foreign_keys=[giver_id])

    @property
    def agreed_until(self) -> dt.datetime | None:
        """Until when it was meant to be read, whatever ended it."""
        return self.until if self.ended_at is None else self.meant_until


class Request(Base):
    """Something that a coordination is asked for, and its answer.

    `kind`: publish (a draft, or a wider level; `values`: level, show_card) · share (`values`: version,
    organizations) · access (to what the asker sees the card of) · join (the organisation) · succession
    (of the coordination; an administrator decides; `values`: person, since). `organization_id`
    decides; `asker_id` is for an access request the organisation that would read. A visitor's access
    request has an `email` instead of a person, and counts once it was `confirmed_at`.
    """

    __tablename__ = "request"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    kind: Mapped[str] = mapped_column(String(12))
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    resource_id: Mapped[int | None] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), default=None, index=True
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), default=None, index=True
    )
    email: Mapped[str] = mapped_column(String(254), default="")
    asker_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), default=None
    )
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=now)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    decided_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), default=None)
    reason: Mapped[str] = mapped_column(Text, default="")
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
    asker: Mapped[Organization | None] = relationship(foreign_keys=[asker_id])
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    resource: Mapped[Resource | None] = relationship()

    __table_args__ = (
        CheckConstraint("kind IN ('publish', 'share', 'access', 'join', 'succession')", name="kind"),
        CheckConstraint("state IN ('waiting', 'granted', 'refused', 'taken_back')", name="state"),
    )


class File(Base):
    """A file of a version: its content by hash, the original name as data, and how far it was read.

    `state`: received → ready | unreadable (with `reason`, a message); `scan_left` counts the pages that
    wait for OCR, `drawn` says that its pictures are made. `unit` says what its pages are.
    """

    __tablename__ = "file"
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    format: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(12), default="received")
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    unit: Mapped[str] = mapped_column(String(8), default="page")
    page_count: Mapped[int] = mapped_column(default=0)
    scan_left: Mapped[int] = mapped_column(default=0)
    drawn: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    read_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    indexed_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    version: Mapped[Version] = relationship(back_populates="files")

    __table_args__ = (
        UniqueConstraint("version_id", "number"),
        CheckConstraint("state IN ('received', 'ready', 'unreadable')", name="state"),
        CheckConstraint("unit IN ('page', 'sheet', 'part', 'slide')", name="unit"),
    )


def unpack(packed: bytes) -> str:
    """The words of a page from the form in which they are kept."""
    return zlib.decompress(packed).decode() if packed else ""


class Page(Base):
    """The text of one page (sheet, part, slide) of a file, compressed, with its label and first token."""

    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="CASCADE"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(200), default="")
    packed: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    scanned: Mapped[bool] = mapped_column(default=False)
    scan_state: Mapped[str] = mapped_column(String(8), default="none")
    tokens: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("file_id", "number"),
        CheckConstraint("scan_state IN ('none', 'waiting', 'done', 'failed')", name="scan_state"),
    )

    @property
    def text(self) -> str:
        """The page's words."""
        return unpack(self.packed)

    @text.setter
    def text(self, words: str) -> None:
        self.packed = zlib.compress(words.encode(), 6) if words else b""
