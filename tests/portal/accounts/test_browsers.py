"""«Sus ingresos»: seeing where one is signed in, and ending it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.accounts.browsers import described
from portal.accounts.records import SignIn
from tests.conftest import token
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in

PAGE = "/cuenta/ingresos"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
AGENTS = {
    PHONE: ("Firefox", "Android"),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
    "Safari/537.36 Edg/126.0.0.0": ("Edge", "Windows"),
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
    "Safari/537.36": ("Chrome", "Android"),
    "Mozilla/5.0 (Linux; Android 14; SM-A145M) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
    "Chrome/121.0.0.0 Mobile Safari/537.36": ("Samsung Internet", "Android"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1": ("Safari", "iPhone"),
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": ("Firefox", "Linux"),
    "curl/8.5": ("", ""),
    "": ("", ""),
}


@pytest.mark.parametrize("agent", AGENTS)
def test_browser_and_system_are_named(agent):
    assert described(agent) == AGENTS[agent]


@pytest.fixture
def two(add_person, app):
    """Rosa signed in on a computer and on a telephone."""
    add_person(ROSA)
    computer, phone = app.test_client(), app.test_client()
    phone.environ_base |= {"HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "192.0.2.44"}
    attempt(phone)
    attempt(computer)
    return computer, phone


def end(browser, which):
    return browser.post(PAGE, data={"ingreso": which, "csrf_token": token(browser, PAGE)})


def references(browser):
    return re.findall(r'name="ingreso" value="([0-9a-f]+)"', browser.get(PAGE).text)


def test_lists_device_place_and_this_one(two):
    computer, phone = two
    page = computer.get(PAGE).text
    assert "Firefox en Android" in page and "192.0.2.44" in page and page.count("Este equipo") == 1
    assert len(references(computer)) == len(references(phone)) == 1


def test_ending_one_ends_that_one(two):
    computer, phone = two
    assert end(computer, references(computer)[0]).location == PAGE
    assert is_in(computer) and not is_in(phone)


def test_ending_all_others_leaves_this_one(two, app):
    computer, phone = two
    third = app.test_client()
    attempt(third)
    assert end(computer, "otros").location == PAGE
    assert "Se cerraron 2 ingresos" in computer.get(PAGE).text
    assert [is_in(browser) for browser in (computer, phone, third)] == [True, False, False]


def test_nobody_ends_somebody_elses(two, add_person, app, instance):
    add_person("ana@coop.example")
    ana = app.test_client()
    attempt(ana, email="ana@coop.example")
    with instance.database.open_for_maintenance(writing=False) as session:
        digests = session.scalars(select(SignIn.key_digest).order_by(SignIn.id)).all()
    for digest in digests[:2]:
        assert end(ana, digest[:20]).status_code == 404
    assert end(ana, "").status_code == end(ana, "no hay").status_code == 404
    assert all(is_in(browser) for browser in two)


def test_what_a_browser_says_of_itself_is_text(add_person, app):
    add_person(ROSA)
    browser = app.test_client()
    browser.environ_base["HTTP_USER_AGENT"] = "<script>alert(1)</script>"
    attempt(browser)
    assert "<script>alert" not in browser.get(PAGE).text
