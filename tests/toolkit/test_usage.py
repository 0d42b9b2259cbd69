"""Who may know how much something is used: a number never leaves the space of a private material."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.instance import Instance
from tests.world import CARDS, OWN, PEOPLE, World, build
from toolkit import usage
from toolkit.access import lima_day
from toolkit.records import Organization, Resource, Use, now


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    instance = Instance(tmp_path_factory.mktemp("usage"))
    instance.database.migrate()
    made = build(instance)
    today = lima_day(now())
    usage.keep(instance.database, {(today, one, "view"): 9 for one in made.resources.values()}, {})
    return made


@pytest.mark.parametrize("who", PEOPLE)
def test_uses_are_told_of_what_is_public_or_ones_own(world: World, who: str) -> None:
    """Of what everybody reads to everybody, of what all members read to editors, of the rest to the owner's
    people; never of what is not there for them."""
    with world.instance.database.visit(world.viewers[who]) as visit:
        told = set(visit.session.scalars(select(Use.resource_id)))
    expected = {"public"}
    if who in OWN:
        expected |= {what for what, seers in CARDS.items() if who in seers}
    if who == "editor":
        expected |= {"members", "members_card"}
    assert told == {world.resources[what] for what in expected}


@pytest.mark.parametrize("who", [*sorted(OWN), "receiver", "editor", "administrator", "visitor"])
def test_an_organisation_reads_of_its_own_materials_only(world: World, who: str) -> None:
    with world.instance.database.visit(world.viewers[who]) as visit:
        owner = visit.session.scalars(select(Organization).where(Organization.slug == "duena")).one()
        found = usage.of_organization(visit, owner)
        listed = set(visit.session.scalars(select(Resource.id).where(Resource.state == "published")))
        told = {one.resource.id for one in found}
    assert told == (listed if who in OWN else set())
    assert all(one.counts["view"] == 9 for one in found)


@pytest.mark.parametrize(("said", "kept"), [
    ("  Balance   SOCIAL ", "balance social"), ("Comité\tde género", "comite de genero"), ("", ""),
    ("\x00", ""), ("a" * 61, ""),
    ("rosa@valle.coop", ""), ("20481234567", ""), ("llamar al 987 654 321", ""), ("DNI 45.678.912", ""),
    ("Ley 29733", "ley 29733"), ("DS 001-2026-PRODUCE", "ds 001-2026-produce"),
    ("DS 074-90-TR", "ds 074-90-tr"),
])  # fmt: skip
def test_words_are_kept_in_one_form_and_not_where_they_tell_of_somebody(said: str, kept: str) -> None:
    assert usage.normal(said) == kept
