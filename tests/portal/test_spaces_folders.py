"""Folders on the pages of a space, and in the forms that put a document into one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_contributions import files, send, upload
from toolkit.records import Folder, Resource

HERE = "/espacios/agraria"


@pytest.fixture
def rosa(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A promoter of «agraria»; «coopac» is there too."""
    add_person("eva@coopac.coop", "Eva Soto", organizations={"coopac": "promoter"})
    add_person("rosa@agraria.coop", "Rosa Quispe", organizations={"agraria": "promoter"})
    return sign_in("rosa@agraria.coop")


def make(browser: FlaskClient, name: str, space: str = HERE) -> str:
    """Make a folder; gives its address."""
    answer = send(browser, f"{space}/carpeta-nueva", name=name)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def folder_of(instance: Instance, title: str) -> str | None:
    """The name of the folder in which a document stands."""
    with instance.database.open_for_maintenance(writing=False) as session:
        number = session.scalars(select(Resource).where(Resource.title == title)).one().folder_id
        return session.get(Folder, number).name if number else None


def test_a_folder_is_made_renamed_and_deleted(rosa: FlaskClient, instance: Instance) -> None:
    actas = make(rosa, "Actas")
    assert "«Actas»" in rosa.get(actas).text
    upload(rosa, title="Acta uno", carpeta="x", folder=actas.rsplit("/", 1)[1])
    assert folder_of(instance, "Acta uno") == "Actas"
    assert "Acta uno" in rosa.get(actas).text
    assert "Actas (1)" in rosa.get(HERE).text
    send(rosa, f"{actas}/nombre", name="Actas y acuerdos")
    assert "Actas y acuerdos" in rosa.get(actas).text
    assert "siguen en el espacio" in rosa.get(f"{actas}/borrar").text
    page = rosa.post(f"{actas}/borrar", data={"csrf_token": token(rosa, f"{actas}/borrar")},
                     follow_redirects=True).text  # fmt: skip
    assert "Acta uno" in page and "Actas y acuerdos (" not in page
    assert folder_of(instance, "Acta uno") is None
    assert rosa.get(actas).status_code == 404


@pytest.mark.parametrize(("name", "said"), [
    ("", "Escriba el nombre"), ("ACTAS", "Ya hay una carpeta «Actas»"), ("x" * 200, "Use como máximo"),
    ("\u200b\u200b", "Escriba el nombre"),
])  # fmt: skip
def test_a_name_that_cannot_be_taken_is_kept_with_the_reason(
    rosa: FlaskClient, instance: Instance, name: str, said: str
) -> None:
    make(rosa, "Actas")
    body = {"name": name, "csrf_token": token(rosa, f"{HERE}/carpeta-nueva")}
    answer = rosa.post(f"{HERE}/carpeta-nueva", data=body)
    assert answer.status_code == 422
    assert said in answer.text
    if name.isascii() and name:
        assert f'value="{name}"' in answer.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert [one.name for one in session.scalars(select(Folder))] == ["Actas"]


def test_a_document_moves_from_the_list(rosa: FlaskClient, instance: Instance) -> None:
    actas = make(rosa, "Actas")
    upload(rosa, title="Acta uno", level="3")
    page = rosa.get(HERE).text
    way = re.search(r'href="(/espacios/agraria/documentos/\w+)"', page)
    assert way
    assert send(rosa, way[1], folder=actas.rsplit("/", 1)[1]).location == actas
    assert folder_of(instance, "Acta uno") == "Actas"
    assert re.search(r"checked[^>]*value=\"" + actas.rsplit("/", 1)[1], rosa.get(way[1]).text)
    send(rosa, way[1], folder="")
    assert folder_of(instance, "Acta uno") is None


def test_upload_inside_a_folder_presets_it(rosa: FlaskClient) -> None:
    actas = make(rosa, "Actas")
    way = re.search(r'href="(/subir\?[^"]*carpeta=[^"]*)"', rosa.get(actas).text)
    assert way
    page = rosa.get(way[1].replace("&amp;", "&")).text
    assert re.search(r'<option selected value="' + actas.rsplit("/", 1)[1], page)


