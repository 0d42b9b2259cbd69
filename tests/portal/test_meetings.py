"""Encuentros in the browser. The tests with a number carry that of the row of product.md section 1 which they
prove."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import default
from typing import Any

import html5lib
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


def filled_in(page: str) -> dict[str, list[str]]:
    """What a browser would send of the form on the page, as it stands: several values for each name."""
    document = html5lib.parse(page, namespaceHTMLElements=False)
    (form,) = [one for one in document.iter("form") if one.get("class") == "sheet"]
    sent: dict[str, list[str]] = {}
    for one in [one for one in form.iter() if one.tag in ("input", "textarea", "select")]:
        chosen = [
            option.get("value") or "" for option in one.iter("option") if option.get("selected") is not None
        ]
        unticked = one.get("type") == "checkbox" and one.get("checked") is None
        value = {"textarea": one.text or "", "select": "".join(chosen[:1])}.get(
            one.tag, one.get("value") or ""
        )
        if one.get("name") and not unticked:
            sent.setdefault(one.get("name"), []).append(value)
    return sent


def save(who: FlaskClient, here: str, **more: Any) -> Any:
    """Open the page of the acta, fill in some more, and press «Guardar»."""
    return who.post(f"{here}/acta", data=filled_in(who.get(f"{here}/acta").text) | more)


def write(who: FlaskClient, here: str, words: str) -> Any:
    return save(who, here, acta=words)


def commit(who: FlaskClient, here: str, **more: str) -> Any:
    said = {"words": "Imprimir las guías", "party": "produce", "due_on": "2027-03-20"} | more
    return save(who, here, act="more", **said)


def agree(who: FlaskClient, here: str) -> Any:
    """Press the button of the page of the meeting, or send the same where there is none."""
    found = re.findall(r'name="revision" value="(\d+)"', who.get(here).text)
    data = {"csrf_token": token(who, "/cuenta"), "revision": (found or ["1"])[0]}
    return who.post(f"{here}/conformidad", data=data)


def mails(instance: Instance) -> list[str]:
    """The letters that were sent, each with its head and its words."""
    found = [
        BytesParser(policy=default).parse(one.open("rb")) for one in instance.folder.glob("outbox/*.eml")
    ]
    return [f"{one['To']}\n{one['Subject']}\n{one.get_content()}" for one in found]


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
    for part, said in (("acta", {"acta": "Otra", "words": "x", "revision": "9"}), ("cancelar", {}),
                       ("conformidad", {"revision": "9"}), ("editar", CALL)):  # fmt: skip
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
    assert save(people["bea"], here, person=dora).status_code == 302
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
    ({"day": "9" * 5000}, "Escriba el día"), ({"hour": "9" * 5000}, "Escriba la hora"),
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
    ({"due_on": "2030-01-01"}, "31 de diciembre de 2029"), ({"due_on": "9999-12-31"}, "demasiado lejos"),
    ({"due_on": "9" * 5000}, "Escriba el día"),
    ({"revision": "9" * 5000, "due_on": ""}, "hasta cuándo"),
])  # fmt: skip
def test_a_commitment_that_cannot_be_taken_is_said(
    people: dict[str, FlaskClient], instance: Instance, here: str, more: dict[str, str], sentence: str
) -> None:
    answer = commit(people["ana"], here, **more)
    assert answer.status_code == 422 and sentence in words_of(answer.text)
    assert count(instance, Commitment) == 0


def test_whatever_the_button_all_that_was_typed_is_kept(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    ana = people["ana"]
    typed = {"acta": "Lo acordado.", "name": "Rosa Quispe", "organization": "La Chacra",
             "words": "Imprimir las guías", "party": "produce", "due_on": "2027-03-20"}  # fmt: skip
    (first, _second) = re.findall(r'name="present"[^>]*value="(\w+)"', ana.get(f"{here}/acta").text)
    assert save(ana, here, act="more", present=[first], **typed).status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        kept = session.scalars(select(Meeting)).one()
        assert (kept.acta, kept.state) == ("Lo acordado.", "held")
        assert [(one.name, one.present) for one in kept.attendance] == [
            ("Ana", True), ("Bea", False), ("Rosa Quispe", True)]  # fmt: skip
        made, rosa = kept.commitments[0].public_id, kept.attendance[2].public_id
    page = ana.get(f"{here}/acta").text
    assert "Lo acordado." in page and "Imprimir las guías" in page
    assert save(ana, here, dropped=[made], leaving=[rosa]).status_code == 302
    assert count(instance, Commitment) == 0 and "Rosa Quispe" not in ana.get(here).text


def test_on_a_fault_nothing_is_kept_and_all_of_it_stays_in_the_form(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    (first, _second) = re.findall(r'name="present"[^>]*value="(\w+)"', people["ana"].get(f"{here}/acta").text)
    typed = {"acta": "Lo acordado.", "present": [first], "name": "Rosa Quispe", "organization": "La Chacra",
             "words": "Imprimir", "party": "produce", "due_on": "2027-02-28", "leaving": [first]}  # fmt: skip
    answer = save(people["ana"], here, **typed)
    assert answer.status_code == 422 and "anterior al encuentro" in words_of(answer.text)
    shown = filled_in(answer.text)
    assert shown["acta"][0].strip() == "Lo acordado."
    assert {name: shown[name] for name in typed if name != "acta"} == {
        name: value if isinstance(value, list) else [value] for name, value in typed.items() if name != "acta"
    }
    with instance.database.open_for_maintenance(writing=False) as session:
        kept = session.scalars(select(Meeting)).one()
        assert (kept.acta, kept.state, len(kept.attendance), kept.commitments) == ("", "called", 2, [])


def test_before_its_day_attendance_and_commitments_are_kept_without_an_acta(
    people: dict[str, FlaskClient], instance: Instance
) -> None:
    here = str(post(people["ana"], f"{LIST}/nuevo", **CALL | {"day": "2027-03-09"}).headers["Location"])
    assert commit(people["ana"], here, name="Rosa Quispe").status_code == 302
    page = people["ana"].get(f"{here}/acta").text
    assert "Rosa Quispe" in page and "Imprimir las guías" in page and 'name="acta"' not in page
    answer = save(people["ana"], here, acta="Ya escrita.")
    assert answer.status_code == 422 and "todavía no tuvo lugar" in words_of(answer.text)
    assert "Ya escrita." in answer.text, "kept though it cannot be saved yet"


def test_a_commitment_is_not_added_twice_by_two_clicks(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    sent = filled_in(people["ana"].get(f"{here}/acta").text) | {
        "words": "Imprimir", "party": "produce", "due_on": "2027-03-20"}  # fmt: skip
    assert [people["ana"].post(f"{here}/acta", data=sent).status_code for _ in range(2)] == [302, 422]
    assert count(instance, Commitment) == 1


def test_both_texts_are_shown_to_who_writes_over_another(people: dict[str, FlaskClient], here: str) -> None:
    begun = filled_in(people["bea"].get(f"{here}/acta").text)
    (first, second) = re.findall(r'name="present"[^>]*value="(\w+)"', people["ana"].get(f"{here}/acta").text)
    assert save(people["ana"], here, acta="Lo de Ana.", present=[first]).status_code == 302
    sent = begun | {"acta": "Lo de Bea.", "name": "Rosa Quispe"}
    answer = people["bea"].post(f"{here}/acta", data=sent)
    assert filled_in(answer.text)["present"] == [first], "she marked nobody otherwise"
    answer = people["bea"].post(f"{here}/acta", data=sent | {"present": [second]})
    shown = words_of(answer.text)
    assert answer.status_code == 409 and "Rosa Quispe" in answer.text
    assert "Lo que ya está guardado Lo de Ana. Lo que usted escribió Lo de Bea." in shown
    assert "Quiénes asistieron Lo que ya está guardado Ana, Americas" in shown
    again = filled_in(answer.text) | {"acta": "Lo de las dos."}
    assert people["bea"].post(f"{here}/acta", data=again).status_code == 302
    assert "Lo de las dos." in people["ana"].get(here).text and "Rosa Quispe" in people["ana"].get(here).text


def test_who_only_adds_a_commitment_writes_no_old_words_over_new_ones(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    begun = filled_in(people["bea"].get(f"{here}/acta").text)
    (first, _second) = re.findall(r'name="present"[^>]*value="(\w+)"', people["ana"].get(f"{here}/acta").text)
    assert save(people["ana"], here, acta="Lo de Ana.", present=[first]).status_code == 302
    sent = begun | {"words": "Imprimir", "party": "produce", "due_on": "2027-03-20"}
    assert people["bea"].post(f"{here}/acta", data=sent).status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        kept = session.scalars(select(Meeting)).one()
        assert (kept.acta, [one.present for one in kept.attendance]) == ("Lo de Ana.", [True, False])
        assert [one.words for one in kept.commitments] == ["Imprimir"]


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
    before = words_of(people["bea"].get(f"{here}/cancelar").text)
    assert "¿Cancelar este encuentro?" in before and "Primer encuentro" in before
    answer = people["bea"].post(f"{here}/cancelar", data={"csrf_token": key, "reason": " "})
    assert answer.status_code == 422 and "Escriba por qué se cancela." in words_of(answer.text)
    said = {"csrf_token": key, "reason": "No hay sala <b>libre</b>."}
    assert people["bea"].post(f"{here}/cancelar", data=said).status_code == 302
    assert people["bea"].get(f"{here}/cancelar").status_code == 409
    do_jobs(instance, "index")
    page = people["ana"].get(here).text
    assert "cancelado" in words_of(page) and "Motivo: No hay sala &lt;b&gt;libre&lt;/b&gt;." in page
    do_jobs(instance, "mail")
    assert any("ana@x.coop" in one and "Motivo: No hay sala <b>libre</b>." in one for one in mails(instance))
    assert here not in people["ana"].get("/biblioteca?q=encuentro").text


def test_the_letters_are_written_in_the_language_of_their_reader(
    people: dict[str, FlaskClient], instance: Instance, here: str
) -> None:
    write(people["ana"], here, "Acordado.")
    agree(people["ana"], here)
    agree(people["bea"], here)
    do_jobs(instance, "mail")
    texts = mails(instance)
    assert len([one for one in texts if here in one]) == 3
    called = "se reúnen el 1 de marzo de 2027 a las 09:30"
    assert [one for one in texts if called in one and "bea@x.coop" in one]


def test_the_agenda_is_a_list_of_one_point_a_line_in_the_page_and_the_letter(
    people: dict[str, FlaskClient], instance: Instance
) -> None:
    agenda = "- Guías\r\n2. Rueda de *compras*\r\n\r\n2027 en números"
    here = str(post(people["ana"], f"{LIST}/nuevo", **CALL | {"agenda": agenda}).headers["Location"])
    page = people["bea"].get(here).text
    assert "<ol><li>Guías</li><li>Rueda de *compras*</li><li>2027 en números</li></ol>" in page
    do_jobs(instance, "mail")
    assert any("1. Guías\n2. Rueda de *compras*\n3. 2027 en números\n" in one for one in mails(instance))


def test_a_meeting_that_is_past_may_be_written_down_and_is_told_as_such(
    people: dict[str, FlaskClient], instance: Instance
) -> None:
    answer = post(people["ana"], f"{LIST}/nuevo", **CALL | {"day": "2015-09-15"})
    here = str(answer.headers["Location"])
    page = words_of(people["ana"].get(here).text)
    assert "Ya pasó: el encuentro quedó registrado" in page and "ya pasó, sin acta" in page
    do_jobs(instance, "mail")
    (letter,) = [one for one in mails(instance) if "bea@x.coop" in one]
    assert "Encuentro registrado: Primer encuentro" in letter and "se reúnen" not in letter
    assert save(people["bea"], here, acta="Se firmó.").status_code == 302


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
