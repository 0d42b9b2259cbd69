"""Uploading and «Mis aportes», through the application, with real files in a real instance."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.contributions import receiving
from portal.instance import Instance
from tests.conftest import token
from toolkit import extraction
from toolkit.records import File, Resource

Only = Callable[[], Resource]
NAUGHTY = Path(__file__).parents[2] / ".." / "shared" / "data" / "naughty-strings.json"
TEXT = b"El balance social mide lo que la cooperativa aporta a su comunidad.\n"


def left(instance: Instance) -> list[Path]:
    """Everything that lies in the folder of files."""
    return [path for path in instance.files_folder.rglob("*") if path.is_file()]


def files(*names: str, content: bytes = TEXT) -> list[tuple[io.BytesIO, str]]:
    """Files for a form, all with the same content."""
    return [(io.BytesIO(content), name) for name in names]


def send(browser: FlaskClient, address: str, **data: Any) -> Any:
    """Send the form of a page, with its token."""
    data["csrf_token"] = token(browser, address)
    return browser.post(address, data=data, content_type="multipart/form-data")


@pytest.fixture
def browser(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A promoter of «agraria», signed in."""
    add_person("rosa@agraria.coop", organizations={"agraria": "promoter"})
    return sign_in("rosa@agraria.coop")


@pytest.fixture
def only(instance: Instance) -> Only:
    """The only resource there is, with its files loaded."""

    def find() -> Resource:
        with instance.database.open_for_maintenance(writing=False) as session:
            resource = session.scalars(select(Resource)).one()
            _loaded = [resource.terms, *(version.files for version in resource.versions)]
            session.expunge_all()
            return resource

    return find


def upload(browser: FlaskClient, **more: Any) -> str:
    """Upload a text, and give the address of its page."""
    data = {"title": "Balance social", "level": "0", "action": "publish", "file": files("balance.txt")} | more
    answer = send(browser, "/subir", **data)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_uploads_and_publishes(browser: FlaskClient, instance: Instance, only: Only) -> None:
    said = {"kind": "R06", "topics": ["T03", "T03.1"], "year": "2024", "authors": "Ana Pérez\nLuis Ñahui"}
    address = upload(browser, **said)
    resource = only()
    assert (resource.state, resource.level, resource.kind, resource.year) == ("published", 0, "R06", 2024)
    assert resource.authors == ["Ana Pérez", "Luis Ñahui"]
    assert {term.code for term in resource.terms} == {"T03", "T03.1"}
    file = resource.versions[0].files[0]
    assert instance.store.path(file.sha256).read_bytes() == TEXT
    assert len(left(instance)) == 1
    page = browser.get(address)
    assert page.status_code == 200
    assert "Se está leyendo el texto" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text


def test_a_file_alone_makes_a_draft_with_its_name(browser: FlaskClient, only: Only) -> None:
    upload(browser, title="", action="draft", file=files("Acta_de_asamblea ñandú.txt"))
    resource = only()
    assert (resource.state, resource.title) == ("draft", "Acta de asamblea ñandú")


def test_a_draft_remembers_who_shall_see_it(browser: FlaskClient, only: Only) -> None:
    address = upload(browser, action="draft", level="1", show_card="y")
    resource = only()
    assert (resource.state, resource.level, resource.show_card) == ("draft", 1, True)
    page = browser.get(f"{address}/visibilidad").text
    assert re.search(r'value="1" checked', page)
    assert send(browser, f"{address}/visibilidad", level="3").status_code == 302
    assert (only().state, only().show_card) == ("published", False)


def test_a_title_alone_makes_a_draft(browser: FlaskClient, only: Only) -> None:
    send(browser, "/subir", title="Por subir", action="draft")
    assert (only().state, only().versions) == ("draft", [])


