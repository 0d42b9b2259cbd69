"""What most tests need: an instance in a folder of its own, the application, a browser, people."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine

from portal import accounts, create_app
from portal.instance import Instance
from portal.limits import limiter
from tests.programs import libreoffice, tesseract  # noqa: F401 - fixtures
from toolkit import organizations, people

COMPILED = FileSystemBytecodeCache()
"""Compiled templates, shared by all applications that tests make."""
PASSWORD = "piedra lenta caña azúl"


@pytest.fixture(scope="session", autouse=True)
def compile_once() -> Iterator[None]:
    """Compile a statement once, not once for each database that tests make: all their engines share one
    cache and dialect."""
    shared: dict[str, Any] = {}

    def create(*given: Any, **more: Any) -> Engine:
        engine = create_engine(*given, query_cache_size=5000, **more)
        for name in ("_compiled_cache", "dialect"):
            setattr(engine, name, shared.setdefault(name, getattr(engine, name)))
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolkit.database.create_engine", create)
        yield


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and nothing in them, to be copied: migrating anew takes its time."""
    made = Instance(tmp_path_factory.mktemp("blank"))
    made.database.migrate()
    made.database.close()
    return made.database.path


@pytest.fixture
def instance(tmp_path: Path, blank: Path) -> Iterator[Instance]:
    """A fresh instance with tables and nothing in them."""
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(blank, folder)
    fresh = Instance(folder, PUBLIC_URL="http://localhost")
    yield fresh
    fresh.database.close()


@pytest.fixture
def app(instance: Instance) -> Flask:
    """The application on that instance."""
    application = create_app(instance)
    application.testing = True
    with application.app_context():
        limiter.reset()
    application.jinja_env.bytecode_cache = COMPILED
    return application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def add_organization(instance: Instance) -> Callable[..., int]:
    """Add an organisation by slug; gives its id."""

    def add(slug: str, name: str = "", **more: Any) -> int:
        with instance.database.open_for_maintenance() as session:
            return organizations.add(session, slug, name or slug.replace("-", " ").title(), **more).id

    return add


@pytest.fixture
def add_person(instance: Instance) -> Callable[..., int]:
    """Add a person with an account; gives the person's id. `organizations` is {slug: role}, where the
    role is member, promoter or coordinator."""

    def add(email: str, name: str = "Rosa Quispe", password: str | None = PASSWORD,
            organizations: dict[str, str] | None = None, **more: Any) -> int:  # fmt: skip
        with instance.database.open_for_maintenance() as session:
            person = people.add(session, name, email, **more)
            for slug, role in (organizations or {}).items():
                organization = _organization(session, slug)
                if role == "coordinator":
                    people.appoint(session, organization, person)
                else:
                    people.join(session, person, organization, role)
            accounts.add(session, person, password)
            return person.id

    return add


def _organization(session: Any, slug: str) -> Any:
    found = organizations.find(session, slug)
    return found or organizations.add(session, slug, slug.replace("-", " ").title())


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """Sign in by the form; gives the browser."""

    def enter(email: str, password: str = PASSWORD, *, remember: bool = False) -> FlaskClient:
        browser = app.test_client()
        data = {"email": email, "password": password, "csrf_token": token(browser, "/ingresar")}
        answer = browser.post("/ingresar", data=data | ({"remember": "y"} if remember else {}))
        assert answer.status_code == 302, answer.text
        return browser

    return enter


def token(browser: FlaskClient, address: str) -> str:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(address, follow_redirects=True).text)
    assert found, f"no form at {address}"
    return found.group(1)
