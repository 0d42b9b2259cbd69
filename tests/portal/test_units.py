"""The units of an organisation: shown on its profile, found by the name that they had, written by its
coordination. The tests with a number carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_contributions import send
from tests.portal.test_news import EDITOR, text_of
from tests.toolkit.shelved import add_resource, index
from toolkit import organizations, units

Add = Callable[..., str]
OLD, NEW = "Dirección de Articulación Empresarial", "Dirección de Cooperativas e Institucionalidad"


@pytest.fixture
def add(instance: Instance, add_organization: Callable[..., int]) -> Add:
    """A unit of PRODUCE; gives its public id."""
    add_organization("produce", "Ministerio de la Producción", acronym="PRODUCE")

    def make(name: str, **more: Any) -> str:
        with instance.database.visit(EDITOR, writing=True) as visit:
            owner = organizations.get(visit.session, "produce")
            return units.add(visit, owner, units.Facts(name, **more)).public_id

    return make


@pytest.fixture
def julia(add: Add, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """Julia coordinates PRODUCE."""
    add_person("julia@x.pe", "Julia", organizations={"produce": "coordinator"})
    return sign_in("julia@x.pe")


def shown(client: FlaskClient) -> str:
    page = client.get("/organizaciones/produce").text
    return page.split('id="unidades"')[1].split("</section>")[0] if 'id="unidades"' in page else ""


@pytest.mark.parametrize("results", [True, False])
@pytest.mark.parametrize("words", [OLD, "articulacion empresarial", "ARTICULACIÓN EMPRESARIAL"])
def test_row_17_the_old_name_of_a_unit_leads_to_the_one_of_today(
    client: FlaskClient, instance: Instance, add: Add, words: str, results: bool
) -> None:
    within = add("Dirección General de Desarrollo Productivo")
    unit = add(NEW, since="2020", predecessor=add(OLD, parent=within))
    text = "La articulación empresarial crece." if results else "Otra cosa."
    index(instance, add_resource(instance, text=text))
    page = client.get("/biblioteca", query_string={"q": words}).text
    named = re.findall(r'class="named">(.*?)</p>', page, re.S)[0]
    assert f"{NEW}, PRODUCE (antes llamada «{OLD}»)" in text_of(named)
    assert f'href="/organizaciones/produce#unidad-{unit}"' in named
    assert f'id="unidad-{unit}"' in client.get("/organizaciones/produce").text


def test_row_17_the_profile_nests_units_and_tells_their_earlier_names(client: FlaskClient, add: Add) -> None:
    within = add("Dirección General")
    old = add(OLD, parent=within)
    add("Área de Redes", parent=old)
    add(NEW, parent=within, predecessor=old, since="2020")
    page = shown(client)
    assert text_of(page).startswith(
        f"> Unidades Dirección General {NEW} antes llamada «{OLD}» (hasta 2020) Área de Redes"
    )
    assert page.count("<ul>") == 4, "three steps deep, and one list of what is over"
    assert "Ver 1 nombre o unidad anterior" in page
    assert text_of(page.split("<details")[1]).endswith(f"{OLD} en Dirección General (… – 2020)")


def test_what_is_over_or_to_come_is_not_shown_as_of_today(client: FlaskClient, add: Add) -> None:
    assert shown(client) == "", "no heading without items"
    add("Oficina cerrada", until="2019-06")
    add("Oficina futura", since="2190")
    today, over = shown(client).split("<details")
    assert "Oficina" not in today and "Oficina cerrada" in over and "junio de 2019" in over
    assert "futura" not in over


def test_a_name_of_today_is_offered_without_a_note(client: FlaskClient, instance: Instance, add: Add) -> None:
    add(NEW)
    index(instance, add_resource(instance))
    page = text_of(client.get("/biblioteca?q=cooperativas+institucionalidad").text)
    assert f"Unidad: {NEW}, PRODUCE" in page and "antes llamada" not in page
    assert "Unidad:" not in text_of(client.get("/biblioteca?q=institucionalidad").text), "one word is too few"


def test_a_coordination_writes_the_units_of_its_organisation(julia: FlaskClient, client: FlaskClient) -> None:
    there = "/organizaciones/produce/unidades"
    assert "Editar las unidades" in julia.get("/organizaciones/produce").text
    assert "Editar las unidades" not in client.get("/organizaciones/produce").text
    assert send(julia, there, name=OLD).status_code == 302
    (old,) = re.findall(r'href="/organizaciones/unidades/(\w+)"', julia.get(there).text)
    assert send(julia, there, name=NEW, predecessor=old, since="2020-01").status_code == 302
    assert "(hasta enero de 2020)" in text_of(shown(client))
    assert send(julia, f"/organizaciones/unidades/{old}", name=OLD, until="2019").status_code == 302
    assert "(hasta 2019)" in text_of(shown(client))
    data = {"csrf_token": token(julia, there)}
    assert julia.post(f"/organizaciones/unidades/{old}/quitar", data=data).status_code == 302
    assert "antes llamada" not in shown(client) and NEW in shown(client)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": " "}, "Escriba el nombre de la unidad."),
        ({"name": "x" * 201}, "Tiene más de 200 caracteres"),
        ({"since": "ayer"}, "Escriba un día (2026-01-15)"),
        ({"since": "2020", "until": "2019-12"}, "La unidad no puede terminar antes de empezar."),
        ({"parent": "z" * 20}, "Elija otra unidad de la lista."),
    ],
)
def test_a_unit_that_cannot_be_is_refused(julia: FlaskClient, more: dict[str, str], sentence: str) -> None:
    answer = send(julia, "/organizaciones/produce/unidades", **{"name": "Oficina"} | more)
    assert answer.status_code == 422 and sentence in text_of(answer.text)


def test_no_unit_stands_inside_itself_or_has_two_later_names(julia: FlaskClient, add: Add) -> None:
    one = add("Uno")
    two = add("Dos", parent=one)
    answer = send(julia, f"/organizaciones/unidades/{one}", name="Uno", parent=two)
    assert answer.status_code == 422 and "Elija otra unidad de la lista." in answer.text
    add("Tres", predecessor=two)
    answer = send(julia, "/organizaciones/produce/unidades", name="Cuatro", predecessor=two)
    assert answer.status_code == 422 and "ya tiene otro nombre posterior" in answer.text
    answer = send(julia, f"/organizaciones/unidades/{one}", name="Uno", predecessor=one)
    assert answer.status_code == 422


def test_others_do_not_write_them(
    client: FlaskClient, add: Add, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    unit = add("Oficina")
    add_person("otto@x.coop", "Otto", organizations={"coopac": "coordinator", "produce": "promoter"})
    otto = sign_in("otto@x.coop")
    for address in ("/organizaciones/produce/unidades", f"/organizaciones/unidades/{unit}"):
        assert otto.get(address).status_code == 403
        assert client.get(address).status_code == 302
    assert otto.get(f"/organizaciones/unidades/{'z' * 20}").status_code == 404


def test_a_unit_that_stands_in_what_it_was_called_makes_no_circle(client: FlaskClient, add: Add) -> None:
    """B is renamed N, and N stands in C, which stood in B: C does not move into N."""
    direction = add("Dirección B")
    area = add("Área C", parent=direction)
    add("Dirección N", predecessor=direction, parent=area, since="2020")
    add("Área X", parent=area)  # walks up from C
    page = shown(client)
    assert all(name in page for name in ("Área C", "Dirección N", "Área X"))


def test_a_name_to_come_answers_to_nobody_yet(client: FlaskClient, instance: Instance, add: Add) -> None:
    add(NEW, predecessor=add(OLD), since="2190")
    index(instance, add_resource(instance))
    page = client.get("/biblioteca", query_string={"q": OLD}).text
    assert NEW not in page and OLD in re.findall(r'class="named">(.*?)</p>', page, re.S)[0]


def test_a_unit_sent_twice_is_written_once(client: FlaskClient, add: Add) -> None:
    assert add("Dirección B", since="2020") == add(" Dirección  B ", since="2020")
    assert shown(client).count("Dirección B") == 1
