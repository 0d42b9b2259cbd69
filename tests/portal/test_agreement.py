"""El convenio, as everybody reads it, editors write it and its parties amend it. The tests with a number
carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_members import post
from tests.portal.test_news import work
from tests.toolkit.shelved import add_resource, add_version, change, index
from toolkit import agreement, news
from toolkit.access import Viewer
from toolkit.records import Agreement, Amendment, AuditEntry, Consent, Objective, OutboxMessage, Resource

EDITOR = Viewer(person_id=None, portal_role="editor")
HERE = "/convenio/convenio-marco"
DAY = dt.date(2015, 9, 15)


@pytest.fixture
def people(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> dict[str, FlaskClient]:
    """Ana coordinates one party, Bea the other, Cora an organisation that is none; Dora is a member of a
    party, Edita an editor."""
    add_person("ana@x.coop", "Ana", organizations={"americas": "coordinator"})
    add_person("bea@x.coop", "Bea", organizations={"produce": "coordinator"})
    add_person("cora@x.coop", "Cora", organizations={"coopac": "coordinator"})
    add_person("dora@x.coop", "Dora", organizations={"produce": "member"})
    add_person("edita@x.coop", "Edita", portal_role="editor")
    return {name: sign_in(f"{name}@x.coop") for name in ("ana", "bea", "cora", "dora", "edita")}


@pytest.fixture
def text(instance: Instance, people: Any) -> str:
    """The material that holds the full text: two pages."""
    return add_resource(
        instance, "produce", ["Cláusula primera.", "Cláusula segunda: guanábana."], title="Texto"
    )


@pytest.fixture
def signed(instance: Instance, text: str) -> str:
    """The agreement of 2015, published; gives its public id."""
    with instance.database.visit(EDITOR, writing=True) as visit:
        article = news.add(visit, news.Piece("Se firmó", "Resumen.", "Texto."))
        news.publish(visit, article, dt.datetime(2015, 9, 28, 15, tzinfo=dt.UTC))
        made = agreement.add(visit, agreement.Facts(
            "Convenio marco", "Cooperar con chirimoyas.", "Sumar esfuerzos.", DAY, text=text))  # fmt: skip
        told = {"resource": "", "article": None}
        for sort, values in (
            ("parties", {"organization": "americas", "role": "Comparte."}),
            ("parties", {"organization": "produce", "role": "Recibe."}),
            ("objectives", {"words": "Difundir lo que sirve."}),
            ("objectives", {"words": "Incluir a más jóvenes."}),
            ("signatories", {"name": "Piero Ghezzi Solís", "post": "Ministro de la Producción",
                             "organization": "PRODUCE", "signed_on": DAY}),
            ("milestones", {**told, "day": dt.date(2015, 9, 28), "precision": "day", "words": "Noticia.",
                            "article": (article.year, article.slug)}),
            ("milestones", {**told, "day": dt.date(2015, 3, 1), "precision": "month", "words": "Visita."}),
            ("milestones", {**told, "day": DAY, "precision": "day", "words": "Firma.", "resource": text}),
            ("annexes", {"title": "Anexo por venir", "resource": "", "internal": False}),
            ("annexes", {"title": "Anexo reservado", "resource": "", "internal": True}),
            ("procedures", {"code": "P1", "title": "Verificar", "version": "3", "dated": DAY,
                            "words": "La otra parte revisa.", "counterpart_verifies": True}),
        ):  # fmt: skip
            agreement.add_part(visit, made, sort, values)
        agreement.publish(visit, made)
        public_id = made.public_id
    index(instance, public_id, text)
    return public_id


def words_of(page: str) -> str:
    """The words of a page, without its signs."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def propose(who: FlaskClient, **more: str) -> Any:
    said = {"title": "Prórroga", "words": "Se prorroga dos años.", "dated": "2017-05-02"} | more
    return post(who, f"{HERE}/adendas/nueva", **said)


def act(who: FlaskClient, address: str, deed: str) -> Any:
    """Press a button of the page of an amendment, or send the same where there is no button."""
    return who.post(f"{address}/{deed}", data={"csrf_token": token(who, "/cuenta")})


