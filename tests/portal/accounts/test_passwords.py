"""The rules for passwords, their hash, and changing them."""

from __future__ import annotations

import threading
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.accounts import passwords
from portal.accounts.records import Account
from tests.conftest import PASSWORD, token
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in
from toolkit.errors import Invalid
from toolkit.records import AuditEntry, OutboxMessage

NAMES = ["Ayni", "Cooperativa Agraria Bellavista", "Rosa Quispe"]
NEW = "río hondo, puente nuevo"


@pytest.mark.parametrize("weak", [
    "corta", "ñ" * 129, "Cooperativa2026", "qwertyuiop", "1234567890", "987654321000",
    "contraseña2026!", "P@ssw0rd2024",
    "Password123", "aaaaaaaaaaaa", "abcabcabcabc", "corazón1234", "Perú campeón 2026", "TeQuieroMucho1",
    "ayni-bellavista-2026", "Bellavista.2026", "rosa quispe 12", "          ", "!!!!????....",
])  # fmt: skip
def test_refuses_what_is_short_common_or_made_of_names(weak):
    with pytest.raises(Invalid) as refused:
        passwords.check(weak, NAMES)
    assert refused.value.field == "password"


@pytest.mark.parametrize("good", [
    PASSWORD, NEW, "caballo correcto bateria grapa", "xkTq7-92mPz", "🌽🥔🌊 el maíz y la papa",
    "ñ" + "áb" * 3 + "xyzwq",
    " espacios al borde ", "x7" * 3 + "kpwqz" * 24,
])  # fmt: skip
def test_takes_any_characters_without_rules_of_composition(good):
    assert passwords.check(good, NAMES) == unicodedata.normalize("NFKD", good)


def test_the_list_is_in_the_form_in_which_it_is_looked_up():
    assert len(passwords.common()) > 500
    for word in passwords.common():
        assert word == passwords._letters(word) and len(word) >= 3, word


def test_the_most_frequent_passwords_of_the_world_are_refused():
    assert len(passwords.frequent()) > 30_000
    for word in sorted(passwords.frequent())[::50]:
        around = () if any(c.isdigit() for c in word) else (f"{word.capitalize()}2026", f"1{word}1")
        for written in (word, f"{word}!!", *around):
            if len(written) >= passwords.SHORTEST:
                with pytest.raises(Invalid):
                    passwords.check(written)


@pytest.mark.parametrize("one", ["universitario", "Universitario1924", "b4rc3l0n4..", "cooperativismo",
                                 "gutierrez77"])  # fmt: skip
def test_one_frequent_word_is_no_password(one):
    with pytest.raises(Invalid, match="muy común"):
        passwords.check(one)


@given(st.text(min_size=0, max_size=200))
def test_any_text_is_taken_or_refused_with_a_sentence(words):
    try:
        passwords.check(words, NAMES)
    except Invalid as refused:
        assert str(refused)


def test_the_hash_is_argon2id_and_nothing_is_cut_off():
    kept = passwords.hashing.hash("x" * 72 + "a")
    assert kept.startswith("$argon2id$") and "m=19456,t=2,p=1" in kept
    assert passwords.matches("x" * 72 + "a", kept)
    assert not passwords.matches("x" * 72 + "b", kept)
    assert not passwords.matches(" " + "x" * 72 + "a", kept)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_way_of_typing_accents_is_the_same_password(form):
    kept = passwords.hashing.hash(passwords.check("cañón húmedo azul"))
    assert passwords.matches(unicodedata.normalize(form, "cañón húmedo azul"), kept)


def test_nobody_matches_a_missing_password():
    assert not passwords.matches("de nadie", None)
    assert not passwords.matches("", None)


def test_two_hashes_at_a_time_at_most(monkeypatch):
    at_once, most, lock = 0, 0, threading.Lock()

    def slow(*given, **named):
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        with lock:
            at_once -= 1

    monkeypatch.setattr(passwords.CryptContext, "hash", slow)
    threads = [threading.Thread(target=lambda: passwords.hashing.hash("x")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def change(browser, old=PASSWORD, new=NEW, again=None):
    data = {"password": old, "new_password": new, "new_password_confirm": again or new,
            "csrf_token": token(browser, "/mi-cuenta/contrasena")}  # fmt: skip
    return browser.post("/mi-cuenta/contrasena", data=data)


def test_a_change_ends_the_other_sign_ins_and_keeps_this_one(add_person, app, sign_in):
    add_person(ROSA)
    here, there = sign_in(ROSA, remember=True), sign_in(ROSA, remember=True)
    answer = change(here)
    assert answer.status_code == 302 and answer.location == "/cuenta"
    assert is_in(here) and not is_in(there)
    assert attempt(app.test_client(), password=PASSWORD).status_code == 200
    assert attempt(app.test_client(), password=NEW).status_code == 302


def test_a_change_keeps_recuerdame_as_it_was(add_person, instance, sign_in):
    from portal.accounts.records import SignIn

    for email, remember in (("una@coop.example", True), ("otra@coop.example", False)):
        add_person(email)
        change(sign_in(email, remember=remember))
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(SignIn.remembered).order_by(SignIn.id)).all() == [True, False]


def test_a_change_is_told_by_mail_and_written_down(add_person, instance, sign_in):
    number = add_person(ROSA, language="pt")
    change(sign_in(ROSA))
    with instance.database.open_for_maintenance(writing=False) as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert (message.recipient, message.template, message.language) == (ROSA, "password_changed", "pt")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "change_password")).one()
        assert entry.person_id == number


@pytest.mark.parametrize(("old", "new", "again", "sentence"), [
    ("no es esta", NEW, None, "no es la de esta cuenta"),
    ("", NEW, None, "Escriba la contraseña"),
    (PASSWORD, "corta", None, "al menos 10 caracteres"),
    (PASSWORD, "Cooperativa2026", None, "muy común"),
    (PASSWORD, "bellavista-2027", None, "no puede salir del nombre"),
    (PASSWORD, NEW, NEW + "x", "no son iguales"),
    (PASSWORD, PASSWORD, None, "distinta de la actual"),
])  # fmt: skip
def test_a_change_that_cannot_be_says_why(add_person, instance, sign_in, old, new, again, sentence):
    add_person(ROSA, organizations={"agraria-bellavista": "member"})
    browser = sign_in(ROSA)
    page = change(browser, old, new, again)
    assert page.status_code == 200 and sentence in page.text
    assert new == "" or f'value="{new}"' not in page.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert passwords.matches(PASSWORD, session.scalars(select(Account.password)).one())


def test_the_fields_are_those_that_password_managers_know(add_person, client, sign_in):
    add_person(ROSA)
    entry = client.get("/ingresar").text
    assert 'autocomplete="username"' in entry and 'autocomplete="current-password"' in entry
    page = sign_in(ROSA).get("/mi-cuenta/contrasena").text
    assert page.count('autocomplete="new-password"') == 2 and 'autocomplete="current-password"' in page


def test_confirming_that_it_is_oneself(add_person, sign_in):
    add_person(ROSA)
    browser = sign_in(ROSA)
    key = token(browser, "/confirmar-identidad?next=/ayuda")
    wrong = browser.post("/confirmar-identidad", data={"password": "no es esta", "csrf_token": key})
    assert wrong.status_code == 200 and "no es la de esta cuenta" in wrong.text
    right = browser.post(
        "/confirmar-identidad", data={"password": PASSWORD, "next": "/ayuda", "csrf_token": key}
    )
    assert right.location == "/ayuda"