def test_the_form_of_the_card_moves_it_too(rosa: FlaskClient, instance: Instance) -> None:
    actas = make(rosa, "Actas")
    address = upload(rosa, title="Acta uno")
    revision = re.search(r'name="revision"[^>]* value="(\d+)"', rosa.get(f"{address}/editar").text)
    assert revision
    sent: dict[str, Any] = {"title": "Acta uno", "revision": revision[1]}
    send(rosa, f"{address}/editar", **sent, folder=actas.rsplit("/", 1)[1])
    assert folder_of(instance, "Acta uno") == "Actas"
    send(rosa, f"{address}/editar", **sent)
    assert folder_of(instance, "Acta uno") == "Actas", "a form without the field leaves it"
    assert send(rosa, f"{address}/editar", **sent, folder="zzz").status_code == 422
    send(rosa, f"{address}/editar", **sent, folder="")
    assert folder_of(instance, "Acta uno") is None


def test_nothing_goes_into_a_foreign_folder(
    rosa: FlaskClient, instance: Instance, sign_in: Callable[..., FlaskClient]
) -> None:
    foreign = make(sign_in("eva@coopac.coop"), "Ajena", "/espacios/coopac")
    public_id = foreign.rsplit("/", 1)[1]
    make(rosa, "Propia")
    upload(rosa, title="Acta uno")
    way = re.search(r'href="(/espacios/agraria/documentos/\w+)"', rosa.get(HERE).text)
    assert way
    assert send(rosa, way[1], folder=public_id).status_code == 404
    answer = send(rosa, "/subir", title="Acta dos", action="draft", folder=public_id)
    assert answer.status_code == 422 and "Elija una carpeta" in answer.text
    assert folder_of(instance, "Acta uno") is None
    for tail in ("", "/nombre", "/borrar"):
        assert rosa.get(foreign + tail).status_code == 404
        assert rosa.get(f"{HERE}/carpetas/{public_id}{tail}").status_code == 404


def test_a_member_looks_into_folders_and_changes_none(
    rosa: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    actas = make(rosa, "Actas")
    upload(rosa, title="Acta uno", folder=actas.rsplit("/", 1)[1])
    add_person("luz@agraria.coop", "Luz Ñahui", organizations={"agraria": "member"})
    luz = sign_in("luz@agraria.coop")
    page = luz.get(actas).text
    assert "Acta uno" in page
    assert "Borrar la carpeta" not in page and "Cambiar de carpeta" not in page
    assert "Carpeta: Actas" in re.sub(r"\s+", " ", luz.get(HERE).text)
    proof = {"csrf_token": token(luz, "/cuenta"), "name": "Otra"}
    for address in (f"{actas}/borrar", f"{actas}/nombre", f"{HERE}/carpeta-nueva"):
        assert luz.get(address).status_code == 403
        assert luz.post(address, data=proof).status_code == 403


def test_the_name_of_a_folder_is_told_to_nobody_else(
    rosa: FlaskClient, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    actas = make(rosa, "Zorzalcarpetafin")
    upload(rosa, title="Acta uno", level="0", folder=actas.rsplit("/", 1)[1])
    eva = sign_in("eva@coopac.coop")
    shown = re.search(r'href="(/recursos/[^"]+)"', rosa.get(actas).text)
    assert shown
    for browser in (client, eva):
        for address in (shown[1], "/", "/organizaciones/agraria", "/biblioteca?q=zorzalcarpetafin"):
            assert "Zorzalcarpetafin" not in browser.get(address).text, address


def test_in_its_folder_a_document_offers_another_one(rosa: FlaskClient) -> None:
    actas = make(rosa, "Actas")
    upload(rosa, title="Acta uno", level="3", folder=actas.rsplit("/", 1)[1])
    page = rosa.get(actas).text
    assert "Acta uno" in page and "Cambiar de carpeta" in page and "Poner en una carpeta" not in page


def test_what_is_private_hangs_under_its_space_and_the_rest_under_the_library(rosa: FlaskClient) -> None:
    def crumbs(address: str) -> str:
        page = rosa.get(address).text
        way = re.search(r'href="(/recursos/[^"/?]+)"', page)
        assert way, page
        return rosa.get(way[1]).text.split('class="crumbs"')[1].split("</nav>")[0]

    private = crumbs(upload(rosa, title="Acta uno", level="3"))
    assert f'href="{HERE}"' in private and "Biblioteca" not in private
    another = files("otra.txt", content=b"Otra acta.\n")
    public = crumbs(upload(rosa, title="Acta dos", level="0", file=another))
    assert f'href="{HERE}"' not in public and "Biblioteca" in public
