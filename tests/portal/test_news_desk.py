"""The desk of the news: who writes, proposes, publishes and withdraws, when it comes out, and what is kept.
The tests with a number carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_contributions import send
from tests.portal.test_news import picture, publish, text_of, work, write_with_photo
from toolkit.access import LIMA
from toolkit.jobs import enqueue
from toolkit.records import Article, now
from toolkit.records.base import injected
from toolkit.verifying import faults


@pytest.fixture
def editor(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    add_person("edita@x.coop", "Edita Ramos", portal_role="editor")
    return sign_in("edita@x.coop")


@pytest.fixture
def promoter(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    add_person("rosa@x.coop", "Rosa", organizations={"agraria": "promoter"})
    return sign_in("rosa@x.coop")


def test_a_promoter_proposes_and_an_editor_publishes(
    client: FlaskClient, promoter: FlaskClient, editor: FlaskClient, instance: Instance
) -> None:
    answer = send(promoter, "/noticias/nueva", title="Feria de quinua", summary="Hubo feria.", body="Texto.")
    address = answer.headers["Location"]
    assert client.get(address).status_code == 302, "nobody else: visitors are asked to sign in"
    assert publish(promoter, address).status_code == 403
    data = {"csrf_token": token(promoter, address)}
    assert promoter.post(f"{address}/enviar", data=data).status_code == 302
    assert promoter.get(f"{address}/editar").status_code == 403, "it is with the editors now"
    assert "Feria de quinua" in editor.get("/noticias/por-publicar").text
    assert publish(editor, address).status_code == 302
    assert "Feria de quinua" in client.get("/noticias").text
    assert editor.post(f"{address}/retirar", data={"csrf_token": token(editor, address)}).status_code == 302
    assert "Feria de quinua" not in client.get("/noticias").text


def test_who_may_not_write_comes_not_in(
    add_person: Callable[..., int], sign_in: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    add_person("luz@x.coop", "Luz", organizations={"agraria": "member"})
    luz = sign_in("luz@x.coop")
    for address in ("/noticias/nueva", "/noticias/por-publicar"):
        assert luz.get(address).status_code == 403
        assert client.get(address).status_code == 302
    assert "Escribir una noticia" not in luz.get("/noticias").text


def test_it_comes_out_by_itself_at_its_moment(
    client: FlaskClient, editor: FlaskClient, instance: Instance
) -> None:
    answer = send(editor, "/noticias/nueva", title="Mañana", summary="Saldrá.", body="Con vicuñas.")
    address, later = answer.headers["Location"], now() + dt.timedelta(days=1)
    day = later.astimezone(dt.timezone(dt.timedelta(hours=-5)))
    said = publish(editor, address, day=day.strftime("%Y-%m-%d"), time=day.strftime("%H:%M"))
    assert said.status_code == 302
    assert "programada" in editor.get(address).text
    work(instance)
    assert "Mañana" not in client.get("/noticias").text
    assert "Mañana" not in client.get("/biblioteca?q=vicuñas").text
    with injected(clock=lambda: dt.datetime.now(dt.UTC) + dt.timedelta(days=1, minutes=2)):
        work(instance)
        assert "Mañana" in client.get("/noticias").text
        assert "Mañana" in client.get("/biblioteca?q=vicuñas").text


@pytest.mark.parametrize(
    ("day", "time"),
    [("mañana", "09:00"), ("2027-13-01", "09:00"), ("2027-01-01", "25:00"), ("9999-12-31", "23:59")],
)
def test_a_moment_that_is_none_is_refused(editor: FlaskClient, day: str, time: str) -> None:
    answer = send(editor, "/noticias/nueva", title="Uno", summary="Dos.", body="Tres.")
    said = publish(editor, answer.headers["Location"], day=day, time=time)
    assert said.status_code == 422 and "Escriba el día y la hora" in said.text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"title": ""}, "Escriba un título."),
        ({"title": "x" * 201}, "Tiene más de 200 caracteres"),
        ({"resources": "no es nada"}, "no es la dirección de un material"),
        ({"resources": "/recursos/" + "z" * 20}, "no existe o usted no lo ve"),
        ({"topics": ["T99"]}, "no está en la lista"),
        ({"organizations": ["nadie"]}, "Elija organizaciones de la lista."),
        ({"photo": (io.BytesIO(b"MZ nada"), "foto.jpg")}, "El contenido del archivo"),
        ({"photo": (io.BytesIO(b"Hola"), "foto.txt")}, "La foto debe ser JPEG"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_text_is_kept(
    editor: FlaskClient, instance: Instance, more: dict[str, Any], sentence: str
) -> None:
    data = {"title": "Uno", "summary": "Resumen escrito.", "body": "Texto que costó."} | more
    answer = send(editor, "/noticias/nueva", **data)
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)
    assert "Texto que costó." in answer.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Article)).all() == []


def test_a_photo_without_a_description_is_not_published(editor: FlaskClient) -> None:
    address = write_with_photo(editor, alternative="")
    said = publish(editor, address)
    assert said.status_code == 422 and "Describa la foto" in said.text


def test_two_who_edit_lose_nothing(editor: FlaskClient, instance: Instance) -> None:
    answer = send(editor, "/noticias/nueva", title="Uno", summary="Dos.", body="Tres.")
    there = f"{answer.headers['Location']}/editar"
    form = {"csrf_token": token(editor, there), "title": "Uno", "summary": "Dos.", "revision": "1"}
    assert editor.post(there, data={**form, "body": "El mío."}).status_code == 302
    second = editor.post(there, data={**form, "body": "El suyo.", "topics": ["T07"]})
    assert second.status_code == 409
    shown = text_of(second.text)
    assert "Texto Lo que ya está guardado El mío. Lo que usted escribió El suyo." in shown
    assert "Temas Lo que ya está guardado (vacío) Lo que usted escribió Género y equidad" in shown
    same = editor.post(there, data={**form, "body": "El mío."})
    assert same.status_code == 302, "what is kept already is no conflict"


def test_the_contents_of_a_photo_are_kept_as_long_as_it_is_shown(
    editor: FlaskClient, instance: Instance
) -> None:
    address = write_with_photo(editor)
    with instance.database.open_for_maintenance() as session:
        enqueue(session, "slow", "sweep", "files")
    work(instance, "fast", "slow")
    assert len(list(instance.store.hashes())) == 1
    assert faults(instance.database, instance.store, instance.shelves) == []
    there = f"{address}/editar"
    (revision,) = re.findall(r'name="revision"[^>]*value="(\d+)"', editor.get(there).text)
    data = {"title": "La firma", "revision": revision, "without_photo": "y"}
    assert send(editor, there, **data).status_code == 302
    work(instance, "slow")
    assert list(instance.store.hashes()) == []


def schedule(editor: FlaskClient, address: str, day: dt.date) -> None:
    assert publish(editor, address, day=day.isoformat(), time="09:00").status_code == 302


def there_of(editor: FlaskClient, address: str) -> str:
    """The address that an article has for everybody."""
    (there,) = re.findall(r'href="(/noticias/\d{4}/[^"]+)"', editor.get(address).text)
    return str(there)


def at(*moment: int) -> Any:
    """With the clock at this moment of Lima."""
    return injected(clock=lambda: dt.datetime(*moment, tzinfo=LIMA))  # type: ignore[arg-type, misc]


def test_nothing_said_brings_a_scheduled_article_out_now(client: FlaskClient, editor: FlaskClient) -> None:
    address = send(editor, "/noticias/nueva", title="Feria", summary="Hubo.", body="Texto.").headers[
        "Location"
    ]
    schedule(editor, address, now().date() + dt.timedelta(days=400))
    assert "Feria" not in client.get("/noticias").text
    assert publish(editor, address, day="", time="09:00").status_code == 302
    assert "Feria" in client.get("/noticias").text


def test_row_5_the_archive_holds_an_article_in_the_year_in_which_it_came_out(
    client: FlaskClient, editor: FlaskClient
) -> None:
    with at(2026, 11, 20, 10):
        address = send(editor, "/noticias/nueva", title="Feria", summary="H.", body="T.").headers["Location"]
        schedule(editor, address, dt.date(2027, 1, 2))
        schedule(editor, address, dt.date(2026, 11, 20))
        assert there_of(editor, address) == "/noticias/2026/feria"
        assert "Feria" in client.get("/noticias/2026").text


@pytest.mark.parametrize("way", ["", "devolver", "retirar"])
def test_an_address_that_was_out_stays_through_every_other_date(
    client: FlaskClient, editor: FlaskClient, way: str
) -> None:
    with at(2026, 11, 20, 8):
        address = send(editor, "/noticias/nueva", title="Feria", summary="H.", body="T.").headers["Location"]
        schedule(editor, address, dt.date(2026, 11, 20))
    with at(2026, 11, 20, 10):
        assert client.get("/noticias/2026/feria").status_code == 200
        schedule(editor, address, dt.date(2027, 1, 2))
        assert client.get("/noticias/2026/feria").status_code == 404
        if way:
            assert act(editor, address, way).status_code == 302
        publish(editor, address)
        assert client.get("/noticias/2026/feria").status_code == 200
    with at(2026, 11, 20, 12):
        assert act(editor, address, "devolver").status_code == 302
        publish(editor, address)
        assert client.get("/noticias/2026/feria").status_code == 200
        assert "20 de noviembre de 2026" in client.get("/noticias/2026/feria").text


def test_a_moment_at_which_it_was_no_more_published_is_no_day_of_its_own(
    client: FlaskClient, editor: FlaskClient
) -> None:
    with at(2026, 11, 20, 8):
        address = send(editor, "/noticias/nueva", title="Feria", summary="H.", body="T.").headers["Location"]
        schedule(editor, address, dt.date(2026, 11, 20))
        assert act(editor, address, "devolver").status_code == 302
    with at(2026, 11, 20, 11):
        publish(editor, address)
        assert "<published>2026-11-20T16:00" in client.get("/noticias/novedades.xml").text, "11:00 in Lima"


def act(browser: FlaskClient, address: str, deed: str) -> Any:
    return browser.post(f"{address}/{deed}", data={"csrf_token": token(browser, address)})


def change(browser: FlaskClient, address: str, **more: Any) -> Any:
    """Save the form of an article with these words."""
    (revision,) = re.findall(r'name="revision"[^>]*value="(\d+)"', browser.get(f"{address}/editar").text)
    data = {"title": "La firma", "summary": "Se firmó.", "body": "Texto.", "revision": revision}
    return send(browser, f"{address}/editar", **{**data, **more})


def test_row_40_what_is_published_stays_what_publishing_asks_for(
    client: FlaskClient, editor: FlaskClient, instance: Instance
) -> None:
    address = send(editor, "/noticias/nueva", title="La firma", summary="S.", body="T.").headers["Location"]
    publish(editor, address)
    for more in ({"summary": ""}, {"body": ""}):
        said = change(editor, address, **more)
        assert said.status_code == 422 and "hacen falta el resumen y el texto" in said.text
    said = change(editor, address, photo=(picture(), "firma.jpg"))
    assert said.status_code == 422 and "Describa la foto" in said.text
    assert (
        change(editor, address, photo=(picture(), "firma.jpg"), alternative="Dos firman").status_code == 302
    )
    said = change(editor, address, alternative="")
    assert said.status_code == 422 and "Describa la foto" in said.text
    work(instance, "fast")
    assert 'alt="Dos firman"' in client.get(there_of(editor, address)).text
    assert change(editor, address, alternative="", without_photo="y").status_code == 302


def test_only_what_is_published_is_withdrawn(promoter: FlaskClient, editor: FlaskClient) -> None:
    address = send(promoter, "/noticias/nueva", title="Borrador").headers["Location"]
    said = act(editor, address, "retirar")
    assert said.status_code == 422 and "Solo se retira una noticia que está publicada." in said.text
    assert promoter.get(address).status_code == 200


def test_a_double_press_makes_one_article(editor: FlaskClient, instance: Instance) -> None:
    data = {"title": "Uno", "summary": "Dos.", "body": "Tres.", "topics": ["T07", "T03"]}
    places = [send(editor, "/noticias/nueva", **data).headers["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert send(editor, "/noticias/nueva", **data | {"body": "Otro."}).headers["Location"] != places[0]
    publish(editor, places[0])
    assert send(editor, "/noticias/nueva", **data).headers["Location"] != places[0], "that one is out"


def test_what_an_author_typed_is_shown_where_an_editor_published_it_meanwhile(
    promoter: FlaskClient, editor: FlaskClient
) -> None:
    address = send(promoter, "/noticias/nueva", title="La firma", summary="S.", body="T.").headers["Location"]
    data = {"csrf_token": token(promoter, f"{address}/editar"), "title": "La firma", "revision": "1"}
    publish(editor, address)
    late = promoter.post(f"{address}/editar", data={**data, "body": "Una hora de trabajo."})
    assert late.status_code == 409 and "en manos de la edición" in late.text
    assert "readonly" in late.text and "Una hora de trabajo." in late.text
    assert "Una hora" not in editor.get(address).text
    assert promoter.get(f"{address}/editar").status_code == 403
