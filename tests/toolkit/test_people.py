"""People, memberships, posts, and who somebody is at one moment."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from toolkit import organizations, people
from toolkit.access import LIMA, lima_day
from toolkit.database import Database
from toolkit.errors import Invalid, NotFound
from toolkit.records import AuditEntry, Membership, Post, now

NOON = dt.datetime(2026, 6, 15, 12, tzinfo=LIMA)
DAY = dt.timedelta(days=1)


@pytest.fixture
def session(tmp_path):
    database = Database("sqlite:///portal.db", tmp_path)
    database.migrate()
    with database.open_for_maintenance() as session:
        yield session
    database.close()


@pytest.fixture
def rosa(session):
    return people.add(session, "Rosa Quispe", "Rosa@Coop.example")


@pytest.fixture
def luis(session):
    return people.add(session, "Luis Huamán", "luis@coop.example")


@pytest.fixture
def bellavista(session):
    return organizations.add(session, "bellavista", "Cooperativa Bellavista")


def test_a_person_is_found_however_the_address_is_written(session):
    person = people.add(session, "  Ñusta \n Ágreda ", " Ñusta@Coop.example ")
    assert person.name == "Ñusta Ágreda" and person.email == "Ñusta@Coop.example"
    assert people.find(session, "ñUSTA@COOP.EXAMPLE") is person
    assert people.find(session, "n\u0303usta@coop.example") is person
    assert people.find(session, "nadie@coop.example") is None
    with pytest.raises(people.UnknownPerson, match=r"nadie@coop\.example"):
        people.get(session, "nadie@coop.example")


def test_an_address_belongs_to_one_person(session, rosa):
    with pytest.raises(people.AddressTaken, match="ROSA@coop.example"):
        people.add(session, "Otra", "ROSA@coop.example")


@pytest.mark.parametrize(("field", "given"), [
    ("email", {"email": "rosa"}), ("email", {"email": "rosa@"}), ("email", {"email": "a b@coop.example"}),
    ("email", {"email": "rosa@coop.example\nBcc: todos@coop.example"}),
    ("name", {"name": " \t\u200b "}), ("name", {"name": "x" * 201}),
    ("language", {"language": "qu"}), ("portal_role", {"portal_role": "coordinator"}),
])  # fmt: skip
def test_what_cannot_be_taken_says_where(session, field, given):
    with pytest.raises(Invalid) as refused:
        people.add(session, **({"name": "Rosa", "email": "rosa@coop.example"} | given))
    assert refused.value.field == field


def test_addresses_of_a_house_network_are_taken(session):
    assert people.add(session, "Rosa", "rosa@intranet.local").email == "rosa@intranet.local"


def test_a_change_changes_what_is_given(session, rosa, luis):
    people.change(session, rosa, name="Rosa Q.", language="pt", text_size=150)
    assert (rosa.name, rosa.language, rosa.text_size, rosa.email) == (
        "Rosa Q.",
        "pt",
        150,
        "Rosa@Coop.example",
    )
    with pytest.raises(people.AddressTaken):
        people.change(session, rosa, email="LUIS@coop.example")
    people.change(session, rosa, email="rosa.quispe@coop.example")
    assert people.find(session, "Rosa.Quispe@coop.example") is rosa


def test_acts_are_written_down_without_personal_words(session, rosa, bellavista):
    people.change(session, rosa, name="Otra", portal_role="editor")
    people.join(session, rosa, bellavista, "member")
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.noun == "person").order_by(AuditEntry.id)
    ).all()
    assert [one.act for one in entries] == ["add", "change", "join"]
    assert entries[1].values == {"fields": ["name", "portal_role"], "portal_role": "editor"}
    assert entries[2].organization_id == bellavista.id
    assert not any("@" in str(one.values) for one in entries)


def test_joining_again_changes_nothing_and_another_role_leaves_a_trace(session, rosa, bellavista):
    first = people.join(session, rosa, bellavista, "member")
    assert people.join(session, rosa, bellavista, "member") is first
    second = people.join(session, rosa, bellavista, "promoter")
    assert first.until is not None and second.until is None
    assert people.viewer_of(session, rosa.id, now()).roles == {(bellavista.id, "promoter")}
    people.leave(session, rosa, bellavista)
    assert not people.viewer_of(session, rosa.id, now()).member


def test_coordinator_is_never_a_role(session, rosa, bellavista):
    with pytest.raises(Invalid, match="member, promoter"):
        people.join(session, rosa, bellavista, "coordinator")


def test_a_membership_counts_between_its_moments(session, rosa, bellavista):
    membership = people.join(session, rosa, bellavista, "member")
    membership.since, membership.until = NOON, NOON + DAY
    session.flush()

    def is_in(moment):
        return people.viewer_of(session, rosa.id, moment).member

    assert not is_in(NOON - dt.timedelta(seconds=1))
    assert is_in(NOON) and is_in(NOON + DAY - dt.timedelta(seconds=1))
    assert not is_in(NOON + DAY)


def test_an_organisation_that_is_not_active_counts_for_nothing(session, rosa, bellavista):
    people.appoint(session, bellavista, rosa)
    organizations.change(session, bellavista, active=False)
    viewer = people.viewer_of(session, rosa.id, now())
    assert viewer.roles == viewer.coordinates == frozenset()


def test_a_viewer_carries_the_person(session):
    person = people.add(session, "Ana", "ana@coop.example", "en", portal_role="administrator")
    viewer = people.viewer_of(session, person.id, now())
    assert (viewer.person_id, viewer.name, viewer.language) == (person.id, "Ana", "en")
    assert viewer.administrator and not viewer.member
    with pytest.raises(NotFound):
        people.viewer_of(session, 9999, now())


def coordinates(session, person, moment):
    return bool(people.viewer_of(session, person.id, moment).coordinates)


def test_appointing_makes_a_promoter_and_a_post_without_end(session, rosa, bellavista):
    post = people.appoint(session, bellavista, rosa)
    assert (post.since, post.until) == (lima_day(now()), None)
    assert people.viewer_of(session, rosa.id, now()).roles == {(bellavista.id, "promoter")}
    assert coordinates(session, rosa, now())
    assert people.appoint(session, bellavista, rosa) is post


def test_a_term_is_counted_in_days_of_lima(session, rosa, bellavista):
    people.appoint(session, bellavista, rosa, NOON.date(), until=NOON.date())
    begins = dt.datetime.combine(NOON.date(), dt.time(0), LIMA)
    second = dt.timedelta(seconds=1)
    assert not coordinates(session, rosa, begins - second)
    assert coordinates(session, rosa, begins)
    assert coordinates(session, rosa, begins + DAY - second)
    assert not coordinates(session, rosa, begins + DAY)


def test_the_alternate_stands_in_from_the_day_after_until_a_successor_begins(session, rosa, luis, bellavista):
    ana = people.add(session, "Ana", "ana@coop.example")
    people.appoint(session, bellavista, rosa, NOON.date(), alternate=luis, until=NOON.date())
    assert not coordinates(session, luis, NOON)
    assert coordinates(session, luis, NOON + DAY) and not coordinates(session, rosa, NOON + DAY)
    people.appoint(session, bellavista, ana, NOON.date() + 3 * DAY)
    assert coordinates(session, luis, NOON + 2 * DAY)
    assert not coordinates(session, luis, NOON + 3 * DAY) and coordinates(session, ana, NOON + 3 * DAY)


def test_a_successor_ends_the_term_before(session, rosa, luis, bellavista):
    people.appoint(session, bellavista, rosa, NOON.date())
    people.appoint(session, bellavista, luis, NOON.date() + 2 * DAY)
    assert coordinates(session, rosa, NOON + DAY) and not coordinates(session, rosa, NOON + 2 * DAY)
    assert coordinates(session, luis, NOON + 2 * DAY)
    people.appoint(session, bellavista, rosa, NOON.date() + 2 * DAY)
    assert not coordinates(session, luis, NOON + 2 * DAY)
    assert len(session.scalars(select(Post)).all()) == 2


def test_posts_of_other_organisations_do_not_mix(session, rosa, luis, bellavista):
    other = organizations.add(session, "otra", "Otra")
    people.appoint(session, bellavista, rosa)
    people.appoint(session, other, luis)
    assert people.viewer_of(session, rosa.id, now()).coordinates == {bellavista.id}
    assert people.viewer_of(session, luis.id, now()).coordinates == {other.id}
    assert len(session.scalars(select(Membership)).all()) == 2
