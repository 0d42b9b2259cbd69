"""How often one may try at the doors of sign-in."""

from __future__ import annotations

import re

import limits
import pytest

from portal.limits import limiter
from tests.conftest import PASSWORD, token
from tests.portal.accounts.test_sign_in import ROSA

V6 = "2001:db8:0:7::"


@pytest.fixture
def try_from(app):
    """Try to sign in from an address; gives the answer."""

    def attempt(where, email=ROSA, password="no es esta"):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = where
        key = token(client, "/ingresar")
        return client.post("/ingresar", data={"email": email, "password": password, "csrf_token": key})

    return attempt


def test_ten_failures_then_a_pause_that_is_said(add_person, try_from):
    add_person(ROSA)
    assert [try_from("192.0.2.7").status_code for _ in range(10)] == [200] * 10
    refused = try_from("192.0.2.7")
    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    assert 200 <= wait <= 301
    assert re.search(rf"Espere {wait} segundos", refused.text)
    assert try_from("192.0.2.7", password=PASSWORD).status_code == 429
    assert try_from("198.51.100.4", password=PASSWORD).status_code == 302


def test_unknown_addresses_are_counted_alike(try_from):
    assert [try_from("192.0.2.7", "nadie@coop.example").status_code for _ in range(11)][-2:] == [200, 429]


def test_the_same_address_in_capitals_is_the_same(try_from):
    for n in range(10):
        try_from("192.0.2.7", ROSA.upper() if n % 2 else f" {ROSA} ")
    assert try_from("192.0.2.7").status_code == 429


def test_success_is_not_counted(add_person, try_from):
    add_person(ROSA)
    assert {try_from("192.0.2.7", password=PASSWORD).status_code for _ in range(12)} == {302}


def test_an_attack_from_everywhere_meets_the_limit_of_the_whole_portal(app, add_person, try_from):
    """As if 999 networks had failed once each: the next failure is the last one, for everybody."""
    add_person(ROSA)
    try_from("192.0.2.7", "nadie@coop.example")
    (held,) = [key for key in limiter.storage.events if "/all/" in key]
    assert held.endswith("1000/5/minute")
    with app.app_context():
        limiter.limiter.hit(limits.parse("1000 per 5 minutes"), *held.split("/")[1:-3], cost=998)
    assert try_from("198.51.100.4", "alguien@coop.example").status_code == 200
    assert try_from("203.0.113.9", "otra@coop.example").status_code == 429
    assert int(try_from("203.0.113.9", "otra@coop.example").headers["Retry-After"]) <= 301


def test_one_network_is_one_place(try_from):
    answers = [try_from(f"{V6}{n:x}", f"persona{n}@coop.example").status_code for n in range(1, 33)]
    assert answers == [200] * 30 + [429] * 2
    assert try_from("2001:db8:0:8::1", "persona1@coop.example").status_code == 200


def test_an_old_address_in_new_clothes_is_itself_and_nobody_else(try_from):
    """A server that listens on «[::]» names visitors over IPv4 so: they are not one network."""
    for n in range(31):
        try_from(f"::ffff:192.0.2.{n}", f"persona{n}@coop.example")
    assert try_from("::ffff:198.51.100.4", "otra@coop.example").status_code == 200
    assert [try_from("::ffff:192.0.2.99").status_code for _ in range(5)][-1] == 200
    assert [try_from("192.0.2.99").status_code for _ in range(6)][-1] == 429


def test_a_header_that_no_proxy_of_ours_wrote_gives_no_more_tries(app):
    client = app.test_client()
    answers = []
    for n in range(11):
        data = {"email": ROSA, "password": "no es esta", "csrf_token": token(client, "/ingresar")}
        said = {"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}"}
        answers.append(client.post("/ingresar", data=data, headers=said).status_code)
    assert answers[-2:] == [200, 429]


def test_asking_for_links_is_limited_too(client):
    def ask():
        return client.post(
            "/recuperar", data={"email": ROSA, "csrf_token": token(client, "/recuperar")}
        ).status_code

    assert [ask() for _ in range(6)] == [302] * 5 + [429]


def test_guessing_links_is_limited_too(client):
    key = token(client, "/ingresar")
    data = {"password": "x", "password_confirm": "x", "csrf_token": key}
    client.get("/recuperar/abc")
    answers = {client.post("/recuperar/nueva", data=data).status_code for _ in range(25)}
    assert answers <= {302, 429}
