"""Every file of the hostile collection, sent through the form «Subir» as a promoter sends it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import accounts, create_app
from portal.commands.library import wait_for
from portal.instance import Instance
from tests.conftest import COMPILED, PASSWORD, token
from toolkit import organizations, people
from toolkit.importing import Taken
from toolkit.records import File, Page, Resource, Version

pytestmark = pytest.mark.slow
HOSTILE = Path(__file__).parents[3] / "shared" / "data" / "hostile"
ROWS: list[dict[str, str]] = []
if (HOSTILE / "manifest.csv").exists():
    with (HOSTILE / "manifest.csv").open(encoding="utf-8", newline="") as _manifest:
        ROWS = list(csv.DictReader(_manifest))
READ_ALL_THE_SAME = ("052", "056")
"""Their password only forbids copying to programs that honour it."""


@dataclass
class Sent:
    """What came of one file: the answer, its seconds, and what the next ordinary upload was answered."""

    status: int
    page: str
    seconds: float
    next_status: int
    left_over: list[str] = field(default_factory=list)


@dataclass
class Trial:
    """The instance after all files were sent and read."""

    instance: Instance
    browser: FlaskClient
    sent: dict[str, Sent]
    words: dict[str, str]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Send every file, each followed by an ordinary one, then let the worker read what was taken."""
    if not ROWS:
        pytest.skip("../shared/data/hostile is not there")
    instance = Instance(tmp_path_factory.mktemp("hostile"), PUBLIC_URL="http://localhost",
                        SEARCHES_PER_MINUTE=10_000)  # fmt: skip
    instance.database.migrate()
    browser = _promoter(instance)
    sent = {row["id"]: _send(instance, browser, row) for row in ROWS}
    with instance.database.open_for_maintenance(writing=False) as session:
        taken = [Taken(file.name, "queued", file_id=file.id) for file in session.scalars(select(File))]
    wait_for(instance, taken)
    yield Trial(instance, browser, sent, _words(instance))
    instance.database.close()


def _promoter(instance: Instance) -> FlaskClient:
    app: Flask = create_app(instance)
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED
    with instance.database.open_for_maintenance() as session:
        person = people.add(session, "Rosa Quispe", "rosa@agraria.coop")
        people.join(session, person, organizations.add(session, "agraria", "Agraria"), "promoter")
        accounts.add(session, person, PASSWORD)
    browser = app.test_client()
    data = {"email": "rosa@agraria.coop", "password": PASSWORD, "csrf_token": token(browser, "/ingresar")}
    assert browser.post("/ingresar", data=data).status_code == 302
    return browser


def _send(instance: Instance, browser: FlaskClient, row: dict[str, str]) -> Sent:
    began = time.monotonic()
    answer = _post(browser, f"Hostil {row['id']}", (HOSTILE / row["file"]).read_bytes(), row["upload_name"])
    seconds = time.monotonic() - began
    left = [str(path) for path in (*instance.store.incoming.iterdir(), *_scratch(instance))]
    ordinary = _post(browser, f"Sano {row['id']}", f"Acta número {row['id']}.".encode(), "acta.txt")
    return Sent(answer.status_code, answer.text, seconds, ordinary.status_code, left)


def _scratch(instance: Instance) -> list[Path]:
    folder = instance.folder / "scratch"
    return list(folder.iterdir()) if folder.exists() else []


def _post(browser: FlaskClient, title: str, content: bytes, name: str) -> Any:
    data = {"csrf_token": token(browser, "/subir"), "title": title, "level": "0", "action": "publish",
            "file": (io.BytesIO(content), name)}  # fmt: skip
    return browser.post("/subir", data=data, content_type="multipart/form-data")


def _words(instance: Instance) -> dict[str, str]:
    """The text that was read of each material, by title."""
    with instance.database.open_for_maintenance(writing=False) as session:
        rows = session.execute(
            select(Resource.title, Page)
            .join(Version, Version.resource_id == Resource.id).join(File, File.version_id == Version.id)
            .outerjoin(Page, Page.file_id == File.id)
        )  # fmt: skip
        found: dict[str, str] = {}
        for title, page in rows:
            found[title] = f"{found.get(title, '')} {page.text if page else ''}".strip()
        return found


@pytest.mark.parametrize("row", ROWS or [None], ids=lambda row: row["id"] if row else "none")
def test_a_hostile_upload_is_answered_as_its_manifest_says(trial: Trial, row: dict[str, str]) -> None:
    sent, content = trial.sent[row["id"]], (HOSTILE / row["file"]).read_bytes()
    kept = trial.instance.store.path(hashlib.sha256(content).hexdigest())
    assert sent.seconds < 30
    assert sent.left_over == []
    assert sent.next_status == 302, "an ordinary file could not be uploaded after it"
    accepted = sent.status == 302
    assert accepted is {"A": True, "B": True, "D": False}.get(row["expect"], accepted), sent.page
    if not accepted:
        assert sent.status == 422
        assert re.search(r'id="file-error\d">.*\.\s*</p>', sent.page, re.DOTALL), "without a sentence"
        assert not kept.exists() and f"Hostil {row['id']}" not in trial.words
        assert _found(trial, f"Hostil {row['id']}", row["id"]) is False
        return
    assert kept.read_bytes() == content
    if row["expect"] == "B" and row["id"] not in READ_ALL_THE_SAME:
        assert trial.words[f"Hostil {row['id']}"] == ""
    if row["probe"]:
        assert _found(trial, f'"{row["probe"]}"', row["id"])


def _found(trial: Trial, words: str, number: str) -> bool:
    page = trial.browser.get("/biblioteca", query_string={"q": words})
    assert page.status_code == 200
    return f"Hostil {number}</a>" in page.text


def test_every_page_of_what_was_taken_answers(trial: Trial) -> None:
    with trial.instance.database.open_for_maintenance(writing=False) as session:
        ids = session.scalars(select(Resource.public_id).where(Resource.title.like("Hostil %"))).all()
    assert ids
    for public_id in ids:
        for tail in ("", "/v1/1/archivo", "/v1/1/archivo?ver=1", "/v1/1/miniatura", "/v1/1/paginas/1",
                     "/v1/1/paginas/1/imagen"):  # fmt: skip
            answer = trial.browser.get(f"/recursos/{public_id}{tail}", follow_redirects=True)
            assert answer.status_code in (200, 404), f"{public_id}{tail}"
            if "archivo" in tail:
                assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
