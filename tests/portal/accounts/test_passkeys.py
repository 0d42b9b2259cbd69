"""Passkeys: what is taken, and every answer that is not."""

from __future__ import annotations

import html
import json
import re

import pytest
from sqlalchemy import delete, select

from portal import accounts
from portal.accounts.records import Account, Passkey, RecoveryCode
from tests.conftest import token
from tests.portal.accounts.authenticator import PRESENT, Authenticator
from tests.portal.accounts.test_recovery import work
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in

KEYS, USE = "/mi-cuenta/llaves", "/ingresar/llave"


def question(browser, where):
    found = re.search(r'data-question="([^"]+)"', browser.get(where).text).group(1)
    return json.loads(html.unescape(found))


def send(browser, where, answer, **more):
    return browser.post(where, data={"credential": answer, "csrf_token": token_of(browser)} | more)


def token_of(browser):
    """A token that asks no new question: from a page without one."""
    with browser.session_transaction() as kept:
        asked = kept.get("challenge")
    key = token(browser, "/ingresar/enlace" if not is_in(browser) else "/cuenta/ingresos")
    with browser.session_transaction() as kept:
        kept["challenge"] = asked
    return key


def add(browser, key, name="Mi teléfono"):
    return send(browser, KEYS, key.create(question(browser, KEYS)), name=name)


def use(app, key, **lies):
    browser = app.test_client()
    asked = question(browser, USE)
    return browser, send(browser, USE, key.get(asked | lies))


@pytest.fixture
def rosa(add_person, sign_in):
    """Rosa with a passkey: her open browser and the key."""
    add_person(ROSA)
    browser, key = sign_in(ROSA), Authenticator()
    assert "Guarde sus códigos" in add(browser, key).text
    return browser, key


def test_it_signs_in_alone(rosa, app):
    for _ in range(2):
        browser, answer = use(app, rosa[1])
        assert answer.location == "/espacios" and is_in(browser)


def test_trap_1_the_password_alone_sets_nothing_up(rosa, app):
    browser = app.test_client()
    assert attempt(browser).location == USE
    for closed in ("/mi-cuenta/segundo-paso", KEYS, "/cuenta", "/ingresar/codigo"):
        assert browser.get(closed).location.startswith("/ingresar"), closed
    asked = question(browser, USE)
    assert send(browser, USE, rosa[1].get(asked)).location == "/espacios"


def test_a_recovery_code_opens_for_who_lost_the_key(add_person, sign_in, app):
    add_person(ROSA)
    codes = re.findall(r"<code>([0-9a-f-]{14})</code>", add(sign_in(ROSA), Authenticator()).text)
    browser, where = app.test_client(), "/ingresar/codigo-de-respaldo"
    attempt(browser)
    answer = browser.post(where, data={"code": codes[0], "csrf_token": token(browser, where)})
    assert answer.status_code == 302 and is_in(browser)


def test_trap_2_the_question_is_an_attribute_and_no_program(add_person, sign_in):
    add_person("o'brien+`x`@coop.example", name="<b>\"'")
    page = sign_in("o'brien+`x`@coop.example").get(KEYS).text
    assert not re.search(r"<script[^>]*>[^<]", page)
    assert html.unescape(re.search(r'data-question="([^"]+)"', page).group(1)).count("o'brien") >= 1


def test_trap_3_any_kind_of_authenticator_is_asked_for(add_person, sign_in):
    add_person(ROSA)
    wanted = question(sign_in(ROSA), KEYS)["authenticatorSelection"]
    assert "authenticatorAttachment" not in wanted
    assert (wanted["userVerification"], wanted["residentKey"]) == ("required", "required")


@pytest.mark.parametrize("lie", [
    {"flags": PRESENT}, {"origin": "https://evil.example"}, {"host": "evil.example"}, {"count": -0},
    {"handle": b"alguien-mas"}, {"number": b"otra llave 1234"},
])  # fmt: skip
def test_an_answer_that_is_not_quite_right_signs_nobody_in(rosa, app, lie):
    key = rosa[1]
    use(app, key)
    for name, value in lie.items():
        setattr(key, name, value)
    if "host" in lie:
        key.origin = "http://localhost"
    browser, answer = use(app, key)
    assert answer.status_code == 422 and "no respondió como se esperaba" in answer.text
    assert not is_in(browser)


@pytest.mark.parametrize(
    "answer", ["", "x", "{}", "[]", "null", '{"id": 1}', '{"rawId": "aa", "response": 7}']
)
@pytest.mark.parametrize("where", [USE, KEYS])
def test_any_other_text_is_a_sentence_and_no_fault(rosa, app, where, answer):
    browser = rosa[0] if where == KEYS else app.test_client()
    question(browser, where)
    assert send(browser, where, answer, name="x").status_code == 422


def test_an_answer_is_good_once_and_for_its_own_question(rosa, app):
    browser = app.test_client()
    asked = question(browser, USE)
    other = app.test_client()
    question(other, USE)
    answer = rosa[1].get(asked)
    assert send(other, USE, answer).status_code == 422
    assert send(browser, USE, answer).location == "/espacios"
    assert send(app.test_client(), USE, answer).status_code == 422


