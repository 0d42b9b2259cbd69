"""Folders: private to their space, changed by promoters and the coordination, unique by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from portal.instance import Instance
from tests.world import PEOPLE, World, build
from toolkit import organizations
from toolkit.database import Visit
from toolkit.errors import Forbidden, Invalid, NotFound
from toolkit.records import Folder, Organization, Resource
from toolkit.spaces import folders


@pytest.fixture
def world(instance: Instance) -> World:
    return build(instance)


@contextmanager
def here(world: World, who: str, slug: str = "duena") -> Iterator[tuple[Visit, Organization]]:
    with world.instance.database.visit(world.viewers[who], writing=True) as visit:
        found = organizations.find(visit.session, slug)
        assert found is not None
        yield visit, found


def make(world: World, name: str, *held: str) -> str:
    """A folder with documents; gives its public id."""
    with here(world, "promoter") as (visit, space):
        folder = folders.add(visit, space, name)
        for one in held:
            resource = visit.session.get(Resource, world.resources[one])
            assert resource is not None
            folders.place(visit, resource, folder)
        return folder.public_id


def listed(world: World, who: str) -> list[tuple[str, int]]:
    with here(world, who) as (visit, space):
        return [(folder.name, count) for folder, count in folders.browse(visit, space)]


def test_folders_are_listed_by_name_with_what_each_sees_in_them(world: World) -> None:
    make(world, "Órdenes")
    make(world, "actas", "own", "public")
    make(world, "Zonas")
    for who in ("author", "promoter", "member", "coordinator"):
        assert listed(world, who) == [("actas", 2), ("Órdenes", 0), ("Zonas", 0)], who


@pytest.mark.parametrize("who", [one for one in PEOPLE if one not in ("author", "promoter", "member",
                                                                       "coordinator")])  # fmt: skip
def test_nobody_else_sees_a_folder(world: World, who: str) -> None:
    public_id = make(world, "Caso Quispe contra Mamani", "public", "chosen")
    with here(world, who) as (visit, space):
        assert folders.browse(visit, space) == []
        assert visit.session.scalars(select(Folder)).all() == []
        with pytest.raises(NotFound):
            folders.get(visit, space, public_id)
        with pytest.raises(Forbidden):
            folders.add(visit, space, "Intrusa")


def test_a_member_looks_and_changes_nothing(world: World) -> None:
    public_id = make(world, "Actas", "own")
    with here(world, "member") as (visit, space):
        folder = folders.get(visit, space, public_id)
        resource = visit.session.get(Resource, world.resources["own"])
        assert resource is not None
        for deed in (
            lambda: folders.add(visit, space, "Otra"),
            lambda: folders.rename(visit, folder, "Otra"),
            lambda: folders.delete(visit, folder),
            lambda: folders.place(visit, resource, None),
        ):
            with pytest.raises(Forbidden):
                deed()


@pytest.mark.parametrize("name", ["ACTAS", " actas ", "Actas\u0000", "Actas\n"])
def test_no_two_folders_read_the_same(world: World, name: str) -> None:
    make(world, "Actas")
    other = make(world, "Otras")
    with here(world, "coordinator") as (visit, space):
        for deed in (
            lambda: folders.add(visit, space, name),
            lambda: folders.rename(visit, folders.get(visit, space, other), name),
        ):
            with pytest.raises(Invalid) as refused:
                deed()
            assert refused.value.field == "name"
            assert refused.value.message.values["name"] == "Actas"


def test_the_same_folder_may_change_its_capitals(world: World) -> None:
    public_id = make(world, "Actas")
    with here(world, "coordinator") as (visit, space):
        folders.rename(visit, folders.get(visit, space, public_id), "ACTAS")
    assert listed(world, "member") == [("ACTAS", 0)]


@pytest.mark.parametrize("name", ["", " \n\t", "\u200b", "x" * 121])
def test_a_folder_needs_a_name_of_a_readable_length(world: World, name: str) -> None:
    with here(world, "coordinator") as (visit, space), pytest.raises(Invalid):
        folders.add(visit, space, name)


def test_deleting_a_folder_leaves_its_documents(world: World) -> None:
    public_id = make(world, "Actas", "own", "public")
    with here(world, "promoter") as (visit, space):
        folders.delete(visit, folders.get(visit, space, public_id))
    with here(world, "member") as (visit, _space):
        for name in ("own", "public"):
            resource = visit.session.get(Resource, world.resources[name])
            assert resource is not None and resource.folder_id is None


def test_placing_overtakes_nobody_who_is_editing(world: World) -> None:
    with here(world, "promoter") as (visit, _space):
        before = visit.session.get(Resource, world.resources["own"]).revision
    make(world, "Actas", "own")
    with here(world, "promoter") as (visit, _space):
        assert visit.session.get(Resource, world.resources["own"]).revision == before


def test_a_document_goes_into_a_folder_of_its_own_space_only(world: World) -> None:
    with here(world, "other", "tercera") as (visit, space):
        foreign = folders.add(visit, space, "Ajena")
        public = visit.session.get(Resource, world.resources["public"])
        with pytest.raises(Forbidden):
            folders.place(visit, public, foreign)
        number = foreign.id
    with here(world, "promoter") as (visit, _space), pytest.raises(NotFound):
        folders.place(visit, visit.session.get(Resource, world.resources["own"]),
                      Folder(id=number, organization_id=99))  # fmt: skip
