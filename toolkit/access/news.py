"""Who reads the news before they are out, and who writes them (product.md 5.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from toolkit.access.deeds import uploads_for
from toolkit.access.resources import listed_part
from toolkit.access.shelves import PUBLIC_SHELF, Standing
from toolkit.access.viewer import Viewer
from toolkit.records import Article, now

_article = Article.__table__


def article_is_out(viewer: Viewer, article: Any) -> ColumnElement[bool]:
    """Published, and its moment has come: for an editor too, who reads more than that."""
    return and_(article.state == "published", article.published_at <= viewer.moment)


def reads_article(viewer: Viewer, article: Any) -> ColumnElement[bool]:
    """Everybody what is out, from its moment on; editors all; an author the own until it is withdrawn."""
    if viewer.editor:
        return true()
    out = article_is_out(viewer, article)
    if not viewer.signed_in:
        return out
    return or_(out, and_(article.created_by == viewer.person_id, article.state != "withdrawn"))


def part_of_article(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to an article."""
    article = _article.alias()
    return exists(
        select(article.c.id).where(article.c.id == part.article_id, reads_article(viewer, article.c))
    )


def told_resource(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """That an article tells of a material, for those to whom both exist."""
    return and_(part_of_article(viewer, part), listed_part(viewer, part))


def may_write_news(viewer: Viewer) -> bool:
    """Editors write; promoters and coordinations propose."""
    return viewer.editor or bool(uploads_for(viewer))


def may_publish_news(viewer: Viewer) -> bool:
    """Only editors publish, and withdraw."""
    return viewer.editor


def may_change_article(viewer: Viewer, article: Article) -> bool:
    """Editors any; who proposed it, until it is out of their hands."""
    own = viewer.signed_in and article.created_by == viewer.person_id
    return viewer.editor or (own and article.state == "draft" and may_write_news(viewer))


def standing_of_article(article: Article) -> frozenset[Standing]:
    """On the public shelf from its moment on, or nowhere."""
    out = article.state == "published" and article.published_at is not None and article.published_at <= now()
    return frozenset({Standing(PUBLIC_SHELF, 1, "full")} if out else ())
