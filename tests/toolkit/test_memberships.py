"""Roles, removal, leaving and the hand-over of drafts (product.md 5.4 and 5.5, rules 3 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.toolkit.organized import DAY, NOON, TODAY, House, build, person, valle
from toolkit import handover, lapses, memberships, organizations, people, posts, terms
from toolkit.catalogue import Card, add
from toolkit.errors import Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Coauthor, Membership, Person, Resource


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from build(tmp_path)


def draft(house: House, name: str, title: str = "Plan") -> str:
    """A draft of this person; gives its public id."""
    with house.visit(name) as visit:
        return add(visit, valle(visit).id, Card(title=title)).public_id


def author(house: House, public_id: str) -> str:
    with house.database.open_for_maintenance(writing=False) as session:
        found = session.scalar(select(Resource).where(Resource.public_id == public_id))
        return session.get_one(Person, found.created_by).name


def member(visit, house: House, name: str) -> Membership:
    with house.database.open_for_maintenance(writing=False) as session:
        public_id = session.get_one(Person, house.people[name]).public_id
    return memberships.get(visit, valle(visit), public_id)


def test_the_coordination_changes_roles_and_says_who_is_trusted(house: House) -> None:
    with house.visit("ana") as visit:
        memberships.change(visit, member(visit, house, "carla"), "promoter", trusted=True)
    with house.visit("carla") as visit:
        assert visit.viewer.trusted == {valle(visit).id}
        assert (valle(visit).id, "promoter") in visit.viewer.roles
    with house.visit("ana") as visit:
        memberships.change(visit, member(visit, house, "carla"), "member", trusted=True)
    with house.visit("carla") as visit:
        assert not visit.viewer.trusted
    assert house.acts("person")[-3:] == ["join", "trust", "join"]


def test_nobody_changes_their_own_role(house: House) -> None:
    with house.visit("ana") as visit, pytest.raises(Forbidden, match="Nadie cambia su propio papel"):
        memberships.change(visit, member(visit, house, "ana"), "member")


@pytest.mark.parametrize("who", ["beto", "carla"])
def test_only_the_coordination_changes_and_removes(house: House, who: str) -> None:
    with house.visit(who) as visit:
        with pytest.raises(Forbidden):
            memberships.change(visit, member(visit, house, "ana"), "member")
        with pytest.raises(Forbidden):
            memberships.remove(visit, member(visit, house, "ana"))


def test_coordinator_and_other_words_are_no_roles(house: House) -> None:
    for word in ("coordinator", "administrator", ""):
        with house.visit("ana") as visit, pytest.raises(Invalid):
            memberships.change(visit, member(visit, house, "carla"), word)


def test_people_of_another_organisation_are_not_found(house: House) -> None:
    with house.visit("ana") as visit, pytest.raises(NotFound):
        member(visit, house, "otto")
    with house.database.open_for_maintenance() as session:
        people.join(session, session.get_one(Person, house.people["ana"]),
                    organizations.get(session, "otra"), "member")  # fmt: skip
    with house.visit("ana") as visit, pytest.raises(NotFound):
        member(visit, house, "otto")  # she sees him now, but not among these people
    with house.visit("otto") as visit:
        assert memberships.browse(visit, valle(visit)) == []


def test_the_list_begins_with_who_acts_today(house: House) -> None:
    with house.visit("carla") as visit:
        assert [(one.person.name, one.place) for one in memberships.browse(visit, valle(visit))] == [
            ("Ana", "coordinator"), ("Beto", "promoter"), ("Carla", "member")]  # fmt: skip


def test_items_belong_to_organisations_drafts_pass_to_the_coordinator_after_notice(house: House) -> None:
    mine, published = draft(house, "beto"), draft(house, "beto", "Guía")
    with house.visit("beto") as visit:
        resource = visit.session.scalar(select(Resource).where(Resource.public_id == published))
        resource.state = "published"
        visit.session.add(Coauthor(resource_id=resource.id, person_id=house.people["carla"]))
    with house.visit("beto") as visit:
        memberships.leave(visit.session, person(visit, house, "beto"), valle(visit), viewer=visit.viewer)
    assert author(house, mine) == "Ana"
    assert author(house, published) == "Beto"
    assert house.mails("left") == ["beto@x.coop"] and house.mails("handed_over") == ["ana@x.coop"]
    assert not house.belongs("beto")
    with house.visit("ana") as visit:
        assert [one.public_id for one in visit.session.scalars(select(Resource))].count(mine) == 1
        received = handover.received(visit.session, valle(visit), person(visit, house, "ana"))
        assert list(received) == [mine]
    with house.visit("beto") as visit:
        assert mine not in visit.session.scalars(select(Resource.public_id)).all()


def test_removing_hands_drafts_over_too(house: House) -> None:
    mine = draft(house, "beto")
    with house.visit("ana") as visit:
        memberships.remove(visit, member(visit, house, "beto"))
    assert author(house, mine) == "Ana" and not house.belongs("beto")
    assert "hand_over" in house.acts("resource")


def test_who_leaves_writes_along_no_more(house: House) -> None:
    mine = draft(house, "beto")
    with house.visit("beto") as visit:
        resource = visit.session.scalar(select(Resource).where(Resource.public_id == mine))
        visit.session.add(Coauthor(resource_id=resource.id, person_id=house.people["carla"]))
    with house.visit("ana") as visit:
        memberships.remove(visit, member(visit, house, "carla"))
    with house.database.open_for_maintenance() as session:
        assert session.scalars(select(Coauthor)).all() == []


def test_drafts_of_elsewhere_stay(house: House) -> None:
    house.add("eva", "promoter")
    with house.database.open_for_maintenance() as session:
        eva = session.get_one(Person, house.people["eva"])
        people.join(session, eva, organizations.get(session, "otra"), "promoter")
    with house.visit("eva") as visit:
        other = add(visit, organizations.get(visit.session, "otra").id, Card(title="Otro")).public_id
        memberships.leave(visit.session, person(visit, house, "eva"), valle(visit), viewer=visit.viewer)
    assert author(house, other) == "Eva"


def test_an_organisation_always_keeps_one_coordinator(house: House) -> None:
    with house.visit("ana") as visit, pytest.raises(terms.StillNeeded, match="Usted coordina hoy"):
        memberships.leave(visit.session, person(visit, house, "ana"), valle(visit), viewer=visit.viewer)
    assert house.leads("ana") and house.belongs("ana")
    with house.visit("dora") as visit, pytest.raises(terms.StillNeeded, match="Ana coordina hoy"):
        memberships.remove(visit, visit.session.scalar(
            select(Membership).where(Membership.person_id == house.people["ana"])))  # fmt: skip


def absent_with_alternate(house: House) -> None:
    """Beto becomes Ana's alternate, and Ana is away for four days from today."""
    with house.visit("dora") as visit:
        posts.record(visit, valle(visit), person(visit, house, "ana"), TODAY,
                     alternate=person(visit, house, "beto"))  # fmt: skip
    with house.visit("ana") as visit:
        posts.mark_absent(visit, valle(visit), TODAY, TODAY + 3 * DAY)


