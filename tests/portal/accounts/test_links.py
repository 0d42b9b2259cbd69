"""Signing in by a mailed link: it works once, for a quarter of an hour, and never without a button."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event, select

from portal import accounts
from portal.accounts.links import LIFE
from portal.accounts.records import Account, SignInLink
from tests.conftest import token
from tests.portal.accounts.test_recovery import link_in, work
from tests.portal.accounts.test_second_step import (  # noqa: F401 - fixtures
    CODE,
    activate,
    clock,
    code_of,
    enter,
)
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in
from toolkit import people
from toolkit.records import Job, OutboxMessage, now

ASK = "/ingresar/enlace"


def ask(client, address=ROSA):
    return client.post(ASK, data={"email": address, "csrf_token": token(client, ASK)})


def use(client, address):
    """Open the link and press the button, as a person does."""
    moved = client.get(address)
    key = token(client, moved.location)
    return client.post(moved.location, data={"csrf_token": key})


@pytest.fixture
def rosa(add_person):
    return add_person(ROSA)


@pytest.fixture
def link(rosa, instance, client):
    """The address in the mail that Rosa got."""
    assert ask(client).location == "/ingresar"
    return link_in(work(instance)[0])


def test_the_button_signs_in(link, app):
    browser = app.test_client()
    assert use(browser, link).location == "/espacios"
    assert is_in(browser)


def test_it_works_once(link, app):
    use(app.test_client(), link)
    other = app.test_client()
    assert other.get(other.get(link).location).location == ASK
    assert "ya se usó o venció" in other.get(ASK).text


def test_of_several_at_once_one_gets_in(link, app):
    browsers, answers = [app.test_client() for _ in range(4)], []
    ready = [(one, moved := one.get(link).location, token(one, moved)) for one in browsers]

    def press(browser, where, key):
        answers.append(browser.post(where, data={"csrf_token": key}).location)

    threads = [threading.Thread(target=press, args=one) for one in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["/espacios", ASK, ASK, ASK]


def test_it_is_over_after_a_quarter_of_an_hour(link, app, instance):
    with instance.database.open_for_maintenance() as session:
        row = session.scalars(select(SignInLink)).one()
        assert LIFE - (row.expires_at - now()) < LIFE / 10
        row.expires_at -= LIFE
    browser = app.test_client()
    assert browser.get(browser.get(link).location).location == ASK
    assert not is_in(browser)


def test_the_button_does_nothing_after_that_time(link, app, instance):
    browser = app.test_client()
    moved = browser.get(link).location
    key = token(browser, moved)
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(SignInLink)).one().expires_at -= LIFE
    assert browser.post(moved, data={"csrf_token": key}).location == ASK
    assert not is_in(browser)


def test_scanners_that_open_it_use_nothing_up(link, app):
    for _ in range(3):
        scanner = app.test_client()
        scanner.get(link, follow_redirects=True)
        scanner.head(link)
        assert not is_in(scanner)
    assert use(app.test_client(), link).location == "/espacios"


def test_the_key_leaves_the_address_and_stands_nowhere(link, app, instance):
    key = link.rsplit("/", 1)[1]
    browser = app.test_client()
    moved = browser.get(link)
    assert moved.headers["Referrer-Policy"] == "no-referrer" and "no-store" in moved.headers["Cache-Control"]
    assert key not in moved.location and key not in browser.get(moved.location).text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(SignInLink.key_digest)).one() != key
        assert session.scalars(select(OutboxMessage)).one().values == {}


def test_the_second_step_is_still_asked_for(rosa, sign_in, app, instance, client, clock, code_of):  # noqa: F811
    secret, _ = activate(sign_in(ROSA), app, clock, code_of)
    ask(client)
    browser = app.test_client()
    assert use(browser, link_in(work(instance)[-1])).location == CODE
    assert not is_in(browser)
    enter(browser, code_of(secret))
    assert is_in(browser)


def test_the_answer_never_looks_at_the_accounts(rosa, instance, app):
    def answer(address):
        statements = []

        def note(*given):
            statements.append(given[2])

        client = app.test_client()
        key = token(client, ASK)
        event.listen(instance.database.engine, "before_cursor_execute", note)
        said = client.post(ASK, data={"email": address, "csrf_token": key})
        event.remove(instance.database.engine, "before_cursor_execute", note)
        return (
            said.status_code,
            said.location,
            said.text,
            statements,
            "Si ese correo" in client.get("/ayuda").text,
        )

    known, unknown = answer(ROSA), answer("nadie@coop.example")
    assert known == unknown and known[-1]
    assert not any("account" in one or "person" in one for one in known[3])


def test_unknown_and_suspended_people_get_no_mail(rosa, instance, client):
    ask(client, "nadie@coop.example")
    with instance.database.open_for_maintenance() as session:
        accounts.suspend(session, rosa)
    ask(client)
    assert work(instance) == []


def test_suspension_and_a_new_password_void_it(link, rosa, app, instance):
    with instance.database.open_for_maintenance() as session:
        accounts.change(session, people.get(session, ROSA), "río hondo, puente nuevo")
    browser = app.test_client()
    assert browser.get(browser.get(link).location).location == ASK


def test_an_account_without_password_signs_in_by_link(add_person, instance, client, app):
    add_person(ROSA, password=None)
    ask(client)
    browser = app.test_client()
    use(browser, link_in(work(instance)[0]))
    assert is_in(browser)


def test_who_came_in_by_link_sets_a_first_password(add_person, instance, client, app):
    add_person(ROSA, password=None)
    ask(client)
    browser = app.test_client()
    use(browser, link_in(work(instance)[0]))
    where, new = "/mi-cuenta/contrasena", "río hondo, puente nuevo"
    page = browser.get(where).text
    assert "Contraseña actual" not in page
    data = {"new_password": new, "new_password_confirm": new, "csrf_token": token(browser, where)}
    assert browser.post(where, data=data).location == "/cuenta"
    assert attempt(app.test_client(), password=new).status_code == 302


def test_who_has_no_password_is_told_how_to_confirm(add_person, instance, client, app):
    add_person(ROSA, password=None)
    ask(client)
    browser = app.test_client()
    use(browser, link_in(work(instance)[0]))
    assert "no tiene contraseña" in browser.get("/confirmar-identidad").text


def test_what_is_no_address_is_said(client):
    for wrong in ("", "rosa", "a\nb@coop.example"):
        assert ask(client, wrong).status_code == 422


def test_asking_is_limited(client):
    assert [ask(client).status_code for _ in range(6)] == [302] * 5 + [429]


def test_guessing_is_limited(app):
    client = app.test_client()
    key = token(client, ASK)
    statuses = []
    for n in range(25):
        client.get(f"{ASK}/llave-{n}")
        statuses.append(client.post(f"{ASK}/nueva", data={"csrf_token": key}).status_code)
    assert statuses == [302] * 20 + [429] * 5


def test_asking_twice_before_the_worker_comes_is_one_mail(rosa, instance, client):
    ask(client)
    ask(client, ROSA.upper())
    with instance.database.open_for_maintenance(writing=False) as session:
        assert len(session.scalars(select(Job)).all()) == 1
        assert session.scalars(select(Account)).one().active
