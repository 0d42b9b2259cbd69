"""Sharing versions, and rules 2, 6 and 7 of product.md 5.5."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from portal import work
from portal.instance import Instance
from tests.world import DAY, World, build, canary, title_word
from toolkit import access, catalogue, moderation, people, publication, requests, sharing
from toolkit.access import CHOSEN, MEMBERS, OWN, PUBLIC, Viewer
from toolkit.catalogue import deliveries
from toolkit.database import Visit
from toolkit.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from toolkit.records import AuditEntry, Page, Person, Placement, Post, Resource, Share, Version, now
from toolkit.search.finding import find


@pytest.fixture
def world(instance: Instance) -> Iterator[World]:
    yield build(instance)


def share(world: World, what: str = "own", number: int = 1, *receivers: str,
          until: dt.datetime | None = None) -> None:  # fmt: skip
    """The coordination hands a version over, to «tercera» if nobody is named."""
    ids = [world.places[slug] for slug in receivers or ("tercera",)]
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        sharing.share(visit, catalogue.get(visit, world.ids[what]), number, ids, until=until)


def texts(world: World, who: str, what: str = "own") -> list[str]:
    """What this viewer reads of a resource."""
    with world.instance.database.visit(world.viewers[who]) as visit:
        return [page.text for page in visit.session.scalars(select(Page)) if canary(what) in page.text]


def test_sharing_what_only_the_organization_read_makes_it_chosen(world: World) -> None:
    assert not texts(world, "other")
    share(world)
    assert len(texts(world, "other")) == 1
    assert not texts(world, "receiver")
    with world.instance.database.visit(world.viewers["coordinator"]) as visit:
        assert catalogue.get(visit, world.ids["own"]).level == CHOSEN
        acts = visit.session.scalars(select(AuditEntry.act).where(AuditEntry.noun == "resource")).all()
        assert {"share", "move"} <= set(acts)


@pytest.mark.parametrize(("what", "level"), [("public", PUBLIC), ("members", MEMBERS)])
def test_at_0_and_1_it_is_a_recorded_delivery(world: World, what: str, level: int) -> None:
    share(world, what)
    with world.instance.database.visit(world.viewers["other"]) as visit:
        row = visit.session.scalars(select(Share)).one()
        assert (row.title, row.number) == (f"Material {title_word(what)}", 1)
        assert catalogue.get(visit, world.ids[what]).level == level


def test_the_same_version_twice_is_one_delivery(world: World) -> None:
    share(world)
    share(world)
    share(world, "own", 2)
    with world.instance.database.visit(world.viewers["other"]) as visit:
        assert sorted(visit.session.scalars(select(Share.number))) == [1, 2]


def test_rule_6_sharing_is_by_version(world: World) -> None:
    """The receiver keeps the version delivered, whatever comes after; it sees no other."""
    share(world)
    before = texts(world, "other")
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        catalogue.add_version(visit, catalogue.get(visit, world.ids["own"]))
    assert texts(world, "other") == before and "versión 1" in before[0]
    with world.instance.database.visit(world.viewers["other"]) as visit:
        resource = catalogue.get(visit, world.ids["own"])
        assert [version.number for version in resource.versions] == [1]
        with pytest.raises(NotFound):
            catalogue.get_version(visit, resource, 2)


def narrow(visit: Visit, resource: Resource) -> None:
    catalogue.publish(visit, resource, OWN)


def withdraw(visit: Visit, resource: Resource) -> None:
    catalogue.withdraw(visit, resource, "Está superado")


def end(visit: Visit, resource: Resource) -> None:
    sharing.end(visit, resource, deliveries.standing(visit, resource))


ENDINGS = pytest.mark.parametrize(("deed", "fault"), [(end, NotFound), (narrow, NotFound), (withdraw, Gone)])


@ENDINGS
def test_ending_it_ends_the_reading_at_once_and_the_register_row_stays(
    world: World, deed: Callable[[Visit, Resource], None], fault: type[Exception]
) -> None:
    month = now() + 30 * DAY
    share(world, until=month)
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        deed(visit, catalogue.get(visit, world.ids["own"]))
    assert not texts(world, "other")
    with world.instance.database.visit(world.viewers["other"]) as visit:
        with pytest.raises(fault):
            catalogue.get(visit, world.ids["own"])
        row = visit.session.scalars(select(Share)).one()
        assert row.until is not None and row.until <= now()
        assert (row.agreed_until, row.ended_at) == (month, row.until)  # and says what had been agreed
    if fault is Gone:  # who had no share never knew of it
        with world.instance.database.visit(world.viewers["receiver"]) as visit, pytest.raises(NotFound):
            catalogue.get(visit, world.ids["own"])


def test_ending_one_share_changes_nothing_for_others(world: World) -> None:
    share(world, "own", 1, "tercera", "receptora")
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        resource = catalogue.get(visit, world.ids["own"])
        third = [one for one in deliveries.standing(visit, resource)
                 if one.organization_id == world.places["tercera"]]  # fmt: skip
        sharing.end(visit, resource, third)
    assert not texts(world, "other")
    assert texts(world, "receiver")


@ENDINGS
def test_rule_7_narrowing_is_immediate(
    world: World, deed: Callable[[Visit, Resource], None], fault: type[Exception]
) -> None:
    """Doors and search at once; the shelves as soon as the worker comes by, well within 60 s."""
    instance, shelf = world.instance, access.space_shelf(world.places["tercera"])
    with work.worker_inside(instance):
        share(world)
        assert eventually(lambda: standing(instance, world.ids["own"], shelf))
        assert eventually(lambda: found(world, "other"))  # the row is written before the shelf
        begun = time.monotonic()
        with instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
            deed(visit, catalogue.get(visit, world.ids["own"]))
        with instance.database.visit(world.viewers["other"]) as visit:
            assert not find(visit, instance.shelves, canary("own")).hits
            with pytest.raises(fault):
                catalogue.get(visit, world.ids["own"])
        assert eventually(lambda: not standing(instance, world.ids["own"], shelf))
        assert time.monotonic() - begun < 60
        with instance.database.visit(world.viewers["other"]) as visit:
            assert find(visit, instance.shelves, canary("own")).total == 0


def eventually(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def found(world: World, who: str) -> int:
    with world.instance.database.visit(world.viewers[who]) as visit:
        return find(visit, world.instance.shelves, canary("own")).total


def standing(instance: Instance, public_id: str, shelf: str) -> bool:
    with instance.database.open_for_maintenance(writing=False) as session:
        where = (Placement.public_id == public_id, Placement.shelf == shelf)
        return session.scalars(select(Placement).where(*where)).first() is not None


def test_rule_2_no_existence_leaks(world: World) -> None:
    """Level 3, a foreign level 2 and what never was: the same fault."""
    for who in ("visitor", "other"):
        with world.instance.database.visit(world.viewers[who]) as visit:
            for public_id in (world.ids["own"], world.ids["chosen"], "zzzzzzzzzzzzzzzzzzzz"):
                with pytest.raises(NotFound) as fault:
                    catalogue.get(visit, public_id)
                assert type(fault.value) is NotFound and not fault.value.message.values


def test_restoring_delivers_anew_what_withdrawing_ended(world: World) -> None:
    share(world, "own", 1, "tercera", "receptora")
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        resource = catalogue.get(visit, world.ids["own"])
        receiver = [one for one in deliveries.standing(visit, resource)
                    if one.organization_id == world.places["receptora"]]  # fmt: skip
        sharing.end(visit, resource, receiver)
        catalogue.withdraw(visit, resource, "")
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        catalogue.restore(visit, catalogue.get(visit, world.ids["own"]))
    assert texts(world, "other")
    assert not texts(world, "receiver")


def test_a_promoter_restores_what_he_withdrew_and_nothing_else(world: World) -> None:
    database = world.instance.database
    with database.visit(world.viewers["coordinator"], writing=True) as visit:
        catalogue.withdraw(visit, catalogue.get(visit, world.ids["public"]), "")
    with database.visit(world.viewers["author"], writing=True) as visit, pytest.raises(Forbidden):
        catalogue.restore(visit, catalogue.get(visit, world.ids["public"]))


def test_a_share_with_an_end_keeps_it_through_withdrawing_and_restoring(world: World) -> None:
    """Or restoring would give for good what was given for a month."""
    month = now() + 30 * DAY
    database = world.instance.database
    with database.visit(world.viewers["coordinator"], writing=True) as visit:
        resource = catalogue.get(visit, world.ids["own"])
        sharing.share(visit, resource, 1, [world.places["tercera"]], until=month)
        catalogue.withdraw(visit, resource, "")
    with database.visit(world.viewers["coordinator"], writing=True) as visit:
        catalogue.restore(visit, catalogue.get(visit, world.ids["own"]))
    with database.visit(world.viewers["coordinator"]) as visit:
        stand = deliveries.standing(visit, catalogue.get(visit, world.ids["own"]))
        assert [(one.until, one.ended_at) for one in stand] == [(month, None)]


TAKEN_DOWN = [("editor", "public"), ("administrator", "public"), ("administrator", "members_card")]


@pytest.mark.parametrize(("who", "what"), TAKEN_DOWN)
def test_what_the_portal_took_down_it_alone_restores(world: World, who: str, what: str) -> None:
    database = world.instance.database
    share(world, what, 1, "receptora")
    with database.visit(world.viewers[who], writing=True) as visit:
        moderation.withdraw(visit, catalogue.get(visit, world.ids[what]), "Motivo", "Juzgado 3")
    other = {"editor": "administrator", "administrator": "editor"}[who]
    for refused in ("coordinator", "author", other):
        for restore in (publication.offer_again, catalogue.restore):
            with (
                database.visit(world.viewers[refused], writing=True) as visit,
                pytest.raises((Forbidden, Gone)),
            ):
                restore(visit, catalogue.get(visit, world.ids[what]))
    assert withdrawn(world, what)
    with database.visit(world.viewers[who], writing=True) as visit:
        catalogue.restore(visit, catalogue.get(visit, world.ids[what]))
    assert not withdrawn(world, what)
    with database.visit(world.viewers["coordinator"]) as visit:
        stand = deliveries.standing(visit, catalogue.get(visit, world.ids[what]))
        assert [one.organization_id for one in stand] == [world.places["receptora"]]


def test_a_restoring_that_was_asked_before_is_not_granted_against_the_portal(world: World) -> None:
    """The author withdraws and asks for it back; then the coordination restores and an editor withdraws."""
    database = world.instance.database
    with database.visit(world.viewers["author"], writing=True) as visit:
        members = catalogue.get(visit, world.ids["members"])
        catalogue.withdraw(visit, members, "")
        asked = publication.offer_again(visit, members)
        assert asked is not None
        number = asked.public_id
    with database.visit(world.viewers["coordinator"], writing=True) as visit:
        members = catalogue.get(visit, world.ids["members"])
        catalogue.restore(visit, members)
        catalogue.publish(visit, members, 0)
    with database.visit(world.viewers["editor"], writing=True) as visit:
        moderation.withdraw(visit, catalogue.get(visit, world.ids["members"]), "Motivo")
    with database.visit(world.viewers["coordinator"], writing=True) as visit, pytest.raises(Forbidden):
        requests.decide(visit, requests.get(visit, number), granted=True)
    assert withdrawn(world, "members")


def test_taking_down_shows_an_administrator_no_more_than_before(world: World) -> None:
    with world.instance.database.visit(world.viewers["administrator"], writing=True) as visit:
        card = catalogue.get(visit, world.ids["members_card"])
        moderation.withdraw(visit, card, "Motivo", "Juzgado 3")
    with world.instance.database.visit(world.viewers["administrator"]) as visit:
        assert catalogue.newest_version(visit, catalogue.get(visit, world.ids["members_card"])) is None


def withdrawn(world: World, what: str) -> bool:
    with world.instance.database.open_for_maintenance(writing=False) as session:
        return session.get_one(Resource, world.resources[what]).state == "withdrawn"


@pytest.mark.parametrize("wrong", [[], [10**6], ["duena"], ["cerrada"]])
def test_nobody_and_nobody_known_cannot_receive(world: World, wrong: list) -> None:
    ids = [world.places.get(one, one) for one in wrong]
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        resource = catalogue.get(visit, world.ids["own"])
        with pytest.raises(Invalid):
            sharing.share(visit, resource, 1, ids)
        with pytest.raises(NotFound):
            sharing.share(visit, resource, 99, [world.places["tercera"]])
        with pytest.raises(Invalid):
            sharing.share(visit, resource, 1, [world.places["tercera"]], until=now() - DAY)
        assert resource.level == OWN


def test_a_share_ends_by_its_date(world: World) -> None:
    share(world, until=now() + DAY)
    assert texts(world, "other")
    later = access.at(world.viewers["other"], now() + 2 * DAY)
    with world.instance.database.visit(later) as visit, pytest.raises(NotFound):
        catalogue.get(visit, world.ids["own"])


@pytest.mark.parametrize("level", [MEMBERS, CHOSEN, OWN])
def test_the_people_counted_are_those_who_would_read(world: World, level: int) -> None:
    """Each person is asked one by one, by the rules of reading; the number is theirs."""
    owner, receiving = world.places["duena"], world.places["receptora"]
    today = access.lima_day(now())
    with world.instance.database.open_for_maintenance() as session:
        former = session.scalars(select(Person).where(Person.name == "Persona former")).one()
        session.add(Post(organization_id=receiving, holder_id=former.id, since=today))
        version = session.scalars(
            select(Version).where(Version.resource_id == world.resources["own"])
        ).first()
        assert version is not None
        if level == CHOSEN:
            session.add(Share(version_id=version.id, organization_id=receiving, giver_id=owner))
        session.get_one(Resource, world.resources["own"]).level = level
    with world.instance.database.open_for_maintenance() as session:
        viewers: list[Viewer] = [
            people.viewer_of(session, id, now()) for id in session.scalars(select(Person.id))
        ]
    reading = set()
    for viewer in viewers:
        with world.instance.database.visit(viewer) as visit:
            found = select(Version.id).where(Version.resource_id == world.resources["own"])
            if visit.session.scalars(found).first() is not None:
                reading.add(viewer.person_id)
    with world.instance.database.visit(world.viewers["coordinator"]) as visit:
        organizations = [owner, receiving] if level == CHOSEN else [owner]
        assert sharing.readers(visit, level, organizations) == reading
    assert len(reading) > 2


def test_asking_for_access_names_an_organization_of_ones_own(world: World) -> None:
    with world.instance.database.visit(world.viewers["other"], writing=True) as visit:
        card = catalogue.get(visit, world.ids["chosen_card"])
        for foreign in (world.places["receptora"], None):
            with pytest.raises(Invalid):
                sharing.ask_access(visit, card, foreign, "")
        public = catalogue.get(visit, world.ids["public"])
        with pytest.raises(Conflict):
            sharing.ask_access(visit, public, world.places["tercera"], "")
