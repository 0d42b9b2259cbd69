"""The exchange register: who reads which rows, receipts, totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from portal.instance import Instance
from tests.world import World, build
from toolkit import access, exchange
from toolkit.access import LIMA
from toolkit.errors import Conflict, Forbidden, NotFound
from toolkit.exchange import Total
from toolkit.records import Organization, Party, Share, Version, now


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three deliveries: «chosen» and «share_ended» to «receptora», one of a public material to «tercera»."""
    instance = Instance(tmp_path_factory.mktemp("exchange"))
    instance.database.migrate()
    made = build(instance)
    with instance.database.open_for_maintenance() as session:
        public = select(Version).where(Version.resource_id == made.resources["public"], Version.number == 1)
        coordinator = made.viewers["coordinator"].person_id
        session.add(
            Share(version_id=session.scalars(public).one().id, organization_id=made.places["tercera"],
                  giver_id=made.places["duena"], title="Lo público", shared_by=coordinator,
                  since=dt.datetime(2024, 12, 31, 23, 30, tzinfo=LIMA))
        )  # fmt: skip
    receiver = made.viewers["receiver"]
    made.viewers["receiving"] = replace(receiver, coordinates=frozenset({made.places["receptora"]}))
    yield made
    instance.database.close()


ROWS = {"duena": 3, "receptora": 2, "tercera": 1}


@pytest.mark.parametrize(("who", "slugs"), [
    ("visitor", ()), ("member", ("duena",)), ("author", ("duena",)), ("coordinator", ("duena",)),
    ("receiver", ("receptora",)), ("other", ("tercera",)), ("editor", ("duena", "receptora", "tercera")),
    ("administrator", ()), ("former", ()),
])  # fmt: skip
def test_own_rows_for_members_all_for_an_editor(world: World, who: str, slugs: tuple[str, ...]) -> None:
    with world.instance.database.visit(world.viewers[who]) as visit:
        for slug, rows in ROWS.items():
            if slug in slugs:
                assert exchange.browse(visit, exchange.get(visit, slug)).total == rows
            else:
                with pytest.raises(NotFound):
                    exchange.get(visit, slug)


def test_direction_year_and_pages(world: World) -> None:
    with world.instance.database.visit(world.viewers["coordinator"]) as visit:
        own = exchange.get(visit, "duena")
        assert exchange.browse(visit, own, direction="received").total == 0
        assert exchange.browse(visit, own, direction="given").total == 3
        (row,) = exchange.browse(visit, own, year=2024).rows  # 31 December in Lima, already January in UTC
        assert (row.share.title, row.shared_by) == ("Lo público", "Persona coordinator")
        assert exchange.years(visit, own) == sorted({2024, now().astimezone(LIMA).year}, reverse=True)
        second = exchange.browse(visit, own, page=2, per_page=2)
        assert (len(second.rows), second.last) == (1, 2)
        assert exchange.browse(visit, own, page=10**12, per_page=2).page == 2
        assert len(exchange.browse(visit, own, per_page=None).rows) == 3


def test_the_row_keeps_its_words_when_the_reading_is_over(world: World) -> None:
    with world.instance.database.visit(world.viewers["receiver"]) as visit:
        rows = exchange.browse(visit, exchange.get(visit, "receptora")).rows
        by_title = {row.share.title: row for row in rows}
        ended, chosen = by_title["Material tucanshareendedfin"], by_title["Material tucanchosenfin"]
        assert ended.resource is None and ended.share.until is not None
        assert chosen.resource is not None


def test_a_receipt_is_given_once_by_the_coordination_of_the_receiver(world: World) -> None:
    database = world.instance.database
    with database.visit(world.viewers["receiving"], writing=True) as visit:
        organization = exchange.get(visit, "receptora")
        (public_id,) = [one.public_id for one in exchange.unacknowledged(visit, organization)]
        share = exchange.acknowledge(visit, organization, public_id)
        first = share.acknowledged_at
    assert first is not None
    again = {"receiving": "receptora", "receiver": "receptora", "editor": "receptora"}
    for who, slug, fault in [
        *((*one, Conflict) for one in again.items()),
        ("coordinator", "duena", NotFound),
    ]:
        with database.visit(world.viewers[who], writing=True) as visit, pytest.raises(fault):
            exchange.acknowledge(visit, exchange.get(visit, slug), public_id)
    with database.visit(world.viewers["coordinator"]) as visit:
        row = next(one for one in exchange.browse(visit, exchange.get(visit, "duena")).rows
                   if one.share.public_id == public_id)  # fmt: skip
        assert (row.share.acknowledged_at, row.acknowledged_by) == (first, "Persona receiver")


