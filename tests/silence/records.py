"""Records for the two worlds, written straight into the tables: what a test of silence compares are the
doors, whatever way a record came to be behind them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.instance import Instance
from toolkit.records import (
    File,
    Folder,
    Membership,
    Organization,
    Page,
    Person,
    Resource,
    ResourceTerm,
    Share,
    Version,
    now,
)
from toolkit.search import spanish

SEED = "ayni"
NOON = dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
_LETTERS = "23456789abcdefghijkmnpqrstuvwxyz"
_NO_KEY = {"public_id", "key_digest"}


def clock() -> dt.datetime:
    """The moment at which both worlds stand still."""
    return NOON


def identifier(noun: str, row: Mapping[str, Any]) -> str:
    """The identifier of a record, drawn from (seed, noun, the record's own words): what else stands in the
    table changes nothing. Numbers of other rows are no part of its key, since hidden rows shift them."""
    words = [f"{name}={value}" for name, value in sorted(row.items())
             if isinstance(value, str) and name not in _NO_KEY]  # fmt: skip
    words.append(str(row.get("number", "")))
    digest = hashlib.blake2b("\0".join([SEED, noun, *words]).encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:20])


@dataclass(frozen=True)
class Paper:
    """A resource as a test describes it: one text for each version, delivered to organisations by slug."""

    title: str
    owner: str = "ajena"
    texts: Sequence[str] = ("texto",)
    level: int = 0
    state: str = "published"
    author: str = "autora@ajena.pe"
    summary: str = ""
    show_card: bool = False
    folder: str | None = None
    delivered: Mapping[str, int] = field(default_factory=dict)
    ended: bool = False
    facets: Mapping[str, Any] = field(default_factory=dict)
    topics: Sequence[str] = ()


def organization(session: Session, slug: str, **more: Any) -> Organization:
    """Add an organisation."""
    made = Organization(slug=slug, name=f"Cooperativa {slug}", acronym=slug.upper(), country="PE", **more)
    session.add(made)
    session.flush()
    return made


def person(session: Session, email: str, places: Mapping[str, str] | None = None, **more: Any) -> Person:
    """Add a person with memberships {slug: role}."""
    made = Person(name=f"Persona {email.split('@')[0]}", email=email, **more)
    session.add(made)
    session.flush()
    for slug, role in (places or {}).items():
        session.add(Membership(person_id=made.id, organization_id=id_of(session, slug), role=role))
    session.flush()
    return made


def id_of(session: Session, slug: str) -> int:
    """The id of an organisation by its slug."""
    return session.scalars(select(Organization.id).where(Organization.slug == slug)).one()


def paper(instance: Instance, session: Session, given: Paper) -> Resource:
    """Add a resource with its versions, files, pages and shares."""
    owner = id_of(session, given.owner)
    author = session.scalars(select(Person.id).where(Person.email == given.author)).one_or_none()
    facets = {"kind": "R01", "country": "PE", "region": "PE-LIM", "year": 2024, "language": "es",
              "authors": ["Autora Quispe"], **given.facets}  # fmt: skip
    resource = Resource(
        organization_id=owner, created_by=author, state=given.state, level=given.level, title=given.title,
        summary=given.summary, show_card=given.show_card,
        published_at=None if given.state == "draft" else now(),
        withdrawn_at=now() if given.state == "withdrawn" else None,
        folder_id=given.folder and _folder(session, owner, given.folder), **facets,
    )  # fmt: skip
    session.add(resource)
    session.flush()
    resource.terms = [ResourceTerm(facet="topic", code=code) for code in given.topics]
    for text in given.texts:
        add_version(instance, session, resource, text)
    for slug, number in given.delivered.items():
        share(session, resource, number, slug, ended=given.ended)
    return resource


def _folder(session: Session, owner: int, name: str) -> int:
    folder = session.scalar(select(Folder).where(Folder.organization_id == owner, Folder.name == name))
    if folder is None:
        folder = Folder(organization_id=owner, name=name)
        session.add(folder)
        session.flush()
    return folder.id


def add_version(instance: Instance, session: Session, resource: Resource, text: str) -> Version:
    """Add a version whose one file has one page with this text."""
    known = session.scalars(select(Version.number).where(Version.resource_id == resource.id)).all()
    version = Version(resource_id=resource.id, number=len(known) + 1, note=f"Nota de {text}"[:200])
    session.add(version)
    session.flush()
    received = instance.store.receive(io.BytesIO(text.encode()), limit=100_000)
    instance.store.keep(received)
    file = File(version_id=version.id, number=1, name=f"{text[:60]}.txt", format="txt", unit="part",
                size=received.size, sha256=received.sha256, state="ready", page_count=1, drawn=True,
                read_at=now())  # fmt: skip
    session.add(file)
    session.flush()
    page = Page(file_id=file.id, number=1, tokens=spanish.count(text))
    page.text = text
    session.add(page)
    session.flush()
    return version


def share(
    session: Session, resource: Resource, number: int, slug: str, *, ended: bool = False, **more: Any
) -> Share:
    """Deliver version `number` to an organisation; `ended` for one that is over."""
    version = session.scalars(
        select(Version).where(Version.resource_id == resource.id, Version.number == number)
    ).one()
    made = Share(version_id=version.id, organization_id=id_of(session, slug), number=number,
                 giver_id=resource.organization_id, title=f"{resource.title} para {slug}",
                 since=now() - 2 * DAY, until=now() - DAY if ended else None, **more)  # fmt: skip
    session.add(made)
    session.flush()
    return made
