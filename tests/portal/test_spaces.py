"""«Mi espacio»: open to those who belong to the organisation, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.instance import Instance
from tests.portal.test_contributions import upload
from tests.portal.test_organizations import titles
from toolkit import memberships, organizations, people


@pytest.fixture
def rosa(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A promoter of «agraria»; «coopac» is there too."""
    add_person("eva@coopac.coop", "Eva Soto", organizations={"coopac": "member"})
    add_person("rosa@agraria.coop", "Rosa Quispe", organizations={"agraria": "promoter"})
    return sign_in("rosa@agraria.coop")


def test_the_only_space_is_opened_at_once(rosa: FlaskClient) -> None:
    assert rosa.get("/espacios").headers["Location"] == "/espacios/agraria"


def test_of_several_one_is_chosen(
    rosa: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    add_person("dos@x.coop", organizations={"agraria": "member", "coopac": "promoter"})
    page = sign_in("dos@x.coop").get("/espacios").text
    assert 'href="/espacios/agraria"' in page and 'href="/espacios/coopac"' in page


def test_who_belongs_nowhere_is_told_so(
    add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    add_person("sola@x.coop")
    assert "no pertenece a ninguna organización" in sign_in("sola@x.coop").get("/espacios").text


def test_ones_own_organisation_stands_before_a_joint_space(
    rosa: FlaskClient, instance: Instance, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    add_person("dos@x.coop", organizations={"agraria": "member", "acuerdo": "member"})
    with instance.database.open_for_maintenance() as session:
        organizations.get(session, "acuerdo").kind = "joint"
    page = sign_in("dos@x.coop").get("/espacios").text
    assert "Usted tiene más de un espacio" in page and "más de una organización" not in page
    assert page.index('href="/espacios/agraria"') < page.index('href="/espacios/acuerdo"')


def test_people_of_a_suspended_organisation_are_told_so_and_whom_to_ask(
    rosa: FlaskClient, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(instance.settings, "CONTACT", "ayuda@portal.pe")
    with instance.database.open_for_maintenance() as session:
        organizations.get(session, "agraria").active = False
        organizations.get(session, "coopac").active = False
    page = rosa.get("/espacios").text
    assert "El espacio de Agraria está suspendido" in page and "mailto:ayuda@portal.pe" in page
    assert "no pertenece a ninguna" not in page and "Coopac" not in page
    with instance.database.open_for_maintenance() as session:
        somebody = people.get(session, "rosa@agraria.coop")
        memberships.join(session, somebody, organizations.add(session, "mar", "Mar"), "member")
    page = rosa.get("/espacios").text
    assert "El espacio de Agraria está suspendido" in page and 'href="/espacios/mar"' in page


def test_who_runs_the_portal_finds_the_way_to_that_work(
    rosa: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    add_person("ada@portal.pe", "Ada", portal_role="administrator")
    add_person("edna@portal.pe", "Edna", portal_role="editor")
    ada, edna = sign_in("ada@portal.pe"), sign_in("edna@portal.pe")
    assert ada.get("/espacios").headers["Location"] == "/administracion"
    page = edna.get("/espacios").text
    assert 'href="/administracion/emergencias"' in page and "no pertenece a ninguna organización" not in page
    for browser in (ada, edna):
        said = browser.get("/mis-aportes").text
        assert (
            "la coordinación de su organización" not in said
            and "Hoy su cuenta no pertenece a ninguna activa" in said
        )


def test_shows_documents_people_and_the_upload(
    rosa: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    add_person("luz@agraria.coop", "Luz Ñahui", organizations={"agraria": "member"})
    luz = sign_in("luz@agraria.coop")
    assert "Todavía no hay nada" in luz.get("/espacios/agraria").text
    upload(rosa, title="Para todos", level="0")
    upload(rosa, title="Para nosotros", level="3")
    upload(rosa, title="Para nadie", action="draft")
    page = luz.get("/espacios/agraria").text
    assert titles(page.split('id="documentos"')[1]) == ["Para nosotros", "Para todos"]
    assert "Rosa Quispe" in page and "Luz Ñahui" in page and "Eva Soto" not in page
    assert "Subir a este espacio" not in page
    assert "Subir a este espacio" in rosa.get("/espacios/agraria").text


def test_the_coordination_sees_the_titles_of_drafts(
    rosa: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    upload(rosa, title="Plan reservado", action="draft")
    add_person("jefa@agraria.coop", "Julia", organizations={"agraria": "coordinator"})
    add_person("beto@agraria.coop", "Beto", organizations={"agraria": "promoter"})
    page = sign_in("jefa@agraria.coop").get("/espacios/agraria").text
    assert "Borradores de su gente" in page
    assert "Plan reservado" in page
    assert "Plan reservado" not in sign_in("beto@agraria.coop").get("/espacios/agraria").text


def body(page: str) -> str:
    """The contents of a page, without what differs from answer to answer."""
    return page.split("<main")[1].split("</main>")[0]


def test_a_strange_space_is_the_same_404_as_none(rosa: FlaskClient, client: FlaskClient) -> None:
    strange, none = rosa.get("/espacios/coopac"), rosa.get("/espacios/ninguna")
    assert (strange.status_code, none.status_code) == (404, 404)
    assert body(strange.text) == body(none.text)
    assert client.get("/espacios/coopac").status_code == 302


def test_an_administrator_as_such_opens_no_space(
    rosa: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    for role in ("administrator", "editor"):
        add_person(f"{role}@x.coop", portal_role=role)
        assert sign_in(f"{role}@x.coop").get("/espacios/agraria").status_code == 404
