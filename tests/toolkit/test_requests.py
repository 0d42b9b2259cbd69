"""Requests to a coordination: asked once, answered once by somebody else; and those of visitors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.instance import Instance
from tests.world import World, build
from toolkit import catalogue, organizations, people, publication, requests, sharing, visitors
from toolkit.access import CHOSEN, MEMBERS, OWN, VISITOR, Viewer
from toolkit.database import Visit
from toolkit.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from toolkit.publication import Sight
from toolkit.records import Invitation, Job, Organization, OutboxMessage, Request, Share, Version
from toolkit.records.base import injected


@pytest.fixture
def world(instance: Instance) -> Iterator[World]:
    yield build(instance)


def ask(world: World, what: str = "draft", level: int = MEMBERS, **more: object) -> str:
    """The author asks to publish; gives the public id of the request."""
    organizations = (world.places["tercera"],) if level == CHOSEN else ()
    with world.instance.database.visit(world.viewers["author"], writing=True) as visit:
        sight = Sight(level, organizations=organizations)
        asked = publication.offer(visit, catalogue.get(visit, world.ids[what]), sight, message="Por favor")
        assert asked is not None
        return asked.public_id


def answer(
    world: World, public_id: str, who: str = "coordinator", *, granted: bool, reason: str = ""
) -> None:
    with world.instance.database.visit(world.viewers[who], writing=True) as visit:
        requests.decide(visit, requests.get(visit, public_id), granted=granted, reason=reason)


def state(world: World, what: str) -> tuple[str, int]:
    with world.instance.database.visit(world.viewers["author"]) as visit:
        resource = catalogue.get(visit, world.ids[what])
        return resource.state, resource.level


def mail(instance: Instance) -> list[tuple[str, str, dict]]:
    with instance.database.open_for_maintenance(writing=False) as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [(row.recipient, row.template, row.values) for row in rows]


@pytest.mark.parametrize("level", [MEMBERS, CHOSEN])
def test_what_is_granted_is_done_and_the_asker_told(world: World, level: int) -> None:
    answer(world, ask(world, level=level), granted=True)
    assert state(world, "draft") == ("published", level)
    (asked, answered), ids = mail(world.instance), world.ids
    assert asked[:2] == ("coordinator@ejemplo.pe", "request_asked")
    assert answered[:2] == ("author@ejemplo.pe", "request_answered")
    assert (answered[2]["granted"], answered[2]["material"]) == (True, ids["draft"])
    with world.instance.database.visit(world.viewers["other"]) as visit:
        assert catalogue.newest_version(visit, catalogue.get(visit, world.ids["draft"]))


def test_what_is_refused_stays_and_the_reason_is_sent(world: World) -> None:
    public_id = ask(world)
    with pytest.raises(Invalid) as fault:
        answer(world, public_id, granted=False, reason="  ")
    assert fault.value.field == "reason"
    answer(world, public_id, granted=False, reason="Faltan las cifras de 2026")
    assert state(world, "draft")[0] == "draft"
    told = mail(world.instance)[-1][2]
    assert (told["reason"], told["title"]) == ("Faltan las cifras de 2026", "Material tucandraftfin")
    with pytest.raises(Conflict):
        answer(world, public_id, granted=True)


def test_a_draft_is_read_by_the_coordination_while_the_request_waits_and_no_longer(world: World) -> None:
    database = world.instance.database

    def reads(viewer: Viewer) -> bool:
        with database.visit(viewer) as visit:
            found = select(Version.id).where(Version.resource_id == world.resources["draft"])
            return visit.session.scalars(found).first() is not None

    coordinator = world.viewers["coordinator"]
    foreign = replace(world.viewers["receiver"], coordinates=frozenset({world.places["receptora"]}))
    assert not reads(coordinator)
    public_id = ask(world)
    assert reads(coordinator)
    readers = {name for name, viewer in world.viewers.items() if reads(viewer)}
    assert readers == {"author", "coordinator"} and not reads(foreign)
    with database.visit(coordinator, writing=True) as visit:
        draft = catalogue.get(visit, world.ids["draft"])
        with pytest.raises(Forbidden):
            catalogue.change(visit, draft, catalogue.describe(draft), revision=draft.revision)
        with pytest.raises(Forbidden):
            catalogue.publish(visit, draft, MEMBERS)
    answer(world, public_id, granted=False, reason="No")
    assert not reads(coordinator)


def test_rule_3_nobody_decides_about_the_own_request(world: World) -> None:
    """Two pairs of eyes, also for who became the coordination meanwhile."""
    public_id = ask(world)
    own = world.places["duena"]
    world.viewers["author"] = replace(world.viewers["author"], coordinates=frozenset({own}))
    with pytest.raises(Forbidden):
        answer(world, public_id, "author", granted=True)


@pytest.mark.parametrize("who", ["promoter", "member", "other", "editor", "administrator", "visitor"])
def test_to_others_the_request_does_not_exist(world: World, who: str) -> None:
    public_id = ask(world)
    with pytest.raises(NotFound):
        answer(world, public_id, who, granted=True)
    with world.instance.database.visit(world.viewers[who]) as visit:
        assert not requests.browse(visit, world.places["duena"])


def test_the_same_question_twice_is_one_with_the_new_words(world: World) -> None:
    assert ask(world) == ask(world, level=CHOSEN)
    with world.instance.database.visit(world.viewers["coordinator"]) as visit:
        (one,) = requests.browse(visit, world.places["duena"])
        assert one.values["level"] == CHOSEN


def test_a_request_that_changed_since_it_was_read_is_not_granted(world: World) -> None:
    database, public_id = world.instance.database, ask(world)

    def mark() -> str:
        with database.visit(world.viewers["coordinator"]) as visit:
            return requests.mark(requests.get(visit, public_id))

    def grant(seen: str) -> None:
        with database.visit(world.viewers["coordinator"], writing=True) as visit:
            requests.decide(visit, requests.get(visit, public_id), granted=True, seen=seen)

    read = mark()
    assert ask(world, level=CHOSEN) == public_id
    with pytest.raises(Conflict):
        grant(read)
    read = mark()
    with database.visit(world.viewers["author"], writing=True) as visit:
        draft = catalogue.get(visit, world.ids["draft"])
        card = replace(catalogue.describe(draft), title="Otro material")
        catalogue.change(visit, draft, card, revision=draft.revision)
    with pytest.raises(Conflict):
        grant(read)
    assert state(world, "draft")[0] == "draft"
    grant(mark())
    assert state(world, "draft") == ("published", CHOSEN)


def test_whoever_asked_may_take_it_back(world: World) -> None:
    public_id = ask(world)
    deciding = world.instance.database.visit(world.viewers["coordinator"], writing=True)
    with deciding as visit, pytest.raises(Forbidden):
        requests.take_back(visit, requests.get(visit, public_id))
    with world.instance.database.visit(world.viewers["author"], writing=True) as visit:
        requests.take_back(visit, requests.get(visit, public_id))
        assert [one.state for one in requests.mine(visit)] == ["taken_back"]
    with pytest.raises((Conflict, NotFound)):
        answer(world, public_id, granted=True)
    assert state(world, "draft")[0] == "draft"


def test_a_widening_that_was_overtaken_by_a_withdrawal_is_not_granted(world: World) -> None:
    public_id = ask(world, "own")
    with world.instance.database.visit(world.viewers["author"], writing=True) as visit:
        catalogue.withdraw(visit, catalogue.get(visit, world.ids["own"]), "")
    with pytest.raises(Conflict):
        answer(world, public_id, granted=True)
    assert state(world, "own") == ("withdrawn", 3)


def test_restoring_what_members_read_is_asked_for_too(world: World) -> None:
    database = world.instance.database
    with database.visit(world.viewers["author"], writing=True) as visit:
        resource = catalogue.get(visit, world.ids["members"])
        catalogue.withdraw(visit, resource, "")
        asked = publication.offer_again(visit, resource)
        assert asked is not None
        public_id = asked.public_id
    with database.visit(world.viewers["other"]) as visit, pytest.raises(Gone):
        catalogue.get(visit, world.ids["members"])
    answer(world, public_id, granted=True)
    assert state(world, "members") == ("published", MEMBERS)


def test_a_proposed_share_is_made_when_granted(world: World) -> None:
    with world.instance.database.visit(world.viewers["promoter"], writing=True) as visit:
        resource = catalogue.get(visit, world.ids["own"])
        public_id = sharing.propose(visit, resource, 1, [world.places["tercera"]]).public_id
    answer(world, public_id, granted=True)
    with world.instance.database.visit(world.viewers["other"]) as visit:
        row = visit.session.scalars(select(Share)).one()
        assert row.number == 1
        assert row.shared_by == world.viewers["coordinator"].person_id


def test_access_that_is_granted_shares_the_newest_version(world: World) -> None:
    database = world.instance.database
    with database.visit(world.viewers["other"], writing=True) as visit:
        card = catalogue.get(visit, world.ids["chosen_card"])
        public_id = sharing.ask_access(visit, card, world.places["tercera"], "Para un taller").public_id
    answer(world, public_id, granted=True)
    with database.visit(world.viewers["other"]) as visit:
        version = catalogue.newest_version(visit, catalogue.get(visit, world.ids["chosen_card"]))
        assert version is not None and version.number == 2
    with database.visit(world.viewers["receiver"]) as visit:
        assert catalogue.newest_version(visit, catalogue.get(visit, world.ids["chosen_card"])) is None


def test_who_belongs_to_two_asks_for_each_of_them(world: World) -> None:
    both = replace(
        world.viewers["other"],
        roles=frozenset({(world.places["tercera"], "promoter"), (world.places["receptora"], "member")}),
    )
    mine = sorted(both.organizations)
    with world.instance.database.visit(both, writing=True) as visit:
        card = catalogue.get(visit, world.ids["chosen_card"])
        asked = [sharing.ask_access(visit, card, one, "Para un taller") for one in (*mine, mine[0])]
        assert [one.asker_id for one in asked] == [*mine, mine[0]]
        assert asked[0] is asked[2]


# ------------------------------------------------------------------ visitors


def call(world: World, email: str = "ana@fuera.pe") -> str | None:
    """A visitor asks; the worker takes it up. Gives the key that was mailed, None where none was."""
    before = len(mail(world.instance))
    with world.instance.database.visit(VISITOR, writing=True) as visit:
        card = catalogue.get(visit, world.ids["chosen_card"])
        visitors.ask(visit, card, email, "Para un taller", "pt")
    with world.instance.database.open_for_maintenance() as session:
        job = session.scalars(select(Job).where(Job.kind == "ask_access")).one()
        values = job.values
        session.delete(job)
        visitors.receive(session, values["resource"], values["email"], values["message"], values["language"])
    sent = mail(world.instance)[before:]
    return sent[0][2]["key"] if sent else None


def confirm(world: World, key: str) -> None:
    with (
        world.instance.database.visit(VISITOR, writing=True) as visit,
        visit.open_for_maintenance() as session,
    ):
        visitors.confirm(session, key)


def waiting(world: World) -> list[tuple[str, str, str]]:
    """Public id, address and message of what waits for the coordination."""
    with world.instance.database.visit(world.viewers["coordinator"]) as visit:
        found = requests.browse(visit, world.places["duena"])
        return [(one.public_id, one.email, one.message) for one in found]


def test_a_visitors_request_stands_once_the_mailed_link_was_used(world: World) -> None:
    key = call(world)
    assert key is not None
    assert not waiting(world)
    confirm(world, key)
    assert [one[1:] for one in waiting(world)] == [("ana@fuera.pe", "Para un taller")]
    with pytest.raises(visitors.Useless):
        confirm(world, key)


@pytest.mark.parametrize("key", ["", "x", "%", "ñ" * 300])
def test_a_key_that_was_never_sent_opens_nothing(world: World, key: str) -> None:
    call(world)
    with pytest.raises(visitors.Useless):
        confirm(world, key)
    assert not waiting(world)


def test_the_link_serves_for_a_day_and_then_is_forgotten(world: World) -> None:
    key = call(world)
    assert key is not None
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(hours=25)
    with injected(clock=lambda: tomorrow):
        with pytest.raises(visitors.Expired):
            confirm(world, key)
        call(world, "otra@fuera.pe")
        with world.instance.database.open_for_maintenance(writing=False) as session:
            assert [one.email for one in session.scalars(select(Request))] == ["otra@fuera.pe"]


def test_one_address_gets_no_more_than_three_messages_a_day(world: World) -> None:
    assert [call(world, email) is not None for email in ("ana@fuera.pe",) * 3 + ("ANA@fuera.pe",)] == [
        True, True, True, False
    ]  # fmt: skip
    assert call(world, "luis@fuera.pe") is not None
    many = ("ñusta@fuera.pe", "Ñusta@fuera.pe", "ÑUSTA@fuera.pe", "ñUSTA@fuera.pe")
    assert [call(world, email) is not None for email in many] == [True, True, True, False]


@pytest.mark.parametrize("granted", [True, False])
def test_a_visitor_is_answered_by_an_invitation_or_a_reason(world: World, granted: bool) -> None:
    key = call(world)
    assert key is not None
    confirm(world, key)
    answer(world, waiting(world)[0][0], granted=granted, reason="" if granted else "Es interno")
    sent = [(recipient, template) for recipient, template, _ in mail(world.instance)[2:]]
    answered = ("ana@fuera.pe", "request_answered")
    assert sent == ([("ana@fuera.pe", "invitation"), answered] if granted else [answered])
    with world.instance.database.open_for_maintenance(writing=False) as session:
        invited = session.scalars(select(Invitation.email)).all()
        assert list(invited) == (["ana@fuera.pe"] if granted else [])
        assert session.scalars(select(OutboxMessage.language)).all()[-1] == "pt"


@pytest.mark.parametrize("email", ["", "no es", "a@b@c", "x" * 400 + "@fuera.pe"])
def test_what_is_no_address_is_said_so(world: World, email: str) -> None:
    with pytest.raises(Invalid) as fault:
        call(world, email)
    assert fault.value.field == "email"


def test_too_long_a_message_is_refused(world: World) -> None:
    def send(visit: Visit) -> None:
        card = catalogue.get(visit, world.ids["chosen_card"])
        sharing.ask_access(visit, card, world.places["tercera"], "x" * 1001)

    with world.instance.database.visit(world.viewers["other"], writing=True) as visit:
        with pytest.raises(Invalid) as fault:
            send(visit)
        assert fault.value.field == "message"


def narrow(world: World, title: str) -> None:
    """The coordination keeps the material for itself from now on, and gives it another title."""
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        card = catalogue.get(visit, world.ids["chosen_card"])
        catalogue.publish(visit, card, OWN)
        catalogue.change(visit, card, replace(catalogue.describe(card), title=title), revision=card.revision)


def test_whoever_sees_the_card_no_more_is_told_no_title(world: World) -> None:
    key = call(world)
    assert key is not None
    confirm(world, key)
    with world.instance.database.visit(world.viewers["other"], writing=True) as visit:
        card = catalogue.get(visit, world.ids["chosen_card"])
        sharing.ask_access(visit, card, world.places["tercera"], "")
    narrow(world, "Reservado")
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        for asked in requests.browse(visit, world.places["duena"]):
            requests.decide(visit, asked, granted=False, reason="No es posible")
    told = [values["title"] for _, template, values in mail(world.instance) if template == "request_answered"]
    assert told == ["", ""]


def test_whoever_left_is_told_no_title(world: World) -> None:
    asked = ask(world)
    with world.instance.database.open_for_maintenance() as session:
        author = people.get(session, world.addresses["author"])
        people.leave(session, author, organizations.get(session, "duena"))
    answer(world, asked, granted=False, reason="No es posible")
    told = [values["title"] for _, template, values in mail(world.instance) if template == "request_answered"]
    assert told == [""]


def test_a_visitor_is_written_nothing_about_what_was_narrowed_meanwhile(world: World) -> None:
    narrow(world, "Reservado")
    with world.instance.database.open_for_maintenance() as session:
        visitors.receive(session, world.ids["chosen_card"], "ana@fuera.pe", "", "es")
        assert session.scalars(select(Request)).all() == []


def test_the_answer_names_no_joint_space_to_who_takes_no_part_in_it(world: World) -> None:
    with world.instance.database.visit(world.viewers["other"], writing=True) as visit:
        card = catalogue.get(visit, world.ids["chosen_card"])
        asked = sharing.ask_access(visit, card, world.places["tercera"], "").public_id
    with world.instance.database.open_for_maintenance() as session:
        session.get_one(Organization, world.places["duena"]).kind = "joint"
    assert call(world) is not None
    assert mail(world.instance)[-1][2]["organization"] == ""
    answer(world, asked, granted=True)
    told = mail(world.instance)[-1][2]
    assert (told["organization"], told["material"]) == ("", world.ids["chosen_card"])