@pytest.mark.parametrize("sent", [
    {"file": files("dibujo.svg")},
    {"file": files("foto.png")},
    {"file": files("vacio.txt", content=b"")},
    {"file": files("sin-terminacion")},
    {"file": files("balance.txt"), "year": "dos mil"},
    {"file": files("balance.txt"), "topics": ["T99"]},
    {"file": files("balance.txt"), "level": "2"},
    {"file": files("balance.txt"), "level": "siete"},
    {"file": files("balance.txt"), "organization": "77"},
    {"file": files("balance.txt"), "title": "t" * 301},
    {"file": [*files("balance.txt"), *files("mal.exe")]},
    {},
])  # fmt: skip
def test_a_refusal_keeps_what_was_typed_and_leaves_nothing(
    browser: FlaskClient, instance: Instance, sent: dict[str, Any]
) -> None:
    answer = send(browser, "/subir", **({"title": "Título de prueba", "summary": "Un resumen «largo».",
                                         "topics": ["T07"], "country": "PE", "region": "PE-21",
                                         "action": "publish", "level": "1"} | sent))  # fmt: skip
    assert answer.status_code == 422, answer.text
    assert "Un resumen «largo».</textarea>" in answer.text
    assert 'id="problemas"' in answer.text
    assert re.search(r'<option selected value="PE-21">', answer.text)
    assert left(instance) == []
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Resource)).all() == []


def test_each_refused_file_is_named_with_its_cause(browser: FlaskClient) -> None:
    answer = send(browser, "/subir", file=[*files("buena.txt"), *files("dibujo.svg"), *files("mal.exe")])
    said = re.findall(r'<p class="error" id="file-error\d">.*?</p>', answer.text)
    assert len(said) == 2
    assert "dibujo.svg" in said[0] and "SVG" in said[0] and "mal.exe" in said[1]
    assert "Vuelva a elegir los archivos" in answer.text


@pytest.mark.parametrize("megabytes", [1.5, 5])
def test_too_much_keeps_what_was_typed(browser: FlaskClient, instance: Instance, megabytes: float) -> None:
    instance.settings["UPLOAD_MEGABYTES"] = 1
    big = files("grande.txt", content=b"a" * int(megabytes * 1_000_000))
    answer = send(browser, "/subir", title="Título de prueba", file=big)
    assert answer.status_code == (413 if megabytes > 2 else 422)
    assert 'value="Título de prueba"' in answer.text
    assert "1 MB" in answer.text
    assert left(instance) == []


def test_nobody_else_sends_files_or_much(browser: FlaskClient, instance: Instance) -> None:
    answer = browser.post("/mi-cuenta/contrasena", data={"file": files("a.txt", content=b"a" * 2_000_000)},
                          content_type="multipart/form-data")  # fmt: skip
    assert answer.status_code == 413
    assert left(instance) == []


