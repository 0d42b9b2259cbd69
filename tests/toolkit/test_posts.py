"""The post «Coordinación»: holder, alternate, absence, succession (product.md 5.4, 5.5 rules 3 and 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.toolkit.organized import DAY, NOON, TODAY, House, build, person, valle
from toolkit import (
    catalogue,
    handover,
    lapses,
    memberships,
    organizations,
    people,
    posts,
    relief,
    requests,
    terms,
)
from toolkit.access import LIMA
from toolkit.catalogue import Card
from toolkit.errors import Conflict, Forbidden, Invalid
from toolkit.records import AuditEntry, Invitation, Organization, Party, Person, Post, Request, Resource

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from build(tmp_path)


def public_id(house: House, name: str) -> str:
    with house.database.open_for_maintenance(writing=False) as session:
        return session.get_one(Person, house.people[name]).public_id


def record(house: House, holder: str, since: dt.date, alternate: str = "", **more) -> None:
    """The administrator records a term."""
    with house.visit("dora") as visit:
        stands_in = person(visit, house, alternate) if alternate else None
        posts.record(visit, valle(visit), person(visit, house, holder), since, alternate=stands_in, **more)


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0), LIMA)


@pytest.mark.parametrize("who", ["ana", "beto", "carla", "otto"])
def test_posts_are_recorded_by_an_administrator_only(house: House, who: str) -> None:
    with house.visit(who) as visit, pytest.raises(Forbidden):
        posts.record(visit, valle(visit), people.oneself(visit.session, visit.viewer), TODAY)
    with house.visit(who) as visit, pytest.raises(Forbidden):
        posts.end(visit, valle(visit), TODAY)


@pytest.mark.parametrize("names", [("dora", ""), ("beto", "dora")])
def test_an_administrator_records_no_post_for_themselves(house: House, names: tuple[str, str]) -> None:
    holder, alternate = names
    with house.database.open_for_maintenance() as session:
        valle = organizations.get(session, "valle")
        people.join(session, session.get_one(Person, house.people["dora"]), valle, "member")
    with pytest.raises(Forbidden):
        record(house, holder, TODAY + DAY, alternate)


def test_posts_are_seen_by_members(house: House) -> None:
    for who, sees in (("ana", True), ("carla", True), ("otto", True), ("dora", True)):
        with house.visit(who) as visit:
            assert bool(terms.of(visit.session, valle(visit).id)) is sees
    with house.database.open_for_maintenance() as session:
        people.add(session, "Nadie", "nadie@x.coop")
        house.people["nadie"] = people.get(session, "nadie@x.coop").id
    with house.visit("nadie") as visit:
        assert terms.of(visit.session, valle(visit).id) == []


@pytest.mark.parametrize("who", ["beto", "carla", "otto", "dora"])
def test_a_successor_is_proposed_by_the_coordination_only(house: House, who: str) -> None:
    with house.visit(who) as visit, pytest.raises(Forbidden):
        posts.propose(visit, valle(visit), public_id(house, "beto"), TODAY + DAY)


def test_posts_expire_by_date_at_lima_midnight_and_the_alternate_acts(house: House) -> None:
    record(house, "ana", TODAY, "beto", until=TODAY + 3 * DAY)
    house.moment = midnight(TODAY + 4 * DAY) - SECOND
    assert house.leads("ana") and not house.leads("beto")
    house.moment = midnight(TODAY + 4 * DAY)
    assert house.leads("beto") and not house.leads("ana")


def test_pending_tasks_move_and_the_handover_shows_what_moved(house: House) -> None:
    record(house, "ana", TODAY, "beto", until=TODAY)
    with house.visit("carla") as visit:
        requests.ask(visit, "publish", valle(visit).id, message="Por favor")
    with house.visit("ana") as visit:
        memberships.join(visit.session, person(visit, house, "carla"), valle(visit), "promoter")
    with house.visit("carla") as visit:
        draft = catalogue.add(visit, valle(visit).id, Card(title="Plan")).public_id
    with house.visit("ana") as visit:
        memberships.leave(visit.session, person(visit, house, "carla"), valle(visit), viewer=visit.viewer)
        assert [one.resource.public_id for one in relief.browse(visit, valle(visit)).drafts] == [draft]
    house.moment = NOON + DAY
    lapses.watch(house.database)
    with house.visit("beto") as visit:
        moved = relief.browse(visit, valle(visit))
        assert [one.kind for one in moved.requests] == ["publish"]
        assert [one.resource.public_id for one in moved.drafts] == [draft]
    with house.visit("ana") as visit, pytest.raises(Forbidden):
        relief.browse(visit, valle(visit))
    with house.visit("ana") as visit:
        assert visit.session.scalars(select(Resource).where(Resource.public_id == draft)).all() == []


def test_the_end_of_one_and_the_beginning_of_the_other_are_written_down_once(house: House) -> None:
    record(house, "ana", TODAY, "beto", until=TODAY)
    before = len(house.acts("post"))
    house.moment = midnight(TODAY + DAY)
    lapses.watch(house.database)
    lapses.watch(house.database)
    assert house.acts("post")[before:] == ["end", "begin"]


def test_a_holder_is_absent_and_comes_back(house: House) -> None:
    record(house, "ana", TODAY, "beto")
    with house.visit("ana") as visit:
        posts.mark_absent(visit, valle(visit), TODAY + DAY, TODAY + 3 * DAY)
    assert house.mails("standing_in") == ["beto@x.coop"]
    for days, acts in ((0, "ana"), (1, "beto"), (3, "beto"), (4, "ana")):
        house.moment = NOON + days * DAY
        assert [name for name in ("ana", "beto") if house.leads(name)] == [acts], days
    house.moment = NOON + 2 * DAY
    with house.visit("ana") as visit:
        posts.mark_back(visit, valle(visit))
    assert house.leads("ana") and not house.leads("beto")


def test_absence_needs_an_alternate_who_belongs_and_days_in_order(house: House) -> None:
    with house.visit("ana") as visit, pytest.raises(Conflict, match="suplente"):
        posts.mark_absent(visit, valle(visit), TODAY)
    record(house, "ana", TODAY, "beto")
    with house.visit("ana") as visit:
        with pytest.raises(Invalid) as early:
            posts.mark_absent(visit, valle(visit), TODAY - DAY)
        with pytest.raises(Invalid) as wrong:
            posts.mark_absent(visit, valle(visit), TODAY + DAY, TODAY)
    assert (early.value.field, wrong.value.field) == ("since", "until")
    for who in ("beto", "carla"):
        with house.visit(who) as visit, pytest.raises(Forbidden):
            posts.mark_absent(visit, valle(visit), TODAY)


def test_a_term_cannot_be_ended_without_somebody_from_that_midnight(house: House) -> None:
    with house.visit("dora") as visit, pytest.raises(Conflict, match="quedaría vacío"):
        posts.end(visit, valle(visit), TODAY)
    assert terms_of(house)[0][2] is None
    record(house, "carla", TODAY + 5 * DAY)
    with house.visit("dora") as visit, pytest.raises(Conflict, match="quedaría vacío"):
        posts.end(visit, valle(visit), TODAY + 3 * DAY)
    with house.visit("dora") as visit:
        posts.end(visit, valle(visit), TODAY + 4 * DAY)
    record(house, "ana", TODAY, "beto")
    with house.visit("dora") as visit:
        posts.end(visit, valle(visit), TODAY)
    house.moment = NOON + DAY
    assert house.leads("beto")


def terms_of(house: House) -> list[tuple[int, dt.date, dt.date | None]]:
    with house.database.open_for_maintenance(writing=False) as session:
        return [(one.holder_id, one.since, one.until) for one in session.scalars(select(Post))]


def test_a_lapse_by_date_alone_is_told_to_the_administrators_once_thirty_days_before(house: House) -> None:
    record(house, "ana", TODAY, until=TODAY + 40 * DAY)
    lapses.watch(house.database)
    assert house.mails("post_ends") == []
    house.moment = NOON + 10 * DAY
    lapses.watch(house.database)
    lapses.watch(house.database)
    assert house.mails("post_ends") == ["dora@x.coop"]


@pytest.mark.parametrize("followed", ["alternate", "successor"])
def test_a_lapse_with_somebody_to_follow_is_not_told(house: House, followed: str) -> None:
    record(house, "ana", TODAY, "beto" if followed == "alternate" else "", until=TODAY + 9 * DAY)
    if followed == "successor":
        record(house, "carla", TODAY + 10 * DAY)
    lapses.watch(house.database)
    assert house.mails("post_ends") == []


@pytest.mark.parametrize(("more", "field"), [
    ({"since": TODAY - DAY}, "since"), ({"since": TODAY, "until": TODAY - DAY}, "until"),
    ({"since": TODAY, "alternate": "carla", "holder": "carla"}, "alternate"),
    ({"since": TODAY, "alternate": "otto"}, "alternate"),
])  # fmt: skip
def test_a_record_that_cannot_be_taken_changes_nothing(house: House, more: dict, field: str) -> None:
    before = terms_of(house)
    with pytest.raises(Invalid) as trouble:
        record(house, **{"holder": "beto", **more})
    assert trouble.value.field == field and terms_of(house) == before


def test_everybody_concerned_is_told_of_a_record(house: House) -> None:
    house.add("fede", "coordinator", "otra")
    with house.database.open_for_maintenance() as session:
        joint = Organization(slug="conjunto", name="Conjunto", kind="joint")
        session.add(joint)
        session.flush()
        for slug in ("valle", "otra"):
            session.add(Party(joint_id=joint.id, organization_id=organizations.get(session, slug).id))
    record(house, "beto", TODAY + DAY)
    assert house.mails("post_changed") == ["ana@x.coop", "beto@x.coop", "carla@x.coop", "fede@x.coop"]


def test_change_of_coordinator_leaves_four_entries_and_an_invitation(house: House) -> None:
    """J10, without the browser: propose, record, and at midnight one ends and the other begins."""
    day = TODAY + 7 * DAY
    with house.visit("ana") as visit:
        posts.propose(visit, valle(visit), "", day, email="nueva@x.coop", name="Nueva Persona")
    before = house.acts("post").index("propose")
    with house.visit("dora") as visit:
        request = visit.session.scalar(select(Request).where(Request.kind == "succession"))
        requests.decide(visit, request, granted=True)
    with house.database.open_for_maintenance(writing=False) as session:
        house.people["nueva"] = people.get(session, "nueva@x.coop").id
        assert [one.role for one in session.scalars(select(Invitation))] == ["promoter"]
    assert house.mails("invitation") == ["nueva@x.coop"] and not house.belongs("nueva")
    house.moment = midnight(day) - SECOND
    lapses.watch(house.database)
    assert house.leads("ana") and not house.leads("nueva")
    house.moment = midnight(day)
    lapses.watch(house.database)
    assert house.leads("nueva") and not house.leads("ana")
    assert house.acts("post")[before:] == ["propose", "record", "end", "begin"]


def test_a_proposal_says_no_address_to_the_audit(house: House) -> None:
    with house.visit("ana") as visit:
        posts.propose(visit, valle(visit), "", TODAY + DAY, email="nueva@x.coop", name="Nueva Persona")
    with house.database.open_for_maintenance(writing=False) as session:
        assert not [one for one in session.scalars(select(AuditEntry)) if "nueva" in str(one.values).lower()]


@pytest.mark.parametrize(("given", "field"), [
    ({"since": TODAY}, "since"), ({"holder": "otto"}, "holder"), ({"alternate": "otto"}, "alternate"),
    ({"alternate": "beto"}, "alternate"), ({"holder": "", "email": "x", "name": "N"}, "email"),
    ({"holder": "", "email": "n@x.coop"}, "name"),
])  # fmt: skip
def test_a_proposal_that_cannot_be_taken_says_where(house: House, given: dict, field: str) -> None:
    given = {"holder": "beto", "since": TODAY + DAY, **given}
    for key in ("holder", "alternate"):
        given[key] = public_id(house, given[key]) if given.get(key) else ""
    with house.visit("ana") as visit, pytest.raises(Invalid) as trouble:
        posts.propose(visit, valle(visit), given.pop("holder"), given.pop("since"), **given)
    assert trouble.value.field == field


def test_the_administrator_settles_dates_and_alternate_of_a_proposal(house: House) -> None:
    with house.visit("ana") as visit:
        posts.propose(visit, valle(visit), public_id(house, "beto"), TODAY + DAY)
    with house.visit("dora") as visit:
        request = visit.session.scalar(select(Request).where(Request.kind == "succession"))
        posts.settle(visit, request, TODAY + 2 * DAY, alternate=public_id(house, "carla"))
    assert (house.people["beto"], TODAY + 2 * DAY, None) in terms_of(house)
    house.moment = NOON + 2 * DAY
    assert house.leads("beto") and not house.leads("ana")


def test_nobody_records_what_they_proposed(house: House) -> None:
    with house.database.open_for_maintenance() as session:
        people.change(session, session.get_one(Person, house.people["ana"]), portal_role="administrator")
    with house.visit("ana") as visit:
        request = posts.propose(visit, valle(visit), public_id(house, "beto"), TODAY + DAY)
        with pytest.raises(Forbidden):
            requests.decide(visit, request, granted=True)


def test_drafts_stay_with_the_post_through_several_changes(house: House) -> None:
    with house.visit("beto") as visit:
        draft = catalogue.add(visit, valle(visit).id, Card(title="Plan")).public_id
        memberships.leave(visit.session, person(visit, house, "beto"), valle(visit), viewer=visit.viewer)
    record(house, "carla", TODAY)
    with house.visit("carla") as visit:
        received = handover.received(visit.session, valle(visit), person(visit, house, "carla"))
        assert received == {draft: public_id(house, "beto")}
