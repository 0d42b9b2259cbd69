"""A small library for the tests of its pages: an owner, and resources with their pages already read."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from portal.instance import Instance
from toolkit.files.formats import FORMATS
from toolkit.records import File, Organization, Page, Resource, ResourceTerm, Version, now
from toolkit.search import indexing, spanish


@dataclass
class Made:
    """A resource that was made: its public id and the hashes of its files."""

    id: str
    sha256: list[str] = field(default_factory=list)


def add(instance: Instance, title: str, pages: list[str] | None = None, *, format: str = "pdf",
        labels: list[str] | None = None, versions: int = 1, files: int = 1, state: str = "ready",
        topics: tuple[str, ...] = (), scanned: bool = False, name: str = "", content: bytes = b"",
        **more: Any) -> Made:  # fmt: skip
    """Add a published resource with `pages` in each of its files. Not yet on any shelf: see `index`."""
    pages = ["Una página."] if pages is None else pages
    given = {"level": 0, "state": "published", "published_at": now(), "kind": "R01", "country": "PE",
             "year": 2024, "licence": "CC-BY-4.0", **more}  # fmt: skip
    with instance.database.open_for_maintenance() as session:
        given.setdefault("organization_id", owner_id(session))
        resource = Resource(title=title, **given)
        session.add(resource)
        resource.terms = [ResourceTerm(facet="topic", code=code) for code in topics]
        session.flush()
        made = Made(resource.public_id)
        for number in range(1, versions + 1):
            version = Version(resource_id=resource.id, number=number, note=f"Nota {number}")
            session.add(version)
            session.flush()
            for place in range(1, files + 1):
                data = content or f"{title} {number} {place}".encode()
                received = instance.store.receive(io.BytesIO(data), limit=10_000_000)
                instance.store.keep(received)
                made.sha256.append(received.sha256)
                file = File(version_id=version.id, number=place, name=name or f"archivo-{place}.{format}",
                            format=format, unit=FORMATS[format].unit, size=received.size, state=state,
                            sha256=received.sha256, page_count=len(pages) if state == "ready" else 0,
                            read_at=now(), drawn=False)  # fmt: skip
                session.add(file)
                session.flush()
                for at, text in enumerate(pages if state == "ready" else [], 1):
                    page = Page(file_id=file.id, number=at, tokens=spanish.count(text), scanned=scanned,
                                label=(labels or [""] * len(pages))[at - 1])  # fmt: skip
                    page.text = text
                    session.add(page)
    return made


def owner_id(session: Any) -> int:
    """The first organisation, made where there is none."""
    found = session.query(Organization).order_by(Organization.id).first()
    if found is None:
        found = Organization(slug="valle", name="Cooperativa Valle", country="PE", region="PE-12")
        session.add(found)
        session.flush()
    return found.id


def index(instance: Instance) -> None:
    """Put everything that is published on its shelves."""
    indexing.rebuild(instance.database, instance.shelves)
