"""Joint actions: proposed, planned, worked at, proved, verified by the counterpart. The tests with a number
carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest

from tests.conftest import token
from tests.portal import planned
from tests.portal.planned import (
    ACTION,
    PLAN,
    PROOF,
    accept,
    agree,
    draft,
    observe,
    propose,
    report,
    verify,
)
from tests.portal.test_agreement import words_of
from tests.portal.test_members import post
from tests.portal.test_news import work
from tests.portal.test_workplan import one
from tests.toolkit.shelved import add_resource, add_version, index
from toolkit.jobs import enqueue
from toolkit.records import Action, Article, Evidence, Note, Resource, Step
from toolkit.records.base import injected


@pytest.fixture
def agreed(parties):
    """A published plan with one action."""
    planned.year_agreed(parties["ana"], parties["bea"])
    return parties


def evidence_of(page: str) -> str:
    return re.search(r'"(/acciones/evidencias/\w+/archivo)"', page)[1]


def test_row_12_an_action_without_an_objective_is_not_planned(parties):
    """Row 12: given an action without an objective, when saved as planned, then the form asks for one."""
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    assert propose(ana, objectives=[]).status_code == 302
    refused = accept(bea)
    assert refused.status_code == 422
    assert "La acción 2027-01 necesita al menos un objetivo del convenio" in words_of(refused.text)
    refused = agree(ana)
    assert refused.status_code == 422
    assert "necesita al menos un objetivo" in refused.text


def test_row_28_a_proposal_is_planned_when_both_accept(instance, parties, visitor):
    """Row 28: «propuesta» needs acceptance by both parties to become «planificada»."""
    ana, bea = parties["ana"], parties["bea"]
    planned.year_agreed(ana, bea)
    propose(ana, title="Feria de jóvenes")
    second = "/acciones/2027-02"
    assert visitor.get(second).status_code == 404
    assert parties["dora"].get(second).status_code == 404
    assert "Falta la conformidad de Produce" in words_of(bea.get(second).text)
    assert accept(ana, second).status_code == 409
    assert accept(bea, second).status_code == 302
    page = visitor.get(second).text
    assert "Planificada" in page
    assert "Cambio 1" in visitor.get(PLAN).text
    assert accept(bea, second).status_code == 409


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"title": ""}, "Escriba un título"), ({"responsible": "coopac"}, "Elija la organización"),
        ({"due_on": "2014-01-01", "starts_on": ""}, "no puede ser anterior al convenio"),
        ({"starts_on": "2028-01-01", "due_on": "2028-02-01"}, "empieza después del año 2027"),
        ({"due_on": "2026-12-31", "starts_on": ""}, "termina antes del año 2027"),
        ({"due_on": "2027-01-15"}, "no puede terminar antes de empezar"),
        ({"due_on": "ayer"}, "Escriba el día"),
        ({"objectives": ["9"]}, "Elija objetivos"), ({"topics": ["T99"]}, "Elija hasta 3 temas"),
        ({"outputs": "\n".join(map(str, range(13)))}, "Escriba hasta 12 productos"),
        ({"title": "x" * 161}, "más de 160"),
    ],
)  # fmt: skip
def test_an_action_that_cannot_be_taken_is_said_and_kept(parties, more, said):
    draft(parties["ana"])
    refused = propose(parties["ana"], **more)
    assert refused.status_code == 422
    assert said in refused.text
    assert "chirimoyas" in refused.text


def test_two_who_edit_a_proposal_both_see_both_texts(parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    read = re.search(r'name="revision"[^>]* value="(\d+)"', bea.get(f"{ACTION}/editar").text)[1]
    said = {"title": "De Ana", "responsible": "americas", "due_on": "2027-06-30", "objectives": ["1"]}
    assert post(ana, f"{ACTION}/editar", **said, revision=read).status_code == 302
    late = post(bea, f"{ACTION}/editar", **{**said, "title": "De Bea"}, revision=read)
    assert late.status_code == 409
    assert "De Ana" in late.text
    assert "De Bea" in late.text


def test_row_29_without_evidence_a_verification_is_refused_with_what_is_missing(instance, agreed):
    """Row 29: given no evidence file, when verification is attempted, then it is refused with what is
    missing."""
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, proof=None)
    refused = post(ana, f"{ACTION}/estado", act="send")
    assert refused.status_code == 422
    assert "Falta al menos una evidencia" in refused.text
    assert one(instance, Action).state == "running"
    with instance.database.open_for_maintenance() as session:
        session.query(Action).one().state = "to_verify"
    assert "Falta al menos una evidencia" in bea.get(f"{ACTION}/verificar").text
    refused = verify(bea)
    assert refused.status_code == 422
    assert "Falta al menos una evidencia" in refused.text


def test_row_27_the_responsible_party_has_no_control_to_verify_and_reads_why(instance, agreed, visitor):
    """Row 27: given the procedure says the counterpart verifies, when the responsible party tries to verify,
    then the control is absent and the reason is shown."""
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send")
    assert one(instance, Action).state == "to_verify"
    page = ana.get(ACTION).text
    assert f"{ACTION}/verificar" not in page
    assert "verifica la contraparte, como dice el procedimiento P1" in words_of(page)
    for tried in (ana.get(f"{ACTION}/verificar"), verify(ana)):
        assert tried.status_code == 403
        assert "procedimiento P1" in tried.text
    assert f"{ACTION}/verificar" in bea.get(ACTION).text
    for other in ("cora", "dora", "edita"):
        assert verify(agreed[other]).status_code == 403
    assert one(instance, Action).state == "to_verify"


def test_row_29_the_counterpart_verifies_or_gives_it_back_with_a_reason(instance, agreed, visitor):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send")
    bare = observe(bea, "")
    assert bare.status_code == 422
    assert "Escriba qué falta" in bare.text
    assert observe(bea, "Falta la guía.").status_code == 302
    assert "Observada" in visitor.get(ACTION).text
    assert "Falta la guía" not in visitor.get(ACTION).text
    assert '<p class="notice-line">Observada: Falta la guía.</p>' in ana.get(ACTION).text
    assert report(ana, proof=None, percent="100").status_code == 302
    assert one(instance, Action).state == "running"
    post(ana, f"{ACTION}/estado", act="send")
    half = verify(bea, checked=["0"])
    assert half.status_code == 422
    assert "Marque cada punto comprobado" in half.text
    assert verify(bea).status_code == 302
    page = words_of(visitor.get(ACTION).text)
    assert "Verificada el" in page
    assert "por Produce" in page
    assert "1 de 1 acción verificada" in words_of(visitor.get(PLAN).text)
    again = verify(bea)
    assert again.status_code == 409
    with instance.database.open_for_maintenance(writing=False) as session:
        who = {
            step.person_id for step in session.query(Step).filter(Step.after.in_(("to_verify", "verified")))
        }
    assert len(who) == 2


def test_row_30_what_is_late_says_so_in_words(instance, agreed, visitor):
    """Row 30: given a due date in the past, then the action reads «Atrasada 12 días» in text."""
    with instance.database.open_for_maintenance() as session:
        session.query(Action).one().due_on = dt.date(2026, 6, 30)
    with injected(clock=lambda: dt.datetime(2026, 7, 12, 15, tzinfo=dt.UTC)):
        for address in (ACTION, PLAN):
            assert "Atrasada 12 días" in visitor.get(address).text
    with injected(clock=lambda: dt.datetime(2026, 6, 30, 15, tzinfo=dt.UTC)):
        assert "Atrasada" not in visitor.get(ACTION).text


@pytest.mark.parametrize(
    ("more", "said"),
    [({"words": ""}, "Escriba en pocas palabras"), ({"percent": ""}, "de 0 a 100"),
     ({"percent": "101"}, "de 0 a 100"), ({"percent": "mucho"}, "de 0 a 100"),
     ({"next_on": "2001-01-01"}, "no puede haber pasado"), ({"words": "x" * 2001}, "más de 2000")],
)  # fmt: skip
def test_row_30_a_note_that_cannot_be_taken_is_said_and_kept(instance, agreed, more, said):
    refused = report(agreed["ana"], **more)
    assert refused.status_code == 422
    assert said in refused.text
    assert "mangos" in refused.text or "words" in more
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Note).count() == session.query(Evidence).count() == 0


def test_progress_may_be_written_with_its_sign(instance, agreed):
    assert report(agreed["ana"], percent="65 %").status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Note).one().percent == 65


def test_a_file_that_is_none_of_ours_is_refused_and_the_note_kept(instance, agreed):
    refused = report(agreed["ana"], proof=b"MZ\x90\x00 not a document at all")
    assert refused.status_code == 422
    assert "mangos" in refused.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Note).count() == 0


def test_only_who_had_chosen_a_file_is_asked_to_choose_it_again(agreed):
    ana = agreed["ana"]
    again = "Vuelva a elegir el archivo"
    without = report(ana, words="", percent="", next_on="mañana", proof=None)
    assert without.status_code == 422 and again not in without.text
    for name in ("words", "percent", "next_on"):
        assert f'<a href="#{name}">' in without.text, name
    assert again in report(ana, words="").text


def test_evidence_is_opened_by_the_parties_and_made_public_by_choice(agreed, visitor):
    ana = agreed["ana"]
    report(ana)
    address = evidence_of(ana.get(ACTION).text)
    answer = agreed["dora"].get(address)
    assert answer.data == PROOF
    assert "attachment" in answer.headers["Content-Disposition"]
    for other in (visitor, agreed["cora"]):
        assert other.get(address).status_code == 404
        assert "Lista firmada" not in other.get(ACTION).text
    report(ana, public="y", title="Foto del taller")
    assert "Foto del taller" in visitor.get(ACTION).text
    assert visitor.get(evidence_of(visitor.get(ACTION).text)).data == PROOF


def test_evidence_withdrawn_later_is_shown_with_the_reason(instance, agreed, visitor):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send", public="y")
    verify(bea)
    address = evidence_of(visitor.get(ACTION).text)
    back = address.replace("/archivo", "/retirar")
    assert post(bea, back, reason="No es mía.").status_code == 403
    bare = post(ana, back, reason="")
    assert bare.status_code == 422
    assert "Escriba por qué se retira" in bare.text
    assert post(ana, back, reason="Muestra datos personales.").status_code == 302
    page = visitor.get(ACTION).text
    assert "Muestra datos personales" in page
    assert "se retiraron después de verificarla" in page
    assert visitor.get(address).status_code == 410
    assert bea.get(address).status_code == 200
    assert one(instance, Action).state == "verified"


def test_an_action_whose_only_evidence_goes_no_longer_waits(instance, agreed):
    ana = agreed["ana"]
    report(ana, act="send")
    back = evidence_of(ana.get(ACTION).text).replace("/archivo", "/retirar")
    post(ana, back, reason="Equivocada.")
    assert one(instance, Action).state == "running"


def test_row_26_a_linked_tool_lists_its_new_version_and_keeps_the_old(instance, agreed, visitor):
    """Row 26: given an action with linked tools, when one gets a new version, then the action lists the new
    one and keeps the old."""
    ana = agreed["ana"]
    tool = add_resource(instance, "americas", ["Uno."], title="Herramienta enlazada")
    index(instance, tool)
    assert post(ana, f"{ACTION}/materiales", resource=f"/recursos/{tool}").status_code == 302
    assert "Versión 1" in visitor.get(ACTION).text
    with instance.database.open_for_maintenance(writing=False) as session:
        number = session.query(Resource).filter_by(public_id=tool).one().id
    add_version(instance, number, ["Dos."])
    assert "Versión 2; al agregarlo era la 1" in visitor.get(ACTION).text
    twice = post(ana, f"{ACTION}/materiales", resource=f"/recursos/{tool}")
    assert twice.status_code == 422
    assert "ya está en la acción" in twice.text
    wrong = post(ana, f"{ACTION}/materiales", resource="nada")
    assert wrong.status_code == 422
    assert "nada" in wrong.text
    assert post(ana, f"{ACTION}/materiales", drop=tool).status_code == 302
    assert "Herramienta enlazada" not in visitor.get(ACTION).text


def test_a_linked_material_that_one_may_not_see_is_not_there(instance, agreed, visitor):
    ana = agreed["ana"]
    tool = add_resource(instance, "americas", ["Uno."], title="Reservada", level=3)
    index(instance, tool)
    post(ana, f"{ACTION}/materiales", resource=f"/recursos/{tool}")
    assert "Reservada" in ana.get(ACTION).text
    for other in (visitor, agreed["bea"], agreed["dora"]):
        assert "Reservada" not in other.get(ACTION).text


def test_a_closed_door_has_ways_out(agreed):
    """Home, the action, and signing in as somebody else, which leads back to this address."""
    dora = agreed["dora"]
    address = f"{ACTION}/editar"
    page = dora.get(address)
    assert page.status_code == 403
    assert f'href="{ACTION}"' in page.text and 'href="/"' in page.text
    out = re.search(r'action="(/salir\?next=[^"]+)"', page.text)
    assert out
    left = post(dora, out[1])
    assert left.status_code == 302
    assert left.location.endswith(f"/ingresar?next={address}")
    assert dora.get(address).status_code == 302, "signed out"


def test_the_address_of_a_deed_leads_back_to_its_page(agreed, visitor):
    """Where a form was refused, a link to another language or size of text asks for the same address."""
    ana = agreed["ana"]
    assert post(ana, f"{ACTION}/estado", act="pause", reason="").status_code == 422
    for prefix in ("", "/en", "/pt"):
        answer = ana.get(f"{prefix}{ACTION}/estado")
        assert (answer.status_code, answer.location) == (302, prefix + ACTION)
    assert visitor.get("/salir").status_code == 405


def test_tasks_are_the_parties_own(agreed, visitor):
    ana = agreed["ana"]
    said = {"words": "Reservar el local", "party": "produce", "due_on": "2027-03-01"}
    assert post(ana, f"{ACTION}/tareas", **said).status_code == 302
    page = agreed["bea"].get(ACTION).text
    assert "Reservar el local" in page
    assert "Reservar el local" not in visitor.get(ACTION).text
    task = re.search(r'"(/acciones/tareas/\w+)"', page)[1]
    assert post(agreed["dora"], task).status_code == 403
    assert post(agreed["cora"], task).status_code == 404
    assert post(agreed["bea"], task).status_code == 302
    assert "hecha" in ana.get(ACTION).text
    assert post(ana, f"{ACTION}/tareas", **{**said, "words": ""}).status_code == 422


def test_who_is_assigned_reports_and_nobody_else(instance, agreed):
    bea, dora = agreed["bea"], agreed["dora"]
    assert dora.get(f"{ACTION}/avance").status_code == 403
    assert report(dora).status_code == 403
    somebody = re.search(r'value="(\w{20})">Dora', bea.get(f"{ACTION}/personas").text)[1]
    assert post(agreed["ana"], f"{ACTION}/personas", person=somebody).status_code == 422
    assert post(bea, f"{ACTION}/personas", person=somebody).status_code == 302
    assert report(dora).status_code == 302
    assert "mangos" in agreed["ana"].get(ACTION).text
    assert post(dora, f"{ACTION}/estado", act="send").status_code == 403
    post(bea, f"{ACTION}/personas", drop=somebody)
    assert report(dora).status_code == 403


def test_a_pause_has_a_reason_and_an_end(instance, agreed, visitor):
    ana = agreed["ana"]
    bare = post(ana, f"{ACTION}/estado", act="pause", reason="")
    assert bare.status_code == 422
    assert "Escriba por qué se pone en pausa" in bare.text
    assert post(agreed["bea"], f"{ACTION}/estado", act="pause", reason="x").status_code == 403
    post(ana, f"{ACTION}/estado", act="pause", reason="Lluvias.")
    assert one(instance, Action).state == "paused"
    assert '<p class="notice-line">En pausa: Lluvias.</p>' in ana.get(ACTION).text
    assert "Lluvias" not in visitor.get(ACTION).text
    again = post(ana, f"{ACTION}/estado", act="start")
    assert again.status_code == 422
    post(ana, f"{ACTION}/estado", act="resume")
    assert one(instance, Action).state == "running"
    assert post(ana, f"{ACTION}/estado", act="fly").status_code == 403


def test_notes_come_by_pages(instance, agreed):
    with instance.database.open_for_maintenance() as session:
        action = session.query(Action).one()
        session.add_all(
            Note(action_id=action.id, organization_id=action.responsible_id, words=f"Nota {n}.", percent=1)
            for n in range(45)
        )
    ana = agreed["ana"]
    assert "Nota 44." in ana.get(ACTION).text
    assert "Nota 24." not in ana.get(ACTION).text
    assert "Nota 0." in ana.get(f"{ACTION}?pagina=3").text
    assert ana.get(f"{ACTION}?pagina=99").status_code == 200


def test_a_note_is_found_by_the_parties_only(instance, agreed, visitor):
    report(agreed["ana"])
    work(instance)
    assert ACTION in agreed["dora"].get("/biblioteca?q=mangos").text
    for other in (visitor, agreed["cora"]):
        assert ACTION not in other.get("/biblioteca?q=mangos").text


def test_the_file_of_an_evidence_survives_a_sweep(instance, agreed):
    ana = agreed["ana"]
    report(ana)
    with instance.database.open_for_maintenance() as session:
        enqueue(session, "slow", "sweep", "files")
    work(instance)
    assert ana.get(evidence_of(ana.get(ACTION).text)).data == PROOF


def test_evidence_may_be_a_material_in_its_version(instance, agreed, visitor):
    ana = agreed["ana"]
    made = add_resource(instance, "americas", ["Guía impresa."], title="Guía impresa")
    index(instance, made)
    said: Any = {"csrf_token": token(ana, ACTION), "resource": f"/recursos/{made}", "public": "y"}
    sent = ana.post(f"{ACTION}/evidencias/nueva", data=said, content_type="multipart/form-data")
    assert sent.status_code == 302
    page = visitor.get(f"{ACTION}").text
    assert "Guía impresa" in page
    assert "versión 1" in page
    said = {"csrf_token": token(ana, ACTION), "file": (io.BytesIO(), "")}
    nothing = ana.post(f"{ACTION}/evidencias/nueva", data=said, content_type="multipart/form-data")
    assert nothing.status_code == 422
    assert "Elija un archivo" in nothing.text


def test_row_41_what_an_action_touches_leads_to_it_and_back(instance, agreed, visitor):
    """Row 41: «Contenidos relacionados» are fed by the same action, and obey what the reader may see."""
    ana, edita = agreed["ana"], agreed["edita"]
    tool = add_resource(instance, "americas", ["Uno."], title="Herramienta enlazada")
    post(ana, f"{ACTION}/materiales", resource=f"/recursos/{tool}")
    told: Any = {"title": "Se hizo el taller", "summary": "Vinieron muchas.", "body": "Texto.",
                 "actions": "2027-01"}  # fmt: skip
    assert post(edita, "/noticias/nueva", **told, slug="x").status_code == 302
    wrong = post(edita, "/noticias/nueva", **{**told, "actions": "2027-77"})
    assert wrong.status_code == 422
    assert "Una de las acciones no existe" in wrong.text
    with instance.database.open_for_maintenance(writing=False) as session:
        draft = session.query(Article).one().public_id
    assert post(edita, f"/noticias/por-publicar/{draft}/publicar", day="", time="").status_code == 302
    assert "Se hizo el taller" in visitor.get(ACTION).text
    news = re.search(r'"(/noticias/\d+/se-hizo[^"]*)"', visitor.get(ACTION).text)[1]
    assert ACTION in visitor.get(news).text
    assert ACTION in visitor.get(f"/recursos/{tool}", follow_redirects=True).text
    assert ACTION in visitor.get("/temas/gestion-social").text
    assert "0 de 1 acción verificada" in words_of(visitor.get("/").text)