def state_of(instance: Instance) -> tuple[str, int]:
    """The state of the one amendment, and how many parties agreed."""
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.scalars(select(Amendment.state)).one(), session.query(Consent).count()


# ------------------------------------------------------------------------------------ reading


def test_before_there_is_an_agreement_the_page_says_so(client: FlaskClient) -> None:
    page = client.get("/convenio")
    assert page.status_code == 200 and "Todavía no hay un convenio publicado" in page.text


def test_row_11_an_amendment_brings_its_text_and_the_earlier_one_stays(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, signed: str, text: str
) -> None:
    first, second = (f"/recursos/{text}/v{n}/1/paginas/1" for n in (1, 2))
    with instance.database.open_for_maintenance() as session:
        number = session.scalars(select(Resource.id).where(Resource.public_id == text)).one()
    add_version(instance, number, ["Cláusula primera, prorrogada."])
    assert first in client.get("/convenio").text and second not in client.get("/convenio").text
    address = propose(people["ana"], version="2").headers["Location"]
    assert second not in client.get("/convenio").text, "it waits for both"
    for who, deed in (("ana", "conformidad"), ("bea", "conformidad"), ("edita", "publicar")):
        assert act(people[who], address, deed).status_code == 302
    page = client.get("/convenio").text
    assert f'class="button" href="{second}"' in page and "Textos anteriores" in page and first in page
    assert "Adenda 1: Prórroga" in page
    assert client.get(first).status_code == 200 and "Se prorroga dos años." in client.get(address).text


def test_row_11_the_full_text_is_searched_by_page(client: FlaskClient, signed: str, text: str) -> None:
    page = client.get("/convenio").text
    action = f"/recursos/{text}/v1/1/paginas/1"
    assert f'action="{action}"' in page
    assert f"/recursos/{text}/v1/1/paginas/2" in client.get(f"{action}?q=guanábana").text
    for said in ("Cooperar con chirimoyas.", "Americas", "Recibe.", "15 de setiembre de 2015",
                 "sin fecha de término"):  # fmt: skip
        assert said in words_of(page), said


def test_row_12_the_objectives_are_numbered(client: FlaskClient, signed: str) -> None:
    page = words_of(client.get("/convenio").text)
    assert "O1 Difundir lo que sirve. O2 Incluir a más jóvenes." in page


def test_row_14_milestones_in_date_order_with_a_month_where_no_day_is_known(
    client: FlaskClient, signed: str, text: str
) -> None:
    page = client.get("/convenio").text.split('id="hitos"')[1].split("</section>")[0]
    found = re.findall(r'<time datetime="([^"]+)">([^<]+)', page)
    assert found == [("2015-03", "marzo de 2015"), ("2015-09-15", "15 de setiembre de 2015"),
                     ("2015-09-28", "28 de setiembre de 2015")]  # fmt: skip
    assert 'href="/noticias/2015/se-firmo"' in page and f'href="/recursos/{text}' in page
    assert "March 2015" in client.get("/en/convenio").text


def test_row_15_who_signed_keeps_the_post_of_that_day(
    client: FlaskClient, instance: Instance, signed: str
) -> None:
    with instance.database.open_for_maintenance() as session:
        for one in session.scalars(select(Agreement)).one().parties:
            assert one.organization is not None
            one.organization.name = "Ministerio con otro nombre y otra ministra"
    page = words_of(client.get("/convenio").text)
    assert "Piero Ghezzi Solís Ministro de la Producción, PRODUCE Firmó el 15 de setiembre de 2015" in page


def test_row_27_a_procedure_has_a_version_and_a_date(client: FlaskClient, signed: str) -> None:
    assert f'href="{HERE}/procedimientos/p1"' in client.get("/convenio").text
    page = words_of(client.get(f"{HERE}/procedimientos/p1").text)
    assert "Versión 3 15 de setiembre de 2015" in page and "Verifica la contraparte." in page
    assert client.get(f"{HERE}/procedimientos/p9").status_code == 404


def test_annexes_that_are_to_come_and_those_for_the_coordinations(
    client: FlaskClient, people: dict[str, FlaskClient], signed: str
) -> None:
    assert "Anexo por venir Pendiente de publicar" in words_of(client.get("/convenio").text)
    for who, browser in {**people, "visitor": client}.items():
        assert ("Anexo reservado" in browser.get("/convenio").text) == (who in ("ana", "bea", "edita")), who


