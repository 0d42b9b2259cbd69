"""Home and results: what a reader sees, whatever the address says."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.instance import Instance
from tests.portal import library
from toolkit.records import now

NAUGHTY = Path(__file__).parents[2] / ".." / "shared" / "data" / "naughty-strings.json"


@pytest.fixture
def shelved(instance: Instance) -> Instance:
    """Thirteen materials on their shelves: one guide in Portuguese, one with two topics, eleven alike."""
    library.add(instance, "Guía de balance social", ["El comité mide.", "El balance social se presenta."],
                topics=("T03", "T03.1", "T07"), kind="R04", region="PE-12")  # fmt: skip
    library.add(
        instance, "Guia de assembleia", ["O balanço social da assembleia."], language="pt", country="BR"
    )
    for number in range(11):
        moment = now() + dt.timedelta(minutes=number)
        library.add(instance, f"Cosecha {number}", ["Se pesa la cosecha."], topics=("T04",), year=2010,
                    published_at=moment)  # fmt: skip
    library.index(instance)
    return instance


def titles(answer: str) -> list[str]:
    return re.findall(r'class="title"><a [^>]*>([^<]+)</a>', answer)


def test_home_counts_what_a_visitor_sees_and_shows_the_newest(shelved: Instance, client: FlaskClient) -> None:
    library.add(shelved, "Reservado", topics=("T07",), level=3)
    page = client.get("/").text
    assert re.search(r"/temas/gestion-empresarial.*?11 materiales", page, re.S)
    assert re.search(r'/temas/genero-y-equidad">Género y equidad</a></h3><p class="soft">1 material<', page)
    assert len(titles(page)) == 3 and "Reservado" not in page
    assert "csrf_token" not in page


def test_an_empty_library_says_what_belongs_here(client: FlaskClient, instance: Instance) -> None:
    home = client.get("/").text
    assert "La biblioteca todavía está vacía" in home and "Por ejemplo:" not in home
    library.index(instance)
    page = client.get("/biblioteca")
    assert page.status_code == 200 and "La biblioteca todavía está vacía" in page.text


def test_a_result_begins_with_its_page_and_opens_it(shelved: Instance, client: FlaskClient) -> None:
    page = client.get("/biblioteca?q=balance+social").text
    assert "<title>2 resultados para «balance social»" in page
    link = re.search(r'<a class="page" href="([^"]+)">p\. 2</a>', page)
    assert link and link[1].endswith("/v1/1/paginas/2?q=balance+social")
    opened = client.get(link[1].replace("&amp;", "&")).text
    assert '<mark id="acierto-1" class="here">balance social</mark>' in opened


def test_the_language_of_a_result_is_said_and_marked(shelved: Instance, client: FlaskClient) -> None:
    page = client.get("/biblioteca?q=assembleia").text
    assert "en portugués" in page and re.search(r'<a href="[^"]+" lang="pt">Guia de assembleia</a>', page)
    assert 'lang="pt">Guia' not in client.get("/pt/biblioteca?q=assembleia").text


def test_ten_a_page_and_a_page_that_vanished_leads_to_the_first(
    shelved: Instance, client: FlaskClient
) -> None:
    first, second = (client.get(f"/biblioteca?q=cosecha&pagina={n}") for n in (1, 2))
    assert len(titles(first.text)) == 10 and len(titles(second.text)) == 1
    assert "página 2 de 2" in second.text
    gone = client.get("/biblioteca?q=cosecha&pagina=3")
    assert gone.status_code == 302 and gone.location == "/biblioteca?q=cosecha"
    for odd in ("0", "-1", "x", "9" * 5000, "²"):
        assert client.get("/biblioteca", query_string={"q": "cosecha", "pagina": odd}).status_code in (
            200,
            302,
        )


def test_filters_combine_and_each_chip_takes_one_away(shelved: Instance, client: FlaskClient) -> None:
    page = client.get("/biblioteca?tipo=R04&tema=T03").text
    assert titles(page) == ["Guía de balance social"]
    assert re.search(r'class="chip on" href="/biblioteca\?tema=T03"', page)
    assert re.search(r'class="chip on" href="/biblioteca\?tipo=R04"', page)
    assert '"tema" value="T03" checked' in page and "Filtrar y ordenar (2)" in page.replace("</summary>", "")
    both = client.get("/biblioteca?tipo=R04&tipo=R01").text
    assert "13 materiales" in both


def test_a_topic_opens_those_inside_it(shelved: Instance, client: FlaskClient) -> None:
    closed, opened = (client.get(f"/biblioteca{q}").text for q in ("", "?tema=T03"))
    assert (
        'value="T03.1"' not in closed
        and 'class="inside"><input type="checkbox" name="tema" value="T03.1"' in opened
    )
    both = client.get("/biblioteca?tema=T03&tema=T03.1").text
    assert "Tema: Balance social" in both and "Tema: Gestión social" not in both


def test_region_is_offered_only_where_it_was_found(shelved: Instance, client: FlaskClient) -> None:
    assert 'value="PE-12"' in client.get("/biblioteca?pais=PE").text
    assert 'name="region"' not in client.get("/biblioteca?pais=BR").text


def test_unknown_values_are_passed_over_with_a_note(shelved: Instance, client: FlaskClient) -> None:
    page = client.get("/biblioteca?tipo=R99&anio=mil&organizacion=nadie&q=cosecha").text
    assert "11 resultados" in page
    assert "No conocemos el valor «R99» del filtro Tipo" in page and "«nadie» del filtro Organización" in page


def test_nothing_found_offers_the_removal_that_helps(shelved: Instance, client: FlaskClient) -> None:
    page = client.get("/biblioteca?q=cosecha&region=PE-12&anio=2010").text
    assert "No encontramos materiales para «cosecha»" in page
    assert re.search(
        r'href="/biblioteca\?q=cosecha&amp;anio=2010">Quitar el filtro Región: Junín</a> \(11 ', page
    )
    assert "solo para organizaciones miembro" in page


def test_sorting_by_date(shelved: Instance, client: FlaskClient) -> None:
    assert titles(client.get("/biblioteca?q=cosecha&orden=fecha").text)[0] == "Cosecha 10"
    assert 'value="fecha" checked' in client.get("/biblioteca").text


def test_a_long_query_says_what_was_used(shelved: Instance, client: FlaskClient) -> None:
    page = client.get("/biblioteca", query_string={"q": "cosecha " * 13_000})
    assert page.status_code == 200 and "solo sus primeros 200 caracteres" in page.text


def test_while_the_shelves_are_missing_the_newest_are_shown(shelved: Instance, client: FlaskClient) -> None:
    shutil.rmtree(shelved.shelves_folder)
    page = client.get("/biblioteca?q=cosecha")
    assert page.status_code == 200 and "La búsqueda se está reconstruyendo" in page.text
    assert len(titles(page.text)) == 3 and 'value="cosecha"' in page.text
    assert client.get("/").status_code == 200


def test_too_many_searches_say_how_long_to_wait(shelved: Instance, app: Flask) -> None:
    shelved.settings["SEARCHES_PER_MINUTE"] = 2
    client = app.test_client()
    answers = [client.get("/biblioteca?q=cosecha") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    wait = int(answers[2].headers["Retry-After"])
    assert 1 <= wait <= 61 and f"Espere {wait} segundos" in answers[2].text
    assert client.get("/").status_code == 200


def test_phones_are_not_made_to_ask_for_thumbnails(shelved: Instance, client: FlaskClient) -> None:
    made = library.add(shelved, "Con figura", ["Texto con figura."])
    shelved.store.put_picture(made.sha256[0], "thumb.webp", b"RIFF....WEBP")
    library.index(shelved)
    page = client.get("/biblioteca?q=figura").text
    assert re.search(r'<source media="\(min-width: 56.25em\)" srcset="/recursos/\w+/v1/1/miniatura">', page)
    assert 'src="data:,"' in page and 'loading="lazy"' in page
    client.set_cookie("modo", "texto")
    assert "miniatura" not in client.get("/biblioteca?q=figura").text


def test_any_text_is_a_query(shelved: Instance, client: FlaskClient) -> None:
    if not NAUGHTY.exists():
        pytest.skip("naughty-strings.json is not here")
    shelved.settings["SEARCHES_PER_MINUTE"] = 100_000
    for words in json.loads(NAUGHTY.read_text(encoding="utf-8"))[::30]:
        for name in ("q", "tema", "organizacion"):
            answer = client.get("/biblioteca", query_string={name: words})
            assert answer.status_code == 200, (name, words)


BUDGETS = {"/": 45, "/biblioteca?q=balance+social": 45, "ficha": 42, "page": 40}


@pytest.mark.parametrize("address", BUDGETS)
def test_weight_of_a_first_visit(instance: Instance, app: Flask, address: str) -> None:
    """HTML, CSS and JavaScript as they are sent: kilobytes of 1,000 bytes (product.md section 4)."""
    long = [
        f"Título {n}\n" + "El balance social de la cooperativa se presenta a la asamblea. " * 30
        for n in range(45)
    ]
    made = [library.add(instance, f"Manual {n} de balance social", long, topics=("T03", "T04", "T07"),
                        summary="Cómo se mide. " * 25) for n in range(12)]  # fmt: skip
    library.index(instance)
    there = {"ficha": f"/recursos/{made[0].id}", "page": f"/recursos/{made[0].id}/v1/1/paginas/37?q=balance"}
    client = app.test_client()
    zipped = {"Accept-Encoding": "gzip"}
    page = client.get(there.get(address, address), headers=zipped, follow_redirects=True)
    assert page.status_code == 200 and page.headers["Content-Encoding"] == "gzip"
    html = gzip.decompress(page.data).decode()
    sent = re.findall(r'(?:<link rel="stylesheet" href|<script src|<link rel="icon" href)="([^"]+)"', html)
    assert len(sent) == 3
    weight = len(page.data) + sum(len(client.get(one, headers=zipped).data) for one in sent)
    assert weight <= BUDGETS[address] * 1000, weight
    assert "srcset" not in html or 'media="(min-width' in html
