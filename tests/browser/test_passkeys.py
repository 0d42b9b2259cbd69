"""Passkeys in Chromium, with an authenticator like that of a telephone. Traps 1 to 3 of the trial."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PATIENCE, Portal

pytestmark = pytest.mark.browser
WHO = "grace.bennett@americas.ejemplo.coop"


@pytest.fixture
def context(chromium: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """A browser in the name under which passkeys work: never a bare number."""
    opened = chromium.new_context(base_url=portal.address.replace("127.0.0.1", "localhost"))
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page with the authenticator of the machine itself, which knows its person."""
    opened = context.new_page()
    session = context.new_cdp_session(opened)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    return opened


def by_password(page: Page, portal: Portal) -> None:
    page.goto("/ingresar")
    page.locator("#email").fill(WHO)
    page.locator("#password").fill(portal.password)
    page.locator("main form").get_by_role("button", name=re.compile("Ingresar|Sign in")).click()
    page.wait_for_load_state()


def test_a_password_may_be_pasted(page: Page, portal: Portal) -> None:
    """As a password manager's user does it: copied elsewhere, pasted with the keyboard, and let in."""
    page.goto("/ingresar")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#email").fill(WHO)
    page.evaluate("words => navigator.clipboard.writeText(words)", portal.password)
    page.locator("#password").focus()
    page.keyboard.press("Control+v")
    assert page.locator("#password").input_value() == portal.password
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/espacios"))


def by_key(page: Page) -> None:
    page.locator("form[data-passkey] button.button").click()


def leave(context: BrowserContext) -> None:
    context.clear_cookies()


def test_a_passkey_is_added_signs_in_alone_and_comes_after_the_password(
    page: Page, context: BrowserContext, portal: Portal
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    by_password(page, portal)
    page.goto("/mi-cuenta/llaves")
    page.locator("#name").fill("Teléfono de Grace")
    by_key(page)
    page.locator(".codes code").first.wait_for()
    page.goto("/mi-cuenta/llaves")
    assert page.get_by_role("heading", name="Teléfono de Grace").is_visible()

    leave(context)  # trap 3: the authenticator of a telephone is taken, and signs in alone
    page.goto("/ingresar/llave")
    by_key(page)
    page.wait_for_url("**/espacios**")

    leave(context)  # trap 1: the password alone leads to the passkey, and sets up nothing
    by_password(page, portal)
    assert page.url.endswith("/ingresar/llave")
    for closed in ("/mi-cuenta/segundo-paso", "/mi-cuenta/llaves", "/cuenta"):
        page.goto(closed)
        assert "/ingresar" in page.url, closed
    page.goto("/ingresar/llave")
    by_key(page)
    page.wait_for_url("**/espacios**")
    assert not [line for line in said if "Content Security Policy" in line], said

    page.goto("/mi-cuenta/llaves")
    page.locator("button[name=llave]").click()
    page.wait_for_load_state()
    leave(context)
    by_password(page, portal)
    page.wait_for_url("**/espacios**")


def test_trap_2_no_address_becomes_a_program(page: Page, portal: Portal) -> None:
    """The question stands in an attribute, escaped; nothing of it is in a program."""
    by_password(page, portal)
    page.goto("/mi-cuenta/llaves")
    question = page.locator("form[data-passkey]").get_attribute("data-question")
    assert question and WHO in question
    programs = page.locator("script").evaluate_all("all => all.map(one => one.textContent)")
    assert programs and not "".join(programs).strip()


def test_without_script_the_page_says_what_is_missing(chromium: Browser, portal: Portal) -> None:
    """Not the browser is too old, and no button waits that does nothing."""
    context = chromium.new_context(base_url=portal.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/ingresar/llave")
    assert page.get_by_text("necesitan JavaScript").is_visible()
    assert not page.get_by_text("no puede usar llaves").is_visible()
    assert not page.get_by_role("button", name="Usar mi llave").is_visible()
    context.close()
