"""The card, the page viewer, files and pictures: who gets what, and how it is sent."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal import accounts
from portal.instance import Instance
from portal.resources.layout import Hits, lay_out
from portal.resources.tours import Stop, Tour
from portal.resources.wording import slug
from tests import world as worlds
from tests.conftest import PASSWORD
from tests.portal import library
from toolkit import people
from toolkit.records import Job, Resource, now

SIGNED_IN = ("member", "receiver", "other", "administrator")
PAGES = ["Índice\nNada.", "El balance social se mide.\nEl balance se lee.", "Otra página.", "Balance final."]


def get(client: FlaskClient, address: str, **query: object):
    return client.get(address, query_string=query)


# --- addresses -------------------------------------------------------------------------------------


def test_short_and_old_addresses_lead_to_the_card(instance: Instance, client: FlaskClient) -> None:
    id = library.add(instance, "Ñandú y cooperación: ¿qué medir?").id
    there = f"/recursos/{id}-nandu-y-cooperacion-que-medir"
    for old in (f"/recursos/{id}", f"/recursos/{id}-otro-titulo"):
        answer = client.get(old)
        assert answer.status_code == 302 and answer.location == there
    assert client.get(f"/recursos/{id}?q=a+b").location == f"{there}?q=a+b"
    assert "<h1>Ñandú y cooperación: ¿qué medir?</h1>" in client.get(there).text
    assert client.get(f"/pt/recursos/{id}").location == f"/pt{there}"


@pytest.mark.parametrize("bad", ["zzz", "a_b", "../x", "a%00b", "%F0%9F%98%80", "a" * 300])
def test_what_never_existed_is_not_found(instance: Instance, client: FlaskClient, bad: str) -> None:
    for rest in ("", "-titulo", "/v1/1/paginas/1", "/v1/1/archivo", "/paginas/1"):
        assert client.get(f"/recursos/{bad}{rest}").status_code == 404


def test_slugs() -> None:
    assert slug("Guía: 7 principios") == "guia-7-principios"
    assert slug("日本") == "material" and len(slug("palabra " * 40)) <= 60


def test_a_page_of_the_resource_is_that_of_its_newest_version(
    instance: Instance, client: FlaskClient
) -> None:
    id = library.add(instance, "Manual", PAGES, versions=3).id
    answer = get(client, f"/recursos/{id}/paginas/2", q="balance")
    assert answer.status_code == 302 and answer.location == f"/recursos/{id}/v3/1/paginas/2?q=balance"


# --- who gets what ---------------------------------------------------------------------------------


def test_every_viewer_gets_what_is_theirs(instance: Instance, app: Flask, sign_in: Callable) -> None:
    world = worlds.build(instance)
    with instance.database.open_for_maintenance() as session:
        for name in SIGNED_IN:
            accounts.add(session, people.find(session, world.addresses[name]), PASSWORD)
    for name in ("visitor", *SIGNED_IN):
        client = app.test_client() if name == "visitor" else sign_in(world.addresses[name])
        for resource, id in world.ids.items():
            listed, readable = name in worlds.CARDS[resource], name in worlds.CONTENTS[resource]
            gone = resource == "withdrawn" and not listed
            missing = 410 if gone else 404
            version = 1 if (name, resource) == ("receiver", "chosen") else 2
            card = client.get(f"/recursos/{id}", follow_redirects=True)
            assert card.status_code == (200 if listed else missing), (name, resource)
            for door in ("paginas/1", "archivo"):
                answer = client.get(f"/recursos/{id}/v{version}/1/{door}")
                expected = 200 if readable else 403 if listed else missing
                assert answer.status_code == expected, (name, resource, door)
                assert (worlds.canary(resource) in answer.text) == readable
            if listed and not readable:
                assert "Solicitar acceso" in card.text and "Leer en línea" not in card.text
                assert "/archivo" not in card.text and worlds.canary(resource) not in card.text


def test_a_version_that_was_not_delivered_does_not_exist(
    instance: Instance, app: Flask, sign_in: Callable
) -> None:
    world = worlds.build(instance)
    with instance.database.open_for_maintenance() as session:
        accounts.add(session, people.find(session, world.addresses["receiver"]), PASSWORD)
    client = sign_in(world.addresses["receiver"])
    id = world.ids["chosen"]
    assert client.get(f"/recursos/{id}/v1/1/paginas/1").status_code == 200
    assert client.get(f"/recursos/{id}/v2/1/paginas/1").status_code == 404
    assert "Versión 2" not in client.get(f"/recursos/{id}", follow_redirects=True).text
    row = client.get("/biblioteca?q=" + worlds.title_word("chosen")).text
    assert f"/recursos/{id}/v1/1/paginas" in client.get("/biblioteca?q=" + worlds.canary("chosen")).text
    assert f"/recursos/{id}" in row


def test_a_closed_door_offers_to_sign_in_and_names_the_owner(instance: Instance, client: FlaskClient) -> None:
    id = library.add(instance, "Acta", level=1, show_card=True).id
    answer = client.get(f"/recursos/{id}/v1/1/paginas/1")
    assert answer.status_code == 403 and "Cooperativa Valle" in answer.text
    assert f'href="/ingresar?next=/recursos/{id}/v1/1/paginas/1"' in answer.text


def test_who_withdrew_it_and_when(instance: Instance, client: FlaskClient) -> None:
    id = library.add(instance, "Vieja guía").id
    with instance.database.open_for_maintenance() as session:
        resource = session.query(Resource).one()
        resource.state, resource.withdrawn_at, resource.withdrawn_reason = "withdrawn", now(), "Cifras malas"
    page = client.get(f"/recursos/{id}")
    assert page.status_code == 410
    assert "Lo retiró Cooperativa Valle, el " in page.text and "Cifras malas" in page.text
    assert "Vieja guía" not in page.text


# --- the card --------------------------------------------------------------------------------------


def test_the_card_says_what_it_holds(instance: Instance, client: FlaskClient) -> None:
    long = ["Compras en común\n" + "Una línea larga que llena el ancho de la página impresa. " * 3,
            "Reparto\n" + "Otra línea larga que llena el ancho de la página hasta el fin. " * 3]  # fmt: skip
    id = library.add(instance, "Manual", long, versions=2, topics=("T03",), authors=["Ana Ríos"]).id
    page = client.get(f"/recursos/{id}", follow_redirects=True).text
    assert "Leer en línea" in page and "Descargar (PDF, " in page
    assert re.search(r'v2/1/paginas/2">Reparto</a><span class="n">p\. 2<', page)
    assert "¿Puedo usarlo?" in page and "citando la fuente" in page and "Ana Ríos" in page
    assert "Nota 1" in page and "/v1/1/archivo" in page
    assert 'href="/biblioteca?tema=T03"' in page
    assert "Editar la ficha" not in page


def test_the_state_of_reading_is_said(instance: Instance, client: FlaskClient) -> None:
    waiting = library.add(instance, "Uno", state="received").id
    page = client.get(f"/recursos/{waiting}", follow_redirects=True).text
    assert "En proceso" in page and "Leer en línea" not in page and "Descargar (PDF" in page


def test_a_lost_file_is_no_crash(instance: Instance, client: FlaskClient) -> None:
    made = library.add(instance, "Manual")
    instance.store.path(made.sha256[0]).write_bytes(b"x")
    answer = client.get(f"/recursos/{made.id}/v1/1/archivo")
    assert answer.status_code == 503 and "El archivo no está disponible" in answer.text
    instance.store.remove(made.sha256[0])
    assert client.get(f"/recursos/{made.id}/v1/1/archivo").status_code == 503
    card = client.get(f"/recursos/{made.id}", follow_redirects=True)
    assert card.status_code == 200 and "No disponible" in card.text and "/archivo" not in card.text
    assert client.get(f"/recursos/{made.id}/v1/1/paginas/1").status_code == 200


# --- the viewer ------------------------------------------------------------------------------------


def test_hits_are_counted_over_the_file(instance: Instance, client: FlaskClient) -> None:
    base = f"/recursos/{library.add(instance, 'Manual', PAGES).id}/v1/1/paginas"
    page = get(client, f"{base}/2", q="balance social").text
    assert "Acierto 1 de 3" in page and '<mark id="acierto-1" class="here">balance social</mark>' in page
    assert "acierto=2#acierto-2" in page and "Acierto anterior" not in page
    page = get(client, f"{base}/2", q="balance social", acierto=2).text
    assert "Acierto 2 de 3" in page and f"{base}/4?q=balance+social&amp;acierto=3#acierto-3" in page
    page = get(client, f"{base}/4", q="balance social", acierto=1).text
    assert "Acierto 3 de 3" in page and "Acierto siguiente" not in page


def test_a_page_without_hits_says_where_they_are(instance: Instance, client: FlaskClient) -> None:
    base = f"/recursos/{library.add(instance, 'Manual', PAGES).id}/v1/1/paginas"
    page = get(client, f"{base}/3", q="balance").text
    assert "no está aquí" in page and re.search(r'/paginas/2\?q=balance">p\. 2</a> \(2\)', page)
    assert "Ninguna de las palabras" in get(client, f"{base}/3", q="zorzal").text


def test_out_of_range_is_not_found_and_the_field_finds_the_nearest(
    instance: Instance, client: FlaskClient
) -> None:
    base = f"/recursos/{library.add(instance, 'Manual', PAGES).id}/v1/1/paginas"
    for number in ("0", "5", "01", "-1", "x", "9999999"):
        assert client.get(f"{base}/{number}").status_code == 404
    assert client.get(base.replace("/v1/", "/v2/") + "/1").status_code == 404
    for typed, number in (("3", 3), ("99", 4), ("x", 1), ("", 1)):
        assert get(client, f"{base}/", pagina=typed, q="a").location == f"{base}/{number}?q=a"


def test_odd_arguments_do_no_harm(instance: Instance, client: FlaskClient) -> None:
    base = f"/recursos/{library.add(instance, 'Manual', PAGES).id}/v1/1/paginas/2"
    for query in (
        {"acierto": "x"},
        {"acierto": "-4", "q": "balance"},
        {"id": "x", "imagen": 1},
        {"_scheme": "ftp", "imagen": 1},
        {"intento": "999", "imagen": 1},
        {"q": "<b>" * 80},
        {"q": "\x00ñ"},
    ):
        assert get(client, base, **query).status_code == 200


def test_an_old_version_says_that_there_is_a_newer_one(instance: Instance, client: FlaskClient) -> None:
    id = library.add(instance, "Manual", PAGES, versions=2).id
    assert "Hay una más nueva, la 2" in client.get(f"/recursos/{id}/v1/1/paginas/1").text
    assert "Hay una más nueva" not in client.get(f"/recursos/{id}/v2/1/paginas/1").text


def test_places_are_called_by_their_unit(instance: Instance, client: FlaskClient) -> None:
    sheet = library.add(
        instance, "Costos", ["Rubro | Soles\nSacos | 12"], format="xlsx", labels=["Presupuesto"]
    )
    page = client.get(f"/recursos/{sheet.id}/v1/1/paginas/1").text
    assert "hoja «Presupuesto»" in page and "Hoja 1 de 1" in page
    assert (
        '<th scope="col">Rubro</th>' in page and '<td class="n">12</td>' in page and "Ver imagen" not in page
    )
    library.index(instance)
    assert ">hoja «Presupuesto»</a>" in client.get("/biblioteca?q=sacos").text


def test_a_scanned_page_points_to_its_picture(instance: Instance, client: FlaskClient) -> None:
    id = library.add(instance, "Acta de 1978", [""], scanned=True).id
    assert "Página escaneada sin texto; vea su imagen" in client.get(f"/recursos/{id}/v1/1/paginas/1").text


def test_text_is_never_markup(instance: Instance, client: FlaskClient) -> None:
    id = library.add(
        instance, "<b>T</b>", ["<script>alert(1)</script> & balance <i>"], summary="<img src=x>"
    ).id
    for address in (f"/recursos/{id}/v1/1/paginas/1?q=balance", f"/recursos/{id}"):
        page = client.get(address, follow_redirects=True).text
        assert "<script>alert" not in page and "<img src=x" not in page and "<b>T" not in page


def test_a_tour_walks_over_pages() -> None:
    tour = Tour.at({2: 2, 5: 1}, 3, None)
    assert (tour.current, tour.previous, tour.next, tour.total) == (0, Stop(2, 2), Stop(3, 5), 3)
    last = Tour.at({2: 2, 5: 1}, 5, 9)
    assert (last.current, last.previous, last.next) == (3, Stop(2, 2), None)


def test_printed_lines_become_paragraphs_and_keep_every_word() -> None:
    full = "Esta línea llena el ancho de la página impresa hasta su borde"
    text = f"Título corto\n{full}\n{full}\ny acaba aquí."
    text += "\n• un punto\n• otro punto\n\nA | B\nc | d\n\nmujeres, de\ncada 100"
    blocks = lay_out(text, hits=Hits([(text.index("acaba"), text.index("acaba") + 5)], 7, 7))
    assert [block.kind for block in blocks] == ["heading", "paragraph", "item", "item", "table", "lines"]
    assert f'{full} {full} y <mark id="acierto-7" class="here">acaba</mark> aquí.' == str(blocks[1].words)
    shown = " ".join([str(b.words) for b in blocks] + [" ".join(row) for b in blocks for row in b.rows])
    for word in re.findall(r"\w+", text):
        assert word in shown


# --- files and pictures ----------------------------------------------------------------------------


def test_a_file_is_sent_as_it_came(instance: Instance, client: FlaskClient) -> None:
    made = library.add(instance, "Manual", name="guía «ñ»\r\n../año.pdf", content=b"%PDF-" + b"x" * 5000)
    address = f"/recursos/{made.id}/v1/1/archivo"
    answer = client.get(address)
    assert answer.data == b"%PDF-" + b"x" * 5000 and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''a%C3%B1o.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"].startswith("private")
    mark = answer.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 304
    part = client.get(address, headers={"Range": "bytes=0-4", "If-Range": mark})
    assert part.status_code == 206 and part.data == b"%PDF-"
    assert client.get(address, headers={"Range": "bytes=9999-"}).status_code == 416
    assert client.head(address).headers["Content-Length"] == "5005"


@pytest.mark.parametrize(
    ("format", "inline"),
    [("pdf", True), ("png", True), ("html", False), ("md", False), ("docx", False), ("tiff", False)],
)
def test_only_pdf_and_pictures_are_ever_shown_inline(
    instance: Instance, client: FlaskClient, format: str, inline: bool
) -> None:
    id = library.add(instance, "Manual", format=format, content=b"<script>alert(1)</script>" * 80).id
    answer = client.get(f"/recursos/{id}/v1/1/archivo?ver=1", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Disposition"].startswith("attachment") is not inline
    assert answer.mimetype != "text/html" and "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Content-Encoding" not in answer.headers


def test_a_picture_that_is_not_drawn_is_asked_for(instance: Instance, client: FlaskClient) -> None:
    made = library.add(instance, "Manual", PAGES)
    address = f"/recursos/{made.id}/v1/1/paginas/2/imagen"
    answer = client.get(address)
    assert answer.status_code == 200 and "se está preparando" in answer.text
    assert answer.headers["Refresh"] == f"2; url={address}?intento=2"
    assert "Refresh" not in get(client, address, intento=99).headers
    viewer = get(client, address.removesuffix("/imagen"), imagen=1)
    assert "La imagen se está preparando" in viewer.text and "intento=2" in viewer.headers["Refresh"]
    with instance.database.open_for_maintenance() as session:
        assert [job.kind for job in session.query(Job)] == ["draw_page"]
    instance.store.put_picture(made.sha256[0], "2.webp", b"RIFFxxxxWEBP")
    drawn = client.get(address)
    assert drawn.mimetype == "image/webp" and drawn.headers["Content-Security-Policy"].startswith("sandbox")
    viewer = get(client, address.removesuffix("/imagen"), imagen=1)
    assert f'<img src="{address}"' in viewer.text and "Refresh" not in viewer.headers
    assert "Ver imagen de la página (12 bytes)" in client.get(address.removesuffix("/imagen")).text
    assert client.get(address.replace("/2/", "/9/")).status_code == 404


def test_thumbnails(instance: Instance, client: FlaskClient) -> None:
    made = library.add(instance, "Manual")
    address = f"/recursos/{made.id}/v1/1/miniatura"
    assert client.get(address).status_code == 404
    instance.store.put_picture(made.sha256[0], "thumb.webp", b"RIFFxxxxWEBP")
    assert client.get(address).mimetype == "image/webp"


@given(st.text(alphabet="aB1 |•-.\n\t<&ñ", max_size=300), st.lists(st.integers(0, 300), max_size=8))
def test_nothing_is_lost_whatever_the_text(text: str, cuts: list[int]) -> None:
    ends = sorted({cut for cut in cuts if cut <= len(text)})
    spans = list(zip(ends[::2], ends[1::2], strict=False))
    blocks = lay_out(text, hits=Hits(spans, 1, 1 if spans else 0))
    shown = "".join([str(b.words) for b in blocks] + [str(c) for b in blocks for row in b.rows for c in row])
    plain = Markup(re.sub(r"</?mark[^>]*>", "", shown)).unescape()
    assert sorted(re.sub(r"[\s|]", "", plain)) == sorted(re.sub(r"[\s|]", "", text))


def test_of_an_endless_sheet_the_lines_around_the_hit_are_shown(
    instance: Instance, client: FlaskClient
) -> None:
    rows = "\n".join(f"Rubro {n} | {n}" for n in range(60_000)) + "\nZorzal | 7"
    id = library.add(instance, "Costos", [rows], format="csv").id
    begun = time.perf_counter()
    page = client.get(f"/recursos/{id}/v1/1/paginas/1?q=zorzal").text
    assert 'id="acierto-1" class="here">Zorzal</mark>' in page and "se muestra solo una parte" in page
    assert len(page) < 400_000 and time.perf_counter() - begun < 30
