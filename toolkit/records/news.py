"""News: articles with what they tell of."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.base import Base, Moment, now, public_id
from toolkit.records.catalogue import Resource
from toolkit.records.people import Organization, Person

if TYPE_CHECKING:
    from toolkit.records.actions import Action


class Article(Base):
    """A piece of news in Markdown. It is read by everybody from `published_at` on, which may be to come;
    until then by its author and by the editors. `year` and `slug` are its address once it is published; they
    stay from `first_out_at` on, which is written down with the next act after it came out."""

    __tablename__ = "article"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    year: Mapped[int | None] = mapped_column(default=None)
    slug: Mapped[str | None] = mapped_column(String(80), default=None)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None, index=True)
    first_out_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    photo: Mapped[str | None] = mapped_column(String(64), default=None)
    photo_format: Mapped[str] = mapped_column(String(8), default="")
    alternative: Mapped[str] = mapped_column(Text, default="")
    caption: Mapped[str] = mapped_column(Text, default="")
    credit: Mapped[str] = mapped_column(String(200), default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, default=now)
    revision: Mapped[int] = mapped_column(default=1)
    author: Mapped[Person | None] = relationship()
    terms: Mapped[list[ArticleTerm]] = relationship(cascade="all, delete-orphan", order_by="ArticleTerm.id")
    resources: Mapped[list[ArticleResource]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleResource.id"
    )
    actions: Mapped[list[ArticleAction]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleAction.id"
    )
    organizations: Mapped[list[ArticleOrganization]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleOrganization.id"
    )

    __mapper_args__ = {"version_id_col": revision}
    __table_args__ = (
        UniqueConstraint("year", "slug"),
        CheckConstraint("state IN ('draft', 'proposed', 'published', 'withdrawn')", name="state"),
    )


class ArticleTerm(Base):
    """A topic of an article."""

    __tablename__ = "article_term"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(12), index=True)

    __table_args__ = (UniqueConstraint("article_id", "code"),)


class ArticleResource(Base):
    """A material of which an article tells; whoever may not see the material does not see this row."""

    __tablename__ = "article_resource"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    resource: Mapped[Resource | None] = relationship()

    __table_args__ = (UniqueConstraint("article_id", "resource_id"),)


class ArticleAction(Base):
    """A joint action of which an article tells; whoever may not see the action does not see this row."""

    __tablename__ = "article_action"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    action: Mapped[Action | None] = relationship()

    __table_args__ = (UniqueConstraint("article_id", "action_id"),)


class ArticleOrganization(Base):
    """An organisation of which an article tells."""

    __tablename__ = "article_organization"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    organization: Mapped[Organization | None] = relationship()

    __table_args__ = (UniqueConstraint("article_id", "organization_id"),)
