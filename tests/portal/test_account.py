"""«Cuenta»: name, language, text size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import token
from toolkit.records import Membership, Person

ROSA = "rosa@coop.example"
NAUGHTY = Path(__file__).parents[2].parent / "shared" / "data" / "naughty-strings.json"


@pytest.fixture
def browser(add_person, sign_in):
    add_person(ROSA, organizations={"bellavista": "member"})
    return sign_in(ROSA)


def save(browser, prefix="", **fields):
    data = {
        "name": "Rosa Quispe",
        "language": "es",
        "text_size": "100",
        "csrf_token": token(browser, "/cuenta"),
    }
    return browser.post(f"{prefix}/cuenta", data=data | fields)


def kept(instance):
    with instance.database.open_for_maintenance(writing=False) as session:
        person = session.scalars(select(Person)).one()
        return person.name, person.language, person.text_size


def test_shows_what_is_kept(browser):
    page = browser.get("/cuenta").text
    assert 'value="Rosa Quispe"' in page and ROSA in page
    assert '<input checked id="language-' in page and "/mi-cuenta/contrasena" in page


def test_a_visitor_signs_in_first(client):
    assert client.get("/cuenta").location == "/ingresar?next=/cuenta"


def test_saves_and_says_so(browser, instance):
    answer = save(browser, name="  Rosa   Q. ", text_size="150")
    assert answer.location == "/cuenta"
    assert kept(instance) == ("Rosa Q.", "es", 150)
    page = browser.get("/cuenta").text
    assert "quedaron guardados" in page and 'class="size-150"' in page


@pytest.mark.parametrize(("prefix", "language", "address"), [
    ("", "pt", "/pt/cuenta"), ("/pt", "es", "/cuenta"), ("/en", "en", "/en/cuenta"),
])  # fmt: skip
def test_goes_on_in_the_language_chosen(browser, instance, prefix, language, address):
    assert save(browser, prefix, language=language).location == address
    assert kept(instance)[1] == language


@pytest.mark.parametrize("wrong", [
    {"name": ""}, {"name": " \u200b\t"}, {"name": "x" * 201}, {"language": "qu"}, {"text_size": "99"},
    {"text_size": "mucho"},
])  # fmt: skip
def test_keeps_what_was_typed_and_says_what_is_wrong(browser, instance, wrong):
    page = save(browser, **({"name": "Otra"} | wrong))
    assert page.status_code == 422 and 'id="problemas"' in page.text
    assert kept(instance) == ("Rosa Quispe", "es", 100)
    if "name" not in wrong:
        assert 'value="Otra"' in page.text


def test_nothing_else_can_be_set_by_this_form(browser, instance):
    save(
        browser,
        portal_role="administrator",
        email="otra@coop.example",
        id="7",
        organization="1",
        role="promoter",
    )
    with instance.database.open_for_maintenance(writing=False) as session:
        person = session.scalars(select(Person)).one()
        assert (person.email, person.portal_role) == (ROSA, None)
        assert session.scalars(select(Membership.role)).all() == ["member"]


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the naughty strings are not here")
def test_any_text_in_the_name_gives_a_page(browser):
    strings = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    data = {"language": "qu", "text_size": "100", "csrf_token": token(browser, "/cuenta")}
    for words in strings[::4]:  # the language makes it 422: the page is shown, nothing is written
        assert browser.post("/cuenta", data=data | {"name": words}).status_code == 422, words
    for words in strings[2::4]:
        answer = browser.post("/cuenta", data=data | {"name": words, "language": "es"})
        assert answer.status_code in (302, 422), words
