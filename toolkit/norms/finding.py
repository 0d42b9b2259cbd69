"""Finding norms: the list, one by its address, those that some words name, what cites one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from toolkit import access
from toolkit.database import Visit
from toolkit.errors import Forbidden, NotFound
from toolkit.norms import numbers
from toolkit.records import Article, Norm, NormRelation, NormTerm
from toolkit.search import finding
from toolkit.search.finding import AnyHit
from toolkit.search.query import Norm as Named
from toolkit.search.query import Query
from toolkit.search.shelves import Shelves

CITING = 10
"""So many of what cites a norm are shown on its page."""
_NEWEST = (Norm.dated.desc(), Norm.number)
_WHOLE = (
    selectinload(Norm.terms),
    selectinload(Norm.does).joinedload(NormRelation.other),
    selectinload(Norm.undergoes).joinedload(NormRelation.norm),
)


def browse(visit: Visit, *, topic: str = "") -> Sequence[Norm]:
    """The norms, on one topic (those inside it too) where it is given: the newest first, those without a date
    last."""
    wanted = select(Norm).options(*_WHOLE).order_by(*_NEWEST)
    if topic:
        on = or_(NormTerm.code == topic, NormTerm.code.startswith(f"{topic}."))
        wanted = wanted.where(Norm.id.in_(select(NormTerm.norm_id).where(on)))
    return visit.session.scalars(wanted).all()


def get(visit: Visit, slug: str) -> Norm:
    """One norm by the slug of its address; NotFound for who may not read it."""
    found = visit.session.scalars(select(Norm).where(Norm.slug == slug).options(*_WHOLE)).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_to_change(visit: Visit, slug: str) -> Norm:
    """One norm for somebody who writes norms; NotFound, or Forbidden for others."""
    found = get(visit, slug)
    if not access.may_write_norms(visit.viewer):
        raise Forbidden
    return found


def named_by(visit: Visit, text: str) -> list[Norm]:
    """The norms that these words name, by number or by another name of them, as far as the viewer sees
    them."""
    wanted = numbers.asked(text) if len(text) <= 200 else frozenset()
    if not wanted:
        return []
    rows = visit.session.execute(select(Norm.id, Norm.number, Norm.aliases)).all()
    found = [
        id for id, number, aliases in rows
        if any(wanted & numbers.keys(name) for name in (number, *aliases.splitlines()))
    ]  # fmt: skip
    return list(visit.session.scalars(select(Norm).where(Norm.id.in_(found)).order_by(Norm.number)))


def in_its_place(norm: Norm) -> Norm:
    """The norm whose text holds today where this one is cited: what replaced it, else what consolidates it
    and is in force itself, else the norm itself."""
    seen = {norm.id}
    while True:
        after = [one.norm for one in norm.undergoes if one.deed == "replaces"]
        after += [
            one.norm for one in norm.undergoes
            if one.deed == "consolidates" and one.norm.state in ("in_force", "amended")
        ]  # fmt: skip
        following = next((one for one in after if one.id not in seen), None)
        if following is None:
            return norm
        seen.add(following.id)
        norm = following


def citing(visit: Visit, shelves: Shelves, norm: Norm) -> list[AnyHit]:
    """Materials and news that name a norm by its whole number, however they write it: those on the shelves of
    this viewer, without the material that holds its text. Raises `Unavailable` as every search does."""
    own = norm.text.public_id if norm.text else ""
    hits = _naming(visit, shelves, [norm], ("resource", "article"))
    return [hit for hit in hits if hit.record.public_id != own]


def telling(visit: Visit, shelves: Shelves, norms: Sequence[Norm]) -> list[Article]:
    """News that name one of these norms, those that name the most of them first; likewise."""
    hits = _naming(visit, shelves, norms, ("article",))
    return [hit.record for hit in hits if isinstance(hit.record, Article)]


def _naming(visit: Visit, shelves: Shelves, norms: Sequence[Norm], nouns: Sequence[str]) -> list[AnyHit]:
    tokens = {token: name for one in norms for token, name in numbers.whole(one.number, one.aliases).items()}
    if not tokens:
        return []
    query = Query(norms[0].number, tuple(Named(name, token, ()) for token, name in tokens.items()))
    found = finding.find(visit, shelves, query, filters={"noun": nouns}, per_page=CITING, facets=())
    return found.hits


def cited(visit: Visit, shelves: Shelves, noun: str, public_id: str) -> list[Norm]:
    """The norms that something (a "resource", an "article", an "action") names by their whole number in what
    this viewer's shelves hold of it, the newest first; without the one whose text it is. Raises `Unavailable`
    as every search does."""
    tokens: dict[str, set[int]] = {}
    for id_, number, aliases in visit.session.execute(select(Norm.id, Norm.number, Norm.aliases)):
        for token in numbers.whole(number, aliases):
            tokens.setdefault(token, set()).add(id_)
    held = shelves.reading(access.shelves_of(visit.viewer)).holding(noun, public_id, tokens)
    if not held:
        return []
    named = Norm.id.in_(set().union(*(tokens[token] for token in held)))
    rows = visit.session.scalars(select(Norm).where(named).options(*_WHOLE).order_by(*_NEWEST))
    return [one for one in rows if one.text is None or one.text.public_id != public_id]
