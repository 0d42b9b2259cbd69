"""What was applied, counted: once for an organisation, a material and a month, and only what is public."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.instance import Instance
from tests.toolkit.shelved import add_resource
from toolkit import applications, people
from toolkit.access import VISITOR, Viewer
from toolkit.applications import Report
from toolkit.errors import Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Application, Organization, Person, Resource, now

MARCH = dt.date(2026, 3, 1)
EDITOR = Viewer(portal_role="editor")
Tell = Callable[..., str]


def report(**more: Any) -> Report:
    given = {"version": 1, "day": MARCH, "country": "PE", "region": "PE-12", "how": "used",
             "result": "worked", "words": "Ahora pesamos a la vista.", "public": True}  # fmt: skip
    return Report(**{**given, **more})


@pytest.fixture
def material(instance: Instance, add_person: Callable[..., int]) -> str:
    """A public material of «duena»; Ana and Beto belong to «valle», Carla to «selva»."""
    for name, slug in (("ana", "valle"), ("beto", "valle"), ("carla", "selva")):
        add_person(f"{name}@x.coop", name.title(), password=None, organizations={slug: "member"})
    return add_resource(instance, "duena", title="Pesaje justo")


def viewer(instance: Instance, name: str) -> Viewer:
    with instance.database.open_for_maintenance(writing=False) as session:
        person = session.scalars(select(Person).where(Person.email == f"{name}@x.coop")).one()
        return people.viewer_of(session, person.id, now())


@pytest.fixture
def tell(instance: Instance, material: str) -> Tell:
    """Write down that the organisation of somebody applied the material; gives the public id."""

    def write(name: str, slug: str = "", of: str = "", **more: Any) -> str:
        slug = slug or ("selva" if name == "carla" else "valle")
        with instance.database.visit(viewer(instance, name), writing=True) as visit:
            resource = visit.session.scalars(
                select(Resource).where(Resource.public_id == (of or material))
            ).one()
            place = visit.session.scalars(select(Organization).where(Organization.slug == slug)).one()
            return applications.add(visit, resource, place, report(**more)).public_id

    return write


def counted(instance: Instance, who: Viewer = VISITOR, **more: Any) -> int:
    with instance.database.visit(who) as visit:
        return applications.counted(visit, dt.date(2026, 1, 1), dt.date(2026, 12, 31), **more)


def test_two_people_of_one_organisation_count_once_a_month(instance: Instance, tell: Tell) -> None:
    tell("ana")
    tell("beto", words="También lo hicimos.", day=dt.date(2026, 3, 20), precision="day")
    assert counted(instance) == 1
    tell("carla")
    assert counted(instance) == 2
    tell("ana", day=dt.date(2026, 4, 1))
    assert counted(instance) == 3
    tell("ana", day=dt.date(2025, 12, 1))
    assert counted(instance) == 3, "another year"


def test_only_what_is_public_of_what_is_public_counts_whoever_looks(instance: Instance, tell: Tell) -> None:
    tell("ana", public=False)
    private = add_resource(instance, "valle", title="Propio", level=3)
    tell("ana", of=private)
    tell("ana", of=add_resource(instance, "duena", title="Para miembros", level=1))
    for who in (VISITOR, EDITOR, viewer(instance, "ana"), viewer(instance, "carla")):
        assert counted(instance, who) == 0
    tell("carla", how="adapted", result="partly")
    for who in (VISITOR, EDITOR, viewer(instance, "ana"), viewer(instance, "carla")):
        assert counted(instance, who) == 1
    assert counted(instance, how="used") == 0 and counted(instance, how="adapted") == 1
    assert counted(instance, results=("worked",)) == 0 and counted(instance, results=("partly",)) == 1


def test_what_was_taken_back_counts_no_more(instance: Instance, tell: Tell) -> None:
    first, second = tell("ana"), tell("carla")
    with instance.database.visit(viewer(instance, "ana"), writing=True) as visit:
        applications.withdraw(visit, applications.get(visit, first))
    assert counted(instance) == 1
    with instance.database.visit(viewer(instance, "carla"), writing=True) as visit:
        applications.make_private(visit, applications.get(visit, second))
    assert counted(instance) == 0
    with (
        instance.database.visit(viewer(instance, "ana"), writing=True) as visit,
        pytest.raises(Conflict, match="ya se retiró"),
    ):
        applications.withdraw(visit, applications.get(visit, first))


def test_the_same_told_twice_is_written_once(instance: Instance, tell: Tell) -> None:
    assert tell("ana") == tell("ana")
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Application).count() == 1


@pytest.mark.parametrize(("field", "wrong"), [
    ("version", {"version": 9}), ("when", {"day": None}), ("when", {"day": dt.date(2999, 1, 1)}),
    ("when", {"day": dt.date(1066, 1, 1)}), ("country", {"country": "XX"}), ("country", {"country": ""}),
    ("region", {"country": "UY"}), ("how", {"how": "sold"}), ("result", {"result": ""}),
    ("words", {"words": " \n"}), ("words", {"words": "a" * 2001}), ("people", {"people": -1}),
])  # fmt: skip
def test_what_cannot_be_taken_is_said_and_nothing_is_written(
    instance: Instance, tell: Tell, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as trouble:
        tell("ana", **wrong)
    assert trouble.value.field == field
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Application).count() == 0


def test_nobody_tells_for_an_organisation_of_others(tell: Tell) -> None:
    with pytest.raises(Forbidden):
        tell("ana", slug="selva")


def test_a_draft_or_what_was_withdrawn_is_not_applied(instance: Instance, tell: Tell) -> None:
    with instance.database.open_for_maintenance() as session:
        ana = session.scalars(select(Person.id).where(Person.email == "ana@x.coop")).one()
    draft = add_resource(instance, "valle", title="Borrador", state="draft", created_by=ana)
    with pytest.raises(Conflict, match="no está publicado"):
        tell("ana", of=draft)


def test_without_consent_only_its_own_people_read_it(instance: Instance, tell: Tell) -> None:
    made = tell("ana", public=False)
    with instance.database.visit(viewer(instance, "beto")) as visit:
        assert applications.get(visit, made).words
    for who in (VISITOR, EDITOR, viewer(instance, "carla")):
        with instance.database.visit(who) as visit, pytest.raises(NotFound):
            applications.get(visit, made)


def test_it_tells_nothing_of_a_material_that_is_hidden(instance: Instance, tell: Tell) -> None:
    """Public as it is, only those read it for whom the material itself exists; its writers always do."""
    made = tell("ana")
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Resource)).one().level = 3
    for who in (VISITOR, EDITOR, viewer(instance, "carla")):
        with instance.database.visit(who) as visit, pytest.raises(NotFound):
            applications.get(visit, made)
    with instance.database.visit(viewer(instance, "ana")) as visit:
        own = applications.get(visit, made)
        assert own.title == "Pesaje justo" and own.resource is None
        with pytest.raises(Conflict):
            applications.change(visit, own, report(), revision=own.revision)


def test_a_member_changes_their_own_the_coordination_all(
    instance: Instance, tell: Tell, add_person: Callable[..., int]
) -> None:
    add_person("jefa@x.coop", "Jefa", password=None, organizations={"valle": "coordinator"})
    made = tell("ana")
    for name, may in (("ana", True), ("jefa", True), ("beto", False), ("carla", False)):
        with instance.database.visit(viewer(instance, name)) as visit:
            if may:
                assert applications.get_to_change(visit, made)
            else:
                with pytest.raises(Forbidden):
                    applications.get_to_change(visit, made)


def test_what_an_editor_wrote_down_is_made_public_by_the_organisation_alone(
    instance: Instance, tell: Tell, add_person: Callable[..., int]
) -> None:
    add_person("edita@x.coop", "Edita", password=None, portal_role="editor")
    add_person("jefa@x.coop", "Jefa", password=None, organizations={"valle": "coordinator"})
    with pytest.raises(Invalid, match="Solo la propia organización"):
        tell("edita", slug="valle")
    made = tell("edita", slug="valle", public=False)
    with instance.database.visit(viewer(instance, "edita"), writing=True) as visit:
        own = applications.get_to_change(visit, made)
        applications.change(visit, own, report(public=False, words="Mejor."), revision=own.revision)
    assert counted(instance) == 0
    with instance.database.visit(viewer(instance, "jefa"), writing=True) as visit:
        theirs = applications.get_to_change(visit, made)
        applications.change(visit, theirs, report(words="Mejor."), revision=theirs.revision)
    assert counted(instance) == 1
    with instance.database.visit(viewer(instance, "edita"), writing=True) as visit:
        with pytest.raises(Forbidden):
            applications.get_to_change(visit, made)  # what the organisation agreed to stays as it was
        applications.make_private(visit, applications.get(visit, made))
    assert counted(instance) == 0