def test_what_is_over_waits_for_no_receipt(world: World) -> None:
    with world.instance.database.visit(world.viewers["receiving"], writing=True) as visit:
        organization = exchange.get(visit, "receptora")
        over = next(one.share for one in exchange.browse(visit, organization).rows
                    if one.share.title == "Material tucanshareendedfin")  # fmt: skip
        assert not access.may_acknowledge(visit.viewer, over)
        with pytest.raises(Conflict):
            exchange.acknowledge(visit, organization, over.public_id)


@pytest.mark.parametrize(("who", "slug", "closed"), [
    ("coordinator", "duena", "receptora"), ("receiver", "receptora", "duena"),
    ("editor", "duena", "receptora"),
])  # fmt: skip
def test_the_register_names_an_organization_that_was_suspended(
    world: World, who: str, slug: str, closed: str
) -> None:
    database = world.instance.database

    def names() -> set[tuple[str, str]]:
        with database.visit(world.viewers[who]) as visit:
            return {
                (row.giver, row.receiver) for row in exchange.browse(visit, exchange.get(visit, slug)).rows
            }

    def switch(active: bool) -> None:
        with database.open_for_maintenance() as session:
            session.scalars(select(Organization).where(Organization.slug == closed)).one().active = active

    before = names()
    switch(False)
    try:
        assert names() == before and all(all(pair) for pair in before)
    finally:
        switch(True)


def test_a_joint_space_is_named_to_its_parties_alone(world: World) -> None:
    """An editor reads every row, and whoever dealt with it has one; they know of no joint space that is not
    theirs."""
    database = world.instance.database
    with database.open_for_maintenance() as session:
        receiver = session.get(Organization, world.places["receptora"])
        assert receiver is not None
        receiver.kind, receiver.active = "joint", False
    try:
        for party in (False, True):
            with database.open_for_maintenance() as session:
                if party:
                    session.add(Party(joint_id=world.places["receptora"],
                                      organization_id=world.places["duena"]))  # fmt: skip
            for who, named in (("coordinator", party), ("editor", False)):
                with database.visit(world.viewers[who]) as visit:
                    rows = exchange.browse(visit, exchange.get(visit, "duena")).rows
                    assert any(row.receiver == "Cooperativa receptora" for row in rows) is named, who
    finally:
        with database.open_for_maintenance() as session:
            receiver = session.get(Organization, world.places["receptora"])
            assert receiver is not None
            receiver.kind, receiver.active = "organization", True
            session.execute(delete(Party))


def test_a_member_gives_no_receipt(world: World) -> None:
    with world.instance.database.visit(world.viewers["other"], writing=True) as visit:
        organization = exchange.get(visit, "tercera")
        share = exchange.browse(visit, organization).rows[0].share
        with pytest.raises(Forbidden):
            exchange.acknowledge(visit, organization, share.public_id)


@pytest.mark.parametrize(("who", "now_seen"), [("visitor", 0), ("other", 0), ("receiver", 2),
                                               ("coordinator", 2), ("administrator", 0)])  # fmt: skip
def test_totals_count_what_the_reader_may_see_and_nothing_else(world: World, who: str, now_seen: int) -> None:
    """The public delivery of 2024 is in everybody's; what is private only in those of giver and receiver."""
    with world.instance.database.visit(world.viewers[who]) as visit:
        found = {one.year: one for one in exchange.totals(visit)}
    assert found.pop(2024) == Total(2024, 1, 1, 0)
    assert sum(one.deliveries for one in found.values()) == now_seen


def test_a_closed_organization_is_read_by_nobody(world: World) -> None:
    with world.instance.database.visit(world.viewers["editor"]) as visit, pytest.raises(NotFound):
        exchange.get(visit, "cerrada")
    with world.instance.database.visit(world.viewers["editor"]) as visit:
        assert (
            visit.session.scalars(select(Organization).where(Organization.slug == "cerrada")).first() is None
        )
