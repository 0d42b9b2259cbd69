"""Encuentros in the browser. The tests with a number carry that of the row of product.md section 1 which they
prove."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_agreement import words_of
from tests.portal.test_members import post
from tests.portal.test_news import work as do_jobs
from tests.portal.working import Work, build
from toolkit.records import Commitment, Meeting, Person, Task

LIST = "/coordinacion/encuentros"
CALL = {
    "title": "Primer encuentro",
    "day": "2027-03-01",
    "hour": "09:30",
    "place": "Lima",
    "agenda": "- Guías",
}
NAMES = ("ana", "bea", "cora", "dora", "edita")


@pytest.fixture
def work(instance: Instance, add_person: Callable[..., int]) -> Iterator[Work]:
    yield from build(instance, add_person)


@pytest.fixture
def people(work: Work, sign_in: Callable[..., FlaskClient]) -> dict[str, FlaskClient]:
    return {name: sign_in(f"{name}@x.coop") for name in NAMES}


@pytest.fixture
def here(people: dict[str, FlaskClient]) -> str:
    """The address of a meeting that Ana called for today."""
    answer = post(people["ana"], f"{LIST}/nuevo", **CALL)
    assert answer.status_code == 302, words_of(answer.text)
    return str(answer.headers["Location"])


def revision(who: FlaskClient, address: str) -> str:
    return re.findall(r'name="revision"[^>]*value="(\d+)"', who.get(address).text)[0]


def write(who: FlaskClient, here: str, words: str) -> Any:
    return post(who, f"{here}/acta", acta=words, revision=revision(who, f"{here}/acta"))


def commit(who: FlaskClient, here: str, **more: str) -> Any:
    said = {"words": "Imprimir las guías", "party": "produce", "due_on": "2027-03-20"} | more
    return post(who, f"{here}/compromisos", f"{here}/acta", **said)


def agree(who: FlaskClient, here: str) -> Any:
    """Press the button of the page of the meeting, or send the same where there is none."""
    found = re.findall(r'name="revision" value="(\d+)"', who.get(here).text)
    data = {"csrf_token": token(who, "/cuenta"), "revision": (found or ["1"])[0]}
    return who.post(f"{here}/conformidad", data=data)


def count(instance: Instance, record: type) -> int:
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.query(record).count()


def test_row_16_two_coordinations_approve_an_acta_and_its_commitments_are_tasks(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    ana, bea = people["ana"], people["bea"]
    assert write(ana, here, "## Acuerdos\n\nDifundir las **guías**.").status_code == 302
    assert commit(ana, here).status_code == 302
    assert commit(bea, here, words="Enviar la lista", party="americas").status_code == 302
    page = bea.get(here).text
    assert "<strong>guías</strong>" in page and "Falta la conformidad de Americas y Produce" in words_of(page)
    assert agree(ana, here).status_code == 302
    assert count(instance, Task) == 0 and "Dar conformidad al acta" not in ana.get(here).text
    assert agree(bea, here).status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        made = [(one.words, one.organization.slug, str(one.due_on)) for one in session.scalars(select(Task))]
    assert made == [("Imprimir las guías", "produce", "2027-03-20"),
                    ("Enviar la lista", "americas", "2027-03-20")]  # fmt: skip
    shown = words_of(ana.get(here).text)
    assert "acta aprobada" in shown and shown.count("pendiente") >= 2 and "Ana" in shown and "Bea" in shown


def test_an_approved_acta_is_frozen(people: dict[str, FlaskClient], instance: Instance, here: str) -> None:
    write(people["ana"], here, "Acordado.")
    for who in ("ana", "bea"):
        agree(people[who], here)
    assert people["ana"].get(f"{here}/acta").status_code == 302
    key = token(people["ana"], "/cuenta")
    for part, said in (("acta", {"acta": "Otra", "revision": "9"}), ("compromisos", {"words": "x"}),
                       ("asistentes", {"name": "x"}), ("asistencia", {}), ("cancelar", {}),
                       ("conformidad", {"revision": "9"}), ("compromisos/quitar", {"cual": "x"}),
                       ("asistentes/quitar", {"cual": "x"}), ("editar", CALL)):  # fmt: skip
        answer = people["ana"].post(f"{here}/{part}", data={**said, "csrf_token": key})
        assert answer.status_code in (409, 422) and "ya está aprobada" in answer.text, part
    assert count(instance, Commitment) == 0 and "Acordado." in people["bea"].get(here).text


def test_who_may_see_a_meeting_and_for_whom_it_does_not_exist(
    client: FlaskClient, people: dict[str, FlaskClient], here: str
) -> None:
    never = f"{LIST}/zzzzzzzzzzzzzzzzzzzz"
    for who in NAMES:
        sees = who in ("ana", "bea", "edita")
        assert people[who].get(here).status_code == (200 if sees else 404), who
        assert people[who].get(LIST).status_code == (200 if sees else 404), who
        assert people[who].get(never).status_code == 404
    for address in (here, LIST, f"{LIST}/nuevo", "/coordinacion"):
        assert "/ingresar" in client.get(address).headers["Location"]
    strip = re.compile(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|[a-z0-9]{20}')
    dora = people["dora"]
    assert strip.sub("", dora.get(here).text) == strip.sub("", dora.get(never).text)


def test_an_attendee_reads_it_and_writes_nothing(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    with instance.database.open_for_maintenance(writing=False) as session:
        dora = session.scalars(select(Person.public_id).where(Person.name == "Dora")).one()
    page = people["bea"].get(f"{here}/acta").text
    assert f'value="{dora}"' in page and "Cora" not in page
    assert post(people["bea"], f"{here}/asistentes", f"{here}/acta", person=dora).status_code == 302
    page = people["dora"].get(here).text
    assert "Primer encuentro" in page and "/coordinacion/encuentros" in page and "Qué puede hacer" not in page
    assert 'href="/coordinacion"' not in page, "she has no such page"
    for part in ("editar", "acta"):
        assert people["dora"].get(f"{here}/{part}").status_code == 403
    assert agree(people["dora"], here).status_code == 403
    assert "Primer encuentro" in people["dora"].get(LIST).text


def test_editors_read_only(people: dict[str, FlaskClient], here: str) -> None:
    edita = people["edita"]
    assert "Qué puede hacer" not in edita.get(here).text and "Convocar" not in edita.get(LIST).text
    for address in (f"{LIST}/nuevo", f"{here}/editar", f"{here}/acta"):
        assert edita.get(address).status_code == 403
    assert agree(edita, here).status_code == 403


@pytest.mark.parametrize(("more", "sentence"), [
    ({"title": ""}, "Escriba un título"), ({"day": ""}, "Escriba el día"), ({"hour": ""}, "Escriba la hora"),
    ({"day": "2015-09-14"}, "anterior al convenio"), ({"day": "2027-02-30"}, "Escriba el día"),
    ({"hour": "25:00"}, "Escriba la hora"), ({"day": "9999-12-31"}, "demasiado lejos"),
    ({"title": "x" * 161}, "Tiene más de 160 caracteres"), ({"agenda": "x" * 8001}, "Tiene más de 8000"),
])  # fmt: skip
def test_a_call_that_cannot_be_taken_is_said_and_what_was_typed_is_kept(
    people: dict[str, FlaskClient], instance: Instance, more: dict[str, str], sentence: str
) -> None:
    answer = post(people["ana"], f"{LIST}/nuevo", **{**CALL, **more})
    assert answer.status_code == 422 and sentence in words_of(answer.text)
    assert 'value="Lima"' in answer.text and count(instance, Meeting) == 0


@pytest.mark.parametrize(("more", "sentence"), [
    ({"words": ""}, "Escriba el compromiso"), ({"party": "coopac"}, "Elija una de las partes"),
    ({"due_on": "mañana"}, "Escriba el día"), ({"due_on": "2027-02-28"}, "anterior al encuentro"),
    ({"action": "2027-99"}, "Elija una acción en marcha"),
])  # fmt: skip
def test_a_commitment_that_cannot_be_taken_is_said(
    people: dict[str, FlaskClient], instance: Instance, here: str, more: dict[str, str], sentence: str
) -> None:
    answer = commit(people["ana"], here, **more)
    assert answer.status_code == 422 and sentence in words_of(answer.text)
    assert count(instance, Commitment) == 0


def test_both_texts_are_shown_to_who_writes_over_another(people: dict[str, FlaskClient], here: str) -> None:
    begun = revision(people["bea"], f"{here}/acta")
    assert write(people["ana"], here, "Lo de Ana.").status_code == 302
    answer = post(people["bea"], f"{here}/acta", acta="Lo de Bea.", revision=begun)
    shown = words_of(answer.text)
    assert answer.status_code == 409
    assert "Lo que ya está guardado Lo de Ana. Lo que usted escribió Lo de Bea." in shown
    (again,) = re.findall(r'name="revision"[^>]*value="(\d+)"', answer.text)
    assert post(people["bea"], f"{here}/acta", acta="Lo de las dos.", revision=again).status_code == 302


def test_an_acta_is_not_approved_unread(people: dict[str, FlaskClient], here: str) -> None:
    write(people["ana"], here, "Acordado.")
    key = token(people["bea"], "/cuenta")
    answer = people["bea"].post(f"{here}/conformidad", data={"csrf_token": key, "revision": "1"})
    assert answer.status_code == 409 and "cambió mientras usted lo leía" in answer.text


def test_it_is_found_by_the_coordinations_and_by_nobody_else(
    client: FlaskClient, people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    write(people["ana"], here, "Acordamos difundir chirimoyas.")
    commit(people["ana"], here, words="Comprar guanábanas")
    do_jobs(instance, "index")
    for words in ("chirimoyas", "guanábanas", "encuentro"):
        for who, browser in {**people, "visitor": client}.items():
            page = browser.get(f"/biblioteca?q={words}").text
            assert (f'href="{here}"' in page) == (who in ("ana", "bea")), (who, words)
            assert ("No encontramos" in page) == (who not in ("ana", "bea")), (who, words)
    assert f'href="{here}"' in people["bea"].get("/biblioteca?q=&que=encuentro").text
    post(people["ana"], f"{here}/editar", **{**CALL, "title": "Otro nombre"}, revision=revision(
        people["ana"], f"{here}/editar"))  # fmt: skip
    do_jobs(instance, "index")
    assert "Otro nombre" in people["bea"].get("/biblioteca?q=chirimoyas").text


def test_a_cancelled_meeting_is_told_and_no_more_found(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    do_jobs(instance, "index")
    key = token(people["bea"], "/cuenta")
    assert people["bea"].post(f"{here}/cancelar", data={"csrf_token": key}).status_code == 302
    do_jobs(instance, "index")
    assert "cancelado" in words_of(people["ana"].get(here).text)
    assert here not in people["ana"].get("/biblioteca?q=encuentro").text


def test_the_letters_are_written_in_the_language_of_their_reader(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    write(people["ana"], here, "Acordado.")
    agree(people["ana"], here)
    agree(people["bea"], here)
    do_jobs(instance, "mail")
    texts = [one.read_bytes().decode() for one in (instance.folder / "outbox").rglob("*.eml")]
    assert len([one for one in texts if here in one]) == 3
    flat = [one.replace("=\r\n", "").replace("=\n", "") for one in texts]
    called = "se re=C3=BAnen el 1 de marzo de 2027 a las 09:30"
    assert [one for one in flat if called in one and "bea@x.coop" in one]


def test_the_audit_of_a_party_says_what_its_coordination_did(
    people: dict[str, FlaskClient], here: str
) -> None:
    form = {**CALL, "place": "Cusco", "revision": revision(people["ana"], f"{here}/editar")}
    assert post(people["ana"], f"{here}/editar", **form).status_code == 302
    page = people["ana"].get("/espacios/americas/auditoria").text
    shown = words_of(page)
    assert (
        "Convocó" in shown and "lugar" in shown and "Primer encuentro" in shown and f'href="{here}"' in page
    )
    assert "Primer encuentro" not in people["bea"].get("/espacios/produce/auditoria").text
