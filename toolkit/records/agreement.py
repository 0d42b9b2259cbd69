"""The agreement («convenio») with everything that hangs on it: parties, objectives, signatories, milestones,
annexes, procedures, amendments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.catalogue import Resource
from toolkit.records.news import Article
from toolkit.records.people import Organization, Person


class Agreement(Base):
    """An agreement between organisations. The resource `text` holds its full text: each version of that is a
    consolidated text, `text_version` the number of the one in force. A draft is seen by the editors and by
    the coordinations of its parties."""

    __tablename__ = "agreement"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    title: Mapped[str] = mapped_column(String(200))
    object: Mapped[str] = mapped_column(Text, default="")
    objective: Mapped[str] = mapped_column(Text, default="")
    signed_on: Mapped[dt.date | None] = mapped_column(default=None)
    valid_from: Mapped[dt.date | None] = mapped_column(default=None)
    valid_until: Mapped[dt.date | None] = mapped_column(default=None)
    text_id: Mapped[int | None] = mapped_column(
        ForeignKey("resource.id", ondelete="SET NULL"), default=None, index=True
    )
    text_version: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    text: Mapped[Resource | None] = relationship()
    parties: Mapped[list[AgreementParty]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="AgreementParty.id"
    )
    objectives: Mapped[list[Objective]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="Objective.number"
    )
    signatories: Mapped[list[Signatory]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="Signatory.id"
    )
    milestones: Mapped[list[Milestone]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="Milestone.day, Milestone.id"
    )
    annexes: Mapped[list[Annex]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="Annex.id"
    )
    procedures: Mapped[list[Procedure]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="Procedure.code"
    )
    amendments: Mapped[list[Amendment]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", order_by="Amendment.number, Amendment.id"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (CheckConstraint("state IN ('draft', 'published')", name="state"),)

    @property
    def begins_on(self) -> dt.date | None:
        """The day from which things can be done under it."""
        return self.valid_from or self.signed_on


class _Part:
    """What every part has: an id for its address, the number of its state, and its agreement."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    revision: Mapped[int] = mapped_column(default=1)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), index=True)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - as the library calls it
        return {"version_id_col": cls.revision}


class AgreementParty(_Part, Base):
    """An organisation that is bound by the agreement, and what it does in it, in words."""

    __tablename__ = "agreement_party"
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    role: Mapped[str] = mapped_column(Text, default="")
    agreement: Mapped[Agreement] = relationship(back_populates="parties")
    organization: Mapped[Organization | None] = relationship()

    __table_args__ = (UniqueConstraint("agreement_id", "organization_id"),)


class Objective(_Part, Base):
    """One of the objectives O1, O2, …; a number is never given twice in one agreement as long as its
    objective stands."""

    __tablename__ = "objective"
    number: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    agreement: Mapped[Agreement] = relationship(back_populates="objectives")

    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    @property
    def code(self) -> str:
        """«O1», as people call it."""
        return f"O{self.number}"


class Signatory(_Part, Base):
    """Who signed, and in which post, on that day: plain words, which stay when a post changes hands."""

    __tablename__ = "signatory"
    name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(200))
    organization: Mapped[str] = mapped_column(String(200))
    signed_on: Mapped[dt.date]
    agreement: Mapped[Agreement] = relationship(back_populates="signatories")


class Milestone(_Part, Base):
    """Something that happened on a day, or in a month (`day` is then its first), and where that is told.
    Where it leads to a material, only who sees the material sees this row."""

    __tablename__ = "milestone"
    day: Mapped[dt.date]
    precision: Mapped[str] = mapped_column(String(8), default="day")
    words: Mapped[str] = mapped_column(Text)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"), index=True)
    resource_id: Mapped[int | None] = mapped_column(
        ForeignKey("resource.id", ondelete="SET NULL"), index=True
    )
    agreement: Mapped[Agreement] = relationship(back_populates="milestones")
    article: Mapped[Article | None] = relationship()
    resource: Mapped[Resource | None] = relationship()

    __table_args__ = (CheckConstraint("precision IN ('day', 'month')", name="precision"),)


class Annex(_Part, Base):
    """An annex; without a resource it is still to be published. An `internal` one is for the editors and the
    coordinations of the parties."""

    __tablename__ = "annex"
    title: Mapped[str] = mapped_column(String(200))
    internal: Mapped[bool] = mapped_column(default=False)
    resource_id: Mapped[int | None] = mapped_column(
        ForeignKey("resource.id", ondelete="SET NULL"), index=True
    )
    agreement: Mapped[Agreement] = relationship(back_populates="annexes")
    resource: Mapped[Resource | None] = relationship()


class Procedure(_Part, Base):
    """A procedure of coordination, of a version and a date. `counterpart_verifies`: who is responsible for an
    action does not verify it, the other party does."""

    __tablename__ = "procedure"
    code: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(12))
    dated: Mapped[dt.date]
    words: Mapped[str] = mapped_column(Text)
    counterpart_verifies: Mapped[bool] = mapped_column(default=False)
    agreement: Mapped[Agreement] = relationship(back_populates="procedures")

    __table_args__ = (UniqueConstraint("agreement_id", "code"),)


class Amendment(_Part, Base):
    """A change of the agreement («adenda»), proposed by a person, for a party if they coordinate one. Every
    party agrees, then it is published and gets its number; `version` is that of the full text which it made,
    if it made one, in the place of the version that it `replaces`. `answer`: why it was not accepted."""

    __tablename__ = "amendment"
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    number: Mapped[int | None] = mapped_column(default=None)
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    dated: Mapped[dt.date]
    version: Mapped[int | None] = mapped_column(default=None)
    replaces: Mapped[int | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(Text, default="")
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    proposed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    agreement: Mapped[Agreement] = relationship(back_populates="amendments")
    consents: Mapped[list[Consent]] = relationship(
        back_populates="amendment", cascade="all, delete-orphan", order_by="Consent.id"
    )

    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("state IN ('proposed', 'published', 'withdrawn')", name="state"),
    )


AGREED_TO = ("amendment_id", "plan_id", "change_id", "action_id", "meeting_id")
"""What a consent is given to: one of these."""


class Consent(Base):
    """That a party agreed to something: an amendment, a plan, a change of it, an action, or the acta of a
    meeting; who said so and when. There is one a party."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id", ondelete="CASCADE"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    change_id: Mapped[int | None] = mapped_column(ForeignKey("plan_change.id", ondelete="CASCADE"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    agreed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    amendment: Mapped[Amendment | None] = relationship(back_populates="consents")
    organization: Mapped[Organization | None] = relationship()
    person: Mapped[Person | None] = relationship()

    __table_args__ = (
        UniqueConstraint("amendment_id", "organization_id"),
        UniqueConstraint("plan_id", "organization_id"),
        UniqueConstraint("change_id", "organization_id"),
        UniqueConstraint("action_id", "organization_id"),
        UniqueConstraint("meeting_id", "organization_id"),
        CheckConstraint(
            " + ".join(f"CASE WHEN {one} IS NULL THEN 0 ELSE 1 END" for one in AGREED_TO) + " = 1",
            name="one",
        ),
    )
