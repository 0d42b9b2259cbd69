"""Promises of ASVS 5.0, chapters 6 to 8, that no single section keeps: the portal as a whole does."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal import accounts
from portal.accounts.records import Account
from portal.instance import Instance
from tests.conftest import token
from tests.portal.library import add as add_material
from toolkit import organizations, people
from toolkit.records import Organization, Person


def test_a_fresh_portal_has_no_account(instance: Instance) -> None:
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalar(select(func.count(Account.id))) == 0
        assert session.scalar(select(func.count(Person.id))) == 0


@pytest.fixture
def julia(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """She coordinates «agraria» and administers the portal, so that she reaches most pages."""
    add_person("julia@agraria.coop", "Julia Jefa", organizations={"agraria": "coordinator"},
               portal_role="administrator")  # fmt: skip
    return sign_in("julia@agraria.coop")


def pages(app: Flask, browser: FlaskClient) -> dict[str, str]:
    """Every page that answers a plain GET, by its address."""
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "security.logout"):
            continue
        address = rule.rule.replace("<slug>", "agraria")
        if "<" in address:
            continue
        answer = browser.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[address] = answer.text
    return found


def test_signing_out_is_on_every_page_and_no_page_shows_a_secret(
    app: Flask, julia: FlaskClient, instance: Instance
) -> None:
    found = pages(app, julia)
    assert len(found) > 30
    with instance.database.open_for_maintenance(writing=False) as session:
        account = session.scalars(select(Account)).one()
        secrets = [account.password, account.fs_uniquifier, "argon2"]
    for address, page in found.items():
        assert 'action="/salir"' in page and ">Salir<" in page, address
        assert not [one for one in secrets if one and one in page], address


def test_a_visitor_is_shown_no_address_of_a_person(app: Flask, client: FlaskClient, julia: object) -> None:
    for address, page in pages(app, client).items():
        assert not re.search(r"[\w.]+@(?!import)[\w.]+\.\w+", page), address


SMUGGLED = {
    "id": "1", "kind": "joint", "active": "", "approves_own": "y", "slug": "otra", "organization_id": "99",
    "person_id": "99", "role": "administrator", "portal_role": "editor", "level": "0", "state": "published",
    "created_at": "2001-01-01", "until": "", "trusted": "y", "is_public": "1", "coordinates": "1",
}  # fmt: skip


def _columns(record: object) -> dict[str, object]:
    return {column.key: getattr(record, column.key) for column in type(record).__table__.columns}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("address", "given", "may_change"), [
    ("/administracion/organizaciones/agraria/editar", {"name": "Agraria Unida"}, {"name"}),
    ("/espacios/agraria/ajustes", {"name": "Agraria Unida"}, {"name", "approves_own", "takes_requests"}),
    ("/cuenta", {"name": "Julia J.", "language": "es", "text_size": "100"}, {"name"}),
])  # fmt: skip
def test_no_field_that_is_not_in_the_form_is_set(
    address: str, given: dict[str, str], may_change: set[str], julia: FlaskClient, instance: Instance
) -> None:
    def kept() -> dict[str, object]:
        with instance.database.open_for_maintenance(writing=False) as session:
            one = organizations.get(session, "agraria")
            person = people.get(session, "julia@agraria.coop")
            return {f"{type(row).__name__}.{name}": value for row in (one, person)
                    for name, value in _columns(row).items()}  # fmt: skip

    before = kept()
    data = {**SMUGGLED, **given, "csrf_token": token(julia, address)}
    assert julia.post(address, data=data).status_code == 302
    after = kept()
    changed = {name.partition(".")[2] for name in before if before[name] != after[name]}
    assert "name" in changed and changed <= may_change


def test_after_a_revocation_returned_nothing_succeeds(
    app: Flask, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient], instance: Instance
) -> None:
    person_id = add_person("rosa@agraria.coop", organizations={"agraria": "member"})
    with instance.database.open_for_maintenance(writing=False) as session:
        owner = session.scalars(select(Organization.id)).one()
    made = add_material(instance, "Acta reservada", level=3, organization_id=owner)
    address = f"/recursos/{made.id}/v1/1/archivo"
    for _ in range(5):
        rosa, over, late = sign_in("rosa@agraria.coop"), threading.Event(), []

        def download(rosa=rosa, over=over, late=late) -> None:
            for _ in range(200):
                begun_after = over.is_set()
                status = rosa.get(address).status_code
                late.append((begun_after, status))
                if begun_after:
                    return

        thread = threading.Thread(target=download)
        thread.start()
        with instance.database.open_for_maintenance() as session:
            accounts.suspend(session, person_id)
        over.set()
        thread.join()
        assert [status for begun_after, status in late if begun_after] == [404]
        with instance.database.open_for_maintenance() as session:
            accounts.restore(session, person_id)
