"""Actualidad y noticias: articles that editors write and publish, and that organisations propose."""

from toolkit.news.articles import Listed, browse, get, get_to_change, latest, unpublished, years
from toolkit.news.changes import (
    Piece,
    add,
    change,
    describe,
    propose,
    publish,
    return_to,
    withdraw,
)
from toolkit.news.related import about_action, about_organization, about_resource, related

__all__ = [
    "Listed",
    "Piece",
    "about_action",
    "about_organization",
    "about_resource",
    "add",
    "browse",
    "change",
    "describe",
    "get",
    "get_to_change",
    "latest",
    "propose",
    "publish",
    "related",
    "return_to",
    "unpublished",
    "withdraw",
    "years",
]
