"""Who is written to about what an organisation is asked and handed: whoever coordinates it today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.instance import Instance
from tests.toolkit.organized import DAY, TODAY, House
from tests.toolkit.organized import build as build_house
from tests.world import World, build
from toolkit import catalogue, memberships, notices, organizations, people, sharing
from toolkit.catalogue import deliveries
from toolkit.records import Organization, OutboxMessage, Party, Person, Post


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from build_house(tmp_path)


def told(house: House, slug: str = "valle", but: str = "") -> list[str]:
    """The names of those who are written to."""
    with house.database.open_for_maintenance() as session:
        before = set(session.scalars(select(OutboxMessage.id)))
        notices.tell(session, organizations.get(session, slug), "delivered", {}, but=house.people.get(but))
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [row.values["name"] for row in rows if row.id not in before]


def change(house: House, **values: object) -> None:
    """Change the term of the organisation."""
    with house.database.open_for_maintenance() as session:
        term = session.scalars(select(Post)).one()
        for name, value in values.items():
            setattr(term, name, value)


def test_it_is_the_holder_and_while_absent_or_after_the_term_the_alternate(house: House) -> None:
    assert told(house) == ["Ana"]
    change(house, alternate_id=house.people["beto"])
    assert told(house) == ["Ana"]
    change(house, absent_from=TODAY, absent_until=TODAY)
    assert told(house) == ["Beto"]
    house.moment += DAY
    assert told(house) == ["Ana"]
    change(house, until=TODAY)
    assert told(house) == ["Beto"]
    change(house, alternate_id=None)
    assert told(house) == []


def test_nobody_is_told_of_what_they_did_themselves(house: House) -> None:
    assert told(house, but="ana") == []
    assert told(house, but="beto") == ["Ana"]


def test_a_suspended_organization_and_a_closed_account_are_not_written_to(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.open_for_maintenance() as session:
        organizations.get(session, "valle").active = False
    assert told(house) == []
    with house.database.open_for_maintenance() as session:
        organizations.get(session, "valle").active = True
    closed = {house.people["ana"]}
    monkeypatch.setattr(memberships, "_CLOSED", [lambda session, ids: closed & set(ids)])
    assert told(house) == []


def test_for_a_joint_space_the_coordinations_of_its_parties_are(house: House) -> None:
    house.add("eva", "coordinator", "otra")
    with house.database.open_for_maintenance() as session:
        joint = Organization(slug="conjunto", name="Conjunto", kind="joint", country="PE")
        session.add(joint)
        session.flush()
        for slug in ("valle", "otra"):
            party = organizations.get(session, slug).id
            session.add(Party(joint_id=joint.id, organization_id=party))
    assert told(house, "conjunto") == ["Ana", "Eva"]


def receive(world: World, *names: tuple[str, str]) -> None:
    """Let these people of the world coordinate where they belong."""
    with world.instance.database.open_for_maintenance() as session:
        for name, slug in names:
            holder = session.scalars(select(Person).where(Person.email == world.addresses[name])).one()
            holder.language = "pt"
            people.appoint(session, session.get_one(Organization, world.places[slug]), holder)


def messages(world: World) -> list[tuple[str, str, str, str]]:
    with world.instance.database.open_for_maintenance(writing=False) as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "delivered"))
        return [(row.recipient, row.values["giver"], row.values["title"], row.language) for row in rows]


def test_a_delivery_is_told_to_the_coordination_of_each_receiver_and_a_restored_one_again(
    instance: Instance,
) -> None:
    world = build(instance)
    receive(world, ("receiver", "receptora"), ("other", "tercera"))
    coordinator, ids = world.viewers["coordinator"], world.places
    with instance.database.visit(coordinator, writing=True) as visit:
        own = catalogue.get(visit, world.ids["own"])
        sharing.share(visit, own, 1, [ids["receptora"], ids["tercera"]])
        sharing.share(visit, own, 1, [ids["receptora"]])  # they have it: nothing new to tell
    one = ("Cooperativa duena", "Material tucanownfin", "pt")
    assert sorted(messages(world)) == [("other@ejemplo.pe", *one), ("receiver@ejemplo.pe", *one)]
    with instance.database.visit(coordinator, writing=True) as visit:
        own = catalogue.get(visit, world.ids["own"])
        sharing.end(visit, own, [one for one in deliveries.standing(visit, own)
                                 if one.organization_id == ids["tercera"]])  # fmt: skip
        catalogue.withdraw(visit, own, "")
    with instance.database.visit(coordinator, writing=True) as visit:
        catalogue.restore(visit, catalogue.get(visit, world.ids["own"]))
    assert messages(world)[2:] == [("receiver@ejemplo.pe", *one)]


def test_a_joint_space_is_not_named_to_who_takes_no_part_in_it(instance: Instance) -> None:
    world = build(instance)
    receive(world, ("receiver", "receptora"), ("other", "tercera"))
    ids = world.places
    with instance.database.open_for_maintenance() as session:
        owner = session.get_one(Organization, ids["duena"])
        owner.kind = "joint"
        session.add(Party(joint_id=owner.id, organization_id=ids["tercera"]))
    with instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        own = catalogue.get(visit, world.ids["own"])
        sharing.share(visit, own, 1, [ids["receptora"], ids["tercera"]])
    told = {recipient: giver for recipient, giver, *_ in messages(world)}
    assert told == {"receiver@ejemplo.pe": "", "other@ejemplo.pe": "Cooperativa duena"}
