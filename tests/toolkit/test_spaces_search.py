"""Searching inside a space: what belongs to it and what was shared with it, for those who may read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.instance import Instance
from tests.toolkit.shelved import add_resource
from tests.world import CARDS, World, build, canary, title_word
from toolkit import organizations
from toolkit.access import Viewer
from toolkit.records import Organization
from toolkit.search import finding, indexing


@pytest.fixture
def world(instance: Instance) -> World:
    made = build(instance)
    add_resource(instance, "tercera", "Un texto de la tercera con zorzalajenofin.", title="Ajeno", level=0)
    indexing.rebuild(instance.database, instance.shelves)
    return made


def found(world: World, viewer: Viewer, slug: str, text: str = "") -> set[str]:
    """The titles found in a space."""
    with world.instance.database.visit(viewer) as visit:
        space = organizations.find(visit.session, slug)
        assert space is not None
        results = finding.find(visit, world.instance.shelves, text, space=space, per_page=50)
        assert results.total == len(results.hits)
        assert sum(count for _, count in results.facets["language"]) <= results.total
        return {hit.resource.title for hit in results.hits}


def titles(*names: str) -> set[str]:
    return {f"Material {title_word(name)}" for name in names}


def test_finds_what_belongs_to_the_space_at_any_level(world: World) -> None:
    published = [name for name in CARDS if name not in ("draft", "withdrawn")]
    for who in ("member", "author", "coordinator"):
        assert found(world, world.viewers[who], "duena") == titles(*published)
        assert found(world, world.viewers[who], "duena", canary("own")) == titles("own")
        assert found(world, world.viewers[who], "duena", "zorzalajenofin") == set()


def test_finds_what_was_shared_with_the_space_and_nothing_else_of_others(world: World) -> None:
    receiver = world.viewers["receiver"]
    assert found(world, receiver, "receptora") == titles("chosen")
    assert found(world, receiver, "receptora", canary("public")) == set()
    assert found(world, receiver, "tercera", "zorzalajenofin") == {"Ajeno"}, "what is public is readable"


def test_a_stranger_finds_in_a_space_what_every_stranger_reads(world: World) -> None:
    assert found(world, world.viewers["other"], "duena") == titles(
        "public", "members", "members_card", "chosen_card"
    )


def test_who_belongs_to_giver_and_receiver_finds_it_in_both(world: World) -> None:
    with world.instance.database.open_for_maintenance(writing=False) as session:
        both = frozenset((one.id, "member") for one in session.query(Organization).all() if one.active)
    viewer = replace(world.viewers["member"], roles=both)
    assert titles("chosen") <= found(world, viewer, "duena", "material")
    assert found(world, viewer, "receptora", "material") == titles("chosen")


def test_a_joint_space_is_found_in_and_named_nowhere(world: World) -> None:
    instance = world.instance
    add_resource(instance, "comision", "Informe con zorzalcomisionfin.", title="Informe público", level=0)
    add_resource(instance, "comision", "Acta con zorzalcomisionfin.", title="Acta reservada", level=3)
    with instance.database.open_for_maintenance() as session:
        joint = organizations.get(session, "comision")
        joint.kind, joint.name = "joint", "Tucancomisionfin"
        number = joint.id
    indexing.rebuild(instance.database, instance.shelves)
    delegate = replace(world.viewers["member"], roles=frozenset({(number, "member")}))
    assert found(world, delegate, "comision") == {"Informe público", "Acta reservada"}
    for viewer in (world.viewers["visitor"], world.viewers["other"], delegate):
        with instance.database.visit(viewer) as visit:
            results = finding.find(visit, instance.shelves, "zorzalcomisionfin")
            assert results.facets["organization"] == []
            assert finding.find(visit, instance.shelves, "tucancomisionfin").total == 0
            assert finding.find(visit, instance.shelves, "organizacion:comision").total == 0
            assert (results.total == 2) == (viewer is delegate)
