"""Uses are counted: of people, not of robots; and of nobody in particular."""

from __future__ import annotations

import datetime as dt
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import create_app
from portal.counting import MOST, Tally
from portal.instance import Instance
from portal.robots import is_robot
from tests.portal import library
from tests.toolkit.shelved import add_resource
from toolkit import database, usage
from toolkit.access import lima_day
from toolkit.records import MissedSearch, Resource, Use, now

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 "
         "Mobile Safari/537.36")  # fmt: skip
ROBOTS = ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.5.0",
          "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "python-requests/2.32",
          "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
          "facebookexternalhit/1.1", "", "   ")  # fmt: skip
PERSON = {"User-Agent": FIREFOX}


def written(app: Flask, instance: Instance) -> dict[str, int]:
    """What is kept by act, once what was gathered is written."""
    app.extensions["tally"].write()
    with instance.database.open_for_maintenance(writing=False) as session:
        return {one.act: one.n for one in session.scalars(select(Use))}


def missed(app: Flask, instance: Instance) -> dict[str, int]:
    app.extensions["tally"].write()
    with instance.database.open_for_maintenance(writing=False) as session:
        return {one.words: one.n for one in session.scalars(select(MissedSearch))}


@pytest.fixture
def made(instance: Instance) -> library.Made:
    return library.add(instance, "Pesaje", ["Una.", "Dos."])


def test_cards_pages_and_files_are_counted(
    app: Flask, client: FlaskClient, instance: Instance, made: library.Made
) -> None:
    there = f"/recursos/{made.id}"
    for browser in (FIREFOX, PHONE):
        client.get(there, follow_redirects=True, headers={"User-Agent": browser})
        client.get(f"{there}/v1/1/paginas/2", headers={"User-Agent": browser})
        client.get(f"{there}/v1/1/archivo", headers={"User-Agent": browser})
    client.get(f"{there}/v1/1/archivo", headers=PERSON)
    assert written(app, instance) == {"view": 2, "page": 2, "download": 3}
    client.get(there, follow_redirects=True, headers=PERSON)
    assert written(app, instance)["view"] == 3, "what comes later is added to it"


