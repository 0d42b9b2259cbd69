"""What editors do to a compendium as a whole: make it, change its words, publish it, take it back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from toolkit import access, audit, slugs, tidy
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, Overtaken
from toolkit.jobs import enqueue
from toolkit.records import Compendium

TITLE, WORDS = 200, 2_000
RESERVED = {"nuevo", "materiales"}
"""Slugs that are an address of something else."""


def add(visit: Visit, title: str, words: str) -> Compendium:
    """A new draft; the one there is, where the button was pressed twice. Raises Invalid naming the field that
    cannot be taken."""
    check_may(visit)
    title, words = _checked(title, words)
    if same := _same(visit, title, words):
        return same
    taken = {*RESERVED, *visit.session.scalars(select(Compendium.slug))}  # an editor's session holds them all
    slug = slugs.free(slugs.slug(title, "compendio"), taken)
    compendium = Compendium(title=title, words=words, slug=slug)
    visit.session.add(compendium)
    note(visit, "create", compendium)
    return compendium


def _same(visit: Visit, title: str, words: str) -> Compendium | None:
    """The draft that says just this and holds nothing yet."""
    wanted = select(Compendium).where(
        Compendium.state == "draft", Compendium.title == title, Compendium.words == words,
        ~Compendium.items.any(),
    )  # fmt: skip
    return visit.session.scalars(wanted.limit(1)).one_or_none()


def change(visit: Visit, compendium: Compendium, title: str, words: str, *, revision: int) -> None:
    """Save its words; `revision` is the one that the person began from: raises Overtaken when somebody
    else saved something else meanwhile."""
    check_may(visit)
    title, words = _checked(title, words)
    if (title, words) == (compendium.title, compendium.words):
        return
    if revision != compendium.revision:
        changed = [name for name, said in (("title", title), ("words", words))
                   if said != getattr(compendium, name)]  # fmt: skip
        raise Overtaken(compendium, compendium.revision, changed)
    compendium.title, compendium.words = title, words
    note(visit, "change", compendium)


def publish(visit: Visit, compendium: Compendium) -> None:
    """Show it to everybody, once something stands in it."""
    check_may(visit)
    if compendium.state == "published":
        raise Conflict(N_("Este compendio ya está publicado."))
    if not compendium.items:
        raise Invalid(N_("Para publicar agregue al menos un material."), field="resource")
    compendium.state = "published"
    note(visit, "publish", compendium)


def withdraw(visit: Visit, compendium: Compendium) -> None:
    """Take it back to the drafts of the editors."""
    check_may(visit)
    compendium.state = "draft"
    note(visit, "withdraw", compendium)


def check_may(visit: Visit) -> None:
    """Forbidden for who does not make compendia."""
    if not access.may_write_compendia(visit.viewer):
        raise Forbidden


def note(visit: Visit, act: str, compendium: Compendium, **values: Any) -> None:
    """Write into the audit what was done to a compendium, and bring the shelves up to date."""
    visit.session.flush()
    audit.record(visit.session, visit.viewer, act, "compendium", compendium.slug, **values)
    enqueue(visit.session, "index", "index_resource", compendium.public_id)


def _checked(title: str, words: str) -> tuple[str, str]:
    title, words = tidy.line(title), tidy.text(words)
    if not title:
        raise Invalid(N_("Escriba un título."), field="title")
    for name, said, most in (("title", title, TITLE), ("words", words, WORDS)):
        tidy.check_length(said, most, name)
    return title, words
