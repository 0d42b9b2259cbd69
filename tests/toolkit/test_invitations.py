"""Invitations: who sends them, what a key opens, and when it opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.toolkit.organized import DAY, House, build, person, valle
from toolkit import invitations, joining, memberships, organizations, people, requests
from toolkit.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from toolkit.records import AuditEntry, Invitation, OutboxMessage, Person


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from build(tmp_path)


def invite(house: House, email: str = "nueva@x.coop", role: str = "member", who: str = "ana") -> str:
    """Invite somebody; gives the key that the mail carries."""
    with house.visit(who) as visit:
        invitations.invite(visit, valle(visit), email, role)
    return keys(house)[-1]


def keys(house: House) -> list[str]:
    with house.database.open_for_maintenance(writing=False) as session:
        wanted = (
            select(OutboxMessage).where(OutboxMessage.template == "invitation").order_by(OutboxMessage.id)
        )
        return [one.values["key"] for one in session.scalars(wanted)]


def accept(house: House, key: str, email: str = "nueva@x.coop") -> None:
    with house.database.open_for_maintenance() as session:
        who = people.find(session, email) or people.add(session, "Nueva", email)
        house.people[email.split("@")[0]] = who.id
        invitations.accept(session, invitations.open_with(session, key), who)


def test_an_invitation_makes_a_member_once(house: House) -> None:
    key = invite(house, role="promoter")
    accept(house, key)
    with house.visit("nueva") as visit:
        assert visit.viewer.roles == {(valle(visit).id, "promoter")}
    with pytest.raises(invitations.Over):
        accept(house, key)
    assert house.acts("invitation") == ["invite", "accept"]


def test_the_database_keeps_no_key_and_the_audit_no_address(house: House) -> None:
    key = invite(house)
    with house.database.open_for_maintenance(writing=False) as session:
        assert key not in str([vars(one) for one in session.scalars(select(Invitation))])
        assert "nueva" not in str([one.values for one in session.scalars(select(AuditEntry))])


def test_inviting_again_renews_and_the_first_key_is_dead(house: House) -> None:
    first, second = invite(house), invite(house, " NUEVA@x.coop ", "promoter")
    with pytest.raises(invitations.Useless):
        accept(house, first)
    with house.visit("ana") as visit:
        assert [one.role for one in invitations.browse(visit, valle(visit))] == ["promoter"]
    accept(house, second)


def test_after_fourteen_days_it_asks_for_another(house: House) -> None:
    key = invite(house)
    house.moment += 14 * DAY
    with pytest.raises(invitations.Expired):
        accept(house, key)
    with house.database.open_for_maintenance() as session:
        invitations.ask_again(session, invitations.open_with(session, key))
    with house.visit("ana") as visit:
        (waiting,) = invitations.browse(visit, valle(visit))
        assert waiting.asked_again_at == house.moment
        invitations.renew(visit, valle(visit), waiting)
        assert waiting.asked_again_at is None
    accept(house, keys(house)[-1])


def test_one_in_force_cannot_be_asked_for_again(house: House) -> None:
    key = invite(house)
    with house.database.open_for_maintenance() as session, pytest.raises(Conflict):
        invitations.ask_again(session, invitations.open_with(session, key))


def test_taken_back_or_closed_opens_nothing(house: House) -> None:
    key = invite(house)
    with house.database.open_for_maintenance() as session:
        organizations.change(session, organizations.get(session, "valle"), active=False)
    with pytest.raises(invitations.Over):
        accept(house, key)
    with house.database.open_for_maintenance() as session:
        organizations.change(session, organizations.get(session, "valle"), active=True)
    with house.visit("ana") as visit:
        invitations.take_back(visit, valle(visit), invitations.browse(visit, valle(visit))[0])
    with pytest.raises(invitations.Over):
        accept(house, key)


@pytest.mark.parametrize("key", ["", "x", "ñ" * 500, "' OR 1=1"])
def test_a_malformed_key_opens_nothing(house: House, key: str) -> None:
    invite(house)
    with house.database.open_for_maintenance() as session, pytest.raises(invitations.Useless):
        invitations.open_with(session, key)


def test_it_is_for_the_invited_address_only(house: House) -> None:
    key = invite(house)
    with pytest.raises(invitations.ForSomebodyElse):
        accept(house, key, "otto@x.coop")
    with house.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Invitation)).one().accepted_at is None


@pytest.mark.parametrize("who", ["beto", "carla", "otto"])
def test_people_are_invited_by_the_coordination_of_the_own_organisation(house: House, who: str) -> None:
    with house.visit(who) as visit:
        with pytest.raises(Forbidden):
            invitations.invite(visit, valle(visit), "x@x.coop", "member")
        assert invitations.browse(visit, valle(visit)) == []


def test_an_administrator_invites_anywhere_and_it_is_written_down(house: House) -> None:
    invite(house, who="dora")
    with house.database.open_for_maintenance(writing=False) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "invite")).one()
        assert entry.person_id == house.people["dora"]


def test_nobody_invites_themselves(house: House) -> None:
    for who in ("dora", "ana"):
        with house.visit(who) as visit, pytest.raises(Invalid):
            invitations.invite(visit, valle(visit), f" {who.title()}@X.coop", "promoter")
    assert house.mails("invitation") == []


def test_invitations_of_another_organisation_are_not_found(house: House) -> None:
    invite(house)
    with house.database.open_for_maintenance(writing=False) as session:
        public_id = session.scalars(select(Invitation.public_id)).one()
    house.add("fede", "coordinator", "otra")
    with house.visit("fede") as visit, pytest.raises(NotFound):
        invitations.get(visit, organizations.get(visit.session, "otra"), public_id)


@pytest.mark.parametrize(("email", "role", "field"), [
    ("no es correo", "member", "email"), ("n@x.coop", "coordinator", "role"), ("n@x.coop", "", "role"),
    ("beto@x.coop", "member", "email"),
])  # fmt: skip
def test_what_cannot_be_invited_is_said_beside_its_field(
    house: House, email: str, role: str, field: str
) -> None:
    with house.visit("ana") as visit, pytest.raises(Invalid) as trouble:
        invitations.invite(visit, valle(visit), email, role)
    assert trouble.value.field == field and keys(house) == []


def test_a_promoter_stays_one_whatever_is_accepted_or_granted(house: House) -> None:
    house.add("eva")
    key = invite(house, "eva@x.coop", "member")
    with house.database.open_for_maintenance() as session:
        eva, where = session.get_one(Person, house.people["eva"]), organizations.get(session, "valle")
        people.join(session, eva, where, "promoter")
    accept(house, key, "eva@x.coop")
    with house.visit("eva") as visit:
        assert {role for _, role in visit.viewer.roles} == {"promoter"}


def ask(house: House, who: str = "otto") -> str:
    with house.visit(who) as visit:
        return joining.ask(visit, valle(visit), "Soy del comité.").public_id


def decide(house: House, public_id: str, *, granted: bool, reason: str = "", who: str = "ana") -> None:
    with house.visit(who) as visit:
        requests.decide(visit, requests.get(visit, public_id), granted=granted, reason=reason)


def test_a_person_whose_request_is_pending_is_no_member(house: House) -> None:
    house.add("sola")
    request = ask(house, "sola")
    with house.visit("sola") as visit:
        assert not visit.viewer.member and not visit.viewer.organizations
    decide(house, request, granted=True)
    with house.visit("sola") as visit:
        assert visit.viewer.roles == {(valle(visit).id, "member")}


def test_a_refused_request_opens_nothing_and_is_answered_by_mail(house: House) -> None:
    request = ask(house)
    with pytest.raises(Invalid):
        decide(house, request, granted=False)
    decide(house, request, granted=False, reason="No le conocemos.")
    assert house.mails("request_answered") == ["otto@x.coop"]
    with house.visit("otto") as visit:
        assert valle(visit).id not in visit.viewer.organizations


def test_nobody_lets_themselves_in(house: House) -> None:
    request = ask(house)
    for who in ("otto", "beto"):
        with pytest.raises(Fault):
            decide(house, request, granted=True, who=who)


def test_who_belongs_already_or_is_not_wanted_cannot_ask(house: House) -> None:
    with pytest.raises(Conflict):
        ask(house, "beto")
    with house.database.open_for_maintenance() as session:
        organizations.get(session, "valle").takes_requests = False
    with pytest.raises(Forbidden):
        ask(house)


def test_accepting_an_invitation_answers_the_request_to_join(house: House) -> None:
    request = ask(house)
    accept(house, invite(house, "otto@x.coop"), "otto@x.coop")
    with house.visit("ana") as visit:
        assert requests.browse(visit, valle(visit).id) == []
        assert requests.get(visit, request).state == "granted"


@pytest.mark.parametrize("then", ["removed", "made a member"])
def test_what_the_coordination_says_later_counts_more_than_an_invitation_that_waits(
    house: House, then: str
) -> None:
    """Invited, let in by a request instead, and then removed: the old link is no way back, nor up."""
    key = invite(house, role="promoter")
    house.add("nueva")
    with house.visit("nueva") as visit:
        joining.ask(visit, valle(visit), "Por favor")
    with house.visit("ana") as visit:
        requests.decide(visit, requests.browse(visit, valle(visit).id)[0], granted=True)
    with house.visit("ana") as visit:
        found = memberships.get(visit, valle(visit), person(visit, house, "nueva").public_id)
        if then == "removed":
            memberships.remove(visit, found)
        else:
            memberships.change(visit, found, "member")
    with pytest.raises(invitations.Over):
        accept(house, key)
    assert house.belongs("nueva") == (then != "removed")
    assert house.acts("invitation") == ["invite", "take_back"]