def test_robots_and_browsers_that_look_ahead_are_not(
    app: Flask, client: FlaskClient, instance: Instance, made: library.Made
) -> None:
    address = f"/recursos/{made.id}-pesaje"
    assert client.get(address, headers=PERSON).status_code == 200
    for robot in ROBOTS:
        assert client.get(address, headers={"User-Agent": robot}).status_code == 200
    client.head(address, headers=PERSON)
    for name, value in (
        ("Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("X-Moz", "prefetch"),
    ):
        client.get(address, headers={**PERSON, name: value})
    assert written(app, instance) == {"view": 1}


def test_the_list_knows_browsers_from_robots() -> None:
    assert [one for one in (FIREFOX, PHONE) if is_robot(one)] == []
    assert [one for one in ROBOTS if not is_robot(one)] == []


def test_a_file_that_comes_in_parts_counts_once_and_one_that_is_there_not_again(
    app: Flask, client: FlaskClient, instance: Instance, made: library.Made
) -> None:
    file = f"/recursos/{made.id}/v1/1/archivo"
    first = client.get(file, headers={**PERSON, "Range": "bytes=0-3"})
    assert first.status_code == 206
    assert client.get(file, headers={**PERSON, "Range": "bytes=4-9"}).status_code == 206
    again = client.get(file, headers={**PERSON, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert written(app, instance) == {"download": 1}


def test_what_is_not_there_or_not_published_is_not_counted(
    app: Flask, instance: Instance, client: FlaskClient, add_person: Any, sign_in: Any
) -> None:
    ana = add_person("ana@x.coop", "Ana", organizations={"valle": "promoter"})
    draft = add_resource(instance, "valle", title="Borrador", state="draft", level=0, created_by=ana)
    private = add_resource(instance, "valle", title="Propio", level=3)
    browser = sign_in("ana@x.coop")
    assert browser.get(f"/recursos/{draft}-borrador", headers=PERSON).status_code == 200
    assert client.get(f"/recursos/{private}-propio", headers=PERSON).status_code == 404
    assert written(app, instance) == {}
    assert browser.get(f"/recursos/{private}-propio", headers=PERSON).status_code == 200
    assert written(app, instance) == {"view": 1}, "the organisation's own people count"


def test_nobody_is_identified() -> None:
    """The tables have no place for an address, a browser, a person, an organisation or a time of day."""
    assert set(Use.__table__.columns.keys()) == {"id", "day", "resource_id", "act", "n"}
    assert set(MissedSearch.__table__.columns.keys()) == {"id", "month", "words", "n"}
    assert [key.target_fullname for key in Use.__table__.foreign_keys] == ["resource.id"]
    assert not MissedSearch.__table__.foreign_keys


def test_what_is_gathered_tells_of_nobody_either(
    app: Flask, client: FlaskClient, instance: Instance, made: library.Made
) -> None:
    client.get(f"/recursos/{made.id}-pesaje", headers=PERSON)
    with instance.database.open_for_maintenance(writing=False) as session:
        number = session.scalars(select(Resource.id)).one()
    assert app.extensions["tally"]._uses == {(lima_day(now()), number, "view"): 1}


def test_the_words_of_a_visitor_who_finds_nothing_are_kept_in_one_form(
    app: Flask, client: FlaskClient, instance: Instance, made: library.Made
) -> None:
    library.index(instance)
    for words in ("Guanábana  Póstuma", "guanabana postuma", "GUANÁBANA PÓSTUMA"):
        client.get("/biblioteca", query_string={"q": words}, headers=PERSON)
    client.get("/biblioteca?q=pesaje", headers=PERSON)
    client.get("/biblioteca?q=guanabana+postuma", headers={"User-Agent": ROBOTS[0]})
    client.get("/biblioteca?q=guanabana+postuma&tipo=R01", headers=PERSON)
    client.get("/biblioteca", headers=PERSON)
    for telling in ("juana.quispe@correo.pe", "dni 45678912", "ñ" * 61):
        client.get("/biblioteca", query_string={"q": telling}, headers=PERSON)
    assert missed(app, instance) == {"guanabana postuma": 3}


def test_the_words_of_a_private_space_are_never_kept(
    app: Flask, instance: Instance, made: library.Made, add_person: Any, sign_in: Any
) -> None:
    """Product.md 5.5, rule 9: not of a search in a space, nor of any that somebody made who has one."""
    library.index(instance)
    add_person("ana@x.coop", "Ana", organizations={"valle": "member"})
    add_person("sola@x.coop", "Sola")
    for who in ("ana", "sola"):
        browser = sign_in(f"{who}@x.coop")
        assert "No encontramos" in browser.get("/biblioteca?q=guanabana", headers=PERSON).text
        browser.get("/espacios/valle/buscar?q=guanabana", headers=PERSON)
    assert missed(app, instance) == {}


def test_what_stayed_rare_is_forgotten(instance: Instance) -> None:
    march, april = dt.date(2027, 3, 1), dt.date(2027, 4, 1)
    usage.keep(instance.database, {}, {(march, "rara"): 4, (march, "comun"): 5})
    usage.keep(instance.database, {}, {(april, "rara"): 1})
    with instance.database.open_for_maintenance(writing=False) as session:
        assert {(one.month, one.words, one.n) for one in session.scalars(select(MissedSearch))} == {
            (march, "comun", 5), (april, "rara", 1)}  # fmt: skip


def test_a_material_that_is_gone_meanwhile_is_no_trouble(instance: Instance, made: library.Made) -> None:
    today = lima_day(now())
    with instance.database.open_for_maintenance(writing=False) as session:
        number = session.scalars(select(Resource.id)).one()
    usage.keep(instance.database, {(today, number, "view"): 2, (today, 999, "view"): 1}, {})
    with instance.database.open_for_maintenance(writing=False) as session:
        assert [(one.resource_id, one.n) for one in session.scalars(select(Use))] == [(number, 2)]


def test_while_the_database_is_busy_nothing_is_lost(
    app: Flask, client: FlaskClient, instance: Instance, made: library.Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(f"/recursos/{made.id}-pesaje", headers=PERSON)
    monkeypatch.setattr(database, "BUSY_MILLISECONDS", 50)
    with instance.database.open_for_maintenance():
        app.extensions["tally"].write()
        client.get(f"/recursos/{made.id}-pesaje", headers=PERSON)
    assert written(app, instance) == {"view": 2}


def test_a_flood_of_words_does_not_fill_the_memory(instance: Instance) -> None:
    tally = Tally(instance.database)
    for n in range(MOST + 5):
        tally.miss(f"palabra {n}")
    tally.miss("palabra 7")
    assert len(tally._misses) == MOST and sum(tally._misses.values()) == MOST + 1


def test_a_page_waits_for_nothing_that_is_written(
    client: FlaskClient, instance: Instance, made: library.Made
) -> None:
    """While somebody else writes, cards are shown at once: counting opens no transaction of the request."""
    with instance.database.open_for_maintenance():
        began = time.monotonic()
        assert client.get(f"/recursos/{made.id}-pesaje", headers=PERSON).status_code == 200
        assert time.monotonic() - began < 2


def test_the_server_keeps_what_it_counted_when_it_ends(instance: Instance, made: library.Made) -> None:
    """A real server, asked to end before its next writing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "portal", "--instance", str(instance.folder), "web",
                               "--port", str(port)], stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/recursos/{made.id}-pesaje", headers=PERSON)  # noqa: S310
        for _ in range(100):
            try:
                with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
                    assert answer.status == 200
                break
            except OSError:
                time.sleep(0.1)
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    finally:
        server.kill()
    assert written(create_app(instance), instance) == {"view": 1}
