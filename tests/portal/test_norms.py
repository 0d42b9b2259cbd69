"""Normas, as officials find them by an old number and editors write them. J9: product.md 6."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_contributions import send
from tests.portal.test_news import EDITOR, text_of, work
from tests.toolkit.shelved import add_resource, index
from toolkit import news, norms
from toolkit.records import Norm, Resource

Write = Callable[..., str]
SPELLINGS = ("D.S. 074-90-TR", "DS 074-90-TR", "decreto supremo 74-90-TR", "ds074-90-tr", "074-90-TR",
             "74-90-TR", "Decreto Supremo N.º 074-90-TR", "DS N° 074-1990-TR")  # fmt: skip


@pytest.fixture
def write(instance: Instance) -> Write:
    """A published norm; gives its slug. `does` holds (deed, slug of the other, since)."""

    def make(number: str, title: str = "Ley", does: tuple[Any, ...] = (), **more: Any) -> str:
        with instance.database.visit(EDITOR, writing=True) as visit:
            made = norms.add(visit, norms.Entry(**{"kind": "supreme_decree", "number": number, "title": title,
                                                   "summary": "Resumen."} | more))  # fmt: skip
            for deed, other, since in does:
                norms.add_relation(visit, made, deed, other, since)
            norms.publish(visit, made)
            public_id, slug = made.public_id, made.slug
        index(instance, public_id)
        return slug

    return make


@pytest.fixture
def editor(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    add_person("edita@x.coop", "Edita Ramos", portal_role="editor")
    return sign_in("edita@x.coop")


@pytest.fixture
def old_and_new(write: Write) -> None:
    """The norm of J9, and the one that replaced it."""
    old = write("DS 074-90-TR", "Texto único ordenado de 1990", dated="1991-01-07")
    write("DS 001-2026-PRODUCE", "Texto único ordenado de 2026", dated="2026-01",
          does=(("replaces", old, "2026-01"),))  # fmt: skip


def main_of(page: str) -> str:
    """What a page says below its header and breadcrumb."""
    return page.split("<main")[1].split("</nav>", 1)[1].split("</main>")[0]


def first_result(page: str) -> str:
    (found,) = re.findall(r'class="results".*?class="title"><a href="([^"]+)"', page, re.S)[:1]
    return found


# ------------------------------------------------------------------------------------ J9


@pytest.mark.parametrize("words", SPELLINGS)
def test_j9_every_spelling_of_the_number_gives_the_norm_first(
    client: FlaskClient, instance: Instance, old_and_new: None, words: str
) -> None:
    for n in range(4):
        text = "Según el DS 074-90-TR y el D.S. 074-90-TR, decreto supremo 074-90-TR."
        index(instance, add_resource(instance, title=f"Comentario al DS 074-90-TR {n}", text=text))
    page = client.get("/biblioteca", query_string={"q": words}).text
    assert first_result(page) == "/normas/ds-074-90-tr"
    assert re.search(r'class="named">.*?href="/normas/ds-074-90-tr"', page, re.S)


def test_j9_the_reader_is_told_what_replaced_it_before_anything_else(
    client: FlaskClient, instance: Instance, write: Write, old_and_new: None
) -> None:
    results = client.get("/biblioteca?q=D.S.+074-90-TR")  # the first touch: Buscar
    assert "reemplazada por DS 001-2026-PRODUCE desde enero de 2026" in text_of(results.text)
    page = client.get(first_result(results.text)).text  # the second: the norm
    told = "reemplazada Esta norma fue reemplazada por DS 001-2026-PRODUCE desde enero de 2026"
    assert text_of(main_of(page)).startswith(told)
    (there,) = re.findall(r'class="button" href="([^"]+)">Ver texto vigente', page)  # the third
    assert there == "/normas/ds-001-2026-produce"
    text = add_resource(instance, title="TUO 2026", text=["Artículo 1", "Artículo 2"])
    with instance.database.open_for_maintenance() as session:
        found = session.scalars(select(Norm).where(Norm.slug == "ds-001-2026-produce")).one()
        found.text = session.scalars(select(Resource).where(Resource.public_id == text)).one()
    page = client.get("/normas/ds-074-90-tr").text
    (there,) = re.findall(r'class="button" href="([^"]+)">Ver texto vigente', page)
    assert "Artículo 1" in client.get(there).text


# ------------------------------------------------------------------------------------ reading


def test_what_is_in_force_comes_first_and_the_past_is_one_touch_away(
    client: FlaskClient, old_and_new: None
) -> None:
    page = client.get("/normas").text
    assert page.index("/normas/ds-001-2026-produce") < page.index('<details class="others"')
    assert page.index('<details class="others"') < page.index('"title"><a href="/normas/ds-074-90-tr"')


def test_both_norms_say_what_one_did_to_the_other(client: FlaskClient, old_and_new: None) -> None:
    assert "Reemplazada por DS 001-2026-PRODUCE" in text_of(client.get("/normas/ds-074-90-tr").text)
    assert "Reemplaza a DS 074-90-TR" in text_of(client.get("/normas/ds-001-2026-produce").text)
    assert "Qué cambia" not in client.get("/normas/ds-074-90-tr").text, "no heading without items"


def test_an_address_in_another_spelling_leads_to_the_norm(client: FlaskClient, old_and_new: None) -> None:
    assert client.get("/normas/ds-074-1990-tr").headers["Location"] == "/normas/ds-074-90-tr"
    assert client.get("/normas/ds-074-90-ag").status_code == 404


def test_what_cites_it_obeys_the_rights_of_the_reader(
    client: FlaskClient, instance: Instance, write: Write,
    add_person: Callable[..., int], sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    slug = write("Ley 31335", "Cooperativas agrarias", kind="law")
    assert "La citan" not in client.get(f"/normas/{slug}").text
    own = add_resource(instance, "agraria", title="Acta propia", text="Por la Ley N.º 31335.", level=3)
    near = add_resource(instance, "agraria", title="Otra cosa", text="La ley 31336 costó 31335 soles.")
    index(instance, own, near)
    assert "La citan" not in client.get(f"/normas/{slug}").text
    add_person("rosa@x.coop", "Rosa", organizations={"agraria": "promoter"})
    page = sign_in("rosa@x.coop").get(f"/normas/{slug}").text
    assert "La citan" in page and "Acta propia" in page and "Otra cosa" not in page


def test_news_that_cite_it_stand_beside_the_materials(
    client: FlaskClient, instance: Instance, write: Write
) -> None:
    slug = write("Ley 31335", "Cooperativas agrarias", kind="law")
    with instance.database.visit(EDITOR, writing=True) as visit:
        article = news.add(visit, news.Piece("Ya rige", "Resumen.", "Rige la ley 31335."))
        news.publish(visit, article)
        public_id = article.public_id
    index(instance, public_id)
    assert "Ya rige" in client.get(f"/normas/{slug}").text.split("La citan")[1]


def test_a_norm_whose_successor_is_not_out_says_only_that_it_is_over(
    client: FlaskClient, write: Write
) -> None:
    slug = write("Ley 12", state="repealed")
    assert "Esta norma fue derogada." in text_of(client.get(f"/normas/{slug}").text)


def test_without_text_only_the_official_link(client: FlaskClient, write: Write) -> None:
    bare, linked = write("Ley 1"), write("Ley 2", link="https://busquedas.elperuano.pe/x")
    assert "todavía no se anotó su enlace oficial" in client.get(f"/normas/{bare}").text
    page = client.get(f"/normas/{linked}").text
    assert "solo el enlace oficial" in page
    assert 'href="https://busquedas.elperuano.pe/x" rel="noopener noreferrer">Ver texto vigente' in page


def test_a_text_that_the_reader_may_not_see_is_not_told_of(
    client: FlaskClient, instance: Instance, write: Write
) -> None:
    hidden = add_resource(instance, "agraria", title="Texto reservado", level=3)
    slug = write("Ley 3")
    with instance.database.open_for_maintenance() as session:
        norm = session.scalars(select(Norm).where(Norm.slug == slug)).one()
        norm.text = session.scalars(select(Resource).where(Resource.public_id == hidden)).one()
    page = client.get(f"/normas/{slug}").text
    assert hidden not in page and "no está cargado" in page


def test_norms_are_a_facet_and_stand_on_their_topics(
    client: FlaskClient, instance: Instance, write: Write
) -> None:
    slug = write("Ley 4", "Sobre el quipu", kind="law", topics=["T11.5"])
    index(instance, add_resource(instance, title="Guía del quipu"))
    page = client.get("/biblioteca?q=quipu&que=norma").text
    assert f"/normas/{slug}" in page and "Guía del quipu" not in page
    assert f"/normas/{slug}" in client.get("/temas/marco-legal-y-registros").text
    assert "<h2>Normas</h2>" not in client.get("/temas/gestion-social").text
    assert 'href="/normas"' in client.get("/").text


# ------------------------------------------------------------------------------------ writing


def test_an_editor_writes_a_norm_ties_it_and_publishes_it(
    client: FlaskClient, editor: FlaskClient, instance: Instance, write: Write
) -> None:
    write("DL 085", "Ley General de Cooperativas", kind="legislative_decree")
    made = send(editor, "/normas/nueva", kind="law", number="Ley 32221", title="Cambios", state="in_force")
    assert made.headers["Location"] == "/normas/ley-32221"
    assert client.get("/normas/ley-32221").status_code == 404, "a draft is for editors"
    said = send(editor, "/normas/ley-32221/relaciones", deed="amends", other="dl-085", since="2024")
    assert said.status_code == 302
    assert "rige con cambios" in client.get("/normas/dl-085").text
    assert "Ley 32221" not in client.get("/normas/dl-085").text, "what is a draft is not told of"
    data = {"csrf_token": token(editor, "/normas/ley-32221")}
    assert editor.post("/normas/ley-32221/publicar", data=data).status_code == 302
    work(instance)
    assert "Modificada por Ley 32221" in text_of(client.get("/normas/dl-085").text)
    assert "/normas/ley-32221" in client.get("/biblioteca?q=ley+32221").text
    (there,) = re.findall(r'action="(/normas/relaciones/[^"]+)"',
                          editor.get("/normas/ley-32221/relaciones").text)  # fmt: skip
    assert editor.post(there, data=data).status_code == 302
    assert "Ley 32221" not in client.get("/normas/dl-085").text
    assert editor.post("/normas/ley-32221/retirar", data=data).status_code == 302
    work(instance)
    assert "/normas/ley-32221" not in client.get("/biblioteca?q=ley+32221").text


def test_who_may_not_write_comes_not_in(
    add_person: Callable[..., int], sign_in: Callable[..., FlaskClient], client: FlaskClient, write: Write
) -> None:
    add_person("julia@x.coop", "Julia", organizations={"agraria": "coordinator"})
    julia, slug = sign_in("julia@x.coop"), write("Ley 5")
    for address in ("/normas/nueva", f"/normas/{slug}/editar", f"/normas/{slug}/relaciones"):
        assert julia.get(address).status_code == 403
        assert client.get(address).status_code == 302
    assert "Escribir una norma" not in julia.get("/normas").text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"number": ""}, "Escriba el número de la norma"),
        ({"number": "decreto supremo 74-90-tr"}, "Esa norma ya está: DS 074-90-TR."),
        ({"kind": "bula"}, "Elija un valor de la lista."),
        ({"dated": "ayer"}, "Escriba un día (2026-01-15)"),
        ({"dated": "2026-13"}, "Escriba un día (2026-01-15)"),
        ({"link": "javascript:alert(1)"}, "Escriba la dirección completa"),
        ({"text": "/recursos/" + "z" * 20}, "Ese material no existe o usted no lo ve"),
        ({"text": "nada"}, "no es la dirección de un material"),
        ({"topics": ["T99"]}, "no está en la lista"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_words_are_kept(
    editor: FlaskClient, write: Write, more: dict[str, Any], sentence: str
) -> None:
    write("DS 074-90-TR")
    data = {"kind": "law", "number": "Ley 6", "title": "Ley", "state": "in_force", "summary": "Lo que costó."}
    answer = send(editor, "/normas/nueva", **data | more)
    assert answer.status_code == 422
    assert sentence in text_of(answer.text) and "Lo que costó." in answer.text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"other": "ley-7"}, "Elija otra norma de la lista."),
        ({"other": "nada"}, "Elija otra norma de la lista."),
        ({"deed": "bendice"}, "Elija un valor de la lista."),
        ({"since": "pronto"}, "Escriba un día (2026-01-15)"),
        ({"since": "2000"}, "La fecha no puede ser anterior a la de la otra norma."),
    ],
)
def test_a_tie_that_cannot_be_is_refused(
    editor: FlaskClient, write: Write, more: dict[str, str], sentence: str
) -> None:
    write("Ley 7")
    write("Ley 8", dated="2001-05")
    answer = send(
        editor, "/normas/ley-7/relaciones", **{"deed": "amends", "other": "ley-8", "since": ""} | more
    )
    assert answer.status_code == 422 and sentence in text_of(answer.text)


def test_two_editors_do_not_undo_each_other(editor: FlaskClient, write: Write) -> None:
    write("Ley 9")
    form = {"csrf_token": token(editor, "/normas/ley-9/editar"), "revision": "2", "kind": "law",
            "number": "Ley 9", "state": "in_force"}  # fmt: skip
    (there,) = re.findall(r'name="revision"[^>]*value="(\d+)"', editor.get("/normas/ley-9/editar").text)
    form["revision"] = there
    assert editor.post("/normas/ley-9/editar", data={**form, "title": "La mía"}).status_code == 302
    second = editor.post("/normas/ley-9/editar", data={**form, "title": "La suya"})
    assert second.status_code == 409 and "La suya" in second.text


def test_norms_that_replace_each_other_do_not_run_in_circles(
    client: FlaskClient, editor: FlaskClient, write: Write
) -> None:
    one = write("Ley 10")
    write("Ley 11", does=(("replaces", one, ""),))
    send(editor, f"/normas/{one}/relaciones", deed="replaces", other="ley-11", since="")
    assert client.get(f"/normas/{one}").status_code == 200


# ------------------------------------------------------------------------------------ what names a norm


def test_a_material_lists_the_norms_that_its_text_names(
    client: FlaskClient, instance: Instance, old_and_new: None
) -> None:
    text = "Según el decreto supremo N.º 074-1990-TR; no según la Ley 31335 ni el DS 001-2026-PCM."
    guide = add_resource(instance, title="Manual del comité", text=text)
    index(instance, guide)
    page = client.get(f"/recursos/{guide}", follow_redirects=True).text
    listed = page.split("Normas citadas")[1].split("</section>")[0]
    assert 'href="/normas/ds-074-90-tr"' in listed and "reemplazada" in listed
    assert listed.count("<li>") == 1
    named = text_of(listed)
    assert "por DS 001-2026-PRODUCE" in named, "a reader learns at once what holds today"


def test_what_names_no_norm_has_no_heading_for_them(
    client: FlaskClient, instance: Instance, old_and_new: None
) -> None:
    guide = add_resource(instance, title="Manual del comité", text="Costó 74 soles y 90 céntimos.")
    index(instance, guide)
    assert "Normas citadas" not in client.get(f"/recursos/{guide}", follow_redirects=True).text


def test_the_material_that_holds_a_norm_does_not_cite_it(
    client: FlaskClient, instance: Instance, write: Write
) -> None:
    public_id = add_resource(instance, title="Texto de la ley", text="Ley 31335. Artículo 1. La Ley 99 rige.")
    write("Ley 31335", "Cooperativas agrarias", kind="law", text=public_id)
    write("Ley 99", "Otra", kind="law")
    index(instance, public_id)
    page = client.get(f"/recursos/{public_id}", follow_redirects=True).text
    listed = page.split("Normas citadas")[1].split("</section>")[0]
    assert "/normas/ley-99" in listed and "/normas/ley-31335" not in listed


def test_the_norms_of_a_text_that_one_may_not_open_stay_unnamed(
    client: FlaskClient, instance: Instance, old_and_new: None,
    add_person: Callable[..., int], sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    """Of a material whose card alone is public, the text says nothing to the public."""
    guide = add_resource(instance, "agraria", title="Acta propia", text="Por el DS 074-90-TR.", level=2,
                         show_card=True)  # fmt: skip
    index(instance, guide)
    page = client.get(f"/recursos/{guide}", follow_redirects=True)
    assert page.status_code == 200 and "Normas citadas" not in page.text
    add_person("rosa@x.coop", "Rosa", organizations={"agraria": "promoter"})
    assert "Normas citadas" in sign_in("rosa@x.coop").get(f"/recursos/{guide}", follow_redirects=True).text


def test_row_41_news_on_the_same_norm_are_related(
    client: FlaskClient, instance: Instance, write: Write
) -> None:
    """Row 41: «Contenidos relacionados» are fed by the same norm too."""
    write("Ley 31335", "Cooperativas agrarias", kind="law")
    slugs = []
    with instance.database.visit(EDITOR, writing=True) as visit:
        for title, body in (("Ya rige", "Rige la ley 31335."), ("Se reglamenta", "Sobre la Ley N.º 31.335."),
                            ("Otra cosa", "Costó 31335 soles.")):  # fmt: skip
            article = news.add(visit, news.Piece(title, "Resumen.", body))
            news.publish(visit, article)
            slugs.append((article.public_id, f"/noticias/{article.year}/{article.slug}"))
    index(instance, *(public_id for public_id, _ in slugs))
    page = client.get(slugs[0][1]).text
    related = page.split("Contenidos relacionados")[1].split("</section>")[0]
    assert slugs[1][1] in related and slugs[2][1] not in related
    assert "/normas/ley-31335" in page.split("Normas citadas")[1].split("</section>")[0]
    assert "Contenidos relacionados" not in client.get(slugs[2][1]).text


def test_a_number_that_looks_like_a_year_is_no_year(client: FlaskClient, write: Write) -> None:
    write("DL 85", "Ley general de cooperativas", kind="legislative_decree")
    write("DL 1985", "Otra", kind="legislative_decree")
    page = main_of(client.get("/biblioteca", query_string={"q": "DL 85"}).text)
    assert first_result(page) == "/normas/dl-85"
    assert '/normas/dl-1985"' not in page
