"""A small organisation for the tests of people and posts: Ana coordinates, Beto promotes, Carla reads; Dora
administers the portal; a clock that stands still."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from toolkit import organizations, people
from toolkit.access import LIMA
from toolkit.database import Database, Visit
from toolkit.records import AuditEntry, Organization, OutboxMessage, Person
from toolkit.records.base import injected

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=LIMA)
TODAY = NOON.date()
DAY = dt.timedelta(days=1)


@dataclass
class House:
    """The database, the moment that its clock shows, and the ids of people and organisations by name."""

    database: Database
    moment: dt.datetime = NOON
    people: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, role: str = "", slug: str = "valle", **more: str) -> None:
        """Add a person whose address begins with the name; `role` in the organisation, if any."""
        with self.database.open_for_maintenance() as session:
            person = people.add(session, name.title(), f"{name}@x.coop", **more)
            self.people[name] = person.id
            organization = organizations.find(session, slug) or organizations.add(session, slug, slug.title())
            if role == "coordinator":
                people.appoint(session, organization, person)
            elif role:
                people.join(session, person, organization, role)

    @contextmanager
    def visit(self, name: str) -> Iterator[Visit]:
        """A visit of this person at the moment that the clock shows, kept if nothing is raised."""
        with self.database.open_for_maintenance(writing=False) as session:
            viewer = people.viewer_of(session, self.people[name], self.moment)
        with self.database.visit(viewer, writing=True) as visit:
            yield visit

    def leads(self, name: str) -> bool:
        """Does this person coordinate something at this moment?"""
        with self.database.open_for_maintenance(writing=False) as session:
            return bool(people.viewer_of(session, self.people[name], self.moment).coordinates)

    def belongs(self, name: str) -> bool:
        """Has this person a role anywhere at this moment?"""
        with self.database.open_for_maintenance(writing=False) as session:
            return bool(people.viewer_of(session, self.people[name], self.moment).roles)

    def mails(self, template: str) -> list[str]:
        """To whom messages of this kind wait to be sent."""
        with self.database.open_for_maintenance(writing=False) as session:
            wanted = select(OutboxMessage.recipient).where(OutboxMessage.template == template)
            return sorted(session.scalars(wanted))

    def acts(self, noun: str) -> list[str]:
        """What the audit says was done to things of this noun, in order."""
        with self.database.open_for_maintenance(writing=False) as session:
            wanted = select(AuditEntry.act).where(AuditEntry.noun == noun).order_by(AuditEntry.id)
            return list(session.scalars(wanted))


def valle(visit: Visit) -> Organization:
    """The organisation, in this visit."""
    return organizations.get(visit.session, "valle")


def person(visit: Visit, house: House, name: str) -> Person:
    """Somebody whom this visit sees."""
    return visit.session.get_one(Person, house.people[name])


def build(folder: Path) -> Iterator[House]:
    """The house with its people; give it on from a fixture."""
    database = Database("sqlite:///portal.db", folder)
    database.migrate()
    house = House(database)
    with injected(clock=lambda: house.moment):
        house.add("ana", "coordinator")
        house.add("beto", "promoter")
        house.add("carla", "member")
        house.add("otto", "promoter", "otra")
        house.add("dora", portal_role="administrator")
        yield house
    database.close()
