"""axe on every page, for visitor, member and promoter, at 320 and 1280 px: nothing against WCAG 2.2 A, AA."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ADMINISTRATOR, MEMBER, MINISTRY, PROMOTER, Portal

pytestmark = pytest.mark.browser
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
OPEN = ("/", "/biblioteca", "/biblioteca?q=balance+social", "/biblioteca?q=xyzzyqq", "/organizaciones",
        "/organizaciones/produce", "/ingresar", "/recuperar", "/ayuda", "/accesibilidad", "/privacidad",
        "/terminos", "/nada", "/temas", "/temas/gestion-social", "/noticias", "/noticias/2015",
        "/estadisticas", "/noticias/2015/un-convenio-para-que-las-herramientas-viajen",
        "/convenio", "/plan-de-trabajo/2026", "/plan-de-trabajo/2026/informe", "/acciones/2026-01",
        "/acciones/2026-02", "/acciones/2026-05", "/iniciativas",
        "/iniciativas/cooperativas-que-aprenden-unas-de-otras", "/normas", "/normas/ds-001-2026-produce",
        "/normas/ley-marco-para-las-cooperativas-de-america-latina", "/compendios",
        "/compendios/para-empezar-una-cooperativa", "/en/biblioteca?q=balance+social", "/pt/",
        "/en/plan-de-trabajo/2026", "/pt/acciones/2026-03", "/pt/estadisticas")  # fmt: skip
MEMBERS = (
    "/espacios",
    "/mis-aportes",
    "/cuenta",
    "/mi-cuenta/contrasena",
    "/subir",
    "/biblioteca?q=cooperativa",
)
SPACE = "/espacios/produce"
TOGETHER = (
    "/coordinacion", "/coordinacion/encuentros", "/coordinacion/encuentros/nuevo",
    "/espacios/documentos-del-convenio",
)  # fmt: skip
COORDINATORS = (
    *TOGETHER,
    "/cuenta", "/cuenta/mis-datos", "/cuenta/ingresos", "/intercambio", SPACE,
    *(f"{SPACE}/{page}" for page in ("personas", "pendientes", "coordinacion", "ajustes", "auditoria",
                                     "intercambio", "intercambio/imprimir", "aplicaciones",
                                     "estadisticas")),
    "/coordinacion", "/coordinacion/encuentros", "/plan-de-trabajo/2027", "/plan-de-trabajo/2027/editar",
    "/plan-de-trabajo/2027/acciones/nueva", "/plan-de-trabajo/2026/indicadores/nuevo", "/acciones/2026-02",
    *(f"/acciones/2026-02/{page}" for page in ("avance", "editar", "evidencias/nueva", "cancelar")),
    "/acciones/2026-03/verificar", "/iniciativas/nueva",
)  # fmt: skip
ADMINISTRATORS = (
    "/administracion", "/administracion/personas", "/administracion/organizaciones",
    "/administracion/auditoria", "/administracion/emergencias",
)  # fmt: skip
LARGE = ("/", "/pt/", "/plan-de-trabajo/2026", "/acciones/2026-02", "/estadisticas", "/coordinacion")
"""Pages with a bar, a picture or a table, for text at twice its size on screens of every width."""
WIDTHS = (320, 1280)


def found_in(page: Page) -> tuple[str, ...]:
    """The card and the page viewer of the first result."""
    page.goto("/biblioteca?q=balance+social+asamblea")
    card = page.locator("main ol.results .title a").first.get_attribute("href")
    viewer = page.locator("main a.page").first.get_attribute("href")
    return card or "", viewer or "", f"{viewer}&imagen=1"


def violations(page: Page, address: str) -> list[str]:
    """What axe finds on a page, one line each."""
    page.goto(address)
    found = Axe().run(page, options=RULES).response["violations"]
    lines = [
        f"{address} {one['id']}: {json.dumps([node['target'] for node in one['nodes']][:3])}" for one in found
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return lines + ([f"{address}: {wide} px wider than the screen"] if wide > 0 else [])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("who", ["visitor", "member", "promoter", "coordinator"])
def test_no_violation(
    chromium: Browser, portal: Portal, signed_in: dict[str, dict], who: str, width: int
) -> None:
    state = {"visitor": None, "member": signed_in[MEMBER], "promoter": signed_in[PROMOTER],
             "coordinator": signed_in[MINISTRY]}[who]  # fmt: skip
    context = chromium.new_context(
        base_url=portal.address, viewport={"width": width, "height": 800}, storage_state=state
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(f"console: {message.text}")
            if "Content Security Policy" in message.text else None)  # fmt: skip
    page.on("request", lambda request: troubles.append(f"third party: {request.url}")
            if not request.url.startswith((portal.address, "data:")) else None)  # fmt: skip
    addresses = (*OPEN, *found_in(page)) if who == "visitor" else MEMBERS
    if who == "coordinator":
        addresses = (*TOGETHER, *meetings_in(page))
    if who == "promoter":
        page.goto("/mis-aportes")
        own = page.locator("main a[href*='/mis-aportes/']").first
        if own.count():
            reference = own.get_attribute("href") or ""
            addresses = (*addresses, reference)
    for address in addresses:
        troubles += violations(page, address)
    context.close()
    assert troubles == []


def test_a_seeded_defect_is_noticed(chromium: Browser, portal: Portal) -> None:
    """The check can fail: a page without a label for its box has a violation."""
    context = chromium.new_context(base_url=portal.address)
    page = context.new_page()
    page.goto("/")
    page.evaluate("document.querySelector('input[type=search]').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('input[type=search]').removeAttribute('placeholder')")
    found = Axe().run(page, options=RULES).response["violations"]
    context.close()
    assert "label" in [one["id"] for one in found]


def sideways(page: Page, address: str) -> bool:
    """Does this page, with every fold open, or a table of facts on it, ask for sideways scrolling?"""
    answer = page.goto(address)
    assert answer and (answer.ok or address == "/nada"), address
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    tables = page.locator(".scroll:has(.pairs)")
    cut = tables.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length")
    return bool(cut or page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def meetings_in(page: Page) -> tuple[str, ...]:
    """The pages of a meeting that was called, and of the one whose acta is approved."""
    page.goto("/coordinacion/encuentros")
    found = page.locator("main ul.lined a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return *found, *(f"{found[0]}/{part}" for part in ("acta", "editar", "cancelar"))


def first(page: Page, listed: str, part: str) -> str:
    """The first address with this part on a page that lists several."""
    page.goto(listed)
    return page.locator(f"main a[href*='{part}']").first.get_attribute("href") or ""


@pytest.mark.parametrize("who", [None, PROMOTER, MINISTRY, ADMINISTRATOR])
def test_text_at_twice_its_size_fits_a_narrow_screen(
    chromium: Browser, portal: Portal, signed_in: dict[str, dict], who: str | None
) -> None:
    context = chromium.new_context(
        base_url=portal.address, viewport={"width": 320, "height": 740},
        storage_state=signed_in[who] if who else None,
    )  # fmt: skip
    page = context.new_page()
    page.goto("/")
    for _ in range(3):
        page.get_by_role("button", name="a+").click()
    assert page.locator("html.size-200").count() == 1
    addresses: tuple[str, ...] = {None: OPEN, PROMOTER: MEMBERS, MINISTRY: COORDINATORS}.get(
        who, ADMINISTRATORS
    )
    if who is None:
        addresses = (*addresses, *found_in(page))
    elif who == MINISTRY:
        addresses = (*addresses, first(page, SPACE, "/recursos/") + "/compartir", *meetings_in(page))
    elif who == ADMINISTRATOR:
        addresses = (*addresses, first(page, "/administracion/personas", "/administracion/personas/"))
    wide = [address for address in addresses if sideways(page, address)]
    page.locator("button[name=tamano][value=normal]").click()  # the profile keeps it
    context.close()
    assert wide == []


@pytest.mark.parametrize("who", [None, MINISTRY])
def test_text_at_twice_its_size_fits_every_screen(
    chromium: Browser, portal: Portal, signed_in: dict[str, dict], who: str | None
) -> None:
    """The header gives the box a row of its own, and no bar is wider than its column."""
    context = chromium.new_context(base_url=portal.address, storage_state=signed_in[who] if who else None)
    context.add_cookies([{"name": "texto", "value": "200", "url": portal.address}])
    page = context.new_page()
    wide = []
    for width in (360, 920, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        for address in LARGE if who else LARGE[:-1]:
            page.goto(address)
            assert page.locator("html.size-200").count() == 1
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{address} at {width}")
    context.close()
    assert wide == []


def test_facts_and_tables_fit_a_phone(chromium: Browser, portal: Portal, signed_in: dict[str, dict]) -> None:
    """At 360 px a table is a list of pairs, each with its name, and long addresses break."""
    wide = []
    for who, addresses in ((MINISTRY, COORDINATORS), (ADMINISTRATOR, ADMINISTRATORS)):
        context = chromium.new_context(
            base_url=portal.address, viewport={"width": 360, "height": 740}, storage_state=signed_in[who]
        )
        page = context.new_page()
        if who == ADMINISTRATOR:
            addresses = (*addresses, first(page, "/administracion/personas", "/administracion/personas/"))
        for address in addresses:
            wide += [address] if sideways(page, address) else []
        if who == MINISTRY:
            page.goto(f"{SPACE}/intercambio/imprimir")
            cells = page.locator("table.pairs td").evaluate_all("all => all.map(one => one.dataset.name)")
            assert cells and all(cells)
        context.close()
    assert wide == []


def test_a_password_is_shown_on_request(chromium: Browser, portal: Portal) -> None:
    """The button exists with script only, and the field is hidden again when it is sent."""
    context = chromium.new_context(base_url=portal.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/ingresar")
    assert not page.locator("[data-reveal]").is_visible()
    context.close()
    context = chromium.new_context(base_url=portal.address)
    page = context.new_page()
    page.goto("/ingresar")
    field = page.locator("main input[name=password]")
    field.fill("piedra")
    page.get_by_role("button", name="Mostrar").click()
    assert field.get_attribute("type") == "text"
    page.get_by_role("button", name="Ocultar").click()
    assert field.get_attribute("type") == "password"
    context.close()


@pytest.mark.parametrize("width", [320, 360])
def test_the_buttons_of_the_text_size_are_as_large_as_a_finger(
    chromium: Browser, portal: Portal, width: int
) -> None:
    context = chromium.new_context(base_url=portal.address, viewport={"width": width, "height": 740})
    page = context.new_page()
    page.goto("/")
    boxes = [one.bounding_box() for one in page.locator("button[name=tamano]").all()]
    context.close()
    assert len(boxes) == 3
    assert all(box and min(box["width"], box["height"]) >= 44 for box in boxes), boxes
