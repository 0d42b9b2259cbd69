"""A form that is sent after the sign-in ended comes back as it was typed, to its own person, by a button."""

from __future__ import annotations

import datetime as dt
import html
import io
import re

import pytest
from sqlalchemy import select

from portal.accounts import interruption
from tests.conftest import PASSWORD, token
from tests.portal.accounts.test_second_step import CODE, PAPER, activate, clock, code_of  # noqa: F401
from tests.portal.accounts.test_sign_in import ROSA, age
from toolkit.records import Resource

OURS = {"Origin": "http://localhost", "Referer": "http://localhost/subir?carpeta="}
TITLE = "Matriz «propia» <b> & más"


@pytest.fixture
def interrupted(add_person, sign_in, instance):
    """Rosa's browser, with the token of the form that she has open, after her sign-in grew too old."""
    add_person(ROSA, organizations={"agraria": "promoter"})
    browser = sign_in(ROSA)
    browser.key = token(browser, "/subir")
    age(instance, seen_at=dt.timedelta(hours=3))
    return browser


def post(browser, address="/subir", headers=OURS, kind="multipart/form-data", **data):
    data = {"title": TITLE, "level": "3", "action": "draft", "csrf_token": browser.key} | data
    return browser.post(address, data=data, headers=headers, content_type=kind)


def fields(page):
    """The hidden fields of the page's own form, as the browser would send them."""
    form = re.search(r'<main.*?<form class="sheet".*?</form>', page.text, re.S)
    assert form, page.text
    found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form.group())
    return {name: html.unescape(value) for name, value in found}


def enter(browser, page, address="/ingresar", **more):
    data = fields(page) | {"email": ROSA, "password": PASSWORD} | more
    return browser.post(address, data=data, headers=OURS)


def titles(instance):
    with instance.database.open_for_maintenance(writing=False) as session:
        return [*session.scalars(select(Resource.title))]


def test_what_was_typed_comes_back_after_signing_in_and_is_sent_by_a_button(interrupted, instance):
    asked = post(interrupted, file=(io.BytesIO(b"texto del archivo"), "a.txt"), password="x", code="123456")
    assert asked.status_code == 401
    assert "Su sesión terminó. Ingrese otra vez: lo que escribió sigue aquí." in asked.text
    assert asked.headers["Cache-Control"] == "private, no-store"
    again = enter(interrupted, asked, password="no es esta")
    assert again.status_code == 200 and "escrito" in fields(again)
    shown = enter(interrupted, again)
    assert shown.status_code == 200 and titles(instance) == []
    assert str(html.escape(TITLE, quote=False)) in shown.text and "<b>" not in shown.text
    assert "Los archivos no se conservaron" in shown.text and "texto del archivo" not in shown.text
    assert ">Salir</button>" in shown.text, "the head of the page knows who is there"
    back = fields(shown)
    assert back["title"] == TITLE and not {"password", "code", "escrito"} & back.keys()
    sent = interrupted.post("/subir", data=back | {"file": (io.BytesIO(b"texto"), "a.txt")},
                            content_type="multipart/form-data")  # fmt: skip
    assert sent.status_code == 302 and titles(instance) == [TITLE]
    assert not [*instance.files_folder.rglob("incoming/*")]


def test_it_goes_along_to_the_second_step_and_to_its_other_ways(
    add_person, sign_in, app, instance, clock, code_of  # noqa: F811
):  # fmt: skip
    add_person(ROSA, organizations={"agraria": "promoter"})
    browser = sign_in(ROSA)
    secret, papers = activate(browser, app, clock, code_of)
    browser.key = token(browser, "/subir")
    age(instance, seen_at=dt.timedelta(hours=3))
    half = enter(browser, post(browser))
    assert half.status_code == 200 and f'action="{CODE}"' in half.text
    wrong = browser.post(CODE, data=fields(half) | {"code": "000000"})
    assert wrong.status_code == 422
    paper = browser.post(PAPER, data=fields(wrong) | {"solo_ver": "1"})
    assert paper.status_code == 200 and "Escriba uno de sus códigos de respaldo." not in paper.text
    for _ in range(6):  # looking at a form is no try
        app_page = browser.post(CODE, data=fields(paper) | {"solo_ver": "1", "code": "000000"})
        assert app_page.status_code == 200
    shown = browser.post(CODE, data=fields(app_page) | {"code": code_of(secret)})
    assert fields(shown)["title"] == TITLE
    assert papers


def test_a_mark_of_looking_does_not_make_guesses_free(interrupted):
    page = post(interrupted)
    for _ in range(11):
        last = enter(interrupted, page, password="otra", solo_ver="")
    assert last.status_code == 200 and 'class="problems"' not in last.text, "nothing was tried"
    data = fields(page) | {"email": ROSA, "password": "otra", "solo_ver": "1", "escrito": "falso"}
    assert [interrupted.post("/ingresar", data=data).status_code for _ in range(11)][-1] == 429


