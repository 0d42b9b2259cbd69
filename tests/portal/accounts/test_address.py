"""Another e-mail address: confirmed at the new one, told to the old one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import accounts
from tests.conftest import token
from tests.portal.accounts.test_recovery import ask as ask_password
from tests.portal.accounts.test_recovery import link_in, work
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in
from toolkit import people
from toolkit.records import AuditEntry, Person

PAGE = "/mi-cuenta/correo"
NEW = "rosa.nueva@coop.example"


@pytest.fixture
def browser(add_person, sign_in):
    add_person(ROSA, name="Rosa Quispe")
    return sign_in(ROSA)


def ask(browser, address=NEW):
    return browser.post(PAGE, data={"email": address, "csrf_token": token(browser, PAGE)})


def confirm(browser, address):
    moved = browser.get(address)
    return browser.post(moved.location, data={"csrf_token": token(browser, moved.location)})


@pytest.fixture
def link(browser, instance):
    assert ask(browser).location == "/cuenta"
    (message,) = work(instance)
    assert message["To"] == NEW
    return link_in(message)


def address_of(instance):
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.scalars(select(Person.email).order_by(Person.id)).first()


def test_nothing_changes_until_the_button(link, browser, instance, app):
    for _ in range(2):
        app.test_client().get(link, follow_redirects=True)
    assert address_of(instance) == ROSA
    assert confirm(browser, link).location == "/cuenta"
    assert address_of(instance) == NEW and NEW in browser.get("/cuenta").text
    assert attempt(app.test_client(), email=ROSA).status_code == 200
    assert attempt(app.test_client(), email=NEW).status_code == 302


def test_this_sign_in_stays_and_the_others_end(link, browser, sign_in, app):
    other = sign_in(ROSA)
    confirm(browser, link)
    assert is_in(browser) and not is_in(other)


def test_it_may_be_confirmed_where_nobody_is_signed_in(link, app, instance):
    anywhere = app.test_client()
    confirm(anywhere, link)
    assert address_of(instance) == NEW and not is_in(anywhere)


def test_the_old_address_is_told(link, browser, instance):
    confirm(browser, link)
    message = work(instance)[-1]
    assert message["To"] == ROSA and "cambió" in message["Subject"]
    assert NEW not in message.get_content()


def test_a_link_for_a_password_sent_to_the_old_address_is_dead(link, browser, client, instance):
    ask_password(client)
    old = link_in(work(instance)[-1])
    confirm(browser, link)
    assert client.get(client.get(old).location).location == "/recuperar"


def test_it_works_once(link, browser, app, instance):
    confirm(browser, link)
    with instance.database.open_for_maintenance() as session:
        people.change(session, people.get(session, NEW), email=ROSA)
    again = app.test_client()
    assert again.get(again.get(link).location).location == "/cuenta"
    assert address_of(instance) == ROSA


def test_a_link_for_a_password_confirms_no_address(link, browser, client, instance):
    ask_password(client)
    token_ = link_in(work(instance)[-1]).rsplit("/", 1)[1]
    assert client.get(client.get(f"{PAGE}/{token_}").location).location == "/cuenta"
    confirming = link.rsplit("/", 1)[1]
    assert client.get(client.get(f"/recuperar/{confirming}").location).location == "/recuperar"


def test_an_address_that_somebody_has_gets_the_same_answer_and_no_mail(browser, add_person, instance):
    add_person("ana@coop.example")
    taken, free = ask(browser, "ana@coop.example"), ask(browser)
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    assert [message["To"] for message in work(instance)] == [NEW]


def test_an_address_taken_meanwhile_changes_nothing(link, browser, add_person, instance):
    add_person(NEW)
    confirm(browser, link)
    assert address_of(instance) == ROSA
    assert "Ya hay una persona" in browser.get("/cuenta").text


def test_a_new_password_voids_it(link, browser, instance):
    with instance.database.open_for_maintenance() as session:
        accounts.change(session, people.get(session, ROSA), "río hondo, puente nuevo")
    browser.get(browser.get(link).location)
    assert address_of(instance) == ROSA


def test_it_asks_for_the_password_again_after_a_while(browser):
    with browser.session_transaction() as kept:
        kept["fs_paa"] -= 3600
        kept["fs_gexp"] = 0
    assert browser.get(PAGE).location.startswith("/confirmar-identidad")


@pytest.mark.parametrize("wrong", ["", "rosa", "a b@coop.example", "x@" + "y" * 300])
def test_what_is_no_address_is_said_and_kept(browser, instance, wrong):
    page = ask(browser, wrong)
    assert page.status_code == 422 and 'id="problemas"' in page.text
    assert work(instance) == []


def test_the_audit_knows_that_it_changed_but_not_to_what(link, browser, instance):
    confirm(browser, link)
    with instance.database.open_for_maintenance(writing=False) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "change"))
        assert entry.values["fields"] == ["email"] and NEW not in str(entry.values)
