"""The traps that a trial of this design fell into: one test for each, by its number there.

Traps 1 to 3 concern passkeys and are held in `test_passkeys`.
"""

from __future__ import annotations

import socket
import threading
import time

import dns.resolver
import pytest
from sqlalchemy import event, select, update

from portal.accounts import passwords
from portal.accounts.passwords import OPTIONS
from portal.accounts.records import Account, SignIn
from portal.accounts.sign_ins import TOUCH
from tests.conftest import PASSWORD, token
from tests.portal.accounts import test_address as addresses
from tests.portal.accounts.test_recovery import ask, link_in, work
from tests.portal.accounts.test_second_step import (  # noqa: F401 - fixtures
    activate,
    clock,
    code_of,
    enter,
    half_way,
)
from tests.portal.accounts.test_sign_in import ROSA, is_in
from toolkit.records import now


@pytest.fixture
def rosa(add_person):
    return add_person(ROSA)


def test_trap_4_a_link_sent_to_the_old_address_is_dead_after_its_change(rosa, sign_in, client, instance):
    ask(client)
    old = link_in(work(instance)[0])
    browser = sign_in(ROSA)
    addresses.ask(browser)
    addresses.confirm(browser, link_in(work(instance)[-1]))
    assert client.get(client.get(old).location).location == "/recuperar"


def test_trap_5_a_forgotten_password_asks_no_name_server(rosa, client, instance, monkeypatch):
    def unreachable(*_, **__):
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", unreachable)
    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    ask(client)
    assert len(work(instance)) == 1


def work_of_signing_in(app, instance, monkeypatch, email, password="no es esta"):
    """What an attempt makes the portal do: statements, comparisons of passwords; and what it answers."""
    client, statements, compared = app.test_client(), [], []
    key = token(client, "/ingresar")
    real = passwords.hashing.verify
    monkeypatch.setattr(passwords.hashing, "verify", lambda *given: compared.append(1) or real(*given))
    event.listen(
        instance.database.engine, "before_cursor_execute", note := lambda *a: statements.append(a[2])
    )
    answer = client.post("/ingresar", data={"email": email, "password": password, "csrf_token": key})
    event.remove(instance.database.engine, "before_cursor_execute", note)
    monkeypatch.undo()
    text = answer.text.replace(email, "CORREO")
    return answer.status_code, len(text.split('name="csrf_token"')[0]), statements, len(compared)


def test_trap_6_known_unknown_and_suspended_get_the_same_answer_for_the_same_work(
    add_person, app, instance, monkeypatch
):
    add_person("ana@coop.example")
    closed = add_person("eva@coop.example")
    add_person("sin@coop.example", password=None)
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Account).where(Account.person_id == closed).values(active=False))
    known, unknown, suspended, bare = (
        work_of_signing_in(app, instance, monkeypatch, f"{name}@coop.example")
        for name in ("ana", "zoe", "eva", "sin")
    )
    assert known == unknown == suspended == bare and known[3] == 1
    right = work_of_signing_in(app, instance, monkeypatch, "eva@coop.example", PASSWORD)
    assert right == unknown


def test_trap_7_no_token_in_an_address_or_header_opens_a_page(rosa, app, instance, client):
    with app.test_request_context(), instance.database.open_for_maintenance(writing=False) as session:
        key = session.scalars(select(Account)).one().get_auth_token()
    assert client.get(f"/cuenta?auth_token={key}").status_code == 302
    assert client.get("/cuenta", headers={"Authentication-Token": key}).status_code == 302
    asked = client.post("/ingresar?include_auth_token", json={"email": ROSA, "password": PASSWORD},
                        headers={"X-CSRFToken": token(client, "/ingresar")})  # fmt: skip
    assert asked.status_code == 415


def test_trap_8_one_code_in_several_requests_at_once_opens_one(rosa, sign_in, app, clock, code_of):  # noqa: F811
    secret, _ = activate(sign_in(ROSA), app, clock, code_of)
    code, statuses = code_of(secret), []
    browsers = [half_way(app) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda one=one: statuses.append(enter(one, code).status_code))
        for one in browsers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(302) == 1 and sum(is_in(one) for one in browsers) == 1


def test_trap_9_a_hash_takes_little_memory_and_two_are_made_at_once():
    assert OPTIONS["argon2__memory_cost"] <= 19_456 and OPTIONS["argon2__parallelism"] == 1
    assert "m=19456" in passwords.hashing.hash("cualquiera")
    assert passwords._TURNS._value == 2


def test_trap_10_a_static_file_loads_no_account(rosa, instance, sign_in):
    browser, statements = sign_in(ROSA, remember=True), []
    event.listen(instance.database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    answer = browser.get("/static/style.css")
    assert statements == [] and "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("body", ['"x"', "7", "[]", "null", '{"email": "rosa@coop.example"}'])
@pytest.mark.parametrize(
    "where", ["/ingresar", "/recuperar", "/ingresar/codigo", "/ingresar/enlace", "/preferencias"]
)
def test_trap_11_json_of_any_shape_is_refused_not_a_fault(rosa, client, where, body):
    key = token(client, "/ingresar")
    answer = client.post(where, data=body, content_type="application/json", headers={"X-CSRFToken": key})
    assert answer.status_code == 415 and not is_in(client)


def test_trap_12_seeing_a_sign_in_does_not_block_what_is_written(rosa, instance, sign_in):
    browser = sign_in(ROSA)
    key = token(browser, "/cuenta")
    with instance.database.open_for_maintenance() as session:
        session.execute(update(SignIn).values(seen_at=now() - 2 * TOUCH))
    begun = time.monotonic()
    fields = {"name": "Otra", "language": "es", "text_size": "100", "csrf_token": key}
    assert browser.post("/cuenta", data=fields).status_code == 302
    assert time.monotonic() - begun < 2
    assert "Otra" in browser.get("/cuenta").text
