"""The pages of sharing: from the space to a delivery in five touches, and its end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import accounts
from portal.instance import Instance
from tests.conftest import PASSWORD, token
from tests.world import World, build, canary, title_word
from toolkit.records import Person, Resource, Share

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def world(instance: Instance) -> World:
    made = build(instance)
    with instance.database.open_for_maintenance() as session:
        for address in made.addresses.values():
            accounts.add(session, session.query(Person).filter_by(email=address).one(), PASSWORD)
    return made


@pytest.fixture
def enter(app: Flask, world: World, sign_in: Callable[..., FlaskClient]) -> Enter:
    """A browser in which somebody of the world is signed in."""
    return lambda who: app.test_client() if who == "visitor" else sign_in(world.addresses[who])


def send(browser: FlaskClient, address: str, **data: object) -> object:
    return browser.post(address, data={"csrf_token": token(browser, address), **data})


def test_j4_from_the_space_in_five_touches(world: World, enter: Enter) -> None:
    coordinator = enter("coordinator")
    space = coordinator.get("/espacios/duena").text
    card = re.search(rf'href="(/recursos/{world.ids["own"]}[^"]*)"', space)
    assert card  # 1 the document
    there = re.search(r'href="(/recursos/\w+/compartir)"', coordinator.get(card[1]).text)
    assert there  # 2 «Compartir»
    form = coordinator.get(there[1]).text
    assert "Cooperativa tercera (TERCERA)" in form and "pasa a «Organizaciones elegidas»" in form  # 3 choose
    asked = send(coordinator, there[1], version="1", organizations="tercera")  # 4 «Continuar»
    assert "Lo verá hoy: 1 persona de TERCERA." in asked.text
    with world.instance.database.visit(world.viewers["coordinator"]) as visit:
        assert visit.session.scalars(select(Share).where(Share.number == 1)).all() is not None
        assert visit.session.get_one(Resource, world.resources["own"]).level == 3  # nothing is kept yet
    done = send(coordinator, there[1], version="1", organizations="tercera", confirmed="y")  # 5 «Compartir»
    assert done.status_code == 302
    card_page = enter("other").get(f"/recursos/{world.ids['own']}", follow_redirects=True)
    assert title_word("own") in card_page.text
    page = enter("other").get(f"/recursos/{world.ids['own']}/v1/1/paginas/1")
    assert canary("own") in page.text
    assert enter("receiver").get(f"/recursos/{world.ids['own']}").status_code == 404
    assert title_word("own") in coordinator.get("/espacios/duena/intercambio").text


@pytest.mark.parametrize(("who", "status"), [
    ("visitor", 302), ("member", 403), ("promoter", 200), ("author", 200), ("coordinator", 200),
    ("receiver", 404), ("other", 404), ("editor", 404), ("administrator", 404),
])  # fmt: skip
def test_who_may_open_the_form(world: World, enter: Enter, who: str, status: int) -> None:
    assert enter(who).get(f"/recursos/{world.ids['own']}/compartir").status_code == status


def test_a_promoter_proposes_and_nothing_is_shared_yet(world: World, enter: Enter) -> None:
    address = f"/recursos/{world.ids['own']}/compartir"
    promoter = enter("promoter")
    assert (
        "La coordinación lo revisa antes"
        in send(promoter, address, version="2", organizations="tercera").text
    )
    send(promoter, address, version="2", organizations="tercera", confirmed="y", message="Lo pidieron")
    assert enter("other").get(f"/recursos/{world.ids['own']}").status_code == 404
    assert "Compartir «" in promoter.get("/mis-solicitudes").text
    assert "Lo pidieron" in follow(enter("coordinator"), "/espacios/duena/pendientes")


def follow(browser: FlaskClient, listing: str) -> str:
    """The first request of a list."""
    found = re.search(r'href="(/espacios/\w+/pendientes/\w+)"', browser.get(listing).text)
    assert found
    return browser.get(found[1]).text


@pytest.mark.parametrize("sent", [
    {"version": "1"}, {"version": "1", "organizations": "duena"}, {"version": "1", "organizations": "nada"},
    {"version": "1", "organizations": "cerrada"}, {"version": "9", "organizations": "tercera"},
    {"version": "²", "organizations": "tercera"},
    {"organizations": "tercera", "version": "1", "until": "ayer"},
    {"organizations": "tercera", "version": "1", "until": "2020-01-01"},
    {"organizations": "tercera", "version": "1", "until": "9999-12-31", "confirmed": ""},
])  # fmt: skip
def test_bad_input_is_said_and_changes_nothing(world: World, enter: Enter, sent: dict[str, str]) -> None:
    browser, address = enter("coordinator"), f"/recursos/{world.ids['own']}/compartir"
    for confirmed in ({}, {"confirmed": "y"}):
        answer = send(browser, address, **sent | confirmed)
        if "confirmed" in sent and not confirmed and answer.status_code == 200:
            continue
        assert answer.status_code == 422, answer.text
        assert "Revise estos puntos" in answer.text
    with world.instance.database.visit(world.viewers["coordinator"]) as visit:
        assert visit.session.get_one(Resource, world.resources["own"]).level == 3


def test_ending_says_what_it_cannot_do_and_ends(world: World, enter: Enter) -> None:
    browser, address = enter("coordinator"), f"/recursos/{world.ids['chosen']}/compartir"
    receiver = enter("receiver")
    assert receiver.get(f"/recursos/{world.ids['chosen']}/v1/1/archivo").status_code == 200
    end = re.search(r'href="(/recursos/\w+/compartir/\w+/terminar)"', browser.get(address).text)
    assert end
    assert "no se pueden recoger" in browser.get(end[1]).text
    assert receiver.get(end[1]).status_code == 403
    assert enter("other").get(end[1]).status_code == 404
    assert send(browser, end[1]).status_code == 302
    assert receiver.get(f"/recursos/{world.ids['chosen']}/v1/1/archivo").status_code == 404
    assert world.ids["chosen"] not in receiver.get(f"/biblioteca?q={title_word('chosen')}").text
    for page in ("", "/imprimir"):
        assert "Terminada el" in receiver.get(f"/espacios/receptora/intercambio{page}").text
    titles, *rows = receiver.get("/espacios/receptora/intercambio.csv").text.splitlines()
    ended = titles.split(",").index("Terminada")
    assert [bool(row.split(",")[ended]) for row in rows if title_word("chosen") in row] == [True]
    assert browser.get(end[1]).status_code == 404  # once


@pytest.mark.parametrize(("deed", "status"), [("visibilidad", 404), ("retirar", 410)])
def test_narrowing_and_withdrawing_close_every_door_at_once(
    world: World, enter: Enter, deed: str, status: int
) -> None:
    browser, receiver, id = enter("coordinator"), enter("receiver"), world.ids["chosen"]
    page = f"/mis-aportes/{id}/{deed}"
    assert "ya descargó no se pueden recoger" in browser.get(page).text
    assert send(browser, page, level="3", reason="Viejo").status_code == 302
    for door in ("", "/paginas/1", "/v1/1/paginas/1", "/v1/1/archivo", "/v1/1/miniatura"):
        answer = receiver.get(f"/recursos/{id}{door}", follow_redirects=True)
        assert answer.status_code == status, door
    assert title_word("chosen") in receiver.get("/espacios/receptora/intercambio").text  # the row stays
    assert enter("other").get(f"/recursos/{id}").status_code == 404


def test_choosing_organizations_asks_before_it_saves(world: World, enter: Enter) -> None:
    browser, page = enter("coordinator"), f"/mis-aportes/{world.ids['own']}/visibilidad"
    asked = send(browser, page, level="2", organizations=["tercera", "receptora"])
    assert asked.status_code == 200
    assert re.search(r"Lo verán hoy: \d+ personas", asked.text)
    assert enter("other").get(f"/recursos/{world.ids['own']}").status_code == 404
    again = browser.get(f"{page}?level=2&organizations=tercera")
    assert "Lo verán hoy" in again.text
    send(browser, page, level="2", organizations=["tercera", "receptora"], confirmed="y")
    assert enter("other").get(f"/recursos/{world.ids['own']}/v2/1/archivo").status_code == 200
    for wrong in ({"level": "2"}, {"level": "2", "organizations": "duena"}, {"level": "7"}):
        assert send(browser, page, confirmed="y", **wrong).status_code == 422
        assert browser.get(page, query_string=wrong).status_code == 422


@pytest.mark.parametrize(("who", "page", "button"), [
    ("author", "/subir", "Publicar o pedirlo a la coordinación"),
    ("author", "/mis-aportes/{draft}/visibilidad", "Publicar o pedirlo a la coordinación"),
    ("author", "/mis-aportes/{own}/visibilidad", "Guardar o pedirlo a la coordinación"),
    ("coordinator", "/subir", "Publicar"), ("coordinator", "/mis-aportes/{own}/visibilidad", "Guardar"),
])  # fmt: skip
def test_a_button_that_may_only_ask_says_so(
    world: World, enter: Enter, who: str, page: str, button: str
) -> None:
    said = enter(who).get(page.format(**world.ids)).text
    assert f">{button}</button>" in said
    assert ("La coordinación lo revisa antes." in said) == ("pedirlo" in button)
    assert ("se le envía para que lo apruebe" in said) == ("pedirlo" in button)


def test_the_list_of_organizations_is_open_where_they_are_chosen(world: World, enter: Enter) -> None:
    """With script it opens at the choice too."""
    author, page = enter("author"), f"/mis-aportes/{world.ids['draft']}/visibilidad"
    fold = '<details class="fold inner" data-opens="level-2"'
    assert f"{fold}>" in author.get(page).text
    answer = send(author, page, level="2")
    assert answer.status_code == 422 and f"{fold} open>" in answer.text


def test_the_numbers_stand_beside_the_levels(world: World, enter: Enter) -> None:
    text = enter("author").get("/subir").text
    assert "Hoy: cualquier persona." in text
    assert "Hoy: 4 personas." in text  # author, promoter, member, coordinator
    assert text.count("La coordinación lo revisa antes.") == 2  # levels 1 and 2
    assert "La coordinación lo revisa antes." not in enter("coordinator").get("/subir").text


def test_nobody_who_is_suspended_is_counted(world: World, enter: Enter) -> None:
    with world.instance.database.open_for_maintenance() as session:
        member = session.query(Person).filter_by(email=world.addresses["member"]).one()
        accounts.suspend(session, member.id)
    assert "Hoy: 3 personas." in enter("author").get("/subir").text


def test_the_card_says_with_whom_it_is_shared(world: World, enter: Enter) -> None:
    def shown(who: str) -> str:
        return enter(who).get(f"/recursos/{world.ids['chosen']}", follow_redirects=True).text

    assert "con RECEPTORA (versión 1)" in shown("member")
    assert "con nosotros (versión 1)" in shown("receiver")


@pytest.mark.parametrize(("who", "what", "card", "result"), [
    ("member", "chosen", "Compartido con 2", "Compartido"),
    ("receiver", "chosen", "Compartido con nosotros", "Compartido con nosotros"),
    ("visitor", "chosen_card", "Organizaciones elegidas", "Organizaciones elegidas"),
    ("other", "chosen_card", "Organizaciones elegidas", "Organizaciones elegidas"),
    ("editor", "chosen_card", "Organizaciones elegidas", "Organizaciones elegidas"),
    ("member", "members", "Miembros", "Miembros"), ("visitor", "public", "Público", "Público"),
])  # fmt: skip
def test_the_label_says_on_which_side_of_a_sharing_the_reader_stands(
    world: World, enter: Enter, who: str, what: str, card: str, result: str
) -> None:
    """Nobody takes for shared with them what is shared with others."""

    def label(page: str) -> str:
        return re.findall(r"</svg>([^<]*)</span>", enter(who).get(page, follow_redirects=True).text)[0]

    assert send(enter("coordinator"), f"/recursos/{world.ids['chosen']}/compartir", version="1",
                organizations="tercera", confirmed="y").status_code == 302  # fmt: skip
    assert label(f"/recursos/{world.ids[what]}") == card
    assert label(f"/biblioteca?q={title_word(what)}") == result


def test_the_author_reads_with_how_many_it_is_shared(world: World, enter: Enter) -> None:
    author = enter("author")
    assert "</svg>Compartido con 1</span>" in author.get(f"/mis-aportes/{world.ids['chosen']}").text
    assert "</svg>Compartido</span>" in author.get("/mis-aportes").text


def test_an_editor_narrows_and_withdraws_with_a_reason(world: World, enter: Enter) -> None:
    editor, id = enter("editor"), world.ids["public"]
    card = editor.get(f"/recursos/{id}", follow_redirects=True).text
    assert f"/mis-aportes/{id}/retirar" in card and f"/mis-aportes/{id}/version-nueva" not in card
    page = f"/mis-aportes/{id}/visibilidad"
    assert send(editor, page, level="3").status_code == 422
    assert send(editor, page, level="2", organizations="tercera", confirmed="y").status_code == 403
    assert send(editor, f"/mis-aportes/{id}/retirar").status_code == 422
    assert send(editor, page, level="1", reason="Tiene datos personales").status_code == 302
    assert enter("visitor").get(f"/recursos/{id}").status_code == 404
    assert send(editor, f"/mis-aportes/{id}/editar", title="Corregido", revision="2").status_code in (
        302,
        409,
    )


def test_an_administrator_withdraws_on_an_order(world: World, enter: Enter) -> None:
    administrator, id = enter("administrator"), world.ids["members"]
    page = f"/mis-aportes/{id}/retirar"
    assert "orden legal" in administrator.get(page).text
    assert send(administrator, page, reason="Sentencia").status_code == 422
    assert send(administrator, page, reason="Sentencia", order="Juzgado 3").status_code == 302
    assert enter("other").get(f"/recursos/{id}").status_code == 410
    assert administrator.get(f"/mis-aportes/{id}/visibilidad").status_code in (403, 410)


@pytest.mark.parametrize(("who", "what"), [("administrator", "members_card"), ("editor", "public")])
def test_the_portal_restores_by_the_ficha_what_it_took_down(
    world: World, enter: Enter, who: str, what: str
) -> None:
    portal, coordinator = enter(who), enter("coordinator")
    ficha, own = f"/recursos/{world.ids[what]}", f"/mis-aportes/{world.ids[what]}"
    assert send(portal, f"{own}/retirar", reason="Motivo", order="Juzgado 3").status_code == 302
    page = coordinator.get(own).text
    assert "solo puede restaurarlo quien" in page and "/restaurar" not in page
    refused = coordinator.post(f"{own}/restaurar", data={"csrf_token": token(coordinator, "/subir")})
    assert refused.status_code == 403 and "no la organización" in refused.text
    gone = enter("visitor").get(ficha, follow_redirects=True)
    assert gone.status_code == 410 and "El portal lo retiró" in gone.text and "Cooperativa" not in gone.text
    page = portal.get(ficha, follow_redirects=True).text
    assert f"{own}/restaurar" in page and "Solicitar acceso" not in page
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    done = portal.post(f"{own}/restaurar", data={"csrf_token": found[1]})
    assert done.status_code == 302
    assert enter("visitor").get(ficha, follow_redirects=True).status_code == 200
