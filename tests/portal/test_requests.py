"""The pages of requests: a promoter's, an outsider's, a visitor's; and the door of a draft that waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import accounts, mail
from portal.instance import Instance
from portal.limits import limiter
from tests.conftest import PASSWORD, token
from tests.world import PEOPLE, World, build, canary, title_word
from toolkit.records import Job, OutboxMessage, Person, Request

Enter = Callable[[str], FlaskClient]
PENDING = "/espacios/duena/pendientes"


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


def send(browser: FlaskClient, address: str, **data: Any) -> Any:
    return browser.post(address, data={"csrf_token": token(browser, address), **data})


def first(coordinator: FlaskClient) -> str:
    """The address of the first request that waits."""
    found = re.search(r'href="(/espacios/duena/pendientes/\w+)"', coordinator.get(PENDING).text)
    assert found
    return found[1]


def ask(world: World, enter: Enter, what: str = "draft", level: str = "1") -> str:
    """The author asks to publish; gives the address of the request."""
    author = enter("author")
    page = f"/mis-aportes/{world.ids[what]}"
    assert "La coordinación lo revisa antes" in author.get(f"{page}/visibilidad").text
    said = send(author, f"{page}/visibilidad", level=level, message="Por favor")
    assert said.status_code == 302
    assert "Mientras tanto" in (shown := author.get(page).text)
    found = re.search(r'href="(/espacios/duena/pendientes/\w+)"', shown)
    assert found
    return found[1]


def sent(instance: Instance) -> list[tuple[str, str]]:
    """Recipient and words of every message, as the worker would write them."""
    post = mail.Post(instance)
    with instance.database.open_for_maintenance(writing=False) as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [
            (row.recipient, "\n".join(post.render(row.template, row.values, row.language))) for row in rows
        ]


def test_a_draft_is_granted_by_the_coordination(world: World, enter: Enter) -> None:
    there = ask(world, enter)
    coordinator = enter("coordinator")
    assert title_word("draft") in coordinator.get("/espacios/duena/pendientes").text
    page = coordinator.get(there).text
    assert "Todos los miembros" in page and "Por favor" in page and "Lo verán hoy:" in page
    assert send(coordinator, there, action="refuse").status_code == 422
    assert send(coordinator, there, action="grant").status_code == 302
    assert canary("draft") in enter("other").get(f"/recursos/{world.ids['draft']}/v2/1/paginas/1").text
    assert send(coordinator, "/espacios/duena/pendientes?estado=respondidas").status_code == 405
    assert "Concedida" in coordinator.get("/espacios/duena/pendientes?estado=respondidas").text
    asked, (recipient, words) = sent(world.instance)
    assert asked[0] == "coordinator@ejemplo.pe"
    assert f"Persona author pide publicar «Material {title_word('draft')}»" in asked[1]
    assert f"http://localhost{there}" in asked[1]
    assert recipient == "author@ejemplo.pe"
    assert words.startswith("Su solicitud fue concedida\n") and title_word("draft") in words
    assert f"http://localhost/recursos/{world.ids['draft']}" in words


@pytest.mark.parametrize(("what", "level", "words"), [
    ("draft", "1", "Publicar «Material tucandraftfin»"),
    ("own", "1", "Cambiar quién ve «Material tucanownfin»"),
])  # fmt: skip
def test_a_request_is_called_by_what_was_asked_everywhere_and_for_ever(
    world: World, enter: Enter, what: str, level: str, words: str
) -> None:
    there, coordinator = ask(world, enter, what, level), enter("coordinator")
    for page in (PENDING, there, "/espacios/duena", "/espacios/duena/relevo"):
        assert words in coordinator.get(page).text, page
    assert send(coordinator, there, action="grant").status_code == 302
    assert words in coordinator.get(f"{PENDING}?estado=respondidas").text
    assert words in enter("author").get("/mis-solicitudes").text


def test_a_refusal_carries_its_reason(world: World, enter: Enter) -> None:
    there = ask(world, enter)
    coordinator = enter("coordinator")
    answer = send(coordinator, there, action="refuse", reason="Faltan las cifras")
    assert answer.status_code == 302
    assert title_word("draft") not in coordinator.get(there).text  # a draft is hidden again
    author = enter("author")
    assert "Faltan las cifras" in author.get("/mis-solicitudes").text
    assert "Faltan las cifras" in sent(world.instance)[-1][1]
    again = coordinator.post(there, data={"csrf_token": token(author, "/cuenta"), "action": "grant"})
    assert again.status_code in (400, 422)


@pytest.mark.parametrize("who", PEOPLE)
def test_the_doors_of_a_draft_that_waits(world: World, enter: Enter, who: str) -> None:
    """While it waits the coordination reads it, through every door of its contents, and changes nothing."""
    there = ask(world, enter)
    browser, id = enter(who), world.ids["draft"]
    reads = who in ("author", "coordinator")
    for door in ("", "/v1/1/paginas/1", "/v2/1/archivo", "/paginas/1"):
        answer = browser.get(f"/recursos/{id}{door}", follow_redirects=True)
        assert answer.status_code == (200 if reads else 404), door
    for door in ("editar", "visibilidad", "version-nueva", "retirar", "borrar"):
        answer = browser.get(f"/mis-aportes/{id}/{door}")
        assert (answer.status_code in (200, 409)) == (who == "author"), door
    if who not in ("author", "coordinator"):
        assert browser.get(there).status_code in (302, 404)
        assert title_word("draft") not in browser.get("/mis-solicitudes", follow_redirects=True).text
    assert not found_by_searching(browser)


def found_by_searching(browser: FlaskClient) -> bool:
    return canary("draft") in browser.get(f"/biblioteca?q={title_word('draft')}").text


def test_what_changed_while_it_was_read_is_shown_again(world: World, enter: Enter) -> None:
    address = ask(world, enter)
    coordinator = enter("coordinator")
    seen = re.search(r'name="seen" value="(\w+)"', coordinator.get(address).text)
    assert seen
    draft = f"/mis-aportes/{world.ids['draft']}/visibilidad"
    assert send(enter("author"), draft, level="1", message="Otra cosa").status_code == 302
    said = send(coordinator, address, action="grant", seen=seen[1])
    assert said.status_code == 422
    assert "Cambió mientras usted leía" in said.text
    assert "Otra cosa" in said.text


def test_whoever_asked_takes_it_back(world: World, enter: Enter) -> None:
    there = ask(world, enter)
    author, coordinator = enter("author"), enter("coordinator")
    back = re.search(r'action="(/mis-solicitudes/\w+/desistir)"', author.get(there).text)
    assert back
    proof = {"csrf_token": token(coordinator, "/cuenta")}
    assert coordinator.post(back[1], data=proof).status_code == 403
    assert author.post(back[1], data={"csrf_token": token(author, there)}).status_code == 302
    assert "Sin efecto" in author.get("/mis-solicitudes").text
    assert author.post(back[1], data={"csrf_token": token(author, "/cuenta")}).status_code == 409


@pytest.mark.parametrize("slug", ["receptora", "tercera", "nada"])
def test_a_request_has_one_address(world: World, enter: Enter, slug: str) -> None:
    there = ask(world, enter)
    assert enter("coordinator").get(there.replace("duena", slug)).status_code == 404


def test_another_organization_asks_and_reads_once_granted(world: World, enter: Enter) -> None:
    other, id = enter("other"), world.ids["chosen_card"]
    card = other.get(f"/recursos/{id}", follow_redirects=True).text
    assert f"/recursos/{id}/solicitar-acceso" in card
    assert other.get(f"/recursos/{id}/v2/1/archivo").status_code == 403
    assert send(other, f"/recursos/{id}/solicitar-acceso", message="Para un taller").status_code == 302
    assert "Usted ya lo pidió" in other.get(f"/recursos/{id}", follow_redirects=True).text
    coordinator = enter("coordinator")
    there = first(coordinator)
    page = coordinator.get(there).text
    assert "Para un taller" in page and "persona de TERCERA" in page
    send(coordinator, there, action="grant")
    assert other.get(f"/recursos/{id}/v2/1/archivo").status_code == 200
    assert other.get(f"/recursos/{id}/solicitar-acceso").status_code == 302


@pytest.mark.parametrize(("who", "what", "status"), [
    ("visitor", "chosen_card", 200), ("visitor", "members_card", 200), ("visitor", "public", 302),
    ("visitor", "own", 404), ("other", "chosen", 404), ("member", "chosen_card", 302),
    ("editor", "chosen_card", 200), ("administrator", "chosen_card", 404),
])  # fmt: skip
def test_who_is_offered_to_ask(world: World, enter: Enter, who: str, what: str, status: int) -> None:
    assert enter(who).get(f"/recursos/{world.ids[what]}/solicitar-acceso").status_code == status


def work_off(instance: Instance) -> None:
    """Do the jobs of mail that stand in the queue, as the worker does."""
    handlers = mail.handlers(instance)
    with instance.database.open_for_maintenance() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "ask_access")).all()
        session.expunge_all()
    for job in jobs:
        handlers["ask_access"].run(job)
        with instance.database.open_for_maintenance() as session:
            session.delete(session.get_one(Job, job.id))


def test_a_visitor_asks_by_mail_and_is_invited(world: World, enter: Enter) -> None:
    visitor, address = enter("visitor"), f"/recursos/{world.ids['chosen_card']}/solicitar-acceso"
    assert send(visitor, address, email="no es", message="Hola").status_code == 422
    assert "Escriba el correo electrónico." in send(visitor, address, email=" ", message="Hola").text
    assert send(visitor, address, email="ana@fuera.pe", message="Para un taller").status_code == 302
    assert world.instance.database is not None
    work_off(world.instance)
    coordinator = enter("coordinator")
    assert "ana@fuera.pe" not in coordinator.get("/espacios/duena/pendientes").text
    link = re.search(r"http://localhost(/solicitud-de-acceso/\S+)", sent(world.instance)[0][1])
    assert link
    for _ in range(2):  # mail programs open links: that changes nothing
        page = visitor.get(link[1])
        assert page.status_code == 200 and page.headers["Referrer-Policy"] == "no-referrer"
    assert "ana@fuera.pe" not in coordinator.get("/espacios/duena/pendientes").text
    assert "Confirmada" in send(visitor, link[1]).text
    assert send(visitor, link[1]).status_code == 422
    there = first(coordinator)
    page = coordinator.get(there).text
    assert "le llegará una invitación" in page and "Invitar como miembro</button>" in page
    assert "Conceder" not in page
    assert send(coordinator, there, action="grant").status_code == 302
    assert "invitación para unirse como miembro" in coordinator.get(PENDING).text
    confirming, asked, *answered = sent(world.instance)
    assert [one[0] for one in (confirming, *answered)] == ["ana@fuera.pe"] * 3
    assert asked[0] == "coordinator@ejemplo.pe" and "Una persona sin cuenta" in asked[1]
    assert "ana@fuera.pe" not in asked[1]


def test_the_same_answer_and_the_same_work_for_every_address(world: World, enter: Enter) -> None:
    """Known or not: the same page, and one job."""
    answers = []
    for email in ("author@ejemplo.pe", "nadie@fuera.pe"):
        visitor, address = enter("visitor"), f"/recursos/{world.ids['chosen_card']}/solicitar-acceso"
        answer = send(visitor, address, email=email)
        answers.append((answer.status_code, answer.location, re.sub("nonce-[^']+", "", str(answer.headers))))
    assert answers[0][:2] == answers[1][:2]
    with world.instance.database.open_for_maintenance(writing=False) as session:
        assert len(session.scalars(select(Job).where(Job.kind == "ask_access")).all()) == 2
        assert not session.scalars(select(Request)).all()


def test_asking_is_limited(world: World, app: Flask, enter: Enter) -> None:
    limiter.enabled = True
    visitor, address = enter("visitor"), f"/recursos/{world.ids['chosen_card']}/solicitar-acceso"
    proof = token(visitor, address)
    statuses = [
        visitor.post(address, data={"csrf_token": proof, "email": f"a{n}@fuera.pe"}).status_code
        for n in range(11)
    ]
    assert statuses == [302] * 10 + [429]


@pytest.mark.parametrize("level", ["0", "7", "", "x"])
def test_a_level_smuggled_in_publishes_nothing_more(world: World, enter: Enter, level: str) -> None:
    """Level 0 stays as the first issue left it; what is no level is said so."""
    page = f"/mis-aportes/{world.ids['draft']}/visibilidad"
    assert send(enter("author"), page, level=level).status_code == (302 if level == "0" else 422)


def test_a_visitor_with_many_addresses_of_one_network_asks_no_more_often(world: World, app: Flask) -> None:
    there = f"/recursos/{world.ids['members_card']}/solicitar-acceso"
    answers = []
    for n in range(11):
        browser = app.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"2001:db8:0:7::{n:x}"
        answers.append(send(browser, there, email=f"v{n}@x.pe", message="Por favor").status_code)
    assert answers[-2:] == [302, 429]
