"""From an article to its document: it stands on the public shelf, from its moment on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from toolkit import access
from toolkit.access import Standing
from toolkit.database import Visit
from toolkit.markdown import plain
from toolkit.records import Article, ArticleOrganization, now
from toolkit.search.shelf import Document
from toolkit.vocabulary import with_parents

NOUN = "article"
MONTHS = (
    ("enero",), ("febrero",), ("marzo",), ("abril",), ("mayo",), ("junio",), ("julio",), ("agosto",),
    ("setiembre", "septiembre"), ("octubre",), ("noviembre",), ("diciembre",),
)  # fmt: skip
"""The months with what else they are called; Peru writes «setiembre»."""


def load(session: Session, public_ids: Sequence[str]) -> list[Article]:
    """The articles with these public ids, ready to be made documents of."""
    return list(session.scalars(
        select(Article).where(Article.public_id.in_(public_ids)).options(
            selectinload(Article.terms),
            selectinload(Article.organizations).joinedload(ArticleOrganization.organization),
        )
    ))  # fmt: skip


def standings_of(session: Session, article: Article) -> frozenset[Standing]:
    """Where an article should stand at this moment."""
    return access.standing_of_article(article)


def document_of(session: Session, article: Article, standing: Standing) -> Document:
    """The index document of an article."""
    named = [one.organization for one in article.organizations if one.organization is not None]
    moment = article.published_at or article.created_at
    return Document(
        noun=NOUN,
        id=article.public_id,
        version=standing.version,
        form="full",
        title=article.title,
        summary=article.summary,
        people=" · ".join(one.name for one in named),
        codes=" ".join([*(one.acronym for one in named), *_day_in_words(moment)]),
        pages=[text_of(article)],
        facets={
            "noun": (NOUN,),
            "topic": tuple(with_parents([term.code for term in article.terms])),
            "year": (str(article.year),),
        },
        date=int(moment.timestamp()),
    )


def _day_in_words(moment: dt.datetime) -> tuple[str, ...]:
    """The day in Lima as people look for it: «28», «setiembre», «septiembre», «2015»."""
    day = access.lima_day(moment)
    return str(day.day), *MONTHS[day.month - 1], str(day.year)


def text_of(article: Article) -> str:
    """The words of an article, and what is said of its photo."""
    return "\n".join(part for part in (plain(article.body), article.caption) if part)


def summary_of(article: Article) -> str:
    """What a result shows where no word of the text was found."""
    return article.summary


def seen(visit: Visit, public_ids: Sequence[str]) -> list[Article]:
    """The articles of a page of results, as the viewer sees them."""
    return list(visit.session.scalars(select(Article).where(Article.public_id.in_(public_ids))))


def published(session: Session) -> list[str]:
    """The public ids of all articles that are out, or will be."""
    return list(session.scalars(select(Article.public_id).where(Article.state == "published")))


def naming(session: Session, organization_id: int) -> list[str]:
    """The public ids of all articles that are out, or will be, and name this organisation."""
    ids = (
        select(Article.public_id)
        .join(ArticleOrganization)
        .where(ArticleOrganization.organization_id == organization_id, Article.state == "published")
    )
    return list(session.scalars(ids))


def next_turn(session: Session, article: Article) -> dt.datetime | None:
    """The moment at which a published article comes out, where that is to come."""
    coming = article.state == "published" and article.published_at and article.published_at > now()
    return article.published_at if coming else None


def turning(session: Session) -> list[Article]:
    """Articles that come out in the future."""
    waiting = select(Article).where(Article.state == "published", Article.published_at > now())
    return list(session.scalars(waiting))
