"""A demo portal that serves, and Debian's Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.programs import need

CHROMIUM = Path("/usr/bin/chromium")
MEMBER = "teodora.meza@valle.ejemplo.coop"
PROMOTER = "inaki.pena@valle.ejemplo.coop"
PATIENCE = 10_000
"""Milliseconds after which a browser that waits is thought to hang."""
COORDINATOR = "rosa.yauri@valle.ejemplo.coop"
MINISTRY = "lucia.ramos@ejemplo.gob.pe"
AMERICAS = "mariela.prado@americas.ejemplo.coop"
ADMINISTRATOR = "administrador@ejemplo.coop"


@dataclass(frozen=True)
class Portal:
    """Where the portal answers, and the password of its example people."""

    address: str
    password: str
    folder: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(folder: Path, **settings: str) -> Iterator[Portal]:
    """`portal demo`, loaded into a folder and served on a free port with these settings."""
    command = [sys.executable, "-m", "portal", "--instance", str(folder)]
    environment = {**os.environ, "AYNI_SEARCHES_PER_MINUTE": "100000", **settings}
    loaded = subprocess.run([*command, "demo", "--no-serve"], capture_output=True, text=True, timeout=300)
    assert loaded.returncode == 0, loaded.stderr
    port = _free_port()
    serving = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment,
                               stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/salud", timeout=2)
                break
            except OSError:
                time.sleep(0.2)
        yield Portal(address, (folder / "demo-password").read_text(), folder)
    finally:
        serving.terminate()
        serving.wait(30)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A demo portal as it is."""
    with demo(tmp_path_factory.mktemp("browser")) as served:
        yield served


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium; without it the tests fail for root, who could install it, and are skipped else."""
    if not CHROMIUM.exists() and not shutil.which("chromium"):
        need(False, "chromium")
    browser = playwright.chromium.launch(
        executable_path=str(CHROMIUM),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )
    yield browser
    browser.close()


@pytest.fixture
def visitor(chromium: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """Nobody, on a phone."""
    context = chromium.new_context(base_url=portal.address, viewport={"width": 360, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, portal: Portal) -> dict[str, dict]:
    """The browser state of people who signed in by the form, by address."""
    states: dict[str, dict] = {}
    for address in (MEMBER, PROMOTER, COORDINATOR, MINISTRY, AMERICAS, ADMINISTRATOR):
        context = chromium.new_context(base_url=portal.address)
        page = context.new_page()
        page.goto("/ingresar")
        page.get_by_label("Correo").fill(address)
        page.locator("input[type=password]").fill(portal.password)
        page.locator("main form").get_by_role("button", name="Ingresar").click()
        page.wait_for_url(lambda address: "/ingresar" not in address)
        states[address] = context.storage_state()
        context.close()
    return states
