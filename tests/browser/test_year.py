"""J6: a coordinator is reminded, reports progress with evidence, and the counterpart verifies it."""

from __future__ import annotations

import email
import re
import time
from email import policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import AMERICAS, MINISTRY, PATIENCE, Portal
from tests.browser.test_journeys import Counting

pytestmark = pytest.mark.browser
WEIGHT = 120_000
"""Bytes that each of the two may cost, the file left out."""


class Taps:
    """Counts what a person presses, typing left out."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, page: Page, role: str, name: str) -> None:
        page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.count += 1


def test_j6_progress_with_evidence_is_reported_and_the_counterpart_verifies(
    chromium: Browser, portal: Portal, signed_in: dict[str, dict], tmp_path: Path
) -> None:
    proof = tmp_path / "lista.pdf"
    proof.write_bytes(_paper(1_000_000))
    before = _percent(chromium, portal)
    with _context(chromium, portal, signed_in[MINISTRY]) as reporting:
        page, taps = reporting.new_page(), Taps()
        counting = Counting(page)
        page.goto(_reminded(portal, MINISTRY, "/acciones/2026-02"))
        assert "Atrasada" in page.locator("main").inner_text()
        taps.on(page, "link", "Registrar avance")
        page.get_by_label("Qué se avanzó").fill("Taller de Piura hecho, con 51 personas.")
        page.get_by_label("Avance en porcentaje").fill("100")
        page.locator("input[type=file]").set_input_files(proof)
        taps.count += 1
        taps.on(page, "button", "Guardar y enviar a verificar")
        assert "Por verificar" in page.locator("main").inner_text()
        assert page.get_by_role("link", name="Verificar", exact=True).count() == 0
        assert taps.count <= 6
        assert counting.total <= WEIGHT
    with _context(chromium, portal, signed_in[AMERICAS]) as verifying:
        page, taps = verifying.new_page(), Taps()
        counting = Counting(page)
        page.goto("/acciones/2026-02")
        taps.on(page, "link", "Verificar")
        for box in page.locator("main input[type=checkbox]").all():
            box.check()
        taps.count += 1
        taps.on(page, "button", "Verificar la acción")
        said = page.locator("main").inner_text()
        assert "Verificada el" in said
        assert "Lucía Ramos" in said or "PRODUCE" in said
        assert taps.count <= 4
        assert counting.total <= WEIGHT
    assert _percent(chromium, portal) > before


def _context(chromium: Browser, portal: Portal, state: dict) -> BrowserContext:
    context = chromium.new_context(base_url=portal.address, viewport={"width": 360, "height": 800},
                                   storage_state=state)  # type: ignore[arg-type]  # fmt: skip
    context.set_default_timeout(PATIENCE)
    return context


def _percent(chromium: Browser, portal: Portal) -> int:
    """How many actions of the plan are verified, as anybody reads it."""
    context = chromium.new_context(base_url=portal.address)
    page = context.new_page()
    page.goto("/plan-de-trabajo/2026")
    found = re.search(r"(\d+) de \d+ acciones verificadas", page.locator("main").inner_text())
    context.close()
    assert found
    return int(found[1])


def _reminded(portal: Portal, address: str, wanted: str) -> str:
    """The path of the link in the reminder that this person got when the worker began its day."""
    for _ in range(100):
        for letter in (portal.folder / "outbox").glob("*.eml"):
            message = email.message_from_bytes(letter.read_bytes(), policy=policy.default)
            body = message.get_body()
            if message["To"] == address and body is not None and wanted in body.get_content():
                return wanted
        time.sleep(0.2)
    pytest.fail(f"no letter to {address} leads to {wanted}")


def _paper(size: int) -> bytes:
    """A PDF of about this size."""
    filling = b"%" + b"x" * 200 + b"\n"
    return (b"%PDF-1.4\n" + filling * (size // len(filling))
            + b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
            b"trailer<</Root 1 0 R>>\n%%EOF")  # fmt: skip
