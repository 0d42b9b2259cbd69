"""What waits in a space, who is new there, and what went to and fro: for each who may know, and no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, null, select

from portal.instance import Instance
from tests.world import PEOPLE, World, build
from toolkit import organizations, requests, spaces
from toolkit.database import Visit
from toolkit.records import File, Membership, Organization, Request, Resource, Share, now
from toolkit.records.base import injected
from toolkit.spaces import deliveries

DAY = dt.timedelta(days=1)


@pytest.fixture
def world(instance: Instance) -> World:
    return build(instance)


@contextmanager
def here(world: World, who: str, slug: str = "duena") -> Iterator[tuple[Visit, Organization]]:
    """A visit of somebody, and the space they look at."""
    with world.instance.database.visit(world.viewers[who], writing=True) as visit:
        found = organizations.find(visit.session, slug)
        assert found is not None
        yield visit, found


def kinds(world: World, who: str, slug: str = "duena") -> list[str]:
    """The kinds of what waits; the count must say as many."""
    with here(world, who, slug) as (visit, space):
        found = [task.kind for task in spaces.tasks(visit, space)]
        assert spaces.waiting(visit).get(space.id, 0) == len(found)
        return found


def ask(world: World, who: str, what: str = "own") -> str:
    """Somebody asks the coordination to widen a material."""
    with here(world, who) as (visit, space):
        resource = visit.session.get(Resource, world.resources[what])
        return requests.ask(visit, "publish", space.id, resource=resource, level=1).public_id


def test_a_request_waits_for_the_coordination_and_for_nobody_else(world: World) -> None:
    ask(world, "author")
    assert kinds(world, "coordinator") == ["request"]
    assert kinds(world, "author") == ["draft"]
    assert kinds(world, "member") == kinds(world, "promoter") == []


def test_ones_own_request_does_not_wait_for_oneself(world: World) -> None:
    ask(world, "coordinator")
    assert kinds(world, "coordinator") == []


def test_what_a_visitor_asks_waits_once_the_address_is_confirmed(world: World) -> None:
    with here(world, "author") as (_visit, space):
        number = space.id
    with world.instance.database.open_for_maintenance() as session:
        session.add(Request(kind="access", organization_id=number, email="x@y.pe", confirmed_at=null(),
                            resource_id=world.resources["chosen_card"]))  # fmt: skip
    assert kinds(world, "coordinator") == []
    with world.instance.database.open_for_maintenance() as session:
        session.scalars(select(Request)).one().confirmed_at = now()
    assert kinds(world, "coordinator") == ["request"]


def test_an_answer_waits_for_who_asked_for_fourteen_days(world: World) -> None:
    public_id = ask(world, "author")
    with here(world, "coordinator") as (visit, _space):
        requests.decide(visit, requests.get(visit, public_id), granted=False, reason="Falta la fuente.")
    assert kinds(world, "author") == ["answer", "draft"]
    assert kinds(world, "coordinator") == kinds(world, "promoter") == []
    moment = now()
    with injected(clock=lambda: moment + 15 * DAY):
        assert kinds(world, "author") == ["draft"]


def test_a_delivery_waits_for_the_receiving_coordination_until_it_is_acknowledged(world: World) -> None:
    assert kinds(world, "receiver", "receptora") == []
    with here(world, "receiver", "receptora") as (_visit, space):
        world.viewers["head"] = replace(world.viewers["receiver"], coordinates=frozenset({space.id}))
    assert kinds(world, "head", "receptora") == ["receipt"]
    with world.instance.database.open_for_maintenance() as session:
        for share in session.scalars(select(Share)):
            share.acknowledged_at = now()
    assert kinds(world, "head", "receptora") == []


def test_a_file_that_cannot_be_read_waits_for_who_uploaded_it(world: World) -> None:
    with world.instance.database.open_for_maintenance() as session:
        session.scalars(select(File).where(File.name == "own-1.txt")).one().state = "unreadable"
    assert kinds(world, "author") == ["unreadable", "draft"]
    assert kinds(world, "coordinator") == []


def test_what_waits_in_all_spaces_is_counted_in_one_statement(world: World) -> None:
    ask(world, "author")
    said: list[str] = []

    def note(*given: Any) -> None:
        said.append(given[2])

    with here(world, "coordinator") as (visit, space):
        event.listen(world.instance.database.engine, "before_cursor_execute", note)
        assert spaces.waiting(visit) == {space.id: 1}
        assert len(said) == 1
        event.remove(world.instance.database.engine, "before_cursor_execute", note)
    with world.instance.database.visit(world.viewers["visitor"]) as visit:
        assert spaces.waiting(visit) == {}


def visit_at(world: World, moment: dt.datetime) -> dt.datetime | None:
    """Enter the space at a moment."""
    with injected(clock=lambda: moment):
        return spaces.enter(world.instance.database, world.viewers["member"], "duena")


def test_a_new_visit_begins_after_thirty_minutes(world: World) -> None:
    begun, minute = now() + DAY, dt.timedelta(minutes=1)
    assert visit_at(world, begun) is None
    assert visit_at(world, begun + 20 * minute) is None
    assert visit_at(world, begun + 45 * minute) is None, "the same visit goes on"
    assert visit_at(world, begun + 80 * minute) == begun + 45 * minute
    assert visit_at(world, begun + 82 * minute) == begun + 45 * minute
    with world.instance.database.open_for_maintenance(writing=False) as session:
        rows = session.scalars(select(Membership).where(Membership.visited_at.is_not(None))).all()
        assert len(rows) == 1
        assert rows[0].visited_at == begun + 80 * minute, "no more often than every five minutes"


def test_a_strange_space_remembers_no_visit(world: World) -> None:
    assert spaces.enter(world.instance.database, world.viewers["other"], "duena") is None
    with world.instance.database.open_for_maintenance(writing=False) as session:
        assert not session.scalars(select(Membership).where(Membership.visited_at.is_not(None))).all()


def arrived(world: World, who: str, since: dt.datetime, slug: str = "duena") -> list[tuple[str, str]]:
    """Kind and name of what is new."""
    names = {public_id: name for name, public_id in world.ids.items()}
    with here(world, who, slug) as (visit, space):
        found = deliveries.arrivals(visit, space, since, limit=20)
        assert found.total == len(found.rows)
        return [(one.kind, names[one.resource.public_id]) for one in found.rows]


def test_new_is_what_others_published_here_or_handed_over(world: World) -> None:
    before = now() - DAY
    shown = {name for _, name in arrived(world, "member", before)}
    assert shown == {"public", "members", "members_card", "chosen", "chosen_card", "share_ended",
                     "share_to_come", "own"}  # fmt: skip
    assert {name for kind, name in arrived(world, "author", before) if kind == "document"} == set()
    assert arrived(world, "member", now()) == []
    assert arrived(world, "receiver", now() - 3 * DAY, "receptora") == [("delivery", "chosen")]


def test_a_new_version_of_something_older_is_new(world: World) -> None:
    with world.instance.database.open_for_maintenance() as session:
        session.get(Resource, world.resources["own"]).published_at = now() - 9 * DAY
    assert ("version", "own") in arrived(world, "member", now() - DAY)


def test_deliveries_are_listed_for_both_sides_and_nobody_else(world: World) -> None:
    def listed(who: str, slug: str) -> tuple[list[str], list[str]]:
        with here(world, who, slug) as (visit, space):
            return ([one.resource.public_id for one in deliveries.received(visit, space).rows],
                    [one.resource.public_id for one in deliveries.given(visit, space).rows])  # fmt: skip

    assert listed("receiver", "receptora") == ([world.ids["chosen"]], [])
    assert listed("member", "duena") == ([], [world.ids["chosen"]])
    for stranger in ("other", "editor", "visitor"):
        assert listed(stranger, "duena")[0] == listed(stranger, "receptora")[0] == [] or stranger == "editor"


@pytest.mark.parametrize("who", PEOPLE)
def test_nothing_is_counted_that_the_session_does_not_show(world: World, who: str) -> None:
    """The count goes past the scopes: for everybody it says what the scoped lists say."""
    ask(world, "author")
    ask(world, "promoter", "public")
    with world.instance.database.visit(world.viewers[who]) as visit:
        mine = spaces.browse(visit)
        listed = {one.id: len(spaces.tasks(visit, one)) for one in mine}
        assert spaces.waiting(visit) == {space: count for space, count in listed.items() if count}


def test_a_request_is_for_its_coordination_even_with_a_forged_space(world: World) -> None:
    """The count and the list find nothing in a space that is not the viewer's."""
    ask(world, "author")
    with here(world, "other") as (visit, space):
        assert spaces.tasks(visit, space) == []
        assert space.id not in spaces.waiting(visit)
    with world.instance.database.open_for_maintenance(writing=False) as session:
        assert len(session.scalars(select(Request)).all()) == 1
