"""«Contenidos relacionados» and what is told elsewhere: all of it through the viewer's own session."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from toolkit import access
from toolkit.database import Visit
from toolkit.records import (
    Action,
    Article,
    ArticleAction,
    ArticleOrganization,
    ArticleResource,
    ArticleTerm,
    Organization,
    Resource,
)

MOST = 4


def related(visit: Visit, article: Article, also: Sequence[Article] = ()) -> Sequence[Article]:
    """Other articles of the same topics, materials or actions, and those that have something else in common,
    `also`: those with the most in common first."""
    codes = [term.code for term in article.terms]
    resources = [one.resource_id for one in article.resources]
    actions = [one.action_id for one in article.actions]
    shared = (
        select(ArticleTerm.article_id.label("id"))
        .where(ArticleTerm.code.in_(codes))
        .union_all(
            select(ArticleResource.article_id).where(ArticleResource.resource_id.in_(resources)),
            select(ArticleAction.article_id).where(ArticleAction.action_id.in_(actions)),
            select(Article.id).where(Article.id.in_([one.id for one in also])),
        )
        .subquery()
    )
    return visit.session.scalars(
        select(Article)
        .join(shared, shared.c.id == Article.id)
        .where(Article.id != article.id, access.article_is_out(visit.viewer, Article))
        .group_by(Article.id)
        .order_by(func.count().desc(), Article.published_at.desc())
        .limit(MOST)
    ).all()


def about_resource(visit: Visit, resource: Resource) -> Sequence[Article]:
    """What was told of a material, the newest first."""
    told = select(ArticleResource.article_id).where(ArticleResource.resource_id == resource.id)
    return _told(visit, Article.id.in_(told))


def about_action(visit: Visit, action: Action) -> Sequence[Article]:
    """What was told of an action, the newest first."""
    told = select(ArticleAction.article_id).where(ArticleAction.action_id == action.id)
    return _told(visit, Article.id.in_(told))


def about_organization(visit: Visit, organization: Organization) -> Sequence[Article]:
    """What was told of an organisation, the newest first."""
    told = select(ArticleOrganization.article_id).where(
        ArticleOrganization.organization_id == organization.id
    )
    return _told(visit, Article.id.in_(told))


def _told(visit: Visit, which: ColumnElement[bool]) -> Sequence[Article]:
    return visit.session.scalars(
        select(Article)
        .where(which, access.article_is_out(visit.viewer, Article))
        .order_by(Article.published_at.desc())
        .limit(MOST)
    ).all()
