"""Private spaces in a browser: J4, sharing with one organisation only (product.md section 6)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import COORDINATOR, PATIENCE, Portal
from tests.browser.test_journeys import Counting

pytestmark = pytest.mark.browser
DOCUMENT = "Liquidación de cosecha por base"
RECEIVER = "nelida.chura@ejemplo.gob.pe"
STRANGER = "wilmer.cotrina@solidario.ejemplo.coop"


def signed_in(chromium: Browser, portal: Portal, email: str) -> BrowserContext:
    """A phone on which this person is signed in."""
    context = chromium.new_context(base_url=portal.address, viewport={"width": 360, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/ingresar")
    page.get_by_label("Correo electrónico").fill(email)
    page.get_by_label("Contraseña", exact=True).fill(portal.password)
    page.get_by_role("main").get_by_role("button", name="Ingresar", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("Mi espacio"))).to_be_visible()
    page.close()
    return context


def found(context: BrowserContext) -> list[str]:
    """Titles of the first results for the words of the document."""
    page = context.new_page()
    page.goto("/biblioteca?q=liquidación+cosecha+anticipo+sacos")
    titles = page.locator("main ol.results .title").all_inner_texts()
    page.close()
    return titles


def test_j4_a_coordinator_shares_a_document_with_one_organisation_only(
    chromium: Browser, portal: Portal
) -> None:
    owner = signed_in(chromium, portal, COORDINATOR)
    receiver = signed_in(chromium, portal, RECEIVER)
    stranger = signed_in(chromium, portal, STRANGER)
    assert DOCUMENT not in found(receiver)
    before = found(stranger)

    page = owner.new_page()
    page.goto("/")
    counting = Counting(page)
    page.get_by_role("link", name=re.compile("Mi espacio")).click()
    page.locator("main .results .title a", has_text=DOCUMENT).click()  # 1
    card = page.url
    page.get_by_role("link", name="Compartir").click()  # 2
    page.get_by_label("Ministerio de la Producción").check()  # 3
    page.get_by_role("button", name="Continuar").click()  # 4
    expect(page.get_by_text("Lo verán hoy: 3 personas de PRODUCE")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Compartir").click()  # 5
    expect(page.get_by_role("status")).to_be_visible()
    assert counting.total <= 120_000

    reading = receiver.new_page()
    reading.goto(card)
    expect(reading.get_by_role("heading", name=DOCUMENT)).to_be_visible()
    expect(reading.get_by_role("link", name=re.compile("Descargar"))).to_be_visible()
    for _ in range(40):
        if DOCUMENT in found(receiver):
            break
        reading.wait_for_timeout(250)
    assert DOCUMENT in found(receiver)
    outside = stranger.new_page()
    answer = outside.goto(card)
    assert answer is not None and answer.status == 404
    assert found(stranger) == before
    page.goto("/espacios/agraria-ejemplo-del-valle/intercambio")
    expect(page.get_by_role("main")).to_contain_text(DOCUMENT)
    expect(page.get_by_role("main")).to_contain_text("Ministerio de la Producción")
    for context in (owner, receiver, stranger):
        context.close()