def test_an_acting_alternate_is_not_removed_an_absent_holder_may_be(house: House) -> None:
    absent_with_alternate(house)
    with house.visit("beto") as visit, pytest.raises(terms.StillNeeded, match="Usted coordina hoy"):
        memberships.leave(visit.session, person(visit, house, "beto"), valle(visit), viewer=visit.viewer)
    with house.visit("beto") as visit:
        memberships.remove(visit, member(visit, house, "ana"))
    for house.moment in (NOON, NOON + DAY, NOON + 400 * DAY):
        assert house.leads("beto") and not house.leads("ana")


def test_a_named_successor_and_an_announced_alternate_stay_until_another_is_recorded(house: House) -> None:
    with house.visit("dora") as visit:
        posts.record(visit, valle(visit), person(visit, house, "carla"), TODAY + 9 * DAY)
    with house.visit("ana") as visit, pytest.raises(terms.StillNeeded, match="asume la coordinación"):
        memberships.remove(visit, member(visit, house, "carla"))
    with house.visit("dora") as visit:
        posts.record(visit, valle(visit), person(visit, house, "ana"), TODAY,
                     alternate=person(visit, house, "beto"))  # fmt: skip
    with house.visit("ana") as visit:
        posts.mark_absent(visit, valle(visit), TODAY + DAY)
    with house.visit("ana") as visit, pytest.raises(terms.StillNeeded, match="ausencia ya anunciada"):
        memberships.remove(visit, member(visit, house, "beto"))


def test_an_alternate_who_does_not_act_may_go_and_stands_in_no_more(house: House) -> None:
    with house.visit("dora") as visit:
        posts.record(visit, valle(visit), person(visit, house, "ana"), TODAY,
                     alternate=person(visit, house, "beto"))  # fmt: skip
    with house.visit("ana") as visit:
        memberships.remove(visit, member(visit, house, "beto"))
        assert terms.of(visit.session, valle(visit).id)[0].alternate_id is None


def test_of_two_who_remove_each_other_the_second_is_told_and_changes_nothing(house: House) -> None:
    """Both visits were prepared while Beto acted; Ana came back in between."""
    absent_with_alternate(house)
    with house.database.open_for_maintenance(writing=False) as session:
        stale = people.viewer_of(session, house.people["beto"], house.moment)
    with house.visit("ana") as visit:
        posts.mark_back(visit, valle(visit))
    with house.database.visit(stale, writing=True) as visit, pytest.raises(Conflict, match="ya no coordina"):
        memberships.remove(visit, member(visit, house, "ana"))
    with house.visit("ana") as visit:
        memberships.remove(visit, member(visit, house, "beto"))
    assert house.leads("ana") and house.belongs("ana") and not house.belongs("beto")


def test_drafts_left_while_nobody_coordinates_wait_for_the_next_who_does(house: House) -> None:
    mine = draft(house, "beto")
    with house.database.open_for_maintenance() as session:
        term = terms.of(session, organizations.get(session, "valle").id)[0]
        term.since, term.until = TODAY - 9 * DAY, TODAY - DAY
    with house.visit("beto") as visit:
        memberships.leave(visit.session, person(visit, house, "beto"), valle(visit), viewer=visit.viewer)
    assert author(house, mine) == "Beto"
    with house.visit("dora") as visit:
        posts.record(visit, valle(visit), person(visit, house, "carla"), TODAY)
    lapses.watch(house.database)
    assert author(house, mine) == "Carla"
