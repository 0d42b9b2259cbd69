"""The pages of the register, its table and paper, and the exports of metadata."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import accounts, create_app, limits
from portal.instance import Instance
from portal.mail import Post
from tests.conftest import PASSWORD, token
from tests.world import CARDS, FOUND, PEOPLE, World, build, title_word
from toolkit.access import lima_day
from toolkit.records import Organization, Person, Resource, Share, now
from toolkit.records import Post as Term

Enter = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world, in which «receiver» holds the post of the receiving organisation."""
    instance = Instance(tmp_path_factory.mktemp("exchange"), PUBLIC_URL="http://localhost",
                        SEARCHES_PER_MINUTE=1_000_000)  # fmt: skip
    instance.database.migrate()
    made = build(instance)
    with instance.database.open_for_maintenance() as session:
        for address in made.addresses.values():
            accounts.add(session, session.query(Person).filter_by(email=address).one(), PASSWORD)
        receiver = session.query(Person).filter_by(email=made.addresses["receiver"]).one()
        session.add(
            Term(organization_id=made.places["receptora"], holder_id=receiver.id, since=lima_day(now()))
        )
        session.scalars(select(Share)).first().title = '=HYPERLINK("http://malo")'
    yield made
    instance.database.close()


@pytest.fixture(scope="module")
def enter(world: World) -> Iterator[Enter]:
    application = create_app(world.instance)
    application.testing = True
    with application.app_context():
        limits.limiter.enabled = False
    kept: dict[str, FlaskClient] = {}

    def browser(who: str) -> FlaskClient:
        if who not in kept:
            kept[who] = application.test_client()
            if who != "visitor":
                data = {"email": world.addresses[who], "password": PASSWORD,
                        "csrf_token": token(kept[who], "/ingresar")}  # fmt: skip
                assert kept[who].post("/ingresar", data=data).status_code == 302
        return kept[who]

    yield browser
    limits.limiter.enabled = True


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("who", "readable"), [
    ("visitor", ()), ("member", ("duena",)), ("author", ("duena",)), ("coordinator", ("duena",)),
    ("receiver", ("receptora",)), ("other", ("tercera",)), ("editor", ("duena", "receptora", "tercera")),
    ("administrator", ()),
])  # fmt: skip
def test_exchange_register(world: World, enter: Enter, who: str, readable: tuple[str, ...]) -> None:
    """V totals; members and the coordination own rows; an editor reads; an administrator does not."""
    browser = enter(who)
    for slug in ("duena", "receptora", "tercera", "cerrada", "nunca-hubo"):
        for page in ("intercambio", "intercambio/imprimir", "intercambio.csv"):
            answer = browser.get(f"/espacios/{slug}/{page}")
            assert answer.status_code == (200 if slug in readable else 302 if who == "visitor" else 404)
            if slug in ("duena", "receptora") and slug in readable:
                assert title_word("chosen") in answer.text or "HYPERLINK" in answer.text
    assert browser.get("/intercambio").status_code == 200


def test_the_table_holds_no_formula(world: World, enter: Enter) -> None:
    rows = table(enter("coordinator").get("/espacios/duena/intercambio.csv"))
    titles = [row[1] for row in rows[1:]]
    assert '\'=HYPERLINK("http://malo")' in titles


@pytest.mark.parametrize("query", [
    "anio=0000", "anio=9999", "anio=²²²²", "sentido=otro", "pagina=-4", "pagina=x",
    "pagina=99999999999999999", "anio=1901&sentido=recibido",
])  # fmt: skip
def test_strange_addresses_give_a_page(world: World, enter: Enter, query: str) -> None:
    for page in ("intercambio", "intercambio/imprimir", "intercambio.csv"):
        assert enter("coordinator").get(f"/espacios/duena/{page}?{query}").status_code == 200


