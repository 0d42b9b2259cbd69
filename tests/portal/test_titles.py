"""Every page has one first heading, and its title begins with it: so tabs, histories and readers agree."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import accounts
from portal.instance import Instance
from tests import world as worlds
from tests.conftest import PASSWORD, token
from toolkit import people

OPEN = ("/", "/biblioteca", "/biblioteca?q=tucanpublicfin", "/biblioteca?q=xqzzy", "/biblioteca?tipo=R09",
        "/organizaciones", "/organizaciones/duena", "/ingresar", "/recuperar", "/ayuda", "/accesibilidad",
        "/privacidad", "/terminos", "/nada", "/recursos/{withdrawn}", "/recursos/{public}",
        "/recursos/{public}/v1/1/paginas/1?q=zorzal", "/en/", "/pt/biblioteca",
        "/normas", "/compendios", "/iniciativas")  # fmt: skip
OWN = ("/espacios/duena", "/mis-aportes", "/cuenta", "/mi-cuenta/contrasena", "/subir",
       "/mis-aportes/{public}", "/mis-aportes/{public}/editar", "/mis-aportes/{public}/visibilidad",
       "/mis-aportes/{public}/retirar", "/mis-aportes/{public}/version-nueva",
       "/mis-aportes/{public}/archivo", "/mis-aportes/{draft}", "/mis-aportes/{draft}/borrar",
       "/mis-aportes/{draft}/visibilidad")  # fmt: skip


def words(piece: str) -> str:
    """The words of a piece of a page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", piece)).split())


def check(page: str, address: str) -> None:
    """One first heading, with which the title begins (after «Error:» where the form has faults)."""
    headings = re.findall(r"<h1\b[^>]*>(.*?)</h1>", page, re.DOTALL)
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert len(headings) == 1 and title, (address, headings)
    said = words(title[1]).removeprefix("Error: ")
    assert said.startswith(words(headings[0])) and said.endswith("Ayni"), (address, said, headings)


@pytest.fixture
def made(instance: Instance) -> worlds.World:
    world = worlds.build(instance)
    with instance.database.open_for_maintenance() as session:
        for name in ("author", "editor"):
            accounts.add(session, people.find(session, world.addresses[name]), PASSWORD)
    return world


def test_for_visitors(client: FlaskClient, made: worlds.World) -> None:
    for address in OPEN:
        address = address.format(**made.ids)
        check(client.get(address, follow_redirects=True).text, address)


def test_for_an_author(app: Flask, made: worlds.World, sign_in) -> None:
    browser = sign_in(made.addresses["author"])
    for address in OWN:
        assert browser.get(address.format(**made.ids)).status_code == 200, address
    for address in (*OPEN, *OWN):
        address = address.format(**made.ids)
        check(browser.get(address, follow_redirects=True).text, address)


def test_for_somebody_without_an_organisation(app: Flask, made: worlds.World, sign_in) -> None:
    browser = sign_in(made.addresses["editor"])
    for address in ("/espacios", "/mis-aportes"):
        check(browser.get(address).text, address)


def test_an_empty_portal(client: FlaskClient) -> None:
    for address in ("/", "/biblioteca", "/organizaciones"):
        check(client.get(address).text, address)


def test_a_form_with_faults_says_so_first(client: FlaskClient) -> None:
    sent = {"email": "", "password": "", "csrf_token": token(client, "/ingresar")}
    page = client.post("/ingresar", data=sent).text
    assert "<title>Error: Ingresar" in page
    check(page, "/ingresar")