def test_the_reason_of_a_request_comes_back_too(add_person, sign_in, instance):
    add_person(ROSA, organizations={"agraria": "coordinator"})
    browser = sign_in(ROSA)
    browser.key = token(browser, "/subir")
    age(instance, seen_at=dt.timedelta(hours=3))
    data = {"reason": "Falta el acta", "action": "refuse", "csrf_token": browser.key}
    asked = browser.post("/en/espacios/agraria/pendientes/abc", data=data, headers=OURS)
    assert asked.status_code == 401
    shown = enter(browser, asked, "/en/ingresar")
    assert "Falta el acta" in shown.text
    assert 'action="/en/espacios/agraria/pendientes/abc"' in shown.text


def test_somebody_else_who_signs_in_does_not_see_it(interrupted, add_person):
    add_person("otto@x.coop", "Otto")
    answer = enter(interrupted, post(interrupted), email="otto@x.coop")
    assert answer.status_code == 302
    after = interrupted.get(answer.location, follow_redirects=True)
    assert "Ingresó otra persona" in after.text and TITLE[:6] not in after.text


@pytest.mark.parametrize("headers", [
    {}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"},
    {"Referer": "https://evil.example/http://localhost/"}, {"Origin": "//["},
])  # fmt: skip
def test_another_site_plants_nothing(interrupted, headers):
    answer = post(interrupted, headers=headers)
    assert answer.status_code == 302 and answer.location.startswith("/ingresar")


def test_nothing_but_what_we_sealed_is_carried(interrupted, instance):
    page = post(interrupted)
    for planted in ("x", "e30.x", fields(page)["escrito"][:-2] + "xx"):
        answer = enter(interrupted, page, escrito=planted, next="https://evil.example/")
        assert answer.status_code == 302 and answer.location == "/espacios"
        interrupted.post("/salir", data={"csrf_token": token(interrupted, "/cuenta")})
        page = post(interrupted)
    assert titles(instance) == []


def test_what_is_too_long_is_said_and_not_carried(interrupted, instance):
    answer = post(interrupted, summary="ñ" * (interruption.MOST + 1))
    assert answer.status_code == 302
    assert "demasiado grande para conservarlo" in interrupted.get(answer.location).text


def test_a_button_without_words_leads_back_to_the_page_it_stood_on(interrupted):
    data = {"csrf_token": interrupted.key}
    answer = interrupted.post("/mis-solicitudes/abc/desistir", data=data, headers=OURS)
    assert answer.location == "/ingresar?next=/subir?carpeta%3D"


def test_a_form_of_an_earlier_sign_in_comes_back_to_its_own_person(add_person, sign_in):
    add_person(ROSA, organizations={"agraria": "promoter"})
    browser = sign_in(ROSA)
    browser.key = token(browser, "/subir")
    with browser.session_transaction() as kept:
        kept["csrf_token"] = "of a later sign-in"
    answer = post(browser)
    assert answer.status_code == 409 and fields(answer)["title"] == TITLE
    assert post(browser, headers={}).status_code == 400
    with browser.session_transaction() as kept:
        kept["owner"] = "somebody else"
    assert post(browser, headers={"Origin": "https://evil.example"}).status_code == 400


def test_signing_in_elsewhere_meanwhile_brings_it_back_here_too(interrupted, add_person):
    page = post(interrupted)
    interrupted.post("/ingresar", data=fields(page) | {"email": ROSA, "password": PASSWORD, "escrito": ""})
    answer = enter(interrupted, page)
    assert answer.status_code == 409 and fields(answer)["title"] == TITLE


def test_administration_says_so_to_its_own_people_only(interrupted, add_person, sign_in, instance):
    add_person("ana@x.coop", "Ana", portal_role="administrator")
    ana = sign_in("ana@x.coop")
    ana.key = token(ana, "/subir")
    age(instance, seen_at=dt.timedelta(hours=3))
    address, data = "/administracion/emergencias/nueva", {"reason": "Un pedido"}
    assert ana.get(address).location == f"/ingresar?next={address}"
    assert ana.post(address, data=data, headers=OURS).status_code == 401
    assert interrupted.get(address).status_code == 404
    assert interrupted.post(address, data=data, headers=OURS).status_code == 404


def test_asking_for_access_is_not_taken_for_a_visitor_s(interrupted):
    data = {"message": "Lo necesito para el taller", "csrf_token": interrupted.key}
    asked = interrupted.post("/recursos/m9v5fu6a2b/solicitar-acceso", data=data, headers=OURS)
    assert asked.status_code == 401 and "lo que escribió sigue aquí" in asked.text