def test_the_mail_of_a_delivery_leads_to_the_material_and_to_the_receipt(world: World) -> None:
    values = {"name": "Ana", "organization": "La que recibe", "slug": "receptora", "giver": "La que da",
              "title": "Guía", "number": 2, "material": world.ids["chosen"]}  # fmt: skip
    subject, text = Post(world.instance).render("delivered", values, "pt")
    assert subject == "La que da entregou “Guía” a vocês"
    assert f"http://localhost/pt/recursos/{world.ids['chosen']}\n" in text
    assert "http://localhost/pt/espacios/receptora/intercambio\n" in text


def test_the_page_of_requests_leads_to_the_receipts_that_wait(world: World, enter: Enter) -> None:
    page = enter("receiver").get("/espacios/receptora/pendientes").text
    assert "Ninguna solicitud pendiente" in page and "Nada pendiente" not in page
    assert "Además, 1 entrega espera su acuse de recibo" in page
    assert "acuse de recibo" not in enter("coordinator").get("/espacios/duena/pendientes").text


def test_acuse_de_recibo_is_given_once(world: World, enter: Enter) -> None:
    receiver, page = enter("receiver"), "/espacios/receptora/intercambio"
    found = re.search(
        r'action="(/espacios/receptora/intercambio/\w+/acusar-recibo)"', receiver.get(page).text
    )
    assert found
    proof = {"csrf_token": token(receiver, "/cuenta")}
    for who in ("coordinator", "other", "administrator"):
        browser = enter(who)
        answer = browser.post(found[1], data={"csrf_token": token(browser, "/cuenta")})
        assert answer.status_code == 404, who
    editor = enter("editor")
    assert editor.post(found[1], data={"csrf_token": token(editor, "/cuenta")}).status_code == 403
    assert receiver.post(found[1], data=proof).status_code == 302
    again = receiver.post(found[1], data=proof)
    assert again.status_code == 409 and "quedan como están" in again.text
    assert found[1] not in receiver.get(page).text
    assert "Con recibo" in enter("coordinator").get("/espacios/duena/intercambio").text


@pytest.mark.parametrize("who", PEOPLE)
def test_export_metadata_of_the_library(world: World, enter: Enter, who: str) -> None:
    """V public; members what they find; A counts only."""
    rows = table(enter(who).get("/biblioteca/exportar.csv"))
    if who == "administrator":
        assert rows[0] == ["Filtro", "Valor", "Materiales"]
        assert not any(title_word(what) in cell for row in rows for cell in row for what in CARDS)
        return
    titles = {row[1] for row in rows[1:]}
    assert titles == {f"Material {title_word(what)}" for what, finders in FOUND.items() if who in finders}
    narrowed = table(enter(who).get("/biblioteca/exportar.csv?anio=2001&q=material"))
    assert len(narrowed) == 2


@pytest.mark.parametrize(("who", "status"), [
    ("visitor", 302), ("member", 403), ("author", 403), ("coordinator", 200), ("other", 404), ("editor", 404),
    ("administrator", 404),
])  # fmt: skip
def test_export_metadata_own_organization_full(world: World, enter: Enter, who: str, status: int) -> None:
    answer = enter(who).get("/espacios/duena/exportar.csv")
    assert answer.status_code == status
    if status == 200:
        rows = table(answer)
        with world.instance.database.open_for_maintenance(writing=False) as session:
            held = session.scalars(
                select(Resource.title)
                .join(Organization, Organization.id == Resource.organization_id)
                .where(Organization.slug == "duena", Resource.state != "draft")
            ).all()
        assert {row[1] for row in rows[1:]} == set(held)
        assert {row[-2] for row in rows[1:]} == {
            "Público", "Todos los miembros", "Organizaciones elegidas", "Solo mi organización"
        }  # fmt: skip


def test_the_page_for_paper_names_its_columns_and_says_when_it_has_no_rows(
    world: World, enter: Enter
) -> None:
    page = enter("coordinator").get("/espacios/duena/intercambio/imprimir").text
    assert 'href="/espacios/duena"' in page and 'data-name="Acuse de recibo"' in page
    empty = enter("coordinator").get("/espacios/duena/intercambio/imprimir?anio=1950").text
    assert "No hay entregas que imprimir." in empty and "<table" not in empty
    assert 'href="/espacios/duena">' not in enter("editor").get("/espacios/duena/intercambio/imprimir").text
