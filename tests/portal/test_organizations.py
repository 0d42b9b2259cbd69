"""The directory of organisations and their profiles."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.instance import Instance
from tests.portal.test_contributions import send, upload
from tests.portal.test_news import work
from tests.toolkit.shelved import add_resource, index
from toolkit import agreement, news
from toolkit.access import Viewer


@pytest.fixture
def four(add_organization: Callable[..., int]) -> None:
    """Four organisations in two countries and two regions."""
    add_organization("agraria", "Ágora Agraria", country="PE", region="PE-12", sector="SEC1", acronym="AAG")
    add_organization("coopac", "Coopac Norte", country="PE", region="PE-20", sector="SEC2")
    add_organization("lima", "Vivienda Lima", country="PE")
    add_organization("tica", "Tica", country="CR", website="https://example.coop")


def names(page: str) -> list[str]:
    """The organisations on a page."""
    return re.findall(r'<h3><a href="/organizaciones/([a-z]+)"', page)


def choices(page: str, name: str) -> dict[str, str]:
    """The values of a facet with their counts."""
    found = rf'name="{name}" value="([^"]+)".*?</span> <span class="n">(\d+)</span>'
    return dict(re.findall(found, page))


def test_the_directory_counts_countries(client: FlaskClient, four: None) -> None:
    page = client.get("/organizaciones").text
    assert names(page) == ["agraria", "coopac", "tica", "lima"]
    assert choices(page, "pais") == {"PE": "3", "CR": "1"}
    assert choices(page, "region") == {}


def test_regions_only_where_there_are_some_and_only_those_found(client: FlaskClient, four: None) -> None:
    peru = client.get("/organizaciones?pais=PE").text
    assert names(peru) == ["agraria", "coopac", "lima"]
    assert choices(peru, "region") == {"PE-12": "1", "PE-20": "1"}
    assert names(client.get("/organizaciones?pais=PE&region=PE-20").text) == ["coopac"]
    assert choices(client.get("/organizaciones?pais=CR").text, "region") == {}


@pytest.mark.parametrize(
    "query", ["pais=XX", "pais=PE&region=XX", "region=PE-12", "pais=%00", "pais=CR&region=PE-12"]
)
def test_what_is_not_there_is_no_filter(client: FlaskClient, four: None, query: str) -> None:
    answer = client.get(f"/organizaciones?{query}")
    assert answer.status_code == 200
    assert names(answer.text)


def test_an_empty_directory_says_so(client: FlaskClient) -> None:
    assert "Todavía no hay organizaciones" in client.get("/organizaciones").text


def test_a_profile_shows_what_this_reader_sees(
    client: FlaskClient, four: None, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    add_person("rosa@agraria.coop", "Rosa Quispe", organizations={"agraria": "coordinator"})
    add_person("eva@coopac.coop", "Eva Soto", organizations={"coopac": "member"})
    rosa, eva = sign_in("rosa@agraria.coop"), sign_in("eva@coopac.coop")
    empty = client.get("/organizaciones/agraria").text
    assert "Sin materiales públicos" in empty
    assert "AAG" in empty and "Junín" in empty
    upload(rosa, title="Para todos", level="0")
    upload(rosa, title="Para miembros", level="1")
    upload(rosa, title="Para nosotros", level="3")
    seen = {browser: client_page(browser) for browser in (client, eva, rosa)}
    assert titles(seen[client]) == ["Para todos"]
    assert seen[client].count("Texto, 68 bytes") == 1
    assert titles(seen[eva]) == ["Para miembros", "Para todos"]
    assert titles(seen[rosa]) == ["Para nosotros", "Para miembros", "Para todos"]
    assert "Rosa Quispe" in seen[rosa]
    assert "Rosa Quispe" not in seen[eva] and "Rosa Quispe" not in seen[client]
    assert client.get("/organizaciones/agraria?pagina=999999999999999999999").status_code == 200
    assert client.get("/organizaciones/agraria?pagina=-3").status_code == 200


def client_page(browser: FlaskClient) -> str:
    """The profile, as this browser sees it, without header."""
    return browser.get("/organizaciones/agraria").text.split("<main", 1)[1]


def titles(page: str) -> list[str]:
    """The titles of the resources on a page."""
    return re.findall(r">(Para [a-z]+)</a>", page)


@pytest.mark.parametrize("slug", ["nada", "%00", "..", "Agraria"])
def test_an_unknown_organisation_is_not_found(client: FlaskClient, four: None, slug: str) -> None:
    answer = client.get(f"/organizaciones/{slug}")
    assert answer.status_code == 404
    assert "coopac" not in answer.text


@pytest.mark.parametrize("who", ["administrator", "coordinator"])
def test_what_names_a_renamed_organisation_is_found_by_its_new_name_only(
    client: FlaskClient, instance: Instance, add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient], who: str,
) -> None:  # fmt: skip
    add_person("julia@x.coop", "Julia", organizations={"chirimoya": "coordinator"})
    add_person("ada@x.coop", "Ada", portal_role="administrator")
    add_person("eva@x.coop", "Eva", organizations={"coopac": "coordinator"})
    index(instance, add_resource(instance, "chirimoya", title="Un material"))
    with instance.database.visit(Viewer(person_id=None, portal_role="editor"), writing=True) as visit:
        article = news.add(
            visit, news.Piece("Una noticia", "Resumen.", "Texto.", organizations=["chirimoya"])
        )
        news.publish(visit, article)
        signed = agreement.add(visit, agreement.Facts("Un convenio", "Objeto.", "", dt.date(2015, 9, 15)))
        for slug in ("chirimoya", "coopac"):
            agreement.add_part(visit, signed, "parties", {"organization": slug, "role": ""})
        agreement.add_part(visit, signed, "objectives", {"words": "Difundir."})
        agreement.publish(visit, signed)
    work(instance)

    def found(words: str) -> list[str]:
        page = client.get(f"/biblioteca?q={words}").text
        return [title for title in ("Un material", "Una noticia", "Un convenio") if title in page]

    assert len(found("chirimoya")) == 3 and found("huayruro") == []
    address = {"administrator": "/administracion/organizaciones/chirimoya/editar",
               "coordinator": "/espacios/chirimoya/ajustes"}[who]  # fmt: skip
    browser = sign_in({"administrator": "ada@x.coop", "coordinator": "julia@x.coop"}[who])
    assert send(browser, address, name="Cooperativa Huayruro").status_code == 302
    work(instance)
    assert len(found("huayruro")) == 3 and found("chirimoya") == []
