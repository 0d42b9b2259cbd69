"""Private spaces in a browser: J4, sharing with one organisation only, and J10, a change of coordination
(product.md section 6)."""

from __future__ import annotations

import datetime as dt
import email
import re
import time
from email.policy import default as modern

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from portal.instance import Instance
from tests.browser.conftest import COORDINATOR, PATIENCE, Portal, demo
from tests.browser.test_journeys import Counting
from toolkit.records import AuditEntry

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


OUTGOING, ADMINISTRATOR = "lucia.ramos@ejemplo.gob.pe", "administrador@ejemplo.coop"
INCOMING = "valeria.soto@ejemplo.gob.pe"
SPACE = "/espacios/produce"


def put_second_step(page: Page) -> None:
    """Read the key that the page shows into an application of codes, and type the code of this moment."""
    key = page.locator("code.key").inner_text().replace(" ", "")
    page.get_by_label("Código de seis cifras").fill(TOTP(key=key, format="base32").generate().token)
    page.get_by_role("button", name="Activar").click()
    page.get_by_role("link", name="Ya los guardé").click()


def letters(portal: Portal, recipient: str) -> list[str]:
    """The texts of the e-mails that this person has received, the oldest first."""
    found = []
    for path in sorted((portal.folder / "outbox").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=modern)
        if message["To"] == recipient:
            found.append(f"{message['Subject']}\n{message.get_content()}")
    return found


def letter(portal: Portal, recipient: str, holding: str) -> str:
    """The first e-mail to this person that holds some words; waits for the worker to send it."""
    for _ in range(50):
        for text in letters(portal, recipient):
            if holding in text:
                return text
        time.sleep(0.2)
    raise AssertionError(f"no e-mail to {recipient} with «{holding}»: {letters(portal, recipient)}")


def test_j10_the_coordination_of_produce_changes_hands(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("relay")
    with demo(folder, AYNI_SECOND_FACTOR_REQUIRED="1") as portal:
        _relay(chromium, portal)


def _relay(chromium: Browser, portal: Portal) -> None:
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=-5))).date()
    outgoing, administrator = (_obliged(chromium, portal, who) for who in (OUTGOING, ADMINISTRATOR))

    page = outgoing.new_page()
    page.goto(SPACE)
    counting = Counting(page)
    page.get_by_role("link", name="Cargo de coordinación", exact=True).click()  # 1
    page.get_by_role("link", name="Proponer quién sigue").click()  # 2
    page.get_by_label("¿Quién asumirá la coordinación?").select_option("")  # 3
    page.get_by_label("Nombre y apellidos").fill("Valeria Soto Ejemplo")
    page.get_by_label("Correo electrónico").fill(INCOMING)
    page.get_by_label("¿Desde qué día?").fill((today + dt.timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Enviar la propuesta").click()  # 4
    expect(page.get_by_role("status")).to_be_visible()
    weight = counting.total

    recording = administrator.new_page()
    counting = Counting(recording)
    recording.goto("/administracion")  # 1
    recording.get_by_role("link", name=re.compile("Registrar a quien sucede")).click()  # 2
    recording.get_by_label("Primer día").fill(today.isoformat())
    recording.get_by_role("button", name="Registrar la sucesión").click()  # 3
    expect(recording.get_by_role("status")).to_be_visible()
    weight += counting.total

    (link,) = re.findall(r"https?://\S+/invitacion/\S+", letter(portal, INCOMING, "/invitacion/"))
    begun = time.monotonic()
    phone = chromium.new_context(base_url=portal.address, viewport={"width": 360, "height": 800})
    phone.set_default_timeout(PATIENCE)
    newcomer = phone.new_page()
    counting = Counting(newcomer)
    newcomer.goto(re.sub(r"^https?://[^/]+", portal.address, link))
    newcomer.get_by_label("Nombre y apellidos").fill("Valeria Soto Ejemplo")
    newcomer.get_by_label("Contraseña", exact=True).fill("siete llamas en la puna")
    newcomer.get_by_role("button", name="Crear la cuenta y aceptar").click()  # 1
    put_second_step(newcomer)  # 2, 3
    newcomer.get_by_role("link", name="Cargo de coordinación", exact=True).click()  # 4
    newcomer.get_by_role("link", name="Ver el relevo").click()  # 5
    expect(newcomer.get_by_role("heading", name=re.compile("Relevo"))).to_be_visible()
    expect(newcomer.get_by_role("main")).to_contain_text("Guía de facilitación para formadoras y formadores")
    assert weight + counting.total <= 180_000
    assert time.monotonic() - begun < 60

    page.goto(f"{SPACE}/coordinacion")
    expect(page.get_by_text("Hoy actúa Valeria Soto Ejemplo")).to_be_visible()
    answer = page.goto(f"{SPACE}/ajustes")
    assert answer is not None and answer.status in (403, 404)
    for who in (OUTGOING, "mariela.prado@americas.ejemplo.coop"):  # both parties
        letter(portal, who, "Cambio en la coordinación")
    _audited(portal)
    for context in (outgoing, administrator, phone):
        context.close()


def _obliged(chromium: Browser, portal: Portal, who: str) -> BrowserContext:
    """Somebody signed in who has had to put a second step."""
    context = chromium.new_context(base_url=portal.address, viewport={"width": 360, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/ingresar")
    page.get_by_label("Correo electrónico").fill(who)
    page.get_by_label("Contraseña", exact=True).fill(portal.password)
    page.get_by_role("main").get_by_role("button", name="Ingresar", exact=True).click()
    put_second_step(page)
    page.close()
    return context


def _audited(portal: Portal) -> None:
    """The four entries of the change: proposed, recorded, one ended, the other begun."""
    instance = Instance(portal.folder)
    with instance.database.open_for_maintenance(writing=False) as session:
        acts = session.scalars(
            select(AuditEntry.act)
            .where(AuditEntry.noun == "post", AuditEntry.noun_id == "produce")
            .order_by(AuditEntry.id)
        ).all()
    instance.database.close()
    assert acts[-4:] == ["propose", "record", "end", "begin"]
