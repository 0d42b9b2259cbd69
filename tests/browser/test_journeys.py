"""What people come for, done in a browser: J1, J2, J7 and the first upload (product.md section 6)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, PROMOTER, Portal

pytestmark = pytest.mark.browser


class Counting:
    """Counts the bytes that come over the wire, the downloaded file left out."""

    def __init__(self, page: Page) -> None:
        self.total = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)

    def _add(self, event: dict) -> None:
        self.total += int(event["encodedDataLength"])


def test_j1_an_official_finds_an_instrument_and_downloads_it(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    counting = Counting(page)
    page.goto("/")
    page.get_by_role("searchbox").fill("balance social")
    page.get_by_role("button", name="Buscar").click()
    page.locator("main ol.results .title a").first.click()
    weight = counting.total
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("Descargar")).first.click()
    assert Path(waiting.value.path()).stat().st_size > 1000
    assert "KB" in page.get_by_role("link", name=re.compile("Descargar")).first.inner_text()
    assert weight <= 130_000


def test_j2_an_official_lands_on_the_right_page_and_the_link_can_be_pasted(
    visitor: BrowserContext, chromium: Browser, portal: Portal
) -> None:
    page = visitor.new_page()
    counting = Counting(page)
    page.goto("/")
    page.get_by_role("searchbox").fill("balance social qué medir")
    page.get_by_role("button", name="Buscar").click()
    page.locator("main ol.results a.page", has_text="p. 37").first.click()
    expect(page.locator("main mark").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Acierto \d+ de \d+"))).to_be_visible()
    before = page.url
    page.get_by_role("link", name="Acierto siguiente").click()
    expect(page.locator("main mark").first).to_be_visible()
    assert page.url != before
    assert counting.total <= 140_000
    colleague = chromium.new_context(base_url=portal.address).new_page()
    colleague.goto(before)
    expect(colleague.locator("main mark").first).to_be_visible()
    colleague.context.close()


def test_j7_text_grows_without_script_and_nothing_is_cut(chromium: Browser, portal: Portal) -> None:
    context = chromium.new_context(
        base_url=portal.address, viewport={"width": 320, "height": 800}, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/biblioteca?q=asamblea")
    for _ in range(3):
        page.locator("button[value=mas]").click()
    assert page.url.endswith("/biblioteca?q=asamblea")
    assert "size-200" in (page.locator("html").get_attribute("class") or "")
    box = page.locator("main").bounding_box()
    assert box is not None and box["width"] <= 320
    page.locator("main ol.results .title a").first.click()
    page.get_by_role("link", name=re.compile("Leer en línea")).click()
    assert "size-200" in (page.locator("html").get_attribute("class") or "")
    page.locator("button[value=normal]").click()
    assert not page.locator("html").get_attribute("class")
    context.close()


def test_the_keyboard_is_enough(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenido"
    page.get_by_role("searchbox").focus()
    page.keyboard.type("remanentes")
    page.keyboard.press("Enter")
    page.wait_for_url("**/biblioteca?q=remanentes*")
    first = page.locator("main ol.results .title a").first
    for _ in range(80):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle + s.boxShadow })()"
        )
        assert outline != "nonenone", page.evaluate("document.activeElement.outerHTML")
        if first.evaluate("one => one === document.activeElement"):
            break
    else:
        pytest.fail("the first result cannot be reached with Tab")


def test_a_promoter_uploads_and_finds_the_page(
    chromium: Browser, portal: Portal, signed_in: dict[str, dict], tmp_path: Path
) -> None:
    context = chromium.new_context(base_url=portal.address, storage_state=signed_in[PROMOTER],
                                   viewport={"width": 360, "height": 800})  # fmt: skip
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    path = tmp_path / "acta ñandú.txt"
    path.write_text("Acta de la asamblea\n\nSe aprobó comprar una despulpadora nueva.", encoding="utf-8")
    page.goto("/subir")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("input[name=level][value='0']").check()
    page.get_by_role("button", name="Publicar").click()
    expect(page).to_have_url(re.compile("/mis-aportes/"))
    for _ in range(60):
        page.goto("/biblioteca?q=despulpadora+nueva")
        if page.locator("main mark").count():
            break
        page.wait_for_timeout(500)
    page.locator("main ol.results a.page").first.click()
    expect(page.locator("main mark").first).to_be_visible()
    context.close()


@pytest.mark.parametrize(("prefix", "word"), [("/en", "Search"), ("/pt", "Buscar")])
def test_other_languages_stay_on_the_way(visitor: BrowserContext, prefix: str, word: str) -> None:
    page = visitor.new_page()
    page.goto(f"{prefix}/")
    page.get_by_role("searchbox").fill("balance social")
    page.get_by_role("button", name=word).click()
    assert f"{prefix}/biblioteca" in page.url
    page.locator("main ol.results .title a").first.click()
    assert f"{prefix}/recursos/" in page.url
    page.get_by_role("link", name="Español").click()
    assert prefix not in page.url
