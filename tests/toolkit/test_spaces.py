"""Private spaces: whose they are, and who is in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from portal.instance import Instance
from toolkit import organizations, people, spaces
from toolkit.access import VISITOR, Viewer, lima_day
from toolkit.errors import NotFound
from toolkit.records import now


@pytest.fixture
def viewer(instance: Instance) -> Callable[[str], Viewer]:
    """The viewer of an address."""

    def find(email: str) -> Viewer:
        with instance.database.open_for_maintenance(writing=False) as session:
            return people.viewer_of(session, people.get(session, email).id, now())

    return find


@pytest.fixture(autouse=True)
def crowd(instance: Instance, add_person: Callable[..., int]) -> None:
    """Two organisations: a coordinator, a promoter, a member and one who left; and somebody else."""
    add_person("ana@x.coop", "Ana", organizations={"agraria": "coordinator"})
    add_person("beto@x.coop", "Beto", organizations={"agraria": "promoter"})
    add_person("carla@x.coop", "Carla", organizations={"agraria": "member", "coopac": "member"})
    add_person("dino@x.coop", "Dino", organizations={"agraria": "member"})
    add_person("eva@x.coop", "Eva", organizations={"coopac": "promoter"})
    with instance.database.open_for_maintenance() as session:
        people.leave(session, people.get(session, "dino@x.coop"), organizations.get(session, "agraria"))


def test_one_opens_ones_own_spaces_and_no_other(instance: Instance, viewer: Callable[[str], Viewer]) -> None:
    with instance.database.visit(viewer("carla@x.coop")) as visit:
        assert [one.slug for one in spaces.browse(visit)] == ["agraria", "coopac"]
        assert spaces.uploadable(visit) == []
    with instance.database.visit(viewer("beto@x.coop")) as visit:
        assert [one.slug for one in spaces.uploadable(visit)] == ["agraria"]
        assert spaces.get(visit, "agraria").slug == "agraria"
        for slug in ("coopac", "ninguna"):
            with pytest.raises(NotFound):
                spaces.get(visit, slug)
    with instance.database.visit(viewer("dino@x.coop")) as visit:
        assert spaces.browse(visit) == []


def fellows(instance: Instance, viewer: Viewer) -> list[tuple[str, str]]:
    """The people of «agraria», as this viewer sees them."""
    with instance.database.visit(viewer) as visit:
        found = organizations.find(visit.session, "agraria")
        assert found is not None
        return [(one.name, one.role) for one in spaces.fellows(visit, found)]


def test_people_are_for_those_who_belong(instance: Instance, viewer: Callable[[str], Viewer]) -> None:
    assert fellows(instance, viewer("carla@x.coop")) == [
        ("Ana", "coordinator"), ("Beto", "promoter"), ("Carla", "member")
    ]  # fmt: skip
    for stranger in (VISITOR, viewer("eva@x.coop"), viewer("dino@x.coop")):
        assert fellows(instance, stranger) == []


def test_the_alternate_leads_when_the_term_is_over(
    instance: Instance, viewer: Callable[[str], Viewer]
) -> None:
    yesterday = lima_day(now()) - dt.timedelta(days=1)
    with instance.database.open_for_maintenance() as session:
        people.appoint(session, organizations.get(session, "agraria"), people.get(session, "ana@x.coop"),
                       yesterday, until=yesterday, alternate=people.get(session, "beto@x.coop"))  # fmt: skip
    assert fellows(instance, viewer("carla@x.coop"))[0] == ("Beto", "coordinator")