def test_what_leads_to_a_material_is_for_those_who_see_it(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, signed: str, text: str
) -> None:
    change(instance, text, level=3)
    page = client.get("/convenio").text
    assert "Firma." not in page and text not in page and "Visita." in page
    assert "Firma." in people["dora"].get("/convenio").text


def test_a_draft_is_for_editors_and_the_coordinations_of_its_parties(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Agreement)).one().state = "draft"
    index(instance, signed)
    for who, browser in {**people, "visitor": client}.items():
        sees = who in ("ana", "bea", "edita")
        assert (browser.get(HERE).status_code == 200) == sees, who
        assert ("chirimoyas" in browser.get("/convenio").text) == sees, who
        assert HERE not in browser.get("/biblioteca?q=chirimoyas").text, who


def test_it_is_found_beside_materials_and_as_what_it_is(client: FlaskClient, signed: str) -> None:
    for words in ("chirimoyas", "difundir", "otra+parte+revisa"):
        page = client.get(f"/biblioteca?q={words}").text
        assert f'href="{HERE}"' in page and "Convenio" in page, words
    assert f'href="{HERE}"' in client.get("/biblioteca?q=&que=convenio").text
    assert f'href="{HERE}"' not in client.get("/biblioteca?q=reservado").text, "an internal annex"


# ------------------------------------------------------------------------------------ writing


def test_an_editor_writes_it_part_by_part_and_publishes(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance
) -> None:
    edita, there = people["edita"], "/convenio/acuerdo-nuevo/editar"
    said = post(edita, "/convenio/nuevo", title="Acuerdo nuevo", object="Juntarse.", signed_on="2020-02-03")
    assert said.headers["Location"] == there
    early = edita.post("/convenio/acuerdo-nuevo/publicar", data={"csrf_token": token(edita, there)})
    assert early.status_code == 422 and "al menos dos partes" in early.text
    for part, values in (
        ("partes", {"organization": "americas"}), ("partes", {"organization": "produce", "role": "Recibe."}),
        ("objetivos", {"words": "Uno."}), ("hitos", {"when": "2020-01", "words": "Se conversa."}),
        ("firmantes", {"name": "Luz", "post": "Presidenta", "organization": "X", "signed_on": "2020-02-03"}),
        ("anexos", {"title": "Anexo A"}),
        ("procedimientos", {"code": "P1", "title": "Planear", "version": "1", "dated": "2020-02-03",
                            "words": "Así."}),
    ):  # fmt: skip
        assert post(edita, f"{there}/{part}", **values).status_code == 302, part
    assert client.get("/convenio/acuerdo-nuevo").status_code == 404
    published = edita.post("/convenio/acuerdo-nuevo/publicar", data={"csrf_token": token(edita, there)})
    assert published.status_code == 302
    work(instance)
    page = words_of(client.get("/convenio").text)
    for one in ("Juntarse.", "O1 Uno.", "enero de 2020", "Presidenta, X", "Anexo A", "P1. Planear"):
        assert one in page, one
    assert "/convenio/acuerdo-nuevo" in client.get("/biblioteca?q=juntarse").text


def test_a_correction_holds_at_once_and_is_audited(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    edita = people["edita"]
    (address,) = set(re.findall(r'href="(/convenio/editar/objetivos/[^"]+)">O2', edita.get(
        f"{HERE}/editar/objetivos").text))  # fmt: skip
    assert "Incluir a más jóvenes." in edita.get(address).text
    assert post(edita, address, words="Incluir a quien falta.", revision="1").status_code == 302
    work(instance)
    assert "O2 Incluir a quien falta." in words_of(client.get("/convenio").text)
    assert HERE in client.get("/biblioteca?q=incluir+quien+falta").text
    assert post(edita, f"{address}/quitar", address).status_code == 302
    assert "quien falta" not in client.get("/convenio").text
    with instance.database.open_for_maintenance(writing=False) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.noun == "agreement")).all()
    assert acts[-2:] == ["change", "remove"]


