"""Actualidad y noticias, and Temas, as visitors read them and editors write them. The tests with a number
carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from portal.instance import Instance
from portal.work import make_worker
from tests.conftest import token
from tests.portal.test_contributions import send
from tests.toolkit.shelved import add_resource, index
from toolkit import database, news
from toolkit.access import Viewer
from toolkit.news import photos
from toolkit.records import Article, Resource, ResourceTerm, now

Write = Callable[..., str]
EDITOR = Viewer(person_id=None, portal_role="editor")
LONG = "La cooperativa rinde cuentas en asamblea. " * 120


@pytest.fixture
def write(instance: Instance) -> Write:
    """An article that came out at a moment; gives its address."""

    def make(title: str, at: str = "2015-09-28T15:00+00:00", body: str = "Texto.", **more: Any) -> str:
        with instance.database.visit(EDITOR, writing=True) as visit:
            article = news.add(visit, news.Piece(title, "Resumen.", body, **more))
            news.publish(visit, article, dt.datetime.fromisoformat(at))
            public_id, address = article.public_id, f"/noticias/{article.year}/{article.slug}"
        index(instance, public_id)
        return address

    return make


@pytest.fixture
def editor(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    add_person("edita@x.coop", "Edita Ramos", portal_role="editor")
    return sign_in("edita@x.coop")


@pytest.fixture
def promoter(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    add_person("rosa@x.coop", "Rosa", organizations={"agraria": "promoter"})
    return sign_in("rosa@x.coop")


def text_of(page: str) -> str:
    """The words of a page, without its signs."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def on_topic(instance: Instance, public_id: str, *codes: str) -> None:
    with instance.database.open_for_maintenance() as session:
        resource = session.scalars(select(Resource).where(Resource.public_id == public_id)).one()
        resource.terms += [ResourceTerm(facet="topic", code=code) for code in codes]
    index(instance, public_id)


def work(instance: Instance, *lanes: str) -> None:
    """Do what waits on the shelves, and in these lanes, as the worker does."""
    worker = make_worker(instance)
    while jobs := worker._claim("index", 100):
        worker._index(jobs)
    for lane in lanes:
        for job in worker._claim(lane, 10):
            worker.handlers[job.kind].run(job)


# ------------------------------------------------------------------------------------ reading


def test_row_4_the_breadcrumb_of_a_piece_of_news(client: FlaskClient, write: Write) -> None:
    page = client.get(write("Un título largo que se parte en el teléfono")).text
    steps = re.findall(r"<li[^>]*>(?:<a[^>]*>)?([^<]+)", page.split('class="crumbs"')[1].split("</nav>")[0])
    assert steps == ["Inicio", "Actualidad y noticias", "Un título largo que se parte en el teléfono"]


def test_row_5_the_archive_of_a_year_newest_first(client: FlaskClient, write: Write) -> None:
    for title, at in (("Uno", "2015-03-27"), ("Dos", "2015-09-15"), ("Tres", "2015-09-28"),
                      ("Antes", "2014-12-31"), ("Después", "2016-01-02")):  # fmt: skip
        write(title, f"{at}T15:00+00:00")
    found = re.findall(r'class="title"><a [^>]*>([^<]+)', client.get("/noticias/2015").text)
    assert found == ["Tres", "Dos", "Uno"]


def test_the_year_is_that_of_lima(client: FlaskClient, write: Write) -> None:
    assert write("Nochevieja", "2016-01-01T03:00+00:00").startswith("/noticias/2015/")


def test_a_year_without_news_leads_to_the_nearest(client: FlaskClient, write: Write) -> None:
    write("Única")
    page = client.get("/noticias/2020")
    assert page.status_code == 200
    assert 'href="/noticias/2015"' in page.text and "El año más cercano" in page.text
    assert client.get("/noticias/1").status_code == 200


def test_an_empty_portal_says_so(client: FlaskClient) -> None:
    for address in ("/noticias", "/noticias/2015", "/temas/gestion-social"):
        assert "Todavía no hay" in client.get(address).text
    assert "<entry>" not in client.get("/noticias/novedades.xml").text


def test_row_8_one_heading_a_readable_address_and_the_title(client: FlaskClient, write: Write) -> None:
    address = write("Diálogo entre cooperativas & Estado")
    assert address == "/noticias/2015/dialogo-entre-cooperativas-estado"
    page = client.get(address).text
    assert len(re.findall("<h1", page)) == 1
    assert page.split("<title>")[1].startswith("Diálogo entre cooperativas &amp; Estado ·")


def test_row_9_a_date_in_words_and_both_names_of_its_month(client: FlaskClient, write: Write) -> None:
    address = write("Firma del convenio")
    page = client.get(address).text
    assert '<time datetime="2015-09-28' in page and "28 de setiembre de 2015" in page
    for words in ("septiembre+2015", "setiembre+2015", "28+septiembre"):
        assert address in client.get(f"/biblioteca?q={words}").text, words


