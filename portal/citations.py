"""What names a norm, and which norms something names; nothing while the shelves are being rebuilt."""

from __future__ import annotations

from collections.abc import Sequence

from portal.viewer import instance, visit
from toolkit import norms
from toolkit.records import Article, Norm
from toolkit.search.finding import AnyHit
from toolkit.search.shelf import Unavailable


def citing(norm: Norm) -> list[AnyHit]:
    """Materials and news that name a norm."""
    try:
        return norms.citing(visit(), instance().shelves, norm)
    except Unavailable:
        return []


def cited(noun: str, public_id: str) -> list[Norm]:
    """The norms that a "resource", an "article" or an "action" names."""
    try:
        return norms.cited(visit(), instance().shelves, noun, public_id)
    except Unavailable:
        return []


def telling(found: Sequence[Norm]) -> Sequence[Article]:
    """News that name one of these norms."""
    try:
        return norms.telling(visit(), instance().shelves, found)
    except Unavailable:
        return []