@pytest.mark.parametrize(("part", "values", "sentence"), [
    ("", {"title": ""}, "Escriba un título."),
    ("", {"signed_on": "ayer"}, "Escriba el día"),
    ("", {"valid_from": "2015-09-14"}, "antes de la firma"),
    ("", {"valid_until": "2015-01-01"}, "terminar antes de empezar"),
    ("", {"text": "no es nada"}, "no es la dirección de un material"),
    ("", {"text": ""}, "su texto cambia con una adenda"),
    ("", {"text": "/recursos/" + "z" * 20}, "su texto cambia con una adenda"),
    ("", {"text_version": "2"}, "su texto cambia con una adenda"),
    ("", {"object": " "}, "hace falta el objeto"),
    ("", {"signed_on": ""}, "hace falta la fecha de la firma"),
    ("", {"signed_on": "0001-01-01"}, "Revise el año."),
    ("", {"signed_on": "2190-01-01"}, "desde el día de su firma"),
    ("", {"valid_until": "9999-12-31"}, "Revise el año."),
    ("", {"text_version": "-1"}, "Escriba un número"),
    ("partes", {"organization": "coopac", "role": "x"}, "sus partes ya no cambian"),
    ("objetivos", {"words": " "}, "Escriba algo aquí."),
    ("objetivos", {"words": "x" * 4001}, "Tiene más de 4000 caracteres"),
    ("firmantes", {"name": "A", "post": "B", "organization": "C", "signed_on": ""}, "Escriba el día"),
    ("hitos", {"when": "2015-13", "words": "x"}, "o un mes"),
    ("hitos", {"when": "0001-01", "words": "x"}, "Revise el año."),
    ("hitos", {"when": "9999-12", "words": "x"}, "Revise el año."),
    ("hitos", {"when": "2015-03", "words": "x", "article": "/noticias/1999/nada"}, "noticia no existe"),
    ("hitos", {"when": "2015-03", "words": "x", "article": "una"}, "no es la dirección de una noticia"),
    ("anexos", {"title": "A", "resource": "nada"}, "no es la dirección de un material"),
    ("procedimientos", {"code": "p1", "title": "A", "version": "1", "dated": "2016-01-01", "words": "B"},
     "Ya hay un procedimiento con ese código."),
    ("procedimientos", {"code": "P/2", "title": "A", "version": "1", "dated": "2016-01-01", "words": "B"},
     "Use letras sin tilde"),
    ("procedimientos", {"code": "P2", "title": "A", "version": "1", "dated": "2014-01-01", "words": "B"},
     "anterior a la firma"),
])  # fmt: skip
def test_what_cannot_be_taken_is_said_and_changes_nothing(
    client: FlaskClient, people: dict[str, FlaskClient], signed: str, text: str, part: str,
    values: dict[str, str], sentence: str,
) -> None:  # fmt: skip
    edita, before = people["edita"], words_of(client.get("/convenio").text)
    said = values
    if not part:
        said = {"title": "Otro", "object": "Otra cosa.", "signed_on": "2015-09-15", "revision": "2",
                "text": f"/recursos/{text}", **values}  # fmt: skip
    answer = post(edita, f"{HERE}/editar/{part}".rstrip("/"), **said)
    assert answer.status_code in (409, 422) and sentence in words_of(answer.text)
    assert words_of(client.get("/convenio").text) == before


@pytest.mark.parametrize(("values", "sentence"), [
    ({"text": "/recursos/" + "z" * 20}, "no existe o usted no lo ve"),
    ({"text_version": "7"}, "no tiene una versión 7"),
])  # fmt: skip
def test_a_draft_names_a_text_that_is_there(
    people: dict[str, FlaskClient], text: str, values: dict[str, str], sentence: str
) -> None:
    said = {"title": "Otro", "text": f"/recursos/{text}", **values}
    answer = post(people["edita"], "/convenio/nuevo", **said)
    assert answer.status_code == 422 and sentence in words_of(answer.text)