def test_row_10_the_record_of_a_party_is_the_first_suggestion(
    client: FlaskClient, add_organization: Callable[..., int], instance: Instance
) -> None:
    add_organization("produce", "Ministerio de la Producción", acronym="PRODUCE")
    index(instance, add_resource(instance, "otra", "El ministerio de la producción acompaña."))
    for words in ("ministerio+de+la+produccion", "produce", "Ministerio+Producción"):
        page = client.get(f"/biblioteca?q={words}").text
        assert re.search(r'class="named">.*?href="/organizaciones/produce"', page, re.S), words
    assert 'class="named"' not in client.get("/biblioteca?q=de+la").text
    assert 'class="named"' not in client.get("/biblioteca?q=ministerio").text


def test_row_13_both_doors_stand_early_on_the_home_page(client: FlaskClient, instance: Instance) -> None:
    index(instance, add_resource(instance))
    page = client.get("/").text
    assert page.index("/temas/gestion-social") < page.index("/temas/gestion-empresarial")
    assert page.index("/temas/gestion-empresarial") < page.index("Lo más reciente")


def test_row_20_a_topic_lists_what_there_is_with_counts(
    client: FlaskClient, instance: Instance, write: Write
) -> None:
    for n in range(3):
        on_topic(instance, add_resource(instance, title=f"Guía {n}", kind="R04"), "T10.3")
    write("Crédito para todas", topics=["T10.3"])
    page = client.get("/temas/inclusion-financiera").text
    assert "Guía 2" in page and "Crédito para todas" in page
    assert "Inclusión financiera (3)" in client.get("/temas/inclusion").text


def test_row_21_a_topic_is_offered_above_the_results(client: FlaskClient, instance: Instance) -> None:
    index(instance, add_resource(instance, text="Los jóvenes entran a la cooperativa."))
    page = client.get("/biblioteca?q=jovenes").text
    assert re.search(r'class="named">.*?href="/temas/juventud-y-relevo"', page, re.S)
    assert page.index('class="named"') < page.index('class="results"')


def test_row_40_the_photo_is_small_late_and_optional(
    client: FlaskClient, editor: FlaskClient, instance: Instance
) -> None:
    address = write_with_photo(editor)
    waiting = editor.get(address).text
    assert "La foto se está preparando" in waiting
    work(instance, "fast")
    publish(editor, address)
    (there,) = re.findall(r'href="(/noticias/\d{4}/[^"]+)"', editor.get(address).text)
    page = client.get(there).text
    (tag,) = re.findall(r"<img [^>]+>", page)
    assert 'alt="Dos personas firman"' in tag and 'loading="lazy"' in tag
    photo = client.get(re.findall(r'src="([^"]+)"', tag)[0])
    assert photo.mimetype == "image/webp" and len(photo.data) <= 90_000
    assert "Foto: Ana Paz" in page and "La firma" in page
    client.post(
        "/preferencias", data={"modo": "texto", "pagina": there}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    plain = client.get(there).text
    assert "<img" not in plain
    assert "La firma" in plain and "Dos personas firman" in plain


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.effect_noise((1600, 900), 60).convert("RGB").save(out, "JPEG")
    out.seek(0)
    return out


def write_with_photo(editor: FlaskClient, **more: Any) -> str:
    data = {"title": "La firma", "summary": "Se firmó.", "body": "Texto.", "caption": "La firma",
            "alternative": "Dos personas firman", "credit": "Ana Paz",
            "photo": (picture(), "firma.jpg")}  # fmt: skip
    answer = send(editor, "/noticias/nueva", **{**data, **more})
    assert answer.status_code == 302, text_of(answer.text)
    return answer.headers["Location"]


def publish(editor: FlaskClient, address: str, **more: Any) -> Any:
    data = {"csrf_token": token(editor, address), **more}
    return editor.post(f"{address}/publicar", data=data)


def test_row_41_related_contents_obey_rights_and_vanish(
    client: FlaskClient, instance: Instance, write: Write, promoter: FlaskClient
) -> None:
    alone = write("Sin relación")
    assert "Contenidos relacionados" not in client.get(alone).text
    hidden = add_resource(instance, "agraria", title="Acta reservada", level=3)
    with instance.database.open_for_maintenance() as session:
        resource = session.scalars(select(Resource).where(Resource.public_id == hidden)).one()
        article = session.scalars(select(Article).where(Article.title == "Sin relación")).one()
        article.resources.append(news.changes.ArticleResource(resource_id=resource.id))
    assert "Contenidos relacionados" not in client.get(alone).text
    assert "Acta reservada" in promoter.get(alone).text
    write("Con tema", topics=["T03"])
    other = write("Del mismo tema", topics=["T03"])
    assert "Con tema" in client.get(other).text


def test_row_42_more_on_the_topic_counts_what_this_reader_may_open(
    client: FlaskClient, instance: Instance, write: Write, promoter: FlaskClient
) -> None:
    on_topic(instance, add_resource(instance, "agraria"), "T03")
    on_topic(instance, add_resource(instance, "agraria", level=3), "T03")
    address = write("Sobre gestión", topics=["T03", "T08"])
    assert "Gestión social (1)" in client.get(address).text
    assert "Gestión social (2)" in promoter.get(address).text
    assert "Juventud y relevo (" not in client.get(address).text


def test_row_43_news_are_found_beside_materials(
    client: FlaskClient, instance: Instance, write: Write
) -> None:
    index(instance, add_resource(instance, text="El quipu cuenta.", title="Guía del quipu"))
    address = write("El quipu digital", body="Un quipu **con nudos** de colores.")
    page = client.get("/biblioteca?q=quipu").text
    assert address in page and "Guía del quipu" in page
    assert "<mark>quipu</mark> con nudos" in page
    assert 'name="que" value="article"' in page
    only = client.get("/biblioteca?q=quipu&que=article").text
    assert address in only and "Guía del quipu" not in only
    assert address not in client.get("/biblioteca").text, "without words the library shows materials"


def test_row_44_the_page_of_a_piece_of_news_is_light(client: FlaskClient, write: Write) -> None:
    address = write("Liviana", body=LONG)
    page = client.get(address, headers={"Accept-Encoding": "gzip"})
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(address).text)
    weight = len(page.data) + sum(
        len(client.get(one, headers={"Accept-Encoding": "gzip"}).data) for one in set(assets)
    )
    assert weight <= 45_000


