"""Signing in and out."""

from __future__ import annotations

from tests.conftest import token
import pytest


def test_a_person_signs_in_and_out(add_person, sign_in):
    add_person("rosa@coop.example")
    browser = sign_in("rosa@coop.example")
    page = browser.get("/cuenta")
    assert page.status_code == 200 and "rosa@coop.example" in page.text
    key = token(browser, "/cuenta")
    assert browser.post("/salir", data={"csrf_token": key}).status_code == 302
    assert browser.get("/cuenta").status_code == 302