def test_who_edits_over_what_somebody_else_saved_is_told(
    people: dict[str, FlaskClient], signed: str, text: str
) -> None:
    edita = people["edita"]
    (revision,) = re.findall(r'name="revision"[^>]*value="(\d+)"', edita.get(f"{HERE}/editar").text)
    form = {"title": "Convenio marco", "signed_on": "2015-09-15", "revision": revision,
            "text": f"/recursos/{text}"}  # fmt: skip
    assert post(edita, f"{HERE}/editar", object="El mío.", **form).status_code == 302
    second = post(edita, f"{HERE}/editar", object="El suyo.", **form)
    assert second.status_code == 409 and "El suyo." in second.text
    shown = words_of(second.text)
    assert "Objeto Lo que ya está guardado El mío. Lo que usted escribió El suyo." in shown
    assert "Título Lo que ya está guardado" not in shown, "what is the same is not compared"
    assert "El mío." in edita.get("/convenio").text


def test_only_editors_come_to_the_desk(
    client: FlaskClient, people: dict[str, FlaskClient], signed: str
) -> None:
    for address in ("/convenio/nuevo", f"{HERE}/editar", f"{HERE}/editar/partes"):
        assert client.get(address).status_code == 302
        assert people["ana"].get(address).status_code == 403
    assert people["edita"].get(f"{HERE}/editar/nada").status_code == 404


# ------------------------------------------------------------------------------------ amendments


def test_an_amendment_shows_when_both_coordinations_have_agreed(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    address = propose(people["ana"]).headers["Location"]
    for who in ("cora", "dora"):
        assert people[who].get(address).status_code == 404
        assert "Prórroga" not in people[who].get("/convenio").text
    assert client.get(address).status_code == 404
    assert "Falta la conformidad de Americas y Produce" in words_of(people["bea"].get(address).text)
    assert act(people["edita"], address, "publicar").status_code == 409, "nobody has agreed"
    assert act(people["ana"], address, "conformidad").status_code == 302
    assert act(people["edita"], address, "publicar").status_code == 409, "one has"
    assert state_of(instance) == ("proposed", 1)
    assert act(people["bea"], address, "conformidad").status_code == 302
    assert client.get(address).status_code == 404, "an editor has to publish it"
    assert act(people["edita"], address, "publicar").status_code == 302
    page = words_of(client.get(address).text)
    assert "Adenda 1: Prórroga" in page and "Conformidad de las partes Americas" in page
    assert "Bea" not in page, "visitors are told no names"
    assert "Adenda 1: Prórroga" in client.get("/convenio").text


def test_the_coordinations_are_told_of_a_proposal_and_of_its_end(
    people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    address = propose(people["ana"]).headers["Location"]
    for who, deed in (("ana", "conformidad"), ("bea", "conformidad"), ("edita", "publicar")):
        act(people[who], address, deed)
    with instance.database.open_for_maintenance(writing=False) as session:
        told = [(one.recipient, one.values["step"]) for one in session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == "amendment"))]  # fmt: skip
    assert told[0] == ("bea@x.coop", "proposed"), "not whoever proposed it"
    assert told[1] == ("edita@x.coop", "agreed"), "an editor publishes it"
    assert sorted(told[2:]) == [("ana@x.coop", "published"), ("bea@x.coop", "published")]
    work(instance, "mail")
    (letter,) = [one for one in (instance.folder / "outbox").rglob("*.eml") if b"Pr" in one.read_bytes()
                 and b"bea@x.coop" in one.read_bytes() and b"propone" in one.read_bytes()]  # fmt: skip
    assert address.encode() in letter.read_bytes()


def test_a_coordination_agrees_once(people: dict[str, FlaskClient], instance: Instance, signed: str) -> None:
    address = propose(people["edita"]).headers["Location"]
    assert "Dar conformidad" in people["ana"].get(address).text
    assert act(people["ana"], address, "conformidad").status_code == 302
    assert "Dar conformidad" not in people["ana"].get(address).text
    again = act(people["ana"], address, "conformidad")
    assert again.status_code == 409 and "ya dio su conformidad" in again.text
    assert state_of(instance) == ("proposed", 1)


