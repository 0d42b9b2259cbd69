"""«La aplicamos»: who tells it, who reads it, in the browser. Row 23 of product.md section 1 asks for
feedback of those who tried something; the form of good practices itself comes later."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from tests.portal.test_members import post
from tests.portal.test_news import text_of
from tests.toolkit.shelved import add_resource
from toolkit.records import Application, AuditEntry, Resource

TOLD = {"version": "1", "when": "2026-03-15", "country": "PE", "region": "PE-12", "how": "adapted",
        "result": "partly", "words": "Pesamos a la vista de quien entrega.", "people": "12"}  # fmt: skip


@pytest.fixture
def material(instance: Instance, everybody: Any) -> str:
    return add_resource(instance, "coopac", title="Pesaje justo", year=2012)


def tell(browser: FlaskClient, material: str, **more: str) -> Any:
    return post(browser, f"/recursos/{material}/aplicamos", **(TOLD | more))


def card(browser: FlaskClient, material: str) -> str:
    page = browser.get(f"/recursos/{material}", follow_redirects=True)
    assert page.status_code == 200
    return page.text


def only(instance: Instance) -> Application:
    with instance.database.open_for_maintenance(writing=False) as session:
        found = session.scalars(select(Application)).one()
        session.expunge(found)
        return found


def test_row_23_who_tried_it_says_where_when_and_how_it_went(
    enter: Any, client: FlaskClient, material: str
) -> None:
    """Row 23: «lo probé» feedback, with consent, becomes evidence that everybody reads."""
    assert "La aplicaron" not in card(client, material), "no heading without items"
    assert tell(enter("luz"), material, public="y").status_code == 302
    page = card(client, material)
    assert "La aplicaron" in page and "1 organización" in page
    for words in ("Agraria", "Funcionó en parte", "La adaptaron", "marzo de 2026", "12 personas",
                  "Pesamos a la vista"):  # fmt: skip
        assert words in page, words
    assert "Luz" not in page and "15 de marzo" not in page
    assert "Pesaje justo" in client.get("/organizaciones/agraria").text.partition("Lo que aplicó")[2]


def test_without_consent_it_stays_in_the_space(enter: Any, client: FlaskClient, material: str) -> None:
    luz = enter("luz")
    tell(luz, material)
    assert "La aplicaron" not in card(client, material)
    assert "La aplicaron" not in card(enter("otto"), material), "nor the owner of the material"
    space = luz.get("/espacios/agraria/aplicaciones").text
    assert "Pesaje justo" in space and "Lo lee solo su organización" in space and "Luz" in space
    assert "15 de marzo de 2026" in space
    assert enter("otto").get("/espacios/agraria/aplicaciones").status_code == 404


def test_consent_is_taken_back_later(
    enter: Any, client: FlaskClient, material: str, instance: Instance
) -> None:
    luz = enter("luz")
    tell(luz, material, public="y")
    there = f"/aplicaciones/{only(instance).public_id}"
    assert "La aplicaron" in card(client, material)
    revision = re.search(r'name="revision"[^>]*value="(\d+)"', luz.get(f"{there}/editar").text)
    assert revision
    assert post(luz, f"{there}/editar", **TOLD, revision=revision[1]).status_code == 302
    assert "La aplicaron" not in card(client, material)
    with instance.database.open_for_maintenance(writing=False) as session:
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.noun == "application")))
    assert acts == ["add", "make_public", "change", "make_private"]


def test_any_of_its_people_and_an_editor_take_it_from_the_eyes_of_others(
    enter: Any, add_person: Any, sign_in: Any, client: FlaskClient, material: str, instance: Instance
) -> None:
    add_person("edita@x.coop", "Edita", portal_role="editor")
    tell(enter("luz"), material, public="y")
    there = f"/aplicaciones/{only(instance).public_id}/dejar-de-publicar"
    assert post(enter("otto"), there, page="/cuenta").status_code == 403
    edita = sign_in("edita@x.coop")
    assert "Que ya no lo lean otras personas" in card(edita, material)
    assert post(edita, there, page="/cuenta").status_code == 302
    assert "La aplicaron" not in card(client, material)
    assert post(edita, there, page="/cuenta").status_code == 404


def test_it_is_withdrawn(enter: Any, client: FlaskClient, material: str, instance: Instance) -> None:
    luz = enter("luz")
    tell(luz, material, public="y")
    there = f"/aplicaciones/{only(instance).public_id}"
    assert post(enter("rosa"), f"{there}/retirar", page="/cuenta").status_code == 403
    assert post(luz, f"{there}/retirar", page="/cuenta").status_code == 302
    assert "La aplicaron" not in card(client, material)
    assert "Retirado" in luz.get("/espacios/agraria/aplicaciones").text
    assert "ya se retiró" in luz.get(f"{there}/editar").text
    assert post(luz, f"{there}/retirar", page="/cuenta").status_code == 409


def test_a_wrong_form_keeps_what_was_typed(enter: Any, material: str, instance: Instance) -> None:
    luz = enter("luz")
    for wrong, said in (({"when": "marzo"}, "Escriba el mes o el día"),
                        ({"when": "2999-01"}, "todavía no llega"),
                        ({"when": "2011-12"}, "El material es de 2012"),
                        ({"people": "muchas"}, "número de personas"), ({"version": "7"}, "Elija una versión"),
                        ({"how": ""}, "la usaron como está"), ({"region": "UY-MO"}, "no es de ese país"),
                        ({"words": ""}, "qué cambió")):  # fmt: skip
        answer = tell(luz, material, **wrong)
        assert answer.status_code == 422 and said in answer.text, wrong
        if "words" not in wrong:
            assert "Pesamos a la vista" in answer.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Application).count() == 0


def test_two_who_change_it_at_once_lose_nothing(enter: Any, material: str, instance: Instance) -> None:
    luz = enter("luz")
    tell(luz, material)
    there = f"/aplicaciones/{only(instance).public_id}/editar"
    assert post(luz, there, **(TOLD | {"words": "Primero."}), revision="1").status_code == 302
    said = TOLD | {"words": "Segundo.", "when": "2026-04", "public": "y"}
    late = post(luz, there, **said, revision="1")
    assert late.status_code == 409 and only(instance).words == "Primero."
    shown = text_of(late.text)
    assert "¿Qué cambió? Lo que ya está guardado Primero. Lo que usted escribió Segundo." in shown
    assert "Mes o día Lo que ya está guardado 2026-03-15 Lo que usted escribió 2026-04" in shown
    assert "Lo que ya está guardado no Lo que usted escribió sí" in shown
    assert post(luz, there, **(TOLD | {"words": "Primero."}), revision="1").status_code == 302, "it is kept"
    (revision,) = re.findall(r'name="revision"[^>]*value="(\d+)"', late.text)
    assert post(luz, there, **said, revision=revision).status_code == 302
    assert only(instance).words == "Segundo."


def test_what_was_typed_is_shown_where_a_colleague_withdrew_it(
    enter: Any, material: str, instance: Instance
) -> None:
    luz = enter("luz")
    tell(luz, material)
    there = f"/aplicaciones/{only(instance).public_id}"
    assert post(enter("julia"), f"{there}/retirar", page="/espacios/agraria").status_code == 302
    assert "Lo que usted escribió" not in luz.get(f"{there}/editar").text
    late = post(
        luz, f"{there}/editar", page="/cuenta", **(TOLD | {"words": "Costó una tarde."}), revision="1"
    )
    assert late.status_code == 409 and "ya se retiró" in late.text
    assert "readonly" in late.text and "Costó una tarde." in late.text


def test_who_belongs_nowhere_is_not_asked(
    enter: Any, client: FlaskClient, add_person: Any, sign_in: Any, material: str
) -> None:
    there = f"/recursos/{material}/aplicamos"
    assert client.get(there).location.startswith("/ingresar")
    assert enter("sola").get(there).status_code == 403
    add_person("admin@x.coop", "Admin", portal_role="administrator")
    assert sign_in("admin@x.coop").get(there).status_code == 403
    assert "aplicamos" not in card(client, material) and "/aplicamos" in card(enter("luz"), material)


def test_a_hidden_material_has_no_such_page(enter: Any, instance: Instance, material: str) -> None:
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Resource)).one().level = 3
    luz = enter("luz")
    for path in ("aplicamos", "aplicaciones"):
        assert luz.get(f"/recursos/{material}/{path}").status_code == 404
        assert luz.get(f"/recursos/{'z' * 20}/{path}").status_code == 404


def test_who_belongs_to_two_says_for_which(
    add_person: Any, sign_in: Any, material: str, instance: Instance
) -> None:
    add_person("dos@x.coop", "Dos", organizations={"agraria": "member", "coopac": "member"})
    dos = sign_in("dos@x.coop")
    assert 'name="organization"' in dos.get(f"/recursos/{material}/aplicamos").text
    assert tell(dos, material).status_code == 422
    assert tell(dos, material, organization="ninguna").status_code == 422
    assert tell(dos, material, organization="coopac").status_code == 302


def test_one_finds_what_one_wrote_among_ones_data(enter: Any, material: str) -> None:
    luz = enter("luz")
    tell(luz, material)
    assert "Pesamos a la vista" in luz.get("/cuenta/mis-datos").text
