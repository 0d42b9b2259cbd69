"""What editors do to a norm: write it down, correct it, publish it, take it back."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from toolkit import access, audit, partial_dates, revisions, slugs, tidy, vocabulary
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.jobs import enqueue
from toolkit.norms import numbers
from toolkit.records import Norm, NormTerm, Resource, now

KINDS = ("law", "legislative_decree", "supreme_decree", "emergency_decree", "ministerial_resolution",
         "resolution", "recommendation", "model_law", "other")  # fmt: skip
STATES = ("in_force", "amended", "replaced", "repealed")
RESERVED = {"nueva", "relaciones"}
"""Slugs that are an address of something else."""
_LENGTHS = {"number": 80, "title": 300, "issuer": 200, "link": 500, "summary": 4_000, "aliases": 2_000}


@dataclass
class Entry:
    """What is said of a norm: `dated` as `partial_dates` writes it, `text` the public id of the material that
    holds its text, topics by code."""

    kind: str = ""
    number: str = ""
    title: str = ""
    issuer: str = ""
    dated: str = ""
    link: str = ""
    state: str = "in_force"
    summary: str = ""
    aliases: str = ""
    topics: list[str] = field(default_factory=list)
    text: str = ""


def describe(norm: Norm) -> Entry:
    """What is said, as it stands, as far as the viewer of its session sees it."""
    return Entry(
        norm.kind, norm.number, norm.title, norm.issuer, norm.dated, norm.link, norm.state, norm.summary,
        norm.aliases, [one.code for one in norm.terms], norm.text.public_id if norm.text else "",
    )  # fmt: skip


def check(entry: Entry) -> Entry:
    """The entry with tidy words; raises Invalid naming the field that cannot be taken."""
    for name in ("number", "title", "issuer", "link"):
        setattr(entry, name, tidy.line(getattr(entry, name)))
    entry.summary = tidy.text(entry.summary)
    entry.aliases = "\n".join(filter(None, map(tidy.line, entry.aliases.splitlines())))
    for name, sentence in (("number", N_("Escriba el número de la norma, por ejemplo DS 074-90-TR.")),
                           ("title", N_("Escriba un título."))):  # fmt: skip
        if not getattr(entry, name):
            raise Invalid(sentence, field=name)
    for name, most in _LENGTHS.items():
        tidy.check_length(getattr(entry, name), most, name)
    for name, known in (("kind", KINDS), ("state", STATES)):
        if getattr(entry, name) not in known:
            raise Invalid(N_("Elija un valor de la lista."), field=name)
    entry.dated = partial_dates.check(entry.dated, "dated")
    if entry.link and not re.fullmatch(r"https?://[^\s/]+\S*", entry.link):
        raise Invalid(
            N_("Escriba la dirección completa, que empieza con «https://» o «http://»."), field="link"
        )
    topics = vocabulary.load("topics")
    for code in entry.topics:
        if code not in topics:
            raise Invalid(N_("«%(code)s» no está en la lista. Elija un valor de la lista."), field="topics",
                          code=code)  # fmt: skip
    return entry


def add(visit: Visit, entry: Entry) -> Norm:
    """A new draft."""
    check_may(visit)
    norm = Norm(slug="", number="", title="", kind="")
    _write(visit, norm, check(entry))
    taken = {*RESERVED, *visit.session.scalars(select(Norm.slug))}  # an editor's session holds them all
    norm.slug = slugs.free(slugs.slug(norm.number, "norma"), taken)
    visit.session.add(norm)
    visit.session.flush()
    note(visit, "create", norm)
    return norm


def change(visit: Visit, norm: Norm, entry: Entry, *, revision: int) -> None:
    """Save what is said; `revision` is the one that the person began from: raises Overtaken when somebody
    else saved something else meanwhile."""
    check_may(visit)
    entry = check(entry)
    changed = revisions.compare(
        describe(norm), entry, begun=revision, kept=norm.revision, unordered=("topics",)
    )
    if not changed:
        return
    _write(visit, norm, entry)
    visit.session.flush()
    note(visit, "change", norm, fields=changed)
    reindex(visit, norm)


def publish(visit: Visit, norm: Norm) -> None:
    """Show it to everybody."""
    check_may(visit)
    if norm.published_at is not None:
        raise Conflict(N_("Esta norma ya está publicada."))
    norm.published_at = now()
    note(visit, "publish", norm)
    reindex(visit, norm)


def withdraw(visit: Visit, norm: Norm) -> None:
    """Take it back to the drafts of the editors."""
    check_may(visit)
    norm.published_at = None
    note(visit, "withdraw", norm)
    reindex(visit, norm)


def check_may(visit: Visit) -> None:
    """Forbidden for who does not write norms."""
    if not access.may_write_norms(visit.viewer):
        raise Forbidden


def note(visit: Visit, act: str, norm: Norm, **values: Any) -> None:
    """Write into the audit what was done to a norm."""
    audit.record(visit.session, visit.viewer, act, "norm", norm.slug, **values)


def reindex(visit: Visit, norm: Norm) -> None:
    """Bring the shelves up to date."""
    visit.session.flush()
    enqueue(visit.session, "index", "index_resource", norm.public_id)


def _write(visit: Visit, norm: Norm, entry: Entry) -> None:
    _check_number(visit, norm, entry.number)
    text = None
    if entry.text:
        text = visit.session.scalars(select(Resource).where(Resource.public_id == entry.text)).one_or_none()
        if text is None:
            raise Invalid(N_("Ese material no existe o usted no lo ve. Revise su dirección."), field="text")
    for name, said in asdict(entry).items():
        if name not in ("topics", "text"):
            setattr(norm, name, said)
    norm.text = text
    norm.terms = [one for one in norm.terms if one.code in entry.topics]
    known = {one.code for one in norm.terms}
    norm.terms += [NormTerm(code=code) for code in dict.fromkeys(entry.topics) if code not in known]


def _check_number(visit: Visit, norm: Norm, number: str) -> None:
    """One norm has one page, however its number is written."""
    wanted = numbers.asked(number)
    for other in visit.session.scalars(select(Norm).where(Norm.id != (norm.id or 0))):
        if wanted == numbers.asked(other.number):
            raise Invalid(N_("Esa norma ya está: %(number)s."), field="number", number=other.number)
