"""One's data to take along, leaving, and erasure that `verify` can check."""

from __future__ import annotations

import datetime as dt
import json
from email import message_from_bytes

import pytest
from sqlalchemy import select

from portal import accounts
from portal.accounts import leaving
from portal.accounts.records import Account, SignIn
from portal.work import make_worker
from tests.conftest import PASSWORD, token
from tests.portal.accounts.test_address import ask as ask_address
from tests.portal.accounts.test_address import confirm
from tests.portal.accounts.test_recovery import ask, link_in, work
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in
from toolkit import erasure, organizations, outbox, people
from toolkit.jobs import Job as Claimed
from toolkit.jobs import claim, finish
from toolkit.records import AuditEntry, Invitation, Job, Membership, Person, Post, Request, Resource, now
from toolkit.terms import StillNeeded

PAGE = "/cuenta/dejar-el-portal"
DATA = "/cuenta/mis-datos"


@pytest.fixture
def rosa(add_person):
    """Rosa, promoter where Ana coordinates."""
    add_person("ana@coop.example", name="Ana Torres", organizations={"bellavista": "coordinator"})
    return add_person(ROSA, name="Rosa Quispe", organizations={"bellavista": "promoter"})


def leave(browser, how, password=PASSWORD):
    data = {"how": how, "password": password, "csrf_token": token(browser, PAGE)}
    return browser.post(PAGE, data=data)


def traces(instance):
    return erasure.traces(instance.database, instance.erasure_key, instance.outbox, instance.shelves_folder)


def forget(instance):
    """Do the job that follows an erasure, as the worker does."""
    handlers = make_worker(instance).handlers
    with instance.database.open_for_maintenance() as session:
        jobs = [Claimed(one.id, one.kind, one.key, dict(one.values), one.attempts)
                for one in claim(session, ["slow"], "test", limit=9)]  # fmt: skip
    for job in jobs:
        handlers[job.kind].run(job)
        with instance.database.open_for_maintenance() as session:
            finish(session, [job.id])


def person_of(instance, number):
    with instance.database.open_for_maintenance(writing=False) as session:
        person = session.get_one(Person, number)
        current = select(Membership.id).where(Membership.person_id == number, Membership.until.is_(None))
        account = session.scalar(select(Account).where(Account.person_id == number))
        return person.name, person.email, session.scalars(current).all(), account and account.active


def draft(instance, number, title="Borrador de Rosa"):
    with instance.database.open_for_maintenance() as session:
        where = organizations.get(session, "bellavista")
        session.add(Resource(organization_id=where.id, created_by=number, state="draft", level=3, title=title,
                             kind="R01"))  # fmt: skip


def test_the_data_are_those_of_this_person_and_nobody_else(rosa, add_person, instance, sign_in):
    draft(instance, rosa)
    other = add_person("eva@coop.example", name="Eva Ríos", organizations={"otra": "promoter"})
    browser = sign_in(ROSA)
    answer = browser.get(DATA + "/descargar")
    assert answer.mimetype == "application/json" and "attachment" in answer.headers["Content-Disposition"]
    data = json.loads(answer.text)
    assert data["profile"]["email"] == ROSA
    assert [one["organization"] for one in data["memberships"]] == ["Bellavista"]
    assert [one["title"] for one in data["resources"]] == ["Borrador de Rosa"]
    assert len(data["sign_ins"]) == 1 and {"join", "add"} <= {one["act"] for one in data["acts"]}
    assert "eva@" not in answer.text and "Otra" not in answer.text and other
    page = browser.get(DATA).text
    assert "Borrador de Rosa" in page and "Bellavista" in page and ROSA in page


def test_a_post_begins_on_the_day_that_was_set(add_person, instance, sign_in):
    add_person(ROSA)
    with instance.database.open_for_maintenance() as session:
        where = organizations.add(session, "bellavista", "Bellavista")
        person = people.get(session, ROSA)
        session.add(Post(organization_id=where.id, holder_id=person.id, since=dt.date(2024, 3, 5)))
    assert "5 de marzo de 2024" in sign_in(ROSA).get(DATA).text


def test_who_left_an_organisation_still_sees_that_they_belonged(rosa, instance, sign_in):
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Membership).where(Membership.person_id == rosa)).one().until = now()
    assert "Bellavista" in sign_in(ROSA).get(DATA).text


@pytest.mark.parametrize("where", [DATA, DATA + "/descargar", PAGE])
def test_the_password_is_asked_again_after_a_while(rosa, sign_in, where):
    browser = sign_in(ROSA)
    with browser.session_transaction() as kept:
        kept["fs_paa"] -= 3600
        kept["fs_gexp"] = 0
    assert browser.get(where).location.startswith("/confirmar-identidad")


