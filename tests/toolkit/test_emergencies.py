"""Emergency access (product.md 5.5, rule 8): two persons, sixty minutes, told and written down."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.instance import Instance
from tests.world import World, build, unlock_audit
from toolkit import catalogue, emergencies, organizations, people
from toolkit.access import shelves_of
from toolkit.database import Visit
from toolkit.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from toolkit.records import AuditEntry, Emergency, OutboxMessage, now
from toolkit.records.base import injected
from toolkit.search import finding

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, blank: Path) -> World:
    folder = tmp_path_factory.mktemp("emergencies")
    shutil.copy(blank, folder)
    instance = Instance(folder)
    unlock_audit(instance)
    return build(instance)


@pytest.fixture
def world(made: World) -> Iterator[World]:
    with made.instance.database.open_for_maintenance() as session:
        for record in (Emergency, AuditEntry, OutboxMessage):
            for row in session.scalars(select(record)):
                session.delete(row)
    yield made


@contextmanager
def visiting(world: World, who: str) -> Iterator[Visit]:
    """A visit of this person as they are at this moment."""
    database = world.instance.database
    with database.open_for_maintenance(writing=False) as session:
        person = people.get(session, world.addresses[who])
        viewer = people.viewer_of(session, person.id, now())
    with database.visit(viewer, writing=True) as visit:
        yield visit


def ask(world: World, reason: str = "Denuncia por contenido ilegal") -> str:
    with visiting(world, "administrator") as visit:
        owner = organizations.get(visit.session, "duena")
        return emergencies.ask(visit, owner, reason).public_id


def grant(world: World, public_id: str, who: str = "editor") -> None:
    with visiting(world, who) as visit:
        emergencies.grant(visit, emergencies.get(visit, public_id))


def sees(world: World, name: str) -> bool:
    """Does the administrator read the contents of this resource at this moment?"""
    with visiting(world, "administrator") as visit:
        try:
            resource = catalogue.get(visit, world.ids[name])
            catalogue.get_file(visit, resource, 1, 1)
        except (NotFound, Forbidden, Gone):
            return False
        return True


def test_asking_alone_opens_nothing(world: World) -> None:
    ask(world)
    assert not sees(world, "own")


def test_a_second_person_opens_the_published_contents_and_nothing_else(world: World) -> None:
    assert not sees(world, "own")
    grant(world, ask(world))
    assert sees(world, "own") and sees(world, "chosen") and sees(world, "members")
    assert not sees(world, "draft") and not sees(world, "withdrawn")


def test_it_stands_in_lists_and_no_search_finds_it(world: World) -> None:
    grant(world, ask(world))
    with visiting(world, "administrator") as visit:
        owner = organizations.get(visit.session, "duena")
        listed = {one.public_id for one in catalogue.browse_of(visit, owner).rows}
        found = finding.find(visit, world.instance.shelves, "material", filters={}, sort="relevance", page=1)
        assert world.ids["own"] in listed
        assert world.ids["own"] not in {hit.resource.public_id for hit in found.hits}
        assert shelves_of(visit.viewer) == ("public",)


def test_it_ends_by_itself_after_sixty_minutes(world: World) -> None:
    start = now()
    with injected(clock=lambda: start):
        grant(world, ask(world))
    with injected(clock=lambda: start + 59 * MINUTE):
        assert sees(world, "own")
    with injected(clock=lambda: start + 60 * MINUTE):
        assert not sees(world, "own")


def test_a_button_ends_it_earlier(world: World) -> None:
    public_id = ask(world)
    grant(world, public_id)
    with visiting(world, "administrator") as visit:
        emergencies.end(visit, emergencies.get(visit, public_id))
    assert not sees(world, "own")
    with visiting(world, "editor") as visit, pytest.raises(Conflict):
        emergencies.end(visit, emergencies.get(visit, public_id))


def test_nobody_opens_their_own(world: World) -> None:
    public_id = ask(world)
    with pytest.raises(Forbidden, match="nadie abre su propio"):
        grant(world, public_id, "administrator")


@pytest.mark.parametrize("who", ["visitor", "member", "promoter", "receiver", "other"])
def test_for_everybody_else_it_does_not_exist(world: World, who: str) -> None:
    public_id = ask(world)
    with world.instance.database.visit(world.viewers[who]) as visit, pytest.raises(NotFound):
        emergencies.get(visit, public_id)


def test_the_coordination_sees_it_and_cannot_open_it(world: World) -> None:
    public_id = ask(world)
    with visiting(world, "coordinator") as visit, pytest.raises(Forbidden):
        emergencies.grant(visit, emergencies.get(visit, public_id))


@pytest.mark.parametrize("who", ["editor", "coordinator", "member"])
def test_only_an_administrator_asks(world: World, who: str) -> None:
    with visiting(world, who) as visit, pytest.raises(Forbidden):
        emergencies.ask(visit, organizations.get(visit.session, "duena"), "Motivo")


def test_a_reason_is_needed_and_one_is_enough_at_a_time(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        ask(world, "  ")
    assert refused.value.field == "reason"
    ask(world)
    with pytest.raises(Conflict, match="ya tiene un acceso"):
        ask(world)


def test_what_nobody_opens_in_a_day_is_over(world: World) -> None:
    start = now()
    with injected(clock=lambda: start):
        public_id = ask(world)
    with injected(clock=lambda: start + dt.timedelta(hours=24)), pytest.raises(Conflict):
        grant(world, public_id)


def test_whoever_lost_the_role_meanwhile_gets_nothing(world: World) -> None:
    public_id = ask(world)
    with world.instance.database.open_for_maintenance() as session:
        people.get(session, world.addresses["administrator"]).portal_role = None
    try:
        with pytest.raises(Conflict, match="ya no administra"):
            grant(world, public_id)
    finally:
        with world.instance.database.open_for_maintenance() as session:
            people.get(session, world.addresses["administrator"]).portal_role = "administrator"


def test_the_second_persons_and_the_coordination_are_told_at_once(world: World) -> None:
    public_id = ask(world)
    grant(world, public_id)
    with world.instance.database.open_for_maintenance() as session:
        sent = [(one.template, one.recipient) for one in session.scalars(select(OutboxMessage))]
        opened = session.scalar(select(OutboxMessage).where(OutboxMessage.template == "emergency_opened"))
        assert opened is not None and opened.values["reason"] == "Denuncia por contenido ilegal"
    assert sent == [("emergency_asked", "editor@ejemplo.pe"), ("emergency_opened", "coordinator@ejemplo.pe")]


def test_every_step_is_written_for_the_coordination_without_the_reason(world: World) -> None:
    public_id = ask(world)
    grant(world, public_id)
    with visiting(world, "administrator") as visit:
        emergencies.end(visit, emergencies.get(visit, public_id))
    with visiting(world, "coordinator") as visit:
        entries = list(visit.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
        assert [one.act for one in entries] == ["ask_emergency", "open_emergency", "end_emergency"]
        assert not any(one.values for one in entries)


def test_what_is_opened_is_written_down_if_it_is_theirs(world: World) -> None:
    grant(world, ask(world))
    database = world.instance.database
    with visiting(world, "administrator") as visit:
        viewer = visit.viewer
    emergencies.witness(database, viewer, "resources.page", resource=world.ids["own"], version=1)
    emergencies.witness(database, viewer, "resources.page", resource="zzzzzzzzzzzzzzzzzzzz")
    emergencies.witness(database, viewer, "organizations.show", slug="duena")
    emergencies.witness(database, viewer, "organizations.show", slug="tercera")
    with database.open_for_maintenance() as session:
        found = select(AuditEntry).where(AuditEntry.act == "emergency_read").order_by(AuditEntry.id)
        read = [(one.noun, one.noun_id) for one in session.scalars(found)]
    assert read == [("resource", world.ids["own"]), ("organization", "duena")]