def test_a_question_is_answered_within_five_minutes(rosa, app):
    browser = app.test_client()
    asked = question(browser, USE)
    with browser.session_transaction() as kept:
        kept["challenge"] = [*kept["challenge"][:2], kept["challenge"][2] - 301]
    assert send(browser, USE, rosa[1].get(asked)).status_code == 422


def test_a_question_for_a_new_key_signs_nobody_in(rosa, app):
    browser, key = rosa
    asked = question(browser, KEYS)
    with browser.session_transaction() as kept:
        challenge = kept["challenge"]
    other = app.test_client()
    other.get(USE)
    with other.session_transaction() as kept:
        kept["challenge"] = challenge
    assert send(other, USE, key.get(asked)).status_code == 422


def test_one_key_is_kept_once_and_unverified_ones_never(rosa, instance):
    browser, key = rosa
    assert add(browser, key).status_code == 422
    unsure = Authenticator()
    unsure.flags = PRESENT
    assert add(browser, unsure).status_code == 422
    assert add(browser, Authenticator(), name=" ").status_code == 422
    with instance.database.open_for_maintenance(writing=False) as session:
        assert len(session.scalars(select(Passkey)).all()) == 1


def test_taking_the_last_one_off_takes_the_second_step_off(rosa, app, instance):
    browser, _ = rosa
    (number,) = re.findall(r'name="llave" value="([^"]+)"', browser.get(KEYS).text)
    gone = browser.post(KEYS + "/quitar", data={"llave": number, "csrf_token": token(browser, KEYS)})
    assert gone.location == KEYS and attempt(app.test_client()).location == "/espacios"
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Account.tf_primary_method)).all() == [None]
    assert len(work(instance)) == 2


def test_nobody_takes_off_somebody_elses(rosa, add_person, sign_in):
    (number,) = re.findall(r'name="llave" value="([^"]+)"', rosa[0].get(KEYS).text)
    add_person("ana@coop.example")
    ana = sign_in("ana@coop.example")
    answer = ana.post(KEYS + "/quitar", data={"llave": number, "csrf_token": token(ana, KEYS)})
    assert answer.status_code == 404 and "Mi teléfono" in rosa[0].get(KEYS).text


def test_whoever_owes_a_second_step_keeps_the_last_one(add_person, sign_in, app):
    app.extensions["instance"].settings["SECOND_FACTOR_REQUIRED"] = True
    add_person(ROSA, portal_role="administrator")
    browser = sign_in(ROSA)
    assert browser.get("/cuenta").location == "/mi-cuenta/segundo-paso"
    send_to = question(browser, KEYS)
    key = Authenticator()
    with browser.session_transaction() as kept:
        asked = kept["challenge"]
    csrf = token(browser, "/confirmar-identidad")
    with browser.session_transaction() as kept:
        kept["challenge"] = asked
    made = browser.post(KEYS, data={"name": "x", "credential": key.create(send_to), "csrf_token": csrf})
    assert "Guarde sus códigos" in made.text and is_in(browser)
    (number,) = re.findall(r'name="llave" value="([^"]+)"', browser.get(KEYS).text)
    browser.post(KEYS + "/quitar", data={"llave": number, "csrf_token": token(browser, KEYS)})
    assert "Su cargo requiere" in browser.get(KEYS).text


def test_a_suspended_account_has_no_key(rosa, app, instance):
    with instance.database.open_for_maintenance() as session:
        accounts.suspend(session, session.scalars(select(Account.person_id)).one())
    _, answer = use(app, rosa[1])
    assert answer.status_code == 422


def test_guessing_is_limited(app):
    browser = app.test_client()
    key = token(browser, "/ingresar")
    statuses = [browser.post(USE, data={"credential": "x", "csrf_token": key}).status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]


def test_the_page_says_that_the_first_passkey_turns_the_second_step_on(add_person, sign_in):
    add_person(ROSA)
    browser = sign_in(ROSA)
    said = "Con su primera llave se activa el segundo paso"
    assert said in browser.get(KEYS).text
    add(browser, Authenticator())
    assert said not in browser.get(KEYS).text


def test_after_the_password_only_the_ways_that_the_account_has_are_offered(rosa, app, instance):
    browser = app.test_client()
    attempt(browser)
    page = browser.get(USE).text
    assert "Usar un código de respaldo" in page and "Usar la aplicación de códigos" not in page
    paper = browser.get("/ingresar/codigo-de-respaldo").text
    assert "Usar una llave de acceso" in paper and "Usar la aplicación de códigos" not in paper
    with instance.database.open_for_maintenance() as session:
        session.execute(delete(RecoveryCode))
    page = browser.get(USE).text
    assert "Usar un código de respaldo" not in page and "¿Perdió el teléfono y los códigos?" in page
    assert "Ingresar con la contraseña" in app.test_client().get(USE).text
