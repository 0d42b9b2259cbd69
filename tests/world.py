"""A small world for the tests of access: three organisations, the people of product.md 5.1, and one resource
for every way of being visible. Each resource holds a word of its own that stands nowhere else."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field

from portal.instance import Instance
from toolkit import people
from toolkit.access import VISITOR, Viewer
from toolkit.records import (
    File,
    Membership,
    Organization,
    Page,
    Person,
    Post,
    Resource,
    ResourceTerm,
    Share,
    Version,
    now,
)
from toolkit.search import indexing, spanish

DAY = dt.timedelta(days=1)
PEOPLE = (
    "visitor", "author", "promoter", "member", "coordinator", "receiver", "other", "editor",
    "administrator", "former", "suspended_organization",
)  # fmt: skip
"""`author`, `promoter`, `member` and `coordinator` belong to the owning organisation; `receiver` to the one
with which a version was shared; `other` to a third."""

ALL = frozenset(PEOPLE)
OWN = frozenset({"author", "promoter", "member", "coordinator"})
MEMBERS = OWN | {"receiver", "other", "editor"}

CARDS: dict[str, frozenset[str]] = {
    "public": ALL,
    "members": MEMBERS | {"administrator"},
    "members_card": ALL,
    "chosen": OWN | {"receiver"},
    "chosen_card": ALL,
    "share_ended": OWN,
    "share_to_come": OWN,
    "own": OWN,
    "draft": frozenset({"author"}),
    "withdrawn": frozenset({"author", "coordinator"}),
}
"""Who sees the card of which resource (product.md 5.2)."""
CONTENTS: dict[str, frozenset[str]] = {
    **CARDS,
    "members": MEMBERS,
    "members_card": MEMBERS,
    "chosen_card": OWN,
}
"""Who reads its contents."""
FOUND: dict[str, frozenset[str]] = {
    **CARDS,
    "members": MEMBERS,
    "draft": frozenset(),
    "withdrawn": frozenset(),
}
"""Who finds it by its title (an administrator reads the card of level 1 by address, not by searching)."""
_LEVELS = {"public": 0, "members": 1, "members_card": 1, "chosen": 2, "chosen_card": 2, "share_ended": 2,
           "share_to_come": 2, "own": 3, "draft": 3, "withdrawn": 0}  # fmt: skip


@dataclass
class World:
    """What was built: the instance, viewers and e-mail addresses by role, public ids by resource."""

    instance: Instance
    viewers: dict[str, Viewer] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    resources: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)


def canary(name: str) -> str:
    """A word that stands in the text of this resource and nowhere else."""
    return f"zorzal{name.replace('_', '')}fin"


def title_word(name: str) -> str:
    """A word that stands in the title of this resource and nowhere else."""
    return f"tucan{name.replace('_', '')}fin"


def build(instance: Instance) -> World:
    """Build the world in a migrated, empty instance, shelves included."""
    world = World(instance)
    with instance.database.open_for_maintenance() as session:
        owner, receiving, third, closed = (
            Organization(slug=slug, name=f"Cooperativa {slug}", acronym=slug.upper(), country="PE",
                         active=slug != "cerrada")
            for slug in ("duena", "receptora", "tercera", "cerrada")
        )  # fmt: skip
        session.add_all([owner, receiving, third, closed])
        session.flush()
        world.places = {one.slug: one.id for one in (owner, receiving, third, closed)}
        places = {"author": (owner, "promoter"), "promoter": (owner, "promoter"), "member": (owner, "member"),
                  "coordinator": (owner, "promoter"), "receiver": (receiving, "member"),
                  "other": (third, "promoter"), "former": (owner, "promoter"),
                  "suspended_organization": (closed, "promoter")}  # fmt: skip
        persons: dict[str, Person] = {}
        for name in PEOPLE[1:]:
            role = name if name in ("editor", "administrator") else None
            persons[name] = Person(name=f"Persona {name}", email=f"{name}@ejemplo.pe", portal_role=role)
            session.add(persons[name])
            session.flush()
            world.addresses[name] = persons[name].email
            if name in places:
                organization, kind = places[name]
                session.add(Membership(person_id=persons[name].id, organization_id=organization.id, role=kind,
                                       until=now() - DAY if name == "former" else None))  # fmt: skip
        session.add(
            Post(organization_id=owner.id, holder_id=persons["coordinator"].id, since=dt.date(2020, 1, 1))
        )
        session.flush()
        for name, level in _LEVELS.items():
            _add(world, session, name, level, owner, persons, receiving)
        world.viewers = {
            name: people.viewer_of(session, person.id, now()) for name, person in persons.items()
        }
    world.viewers["visitor"] = VISITOR
    indexing.rebuild(instance.database, instance.shelves)
    return world


def unlock_audit(instance: Instance) -> None:
    """Let entries of the audit be taken away, in a database of a test: a real one forbids it."""
    with instance.database.engine.connect().execution_options(writing=True) as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entry_kept")
        connection.commit()


def _add(world, session, name, level, owner, persons, receiving) -> None:
    state = name if name in ("draft", "withdrawn") else "published"
    resource = Resource(
        organization_id=owner.id, created_by=persons["author"].id, state=state, level=level, kind="R01",
        title=f"Material {title_word(name)}", summary=f"Resumen de {name}", show_card=name.endswith("_card"),
        country="PE", region="PE-21", year=2001 + len(world.ids), language="es", authors=[f"Autora {name}"],
        published_at=None if state == "draft" else now(),
    )  # fmt: skip
    session.add(resource)
    session.flush()
    resource.terms.append(ResourceTerm(facet="topic", code=f"T{len(world.ids) + 1:02}"))
    world.ids[name], world.resources[name] = resource.public_id, resource.id
    version = None
    for number in (1, 2):
        version = Version(resource_id=resource.id, number=number)
        session.add(version)
        session.flush()
        _add_file(world, session, name, version)
        if number == 1 and name in ("chosen", "share_ended", "share_to_come"):
            since = now() + DAY if name == "share_to_come" else now() - 2 * DAY
            session.add(Share(version_id=version.id, organization_id=receiving.id, giver_id=owner.id,
                              title=resource.title, since=since,
                              until=now() - DAY if name == "share_ended" else None))  # fmt: skip


def _add_file(world, session, name, version) -> None:
    text = f"Texto de la versión {version.number} con la palabra {canary(name)} dentro."
    received = world.instance.store.receive(io.BytesIO(text.encode()), limit=10_000)
    world.instance.store.keep(received)
    file = File(version_id=version.id, number=1, name=f"{name}-{version.number}.txt", format="txt",
                unit="part", size=received.size, sha256=received.sha256, state="ready", page_count=1,
                drawn=True, read_at=now())  # fmt: skip
    session.add(file)
    session.flush()
    page = Page(file_id=file.id, number=1, tokens=spanish.count(text))
    page.text = text
    session.add(page)
