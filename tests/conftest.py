"""What most tests need: an instance in a folder of its own, the application, a browser, people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import accounts, create_app
from portal.instance import Instance
from portal.limits import limiter
from toolkit import organizations, people

PASSWORD = "piedra lenta caña azúl"
NOT_BUILT = {"library.home", "library.index", "organizations.index", "spaces.index", "contributions.index"}
"""Pages that every page links to; a test application answers for those whose section is not there yet."""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """A fresh instance with tables and nothing in them."""
    fresh = Instance(tmp_path / "instance", PUBLIC_URL="http://localhost")
    fresh.database.migrate()
    yield fresh
    fresh.database.close()


@pytest.fixture
def app(instance: Instance) -> Flask:
    """The application on that instance."""
    application = create_app(instance)
    application.testing = True
    with application.app_context():
        limiter.reset()
    for endpoint in NOT_BUILT - application.view_functions.keys():
        application.add_url_rule(f"/{endpoint}", endpoint, lambda: "")
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
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(address).text)
    assert found, f"no form at {address}"
    return found.group(1)