def test_markdown_cannot_act(client: FlaskClient, write: Write) -> None:
    body = """# Grande

<script>alert(1)</script>

[x](javascript:alert(1)) [y](https://x.pe) ![z](/foto.png)

<b onclick="x()">negrita</b>"""
    page = client.get(write("Peligro", body=body)).text.split("<article")[1].split("</article>")[0]
    assert "<script" not in page and "javascript:alert" not in re.findall(r'href="[^"]*"', page)
    assert "<img" not in page and "<b " not in page and "<h2>Grande</h2>" in page
    assert 'href="https://x.pe"' in page and 'rel="noopener noreferrer"' in page


def test_the_feed_is_atom_and_holds_what_is_out(client: FlaskClient, write: Write) -> None:
    write("Primera & única")
    answer = client.get("/noticias/novedades.xml")
    assert answer.mimetype == "application/atom+xml"
    root = ET.fromstring(answer.data)
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = root.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}title") == "Primera & única"
    assert entry.find(f"{atom}link").get("href").endswith("/noticias/2015/primera-unica")


def test_words_that_xml_cannot_hold_do_not_take_the_feed_from_everybody(
    client: FlaskClient, write: Write, instance: Instance
) -> None:
    write("Feria \ufffe de café")
    assert "Feria de café" in client.get("/noticias").text
    with instance.database.open_for_maintenance() as session:  # as it was kept before
        session.scalars(select(Article)).one().title = "Feria \uffff\ufffe\x0b de café"
    root = ET.fromstring(client.get("/noticias/novedades.xml").data)
    assert "Feria  de café" in "".join(root.itertext())


def test_a_photo_tells_nothing_of_who_else_holds_it(
    client: FlaskClient, editor: FlaskClient, instance: Instance
) -> None:
    address = write_with_photo(editor)
    work(instance, "fast")
    publish(editor, address)
    with instance.database.open_for_maintenance(writing=False) as session:
        article = session.scalars(select(Article)).one()
        drawn = photos.picture(instance.store, article)
        photo = str(article.photo)
        assert drawn is not None
        os.utime(drawn, (0, 0))
        there, changed = f"/noticias/foto/{article.public_id}", article.changed_at.replace(microsecond=0)
    answer = client.get(there)
    assert answer.last_modified == changed, "not the moment of the disk"
    assert photo not in str(answer.headers) and answer.headers["ETag"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(there, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_two_of_one_title_have_two_addresses(write: Write) -> None:
    assert write("Igual") != write("Igual")


def test_addresses_that_were_out_before_this_was_known_stay(instance: Instance, write: Write) -> None:
    write("Feria")
    with instance.database.visit(EDITOR, writing=True) as visit:
        news.publish(visit, news.add(visit, news.Piece("Mañana", "R.", "T.")), now() + dt.timedelta(days=9))
        news.add(visit, news.Piece("Borrador"))
    with instance.database.engine.connect().execution_options(writing=True) as connection:
        config = database._alembic(connection)
        command.downgrade(config, "0023")
        command.upgrade(config, "head")
        connection.commit()
    with instance.database.open_for_maintenance(writing=False) as session:
        known = {one.title: one.first_out_at == one.published_at for one in session.scalars(select(Article))}
        assert known == {"Feria": True, "Mañana": False, "Borrador": True}, "of a draft both are nothing"
