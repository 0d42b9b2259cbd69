"""Compendios, as readers take them along and editors make them (product.md 4, page 8)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_contributions import send
from tests.portal.test_counting import PERSON, ROBOTS, written
from tests.portal.test_news import EDITOR, text_of, work
from tests.toolkit.shelved import add_resource, add_version, change, index
from toolkit import compendia
from toolkit.access import VISITOR
from toolkit.compendia import packing
from toolkit.records import AuditEntry, CompendiumItem, File, Resource, Use

Make = Callable[..., str]


@pytest.fixture
def make(instance: Instance) -> Make:
    """A published compendium of these materials; gives its address."""

    def build(title: str, *resources: str, words: str = "Para empezar.") -> str:
        with instance.database.visit(EDITOR, writing=True) as visit:
            made = compendia.add(visit, title, words)
            for number, one in enumerate(resources, 1):
                compendia.add_item(visit, made, one, f"Motivo {number}")
            compendia.publish(visit, made)
            public_id, slug = made.public_id, made.slug
        index(instance, public_id)
        return f"/compendios/{slug}"

    return build


@pytest.fixture
def editor(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    add_person("edita@x.coop", "Edita Ramos", portal_role="editor")
    return sign_in("edita@x.coop")


@pytest.fixture
def promoter(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    add_person("rosa@x.coop", "Rosa", organizations={"agraria": "promoter"})
    return sign_in("rosa@x.coop")


def unpacked(answer: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


# ------------------------------------------------------------------------------------ reading


def test_materials_stand_in_order_with_their_reason_and_size(
    client: FlaskClient, instance: Instance, make: Make
) -> None:
    one, two = (add_resource(instance, title=f"Guía {n}", text="x" * 1500) for n in (1, 2))
    address = make("Para empezar", two, one)
    page = text_of(client.get(address).text)
    assert page.index("1. Guía 2") < page.index("Motivo 1") < page.index("2. Guía 1") < page.index("Motivo 2")
    assert "2 materiales" in page and "3 KB en total" in page
    assert address in client.get("/compendios").text


def test_what_a_reader_may_not_see_is_neither_shown_nor_counted(
    client: FlaskClient, promoter: FlaskClient, editor: FlaskClient, instance: Instance, make: Make
) -> None:
    open_one, own = add_resource(instance, title="Abierta"), add_resource(instance, "agraria", title="Propia")
    address = make("Mezcla", own, open_one)
    change(instance, own, level=3)
    page = client.get(address).text
    assert "Propia" not in page and own not in page and "Motivo 1" not in page
    assert "1 material<" in page
    assert "1. Abierta" in text_of(page), "no gap tells of what is missing"
    assert "Propia" in promoter.get(address).text and "2 materiales" in promoter.get(address).text
    with instance.database.visit(VISITOR) as visit:
        assert visit.session.query(CompendiumItem).count() == 1
    change(instance, open_one, state="withdrawn", withdrawn_as="editor")
    assert "Abierta" not in editor.get(address).text, "not for who may restore it either"
    page = client.get(address).text
    assert "Abierta" not in page and "no tiene materiales a su vista" in page
    assert "Descargar paquete" not in page


def test_the_package_holds_what_its_reader_reads(
    client: FlaskClient, promoter: FlaskClient, instance: Instance, make: Make
) -> None:
    open_one = add_resource(instance, title="Guía & acta", text="Texto abierto")
    own = add_resource(instance, "agraria", title="Propia", text="Texto propio")
    card = add_resource(instance, "agraria", title="Con ficha", text="Texto de miembros")
    address = make("Mezcla", open_one, own, card)
    change(instance, own, level=3)
    change(instance, card, level=1, show_card=True)
    page = text_of(client.get(address).text)
    assert "El paquete lleva 1 de 2 materiales. No lleva este, porque usted ve su ficha" in page
    assert "no su contenido: Con ficha." in page, "what is hidden altogether is neither named nor counted"
    assert "El paquete lleva" not in promoter.get(address).text
    answer = client.get(f"{address}/paquete.zip")
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert 'filename="mezcla.zip"' in answer.headers["Content-Disposition"]
    found = unpacked(answer)
    assert found.keys() == {"index.html", "01-guia-acta/v1.txt"}
    assert found["01-guia-acta/v1.txt"] == b"Texto abierto"
    contents = found["index.html"].decode()
    assert "Guía &amp; acta" in contents and "Motivo 1" in contents and "Propia" not in contents
    assert 'href="01-guia-acta/v1.txt"' in contents
    assert "Usted ve su ficha, pero no su contenido" in contents
    assert b"Texto propio" in unpacked(promoter.get(f"{address}/paquete.zip")).values()


def test_taking_a_private_file_along_is_written_in_the_audit(
    promoter: FlaskClient, instance: Instance, make: Make
) -> None:
    own = add_resource(instance, "agraria", title="Propia")
    address = make("Mezcla", own, add_resource(instance))
    change(instance, own, level=3)
    promoter.get(f"{address}/paquete.zip")
    with instance.database.open_for_maintenance(writing=False) as session:
        entries = session.query(AuditEntry).filter_by(act="download").all()
        assert [one.noun_id for one in entries] == [own]


def test_a_package_counts_as_one_download_of_each_material_in_it(
    app: Flask, client: FlaskClient, instance: Instance, make: Make
) -> None:
    lost, open_one, own = (
        add_resource(instance, "agraria", title=f"Guía {n}", text="x" * n) for n in (1, 2, 3)
    )
    with instance.database.open_for_maintenance() as session:
        kept = session.query(Resource).filter_by(public_id=open_one).one().id
    add_version(instance, kept, ["Una.", "Dos."])
    with instance.database.open_for_maintenance() as session:
        first = session.query(File).filter_by(size=len("Una.\nDos.")).one()
        values = {column.name: getattr(first, column.name) for column in File.__table__.columns}
        session.add(File(**(values | {"id": None, "number": 2, "name": "otro.txt"})))
    address = make("Mezcla", lost, open_one, own)
    change(instance, own, level=3)
    gone = next(one for one in instance.store.hashes() if instance.store.path(one).stat().st_size == 1)
    instance.store.path(gone).unlink()
    for robot in ROBOTS:
        client.get(f"{address}/paquete.zip", headers={"User-Agent": robot})
    client.head(f"{address}/paquete.zip", headers=PERSON)
    assert written(app, instance) == {}
    client.get(f"{address}/paquete.zip", headers=PERSON)
    assert written(app, instance) == {"download": 1}
    with instance.database.open_for_maintenance(writing=False) as session:
        assert [one.resource_id for one in session.query(Use)] == [kept]


def test_contents_that_are_lost_are_said_and_the_rest_is_packed(
    client: FlaskClient, instance: Instance, make: Make
) -> None:
    address = make("Uno", add_resource(instance, title="Perdida", text="x"), add_resource(instance))
    lost = next(one for one in instance.store.hashes() if instance.store.path(one).stat().st_size == 1)
    instance.store.path(lost).unlink()
    found = unpacked(client.get(f"{address}/paquete.zip"))
    assert "02-material/v1.txt" in found and not any(name.startswith("01") for name in found)
    assert "no se encuentra en este momento" in found["index.html"].decode()


def test_a_package_that_is_too_large_is_refused_with_a_way_out(
    client: FlaskClient, instance: Instance, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make("Grande", add_resource(instance, text="x" * 100))
    for place in (packing, compendia):
        monkeypatch.setattr(place, "LARGEST", 99)
    page = client.get(address).text
    assert "Descargar paquete" not in page and "descargue cada material desde su ficha" in page
    answer = client.get(f"{address}/paquete.zip")
    assert answer.status_code == 409 and "Descargue cada material desde su ficha" in answer.text


def test_compendia_are_found_by_their_words_only(client: FlaskClient, instance: Instance, make: Make) -> None:
    address = make("El quipu", add_resource(instance, title="Guía del chasqui"), words="Nudos y colores.")
    page = client.get("/biblioteca?q=nudos").text
    assert address in page and "<mark>Nudos</mark> y colores" in page
    assert address not in client.get("/biblioteca?q=motivo").text
    assert address in client.get("/biblioteca?q=quipu&que=compendio").text


# ------------------------------------------------------------------------------------ writing


def test_an_editor_makes_orders_and_publishes_one(
    client: FlaskClient, editor: FlaskClient, instance: Instance
) -> None:
    one, two = (add_resource(instance, title=f"Guía {n}") for n in (1, 2))
    address = send(editor, "/compendios/nuevo", title="Para empezar").headers["Location"]
    assert address == "/compendios/para-empezar/editar"
    data = {"csrf_token": token(editor, address)}
    refused = editor.post("/compendios/para-empezar/publicar", data=data)
    assert refused.status_code == 422 and "agregue al menos un material" in refused.text
    for n, public_id in enumerate((one, two), 1):
        item = {"resource": f"https://x.pe/recursos/{public_id}-guia", "reason": f"Motivo {n}"}
        assert editor.post("/compendios/para-empezar/materiales", data=data | item).status_code == 302
    assert client.get("/compendios/para-empezar").status_code == 404, "a draft is for editors"
    (last,) = re.findall(r"/compendios/materiales/(\w+)/subir", editor.get(address).text)[-1:]
    assert editor.post(f"/compendios/materiales/{last}/subir", data=data).status_code == 302
    assert editor.post(f"/compendios/materiales/{last}/subir", data=data).status_code == 302, "the end holds"
    said = editor.post(f"/compendios/materiales/{last}/motivo", data=data | {"reason": "Lo primero"})
    assert said.status_code == 302
    assert editor.post("/compendios/para-empezar/publicar", data=data).status_code == 302
    work(instance)
    page = text_of(client.get("/compendios/para-empezar").text)
    assert page.index("Lo primero") < page.index("Motivo 1")
    assert editor.post(f"/compendios/materiales/{last}/bajar", data=data).status_code == 302
    assert editor.post(f"/compendios/materiales/{last}/quitar", data=data).status_code == 302
    (left,) = set(re.findall(r"/compendios/materiales/(\w+)/quitar", editor.get(address).text))
    kept = editor.post(f"/compendios/materiales/{left}/quitar", data=data)
    assert kept.status_code == 422 and "al menos un material" in kept.text
    assert editor.post("/compendios/para-empezar/retirar", data=data).status_code == 302
    assert client.get("/compendios/para-empezar").status_code == 404


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({"resource": ""}, "Pegue aquí la dirección"),
        ({"resource": "hola"}, "no es la dirección de un material"),
        ({"resource": "/recursos/" + "z" * 20}, "Ese material no existe o usted no lo ve"),
        ({"reason": " "}, "Diga por qué conviene leerlo."),
        ({"reason": "x" * 501}, "Tiene más de 500 caracteres"),
    ],
)
def test_an_item_that_cannot_be_taken_is_said_and_the_words_are_kept(
    editor: FlaskClient, instance: Instance, item: dict[str, str], sentence: str
) -> None:
    address = send(editor, "/compendios/nuevo", title="Uno").headers["Location"]
    data = {
        "resource": add_resource(instance),
        "reason": "Lo que costó.",
        "csrf_token": token(editor, address),
    }
    answer = editor.post("/compendios/uno/materiales", data=data | item)
    assert answer.status_code == 422 and sentence in text_of(answer.text)
    assert "reason" in item or "Lo que costó." in answer.text


def test_a_material_stands_there_once_and_only_while_it_is_published(
    editor: FlaskClient, instance: Instance, make: Make
) -> None:
    one = add_resource(instance)
    data = {"resource": one, "reason": "Otra vez.", "csrf_token": token(editor, f"{make('Uno', one)}/editar")}
    again = editor.post("/compendios/uno/materiales", data=data)
    assert again.status_code == 422 and "ya está en el compendio" in again.text


def test_who_may_not_write_comes_not_in(
    promoter: FlaskClient, client: FlaskClient, instance: Instance, make: Make
) -> None:
    address = make("Uno", add_resource(instance))
    for there in ("/compendios/nuevo", f"{address}/editar"):
        assert promoter.get(there).status_code == 403
        assert client.get(there).status_code == 302
    assert "Hacer un compendio" not in promoter.get("/compendios").text


def test_two_editors_do_not_undo_each_other(editor: FlaskClient) -> None:
    address = send(editor, "/compendios/nuevo", title="Uno").headers["Location"]
    form = {"csrf_token": token(editor, address), "revision": "1"}
    assert editor.post(address, data=form | {"title": "El mío"}).status_code == 302
    second = editor.post(address, data=form | {"title": "El suyo"})
    assert second.status_code == 409 and "El suyo" in second.text


def test_a_reason_that_is_too_long_is_kept_to_be_shortened(editor: FlaskClient, instance: Instance) -> None:
    address = send(editor, "/compendios/nuevo", title="Uno").headers["Location"]
    data = {"csrf_token": token(editor, address)}
    item = {"resource": f"/recursos/{add_resource(instance)}", "reason": "Motivo viejo"}
    assert editor.post("/compendios/uno/materiales", data=data | item).status_code == 302
    (there,) = re.findall(r'action="(/compendios/materiales/\w+/motivo)"', editor.get(address).text)
    said = editor.post(there, data=data | {"reason": "palabra " * 80})
    assert said.status_code == 422 and "más de 500 caracteres" in said.text
    assert "palabra palabra" in said.text and '<details class="others" open>' in said.text
    assert "Motivo viejo" in editor.get(address).text


def test_a_double_press_makes_one_compendium(editor: FlaskClient) -> None:
    def press(words: str = "Para empezar.") -> str:
        return str(send(editor, "/compendios/nuevo", title="Uno", words=words).headers["Location"])

    assert press() == press() == "/compendios/uno/editar"
    assert press("Otra cosa.") == "/compendios/uno-2/editar"