def test_an_upload_is_not_read_before_the_door(
    client: FlaskClient, instance: Instance, add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    add_person("luz@agraria.coop", organizations={"agraria": "member"})
    for browser, status in ((client, 302), (sign_in("luz@agraria.coop"), 403)):
        body = io.BytesIO(b"x" * 1000)
        answer = browser.post("/subir", input_stream=body, content_type="multipart/form-data; boundary=x",
                              headers={"Content-Length": "1000"})  # fmt: skip
        assert answer.status_code == status
        assert body.tell() == 0
    assert left(instance) == []


def test_nobody_waits_while_a_file_is_inspected(
    browser: FlaskClient, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write lock is free until the file is received and looked into."""
    looked = []

    def inspect(*given: Any, **more: Any) -> None:
        instance.database.connect(writing=True).close()
        looked.append(extraction.inspect(*given, **more))

    monkeypatch.setattr(receiving, "inspect", inspect)
    address = upload(browser)
    assert send(browser, f"{address}/archivo", file=files("dos.txt")).status_code == 302
    assert len(looked) == 2


def test_an_upload_without_token_leaves_nothing(browser: FlaskClient, instance: Instance) -> None:
    answer = browser.post("/subir", data={"file": files("balance.txt")}, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert left(instance) == []


@pytest.mark.parametrize("body", [
    b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nhola",
    b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhola", b"\0" * 999,
])  # fmt: skip
def test_a_broken_body_is_a_page(browser: FlaskClient, instance: Instance, body: bytes) -> None:
    sent = browser.post("/subir", data=body, content_type="multipart/form-data; boundary=x",
                        headers={"X-CSRFToken": token(browser, "/subir")})  # fmt: skip
    assert sent.status_code in (400, 422)
    assert left(instance) == []


def test_the_type_is_decided_by_structure_and_the_name_is_data(browser: FlaskClient, only: Only) -> None:
    upload(browser, file=files("../../etc/passwd\u202e.txt"))
    assert only().versions[0].files[0].name == "passwd.txt"


def test_a_twin_is_said_only_among_what_one_reads(
    browser: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    upload(browser, title="Secreto de la agraria", level="3")
    assert "Ya existe" in browser.get(upload(browser, title="Otra vez")).text
    add_person("eva@coopac.coop", "Eva", organizations={"coopac": "promoter"})
    other = sign_in("eva@coopac.coop")
    page = other.get(upload(other, title="Copia", level="3")).text
    assert "Secreto" not in page
    assert "Otra vez" in page
    assert page.count("Ya existe") == 1


def test_only_those_who_may_change_it_come_in(
    browser: FlaskClient, client: FlaskClient, add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient], only: Only,
) -> None:  # fmt: skip
    address = upload(browser, level="3", title="Reservado")
    add_person("luz@agraria.coop", "Luz", organizations={"agraria": "member"})
    add_person("eva@coopac.coop", "Eva", organizations={"coopac": "promoter"})
    add_person("jefa@agraria.coop", "Jefa", organizations={"agraria": "coordinator"})
    fellow, stranger, head = (sign_in(f"{name}") for name in
                              ("luz@agraria.coop", "eva@coopac.coop", "jefa@agraria.coop"))  # fmt: skip
    for tail in ("", "/editar", "/version-nueva", "/archivo", "/visibilidad", "/retirar", "/borrar"):
        assert fellow.get(address + tail).status_code == 403, tail
        assert stranger.get(address + tail).status_code == 404, tail
        assert client.get(address + tail).status_code == 302, tail
        assert head.get(address + tail).status_code == 200, tail
    for tail in ("/restaurar", "/retirar", "/borrar", "/editar", "/archivo"):
        sent = {"csrf_token": token(stranger, "/subir"), "title": "Robado"}
        assert stranger.post(address + tail, data=sent).status_code == 404, tail
        sent = {"csrf_token": token(fellow, "/cuenta"), "title": "Robado"}
        assert fellow.post(address + tail, data=sent).status_code == 403, tail
    assert (only().title, only().state) == ("Reservado", "published")
    assert "Reservado" in head.get("/mis-aportes").text
    assert "Reservado" not in stranger.get("/mis-aportes").text


def test_edits_the_card(browser: FlaskClient, only: Only) -> None:
    address = upload(browser, level="1", show_card="y")
    page = browser.get(f"{address}/editar").text
    revision = re.search(r'name="revision"[^>]* value="(\d+)"', page)
    assert revision
    send(browser, f"{address}/editar", title="Otro título", topics=["T10"], revision=revision[1])
    resource = only()
    assert (resource.title, [term.code for term in resource.terms]) == ("Otro título", ["T10"])
    assert (resource.level, resource.show_card) == (1, True)


def test_the_second_of_two_who_edit_sees_both_texts(browser: FlaskClient, only: Only) -> None:
    address = upload(browser)
    first = re.search(r'name="revision"[^>]* value="(\d+)"', browser.get(f"{address}/editar").text)
    assert first
    send(browser, f"{address}/editar", title="Lo que puso Ana", revision=first[1])
    answer = send(browser, f"{address}/editar", title="Lo que puso Rosa", topics=["T07"], revision=first[1])
    assert answer.status_code == 409
    assert "Lo que puso Ana" in answer.text
    assert 'value="Lo que puso Rosa"' in answer.text
    assert "Género y equidad" in answer.text
    assert only().title == "Lo que puso Ana"
    second = re.search(r'name="revision"[^>]* value="(\d+)"', answer.text)
    assert second
    assert send(browser, f"{address}/editar", title="Lo que puso Rosa", revision=second[1]).status_code == 302
    assert only().title == "Lo que puso Rosa"


@pytest.mark.parametrize("revision", ["9" * 5000, "9" * 30, "-1", "²", ""])
def test_a_revision_that_was_tampered_with_is_none(browser: FlaskClient, only: Only, revision: str) -> None:
    address = upload(browser)
    assert send(browser, f"{address}/editar", title="Robado", revision=revision).status_code == 409
    assert only().title == "Balance social"


def test_adds_a_version_and_files(browser: FlaskClient, only: Only) -> None:
    address = upload(browser)
    assert send(browser, f"{address}/version-nueva", note="Corrige cifras",
                file=files("dos.txt", content=b"Otro texto.")).status_code == 302  # fmt: skip
    assert send(browser, f"{address}/archivo", file=files("tres.txt", "cuatro.txt")).status_code == 302
    versions = only().versions
    assert [[file.name for file in one.files] for one in versions] == [
        ["balance.txt"], ["dos.txt", "tres.txt", "cuatro.txt"]
    ]  # fmt: skip
    assert versions[1].note == "Corrige cifras"
    assert "Corrige cifras" in browser.get(address).text
    empty = send(browser, f"{address}/version-nueva", note="Sin archivo")
    assert empty.status_code == 422
    assert 'value="Sin archivo"' in empty.text
    assert len(only().versions) == 2


def test_withdraws_and_restores(browser: FlaskClient, only: Only) -> None:
    address = upload(browser)
    assert "ya descargó" in browser.get(f"{address}/retirar").text
    send(browser, f"{address}/retirar", reason="Cifras equivocadas")
    assert (only().state, only().withdrawn_reason) == ("withdrawn", "Cifras equivocadas")
    assert "Cifras equivocadas" in browser.get(address).text
    browser.post(f"{address}/restaurar", data={"csrf_token": token(browser, address)})
    assert only().state == "published"


def test_deletes_a_draft_only(browser: FlaskClient, instance: Instance) -> None:
    published = upload(browser)
    assert send(browser, f"{published}/borrar").status_code == 403
    draft = upload(browser, title="Para borrar", action="draft")
    answer = browser.post(f"{draft}/borrar", data={"csrf_token": token(browser, f"{draft}/borrar")},
                          follow_redirects=True)  # fmt: skip
    assert "Se borró el borrador «Para borrar»" in answer.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert [one.title for one in session.scalars(select(Resource))] == ["Balance social"]


def test_takes_a_file_out_of_a_draft_only(browser: FlaskClient, only: Only) -> None:
    draft = upload(browser, action="draft", file=files("uno.txt", "dos.txt"))
    proof = {"csrf_token": token(browser, draft)}
    assert browser.post(f"{draft}/archivo/1/1/quitar", data=proof).status_code == 302
    assert [file.name for file in only().versions[0].files] == ["dos.txt"]
    for place in ("1/1", "2/1", "0/0", f"{10**30}/1"):
        assert browser.post(f"{draft}/archivo/{place}/quitar", data=proof).status_code == 404, place
    send(browser, f"{draft}/visibilidad", level="0")
    assert browser.post(f"{draft}/archivo/1/2/quitar", data=proof).status_code == 409
    assert len(only().versions[0].files) == 1


def test_says_how_far_each_file_is(browser: FlaskClient, instance: Instance) -> None:
    address = upload(browser)
    with instance.database.open_for_maintenance() as session:
        file = session.scalars(select(File)).one()
        file.state, file.page_count, file.unit = "ready", 40, "page"
    assert "Se está indexando" in browser.get(address).text
    page = browser.get("/mis-aportes").text
    assert "En proceso (1)" in page and "Todos (1)" in page and "Publicados (" not in page
    with instance.database.open_for_maintenance() as session:
        file = session.scalars(select(File)).one()
        file.indexed_at = file.received_at
    page = browser.get(address).text
    assert "Todo listo" in page
    assert "http-equiv" not in page
    assert "En proceso" not in browser.get("/mis-aportes").text
    with instance.database.open_for_maintenance() as session:
        file = session.scalars(select(File)).one()
        file.state, file.reason = "unreadable", {"text": "El archivo está dañado.", "values": {}}
    assert "El archivo está dañado." in browser.get(address).text


def test_lists_a_page_at_a_time(browser: FlaskClient, instance: Instance) -> None:
    with instance.database.open_for_maintenance() as session:
        made = session.scalars(select(Resource)).all()
        assert not made
    upload(browser, title="Publicado")
    for number in range(11):
        send(browser, "/subir", title=f"Borrador {number}", action="draft")
    page = browser.get("/mis-aportes").text
    assert page.count('<h2 class="title">') == 10
    assert "Todos (12)" in page
    assert "Publicado</a>" in browser.get("/mis-aportes?pagina=99999999999999999999999").text
    drafts = browser.get("/mis-aportes?estado=borradores&pagina=2").text
    assert drafts.count('<h2 class="title">') == 1
    assert browser.get("/mis-aportes?estado=nada&pagina=x").status_code == 200


def test_an_empty_list_says_what_to_do(
    browser: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    assert "Todavía no ha subido nada" in browser.get("/mis-aportes").text
    add_person("luz@agraria.coop", organizations={"agraria": "member"})
    assert "pídaselo" in sign_in("luz@agraria.coop").get("/mis-aportes").text


FIELDS = ("title", "kind", "summary", "topics", "sectors", "country", "region", "year", "language", "authors",
          "licence", "level", "organization", "note", "reason", "revision", "action")  # fmt: skip


def test_any_text_in_any_field_gives_a_page(browser: FlaskClient) -> None:
    if not NAUGHTY.exists():
        pytest.skip("the naughty strings are not here")
    strings = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    address = upload(browser)
    proof = {"csrf_token": token(browser, "/subir")}
    tails = itertools.cycle(("/editar", "/visibilidad", "/version-nueva", "/retirar"))
    for start in range(0, len(strings), len(FIELDS)):
        sent = dict(zip(FIELDS, strings[start:], strict=False)) | proof
        assert browser.post("/subir", data=sent).status_code < 500, sent
        assert browser.post(address + next(tails), data=sent).status_code < 500, sent
    for start in range(0, len(strings) - 4, 20):
        title, summary, author, name = strings[start : start + 4]
        sent = {"title": title, "summary": summary, "authors": author, "file": files(f"{name}.txt"), **proof}
        answer = browser.post("/subir", data=sent, content_type="multipart/form-data", follow_redirects=True)
        assert answer.status_code in (200, 422), sent
        asked = {"estado": title, "pagina": summary}
        assert browser.get("/mis-aportes", query_string=asked).status_code == 200, asked


def again(browser: FlaskClient, proof: str, **more: Any) -> Any:
    """The upload form, with a file, as it was opened once."""
    data = {
        "csrf_token": proof,
        "title": "Balance",
        "level": "3",
        "action": "publish",
        "file": files("b.txt"),
    }
    return browser.post("/subir", data=data | more, content_type="multipart/form-data")


def count(instance: Instance) -> int:
    with instance.database.open_for_maintenance(writing=False) as session:
        return len(session.scalars(select(Resource)).all())


def test_the_same_form_sent_twice_makes_one_material(browser: FlaskClient, instance: Instance) -> None:
    proof = token(browser, "/subir")
    first, second, third = (
        again(browser, proof, action=action) for action in ("publish", "publish", "draft")
    )
    assert first.location == second.location == third.location
    assert "ya se había recibido" in browser.get(second.location).text
    assert count(instance) == 1 and len(left(instance)) == 1


def test_two_at_once_make_one_material(browser: FlaskClient, instance: Instance) -> None:
    proof = token(browser, "/subir")
    name = browser.application.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie is not None
    twins = [browser.application.test_client() for _ in range(3)]
    for twin in twins:
        twin.set_cookie(name, cookie.value)
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda twin: again(twin, proof), twins))
    assert len({answer.location for answer in answers}) == 1 and count(instance) == 1


@pytest.mark.parametrize("other", [{"title": "Otro"}, {"file": files("b.txt", content=b"Otras palabras.\n")}])
def test_other_words_or_files_are_another_material(
    browser: FlaskClient, instance: Instance, other: dict
) -> None:
    proof = token(browser, "/subir")
    assert again(browser, proof).location != again(browser, proof, **other).location
    assert count(instance) == 2


def test_who_may_not_upload_is_told_once_and_by_whom_to_be_helped(add_person: Any, sign_in: Any) -> None:
    add_person("julia@agraria.coop", "Julia Paz", organizations={"agraria": "coordinator"})
    add_person("luz@agraria.coop", "Luz", organizations={"agraria": "member"})
    page = sign_in("luz@agraria.coop").get("/subir")
    assert page.status_code == 403 and "Julia Paz" in page.text
    assert "Quien coordina puede darle ese papel" in page.text
    assert "Su cuenta no permite hacer esto" not in page.text