def test_one_person_does_not_agree_for_both(
    people: dict[str, FlaskClient], instance: Instance, signed: str, add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    add_person("dos@x.coop", "Dos", organizations={"americas": "coordinator", "produce": "coordinator"})
    dos, address = sign_in("dos@x.coop"), propose(people["edita"]).headers["Location"]
    assert act(dos, address, "conformidad").status_code == 302
    assert act(dos, address, "conformidad").status_code == 409
    assert state_of(instance) == ("proposed", 1)


def test_strangers_do_not_agree_nor_propose_nor_publish(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    address = propose(people["ana"]).headers["Location"]
    for who in ("cora", "dora"):
        assert propose(people[who], csrf_token=token(people[who], "/cuenta")).status_code == 403
        for deed in ("conformidad", "publicar", "retirar"):
            assert act(people[who], address, deed).status_code == 404
    assert act(people["edita"], address, "conformidad").status_code == 403, "an editor agrees for nobody"
    for who in ("ana", "bea"):
        act(people[who], address, "conformidad")
        assert act(people[who], address, "publicar").status_code == 403
    assert state_of(instance) == ("proposed", 2)


def test_what_was_withdrawn_or_published_is_over(
    people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    address = propose(people["ana"]).headers["Location"]
    assert act(people["ana"], address, "retirar").status_code == 302
    for deed in ("conformidad", "retirar"):
        assert act(people["ana"], address, deed).status_code == 409
    assert state_of(instance) == ("withdrawn", 0)


@pytest.mark.parametrize(("more", "sentence"), [
    ({"dated": "2015-09-14"}, "anterior a la firma"), ({"dated": "9999-12-31"}, "Revise el año."),
    ({"dated": ""}, "Escriba el día"),
    ({"dated": "2017-02-30"}, "Escriba el día"), ({"title": ""}, "Escriba un título."),
    ({"words": ""}, "Escriba el texto de la adenda."), ({"version": "1"}, "La versión 1 del texto ya rige"),
    ({"version": "dos"}, "Escriba un número"), ({"title": "x" * 201}, "Tiene más de 200 caracteres"),
])  # fmt: skip
def test_an_amendment_that_cannot_be_taken_is_said(
    people: dict[str, FlaskClient], instance: Instance, signed: str, more: dict[str, str], sentence: str
) -> None:
    answer = propose(people["ana"], **more)
    assert answer.status_code == 422 and sentence in words_of(answer.text)
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Amendment).count() == 0


def test_a_text_is_uploaded_after_the_parties_agreed_and_before_it_is_published(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, signed: str, text: str
) -> None:
    address = propose(people["ana"], version="2").headers["Location"]
    for who in ("ana", "bea"):
        assert act(people[who], address, "conformidad").status_code == 302
    early = act(people["edita"], address, "publicar")
    assert early.status_code == 422 and "no tiene una versión 2. Súbala antes." in early.text
    assert state_of(instance) == ("proposed", 2)
    with instance.database.open_for_maintenance() as session:
        number = session.scalars(select(Resource.id).where(Resource.public_id == text)).one()
    add_version(instance, number, ["Cláusula primera, prorrogada."])
    assert act(people["edita"], address, "publicar").status_code == 302
    assert f"/recursos/{text}/v2/1/paginas/1" in client.get("/convenio").text


def test_a_text_that_was_declined_is_none_of_the_earlier_ones(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, signed: str, text: str
) -> None:
    with instance.database.open_for_maintenance() as session:
        number = session.scalars(select(Resource.id).where(Resource.public_id == text)).one()
    for words in ("La que no se aceptó.", "La que se acordó."):
        add_version(instance, number, [words])
    declined = propose(people["ana"], version="2").headers["Location"]
    assert decline(people["bea"], declined, "No.").status_code == 302
    agreed = propose(people["ana"], version="3").headers["Location"]
    for who, deed in (("ana", "conformidad"), ("bea", "conformidad"), ("edita", "publicar")):
        assert act(people[who], agreed, deed).status_code == 302
    page = client.get("/convenio").text
    first, second, third = (f"/recursos/{text}/v{n}/1/paginas/1" for n in (1, 2, 3))
    assert f'class="button" href="{third}"' in page and first in page and second not in page
    late = propose(people["bea"], version="3")
    assert late.status_code == 422 and "La versión 3 del texto ya rige" in late.text


def decline(who: FlaskClient, address: str, reason: str) -> Any:
    return post(who, f"{address}/retirar", page=address, reason=reason)


def test_the_other_party_declines_an_amendment_with_a_reason_that_everybody_concerned_reads(
    people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    address = propose(people["ana"]).headers["Location"]
    assert "Retirar la propuesta" not in people["bea"].get(address).text
    silent = decline(people["bea"], address, " ")
    assert silent.status_code == 422 and "Escriba por qué no la acepta" in silent.text
    assert decline(people["bea"], address, "Falta el presupuesto.").status_code == 302
    assert "No se aceptó: Falta el presupuesto." in words_of(people["ana"].get(address).text)
    with instance.database.open_for_maintenance(writing=False) as session:
        letters = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "amendment")).all()
        last = letters[-1]
        assert (last.recipient, last.values["step"], last.values["reason"]) == (
            "ana@x.coop", "declined", "Falta el presupuesto.")  # fmt: skip
    work(instance, "mail")


def test_an_editor_hears_why_an_amendment_of_theirs_was_declined(
    people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    address = propose(people["edita"]).headers["Location"]
    assert decline(people["bea"], address, "Falta el presupuesto.").status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        told = {one.recipient for one in session.scalars(select(OutboxMessage))
                if one.values.get("step") == "declined"}  # fmt: skip
    assert told == {"ana@x.coop", "edita@x.coop"}


def test_an_amendment_waits_where_everything_waits(people: dict[str, FlaskClient], signed: str) -> None:
    address = propose(people["ana"], title="Adenda de guanábanas").headers["Location"]
    act(people["ana"], address, "conformidad")
    for place in ("/coordinacion", "/espacios/produce"):
        assert "Adenda de guanábanas" in people["bea"].get(place).text, place
    assert "Mi espacio (1)" in people["bea"].get("/").text, "and is counted"
    assert "Adenda de guanábanas" not in people["ana"].get("/espacios/americas").text, "she agreed"


def test_an_amendment_or_a_part_sent_twice_is_one(
    people: dict[str, FlaskClient], instance: Instance, signed: str
) -> None:
    assert propose(people["ana"]).headers["Location"] == propose(people["ana"]).headers["Location"]
    for _ in range(2):
        post(people["edita"], f"{HERE}/editar/objetivos", words="Exportar juntos.")
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Amendment).count() == 1
        assert session.query(OutboxMessage).filter_by(template="amendment").count() == 1
        assert [one.number for one in session.query(Objective)] == [1, 2, 3]


def test_two_editors_of_one_part_see_each_others_words(people: dict[str, FlaskClient], signed: str) -> None:
    edita = people["edita"]
    page = edita.get(f"{HERE}/editar/procedimientos").text
    at = re.findall(r'href="(/convenio/editar/procedimientos/[^"]+)"', page)[0]
    (revision,) = re.findall(r'name="revision"[^>]*value="(\d+)"', edita.get(at).text)
    said = {"code": "P1", "title": "Verificar", "version": "3", "dated": "2015-09-15", "revision": revision}
    assert post(edita, at, words="La mía.", **said).status_code == 302
    second = post(edita, at, words="La suya.", **said)
    assert second.status_code == 409
    shown = words_of(second.text)
    assert "Cómo se hace Lo que ya está guardado La mía. Lo que usted escribió La suya." in shown
    (newer,) = re.findall(r'name="revision"[^>]*value="(\d+)"', second.text)
    assert post(edita, at, words="La suya.", **{**said, "revision": newer}).status_code == 302
    assert "La suya." in edita.get(at).text


def test_an_agreement_written_twice_by_one_press_is_one(
    people: dict[str, FlaskClient], instance: Instance
) -> None:
    for _ in range(2):
        post(people["edita"], "/convenio/nuevo", title="Convenio marco", signed_on="2015-09-15")
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Agreement).count() == 1


def test_the_form_shows_the_address_of_the_text_and_takes_it_back(
    people: dict[str, FlaskClient], signed: str, text: str
) -> None:
    edita = people["edita"]
    page = edita.get(f"{HERE}/editar").text
    shown = re.findall(r'name="text"[^>]* value="([^"]+)"', page)
    assert shown == [f"/recursos/{text}"] and "readonly" in page
    (revision,) = re.findall(r'name="revision"[^>]*value="(\d+)"', page)
    said = {"title": "Convenio marco", "signed_on": "2015-09-15", "revision": revision, "text": shown[0]}
    assert post(edita, f"{HERE}/editar", object="Otra cosa.", **said).status_code == 302