def test_closing_ends_everything_and_keeps_the_name(rosa, instance, sign_in, app):
    draft(instance, rosa)
    browser, other = sign_in(ROSA), sign_in(ROSA)
    assert leave(browser, "close").location == "/"
    assert not is_in(browser) and not is_in(other)
    assert person_of(instance, rosa) == ("Rosa Quispe", ROSA, [], False)
    assert attempt(app.test_client()).status_code == 200
    with instance.database.open_for_maintenance(writing=False) as session:
        heir = session.get_one(Person, session.scalars(select(Resource.created_by)).one())
        assert heir.name == "Ana Torres"


def test_a_closed_account_can_be_opened_again(rosa, instance, sign_in, app):
    leave(sign_in(ROSA), "close")
    with instance.database.open_for_maintenance() as session:
        accounts.restore(session, rosa)
    assert attempt(app.test_client()).status_code == 302


def test_erasing_leaves_nothing_of_the_address(rosa, instance, sign_in, client):
    ask(client)
    work(instance)
    ask(client)
    where = instance.outbox
    browser = sign_in(ROSA)
    assert len(list(where.glob("*.eml"))) == 1
    assert leave(browser, "erase").location == "/"
    forget(instance)
    work(instance)
    name, email, places, account = person_of(instance, rosa)
    assert (name, places, account) == ("Persona retirada", [], None) and ROSA not in email
    assert not [path for path in where.glob("*.eml") if ROSA in path.read_text()]
    assert traces(instance) == []
    bytes_ = b"".join(path.read_bytes() for path in instance.folder.glob("portal.db*"))
    assert ROSA.encode() not in bytes_ and b"Ana Torres" in bytes_
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(SignIn)).all() == []


def test_the_audit_keeps_the_number_only(rosa, instance, sign_in):
    browser = sign_in(ROSA)
    leave(browser, "erase")
    with instance.database.open_for_maintenance(writing=False) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.person_id == rosa)).all()
        assert entries and all(ROSA not in json.dumps(one.values) for one in entries)
        assert {one.act: one.place for one in entries if one.place} == {}


@pytest.mark.parametrize(("how", "password", "sentence"), [
    ("erase", "no es esta", "no es la de su cuenta"), ("close", "", "no es la de su cuenta"),
    ("", PASSWORD, "Elija una de las dos"), ("todo", PASSWORD, "problemas"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_changes(rosa, instance, sign_in, how, password, sentence):
    browser = sign_in(ROSA)
    answer = leave(browser, how, password)
    assert answer.status_code == 422 and sentence in answer.text
    assert is_in(browser) and person_of(instance, rosa)[0] == "Rosa Quispe"


@pytest.mark.parametrize("how", ["close", "erase"])
def test_the_only_coordinator_stays_until_replaced(rosa, instance, sign_in, how):
    browser = sign_in("ana@coop.example")
    answer = leave(browser, how)
    assert answer.status_code == 422 and "Bellavista" in answer.text
    assert browser.get("/cuenta").status_code == 200
    with instance.database.open_for_maintenance() as session, pytest.raises(StillNeeded):
        leaving.erase(session, people.get(session, "ana@coop.example"), instance.erasure_key)


def erase(instance, email=ROSA):
    with instance.database.open_for_maintenance() as session:
        leaving.erase(session, people.get(session, email), instance.erasure_key)


@pytest.mark.parametrize("address", [ROSA, "ñusta.quispe@cóndor.example"])
def test_verify_finds_the_address_wherever_it_comes_back(add_person, instance, address):
    add_person(address, name="Rosa")
    erase(instance, address)
    assert traces(instance) == []
    with instance.database.open_for_maintenance() as session:
        where = organizations.add(session, "otra", "Otra")
        session.add(AuditEntry(act="x", noun="y", noun_id="1", values={"was": address}))
        session.add(Resource(organization_id=where.id, state="draft", level=3, title="t", kind="R01",
                             summary=f"Escriba a <{address.upper()}>."))  # fmt: skip
        outbox.send(session, address, "left", {}, "es")
    instance.outbox.mkdir(exist_ok=True)
    message = outbox.compose("ayni@localhost", "ana@b.pe", "x", f"De *{address}*, hola.", 7)
    (instance.outbox / "7.eml").write_bytes(message.as_bytes())
    instance.shelves_folder.mkdir(exist_ok=True)
    (instance.shelves_folder / "terms").write_bytes(b"\x00\x01" + address.encode() + b"\x00")
    found = "\n".join(traces(instance))
    for place in ("audit_entry.values", "resource.summary", "outbox_message.recipient", "message 7.eml",
                  "shelf terms"):  # fmt: skip
        assert place in found, place
    assert address not in found


def test_the_portal_does_not_remember_the_address(rosa, instance):
    erase(instance)
    erasure.sweep(instance.database, instance.erasure_key, instance.outbox)
    with instance.database.open_for_maintenance(writing=False) as session:
        (kept,) = session.scalars(select(erasure.Erasure.digest))
    assert kept == erasure.seal(instance.erasure_key, ROSA.upper()) != erasure.seal("otra llave", ROSA)


def test_whoever_comes_back_is_somebody_new_and_no_trace(rosa, add_person, instance):
    erase(instance)
    new = add_person(ROSA, name="Rosa Quispe")
    assert new != rosa and traces(instance) == []


def test_invitations_and_requests_with_the_address_go_too(rosa, instance):
    with instance.database.open_for_maintenance() as session:
        where = organizations.get(session, "bellavista")
        session.add(Invitation(organization_id=where.id, email=ROSA.upper(), role="member", key_digest="x",
                               expires_at=now()))  # fmt: skip
        session.add(Request(kind="access", organization_id=where.id, email=ROSA))
        session.add(Request(kind="join", organization_id=where.id, person_id=rosa, message="Soy Rosa"))
    erase(instance)
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Invitation)).all() == []
        assert [one.message for one in session.scalars(select(Request))] == [""]


def test_proposals_and_jobs_with_the_address_go_too_and_verify_looks_there(rosa, instance):
    def write():
        with instance.database.open_for_maintenance() as session:
            where = organizations.get(session, "bellavista")
            session.add(Request(kind="access", organization_id=where.id, email=ROSA.title(), message="Yo"))
            session.add(Request(kind="succession", organization_id=where.id, email=f" {ROSA}",
                                values={"name": "Rosa Quispe", "since": "2027-01-01"}))  # fmt: skip
            session.add(Job(lane="mail", kind="ask_access", key="ask", values={"email": ROSA}))
            session.add(Job(lane="mail", kind="send_mail", key="mail", values={"id": 7}, state="failed",
                            trouble=f"550 <{ROSA.upper()}>: no such mailbox"))  # fmt: skip
            session.add(Job(lane="mail", kind="x", key="say", values={"said": [f"Hola\n{ROSA}, adiós"]}))

    write()
    erase(instance)
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Request)).all() == []
        assert set(session.scalars(select(Job.key))) & {"ask", "mail", "say"} == set()
    assert traces(instance) == []
    write()
    found = "\n".join(traces(instance))
    assert [found.count(place) for place in ("request.email", "job.values", "job.trouble")] == [2, 2, 1]


