"""Finding articles: the archive by year and topic, one article, what waits to be published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access
from toolkit.database import Visit
from toolkit.errors import Forbidden, NotFound
from toolkit.records import Article, ArticleOrganization, ArticleResource, ArticleTerm

PER_PAGE = 10


@dataclass(frozen=True)
class Listed:
    """A page of articles, the newest first, and how many there are in all."""

    rows: Sequence[Article]
    total: int
    page: int
    per_page: int = PER_PAGE

    @property
    def last_page(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.per_page))


def _out(visit: Visit) -> Select[Article]:
    """What is out: an editor's session holds more than that."""
    return select(Article).where(access.article_is_out(visit.viewer, Article))


def browse(visit: Visit, *, year: int | None = None, topic: str = "", page: int = 1) -> Listed:
    """What is out, of one year and on one topic (those inside it too) where they are given."""
    found = _out(visit)
    if year is not None:
        found = found.where(Article.year == year)
    if topic:
        told = select(ArticleTerm.article_id).where(
            or_(ArticleTerm.code == topic, ArticleTerm.code.startswith(f"{topic}."))
        )
        found = found.where(Article.id.in_(told))
    total = visit.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = min(max(1, page), max(1, -(-total // PER_PAGE)))
    rows = visit.session.scalars(
        found.order_by(Article.published_at.desc(), Article.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
        .options(selectinload(Article.terms))
    )
    return Listed(rows.all(), total, page)


def latest(visit: Visit, limit: int = 2) -> Sequence[Article]:
    """The newest articles that are out."""
    return visit.session.scalars(
        _out(visit).order_by(Article.published_at.desc(), Article.id.desc()).limit(limit)
    ).all()


def years(visit: Visit) -> list[tuple[int, int]]:
    """The years in which something came out, the newest first, with how many."""
    out = _out(visit).subquery()
    rows = visit.session.execute(
        select(out.c.year, func.count()).group_by(out.c.year).order_by(out.c.year.desc())
    )
    return [(year, number) for year, number in rows if year is not None]


def unpublished(visit: Visit) -> Sequence[Article]:
    """What is not out yet or no more, as far as the viewer sees it: proposals first, then drafts, then what
    comes out at a date, then what was withdrawn."""
    order = ("proposed", "draft", "published", "withdrawn")
    rows = visit.session.scalars(
        select(Article)
        .where(not_(access.article_is_out(visit.viewer, Article)))
        .order_by(Article.changed_at.desc())
        .options(joinedload(Article.author))
    ).all()
    return sorted(rows, key=lambda one: order.index(one.state))


_WHOLE = (
    selectinload(Article.terms),
    selectinload(Article.resources).joinedload(ArticleResource.resource),
    selectinload(Article.organizations).joinedload(ArticleOrganization.organization),
)


def get(visit: Visit, *, public_id: str = "", year: int = 0, slug: str = "") -> Article:
    """One article by its id, or by the year and slug of its address; NotFound for who may not read it."""
    which = Article.public_id == public_id if public_id else (Article.year == year) & (Article.slug == slug)
    found = visit.session.scalars(select(Article).where(which).options(*_WHOLE)).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_to_change(visit: Visit, public_id: str) -> Article:
    """One article that the viewer may change; NotFound, or Forbidden for who may only read it."""
    found = get(visit, public_id=public_id)
    if not access.may_change_article(visit.viewer, found):
        raise Forbidden
    return found