def test_an_address_that_ends_like_the_erased_one_is_somebody_elses(rosa, instance):
    other = f"santa{ROSA}"
    with instance.database.open_for_maintenance() as session:
        where = organizations.get(session, "bellavista")
        session.add(Job(lane="mail", kind="reset_password", key="1", values={"email": other}))
        session.add(Request(kind="access", organization_id=where.id, values={"who": f"Ella es {other}."}))
    erase(instance)
    with instance.database.open_for_maintenance(writing=False) as session:
        assert "reset_password" in session.scalars(select(Job.kind)).all()
        assert [one.values for one in session.scalars(select(Request))] == [{"who": f"Ella es {other}."}]


@pytest.mark.parametrize("address", ["d'brien@coop.example", "rosa@servidor"])
def test_verify_knows_unusual_addresses(add_person, instance, address):
    add_person(address, name="Rosa")
    erase(instance, address)
    with instance.database.open_for_maintenance() as session:
        organizations.add(session, "otra", "Otra", summary=f"Escriba a '{address}'.")
    assert [line.split(" ")[-2] for line in traces(instance)] == ["organization.summary"]


def test_the_addresses_that_somebody_had_before_go_too(rosa, add_person, instance, sign_in, client):
    browser = sign_in(ROSA)
    for new in ("rosa.nueva@coop.example", "rosa.otra@coop.example"):
        ask_address(browser, new)
        confirm(browser, link_in([one for one in work(instance) if one["To"] == new][-1]))
    work(instance)
    add_person("rosa.nueva@coop.example", name="Otra Rosa")  # somebody else has it today: it is no trace
    erase(instance, "rosa.otra@coop.example")
    forget(instance)
    written = {message_from_bytes(path.read_bytes())["To"] for path in instance.outbox.glob("*.eml")}
    assert written == {"rosa.nueva@coop.example"}
    assert traces(instance) == []
    with instance.database.open_for_maintenance() as session:
        outbox.send(session, ROSA, "left", {}, "es")
    assert len(traces(instance)) == 1


def test_nothing_is_written_to_an_erased_person(rosa, instance):
    erase(instance)
    with instance.database.open_for_maintenance() as session:
        person = session.get_one(Person, rosa)
        outbox.send(session, person.email, "left", {}, "es")
        assert session.scalars(select(outbox.OutboxMessage)).all() == []
