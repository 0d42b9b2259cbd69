"""The plan of a year: drafted, agreed to by both parties, frozen, changed only by number. The tests with a
number carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.instance import Instance
from tests.portal import planned
from tests.portal.planned import ACTION, PLAN, agree, draft, propose
from tests.portal.test_agreement import words_of
from tests.portal.test_members import post
from tests.portal.test_news import work
from toolkit.records import Action, OutboxMessage, Plan, PlanChange


def one(instance: Instance, record: Any) -> Any:
    with instance.database.open_for_maintenance(writing=False) as session:
        found = session.query(record).one()
        session.expunge_all()
        return found


def test_before_there_is_a_plan_the_page_says_so(parties, visitor):
    assert "El plan está en preparación" in visitor.get("/plan-de-trabajo").text
    assert "/plan-de-trabajo/nuevo" in parties["ana"].get("/plan-de-trabajo").text
    assert visitor.get(PLAN).status_code == 404
    for name in ("cora", "dora"):
        assert parties[name].get("/plan-de-trabajo/nuevo").status_code == 403


def test_a_hidden_draft_and_no_plan_at_all_are_answered_alike(parties, visitor):
    """Visitors, and those signed in who are no party, read which years there are."""
    planned.year_agreed(parties["ana"], parties["bea"])
    for who in (visitor, parties["cora"]):
        before = plain(who.get("/plan-de-trabajo/2028"))
        assert "El plan de 2028 todavía no está publicado" in before and f'href="{PLAN}"' in before
        draft(parties["ana"], "2028")
        answer = who.get("/plan-de-trabajo/2028")
        assert answer.status_code == 404 and plain(answer) == before
        assert plain(who.get("/plan-de-trabajo/2029")).replace("2029", "2028") == before
    assert "El plan de 1999 no está publicado" in visitor.get("/plan-de-trabajo/1999").text


def plain(answer: Any) -> str:
    """A page without what differs at each request."""
    return re.sub(r'(nonce|name="csrf_token" value)="[^"]+"', "", answer.text)


def test_row_25_a_plan_agreed_by_one_names_whose_consent_is_missing_and_is_not_published(
    instance, parties, visitor
):
    """Row 25: given only one party has agreed, the plan shows «Falta la conformidad de …» and cannot be
    published."""
    ana, bea = parties["ana"], parties["bea"]
    assert draft(ana).status_code == 302
    assert propose(ana).status_code == 302
    assert agree(ana).status_code == 302
    page = ana.get(PLAN).text
    assert "Falta la conformidad de Produce" in words_of(page)
    assert "Publicar el plan" not in page
    refused = post(ana, f"{PLAN}/publicar")
    assert refused.status_code == 409
    assert "Falta la conformidad de Produce: el plan no se puede publicar" in words_of(refused.text)
    for other in (visitor, parties["cora"], parties["dora"]):
        assert other.get(PLAN).status_code == 404
    assert agree(bea).status_code == 302
    assert one(instance, Plan).state == "agreed"
    assert visitor.get(PLAN).status_code == 404
    assert post(bea, f"{PLAN}/publicar").status_code == 302
    assert "Taller de balance social" in visitor.get(PLAN).text


def test_one_person_does_not_agree_twice_and_an_editor_not_at_all(parties):
    ana = parties["ana"]
    draft(ana)
    propose(ana)
    agree(ana)
    again = agree(ana)
    assert again.status_code == 409
    assert "Usted ya dio su conformidad" in again.text
    assert agree(parties["edita"]).status_code == 403


def test_what_is_written_in_a_draft_takes_the_consents_back(instance, parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    agree(ana)
    propose(bea, title="Otra acción", responsible="produce")
    assert "Falta la conformidad de" in ana.get(PLAN).text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Plan).one().consents == []


def test_nobody_agrees_to_what_they_have_not_read(parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    read = re.search(r'name="revision" value="(\d+)"', bea.get(PLAN).text)[1]
    propose(ana, title="Una más")
    refused = post(bea, f"{PLAN}/conformidad", revision=read)
    assert refused.status_code == 409
    assert "cambió mientras usted lo leía" in refused.text


@pytest.mark.parametrize(
    ("year", "said"),
    [("2014", "El convenio se firmó en 2015"), ("", "Escriba un año"), ("doce", "Escriba un número"),
     ("3000", "Escriba un año")],
)  # fmt: skip
def test_a_year_that_cannot_be_is_refused_and_the_words_are_kept(parties, year, said):
    refused = draft(parties["ana"], year)
    assert refused.status_code == 422
    assert said in refused.text
    assert "guanábanas" in refused.text


def test_there_is_one_plan_a_year(parties):
    draft(parties["ana"])
    refused = draft(parties["bea"])
    assert refused.status_code == 422
    assert "El año 2027 no está libre" in refused.text


def test_an_empty_plan_is_not_agreed_to(parties):
    draft(parties["ana"])
    refused = agree(parties["ana"])
    assert refused.status_code == 422
    assert "no tiene todavía ninguna acción" in refused.text


def test_two_people_who_write_the_beginning_both_see_both_texts(parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    read = re.search(r'name="revision"[^>]* value="(\d+)"', bea.get(f"{PLAN}/editar").text)[1]
    assert post(ana, f"{PLAN}/editar", words="De Ana: lúcumas", revision=read).status_code == 302
    late = post(bea, f"{PLAN}/editar", words="De Bea: paltas", revision=read)
    assert late.status_code == 409
    assert "lúcumas" in late.text
    assert "paltas" in late.text


def test_row_25_a_frozen_plan_changes_only_by_a_numbered_change_of_both(instance, parties, visitor):
    ana, bea = parties["ana"], parties["bea"]
    planned.year_agreed(ana, bea)
    assert "Proponer un cambio" in ana.get(ACTION).text
    without = propose_change(ana, title="Taller ampliado", reason="")
    assert without.status_code == 422
    assert "Escriba por qué cambia el plan" in without.text
    asked = propose_change(ana, title="Taller ampliado", reason="Vinieron más cooperativas.")
    assert asked.status_code == 302
    assert visitor.get(asked.location).status_code == 404
    assert "Taller ampliado" not in visitor.get(PLAN).text
    own = post(ana, f"{asked.location}/conformidad")
    assert own.status_code == 409
    assert post(bea, f"{asked.location}/conformidad").status_code == 302
    assert one(instance, PlanChange).number == 1
    page = words_of(visitor.get(asked.location).text)
    assert "Cambio 1 del plan 2027" in page
    assert "Taller de balance social → Taller ampliado" in page
    assert "Taller ampliado" in visitor.get(PLAN).text


def propose_change(who: FlaskClient, **more: str) -> Any:
    said = {"title": "Taller de balance social", "summary": "Taller público.", "responsible": "americas",
            "post": "Dirección de educación", "starts_on": "2027-02-01", "due_on": "2027-06-30",
            "objectives": ["1"], "topics": ["T03"], "outputs": "Guía impresa\nLista de asistencia",
            "words": "Detalle reservado de chirimoyas.", "budget": "Partida 23.27",
            "priority_0": "Prioridad americana", "priority_1": "Política nacional"} | more  # fmt: skip
    return planned.edit(who, **said)


def test_a_change_tells_days_in_words_and_parties_by_name(parties, visitor):
    ana, bea = parties["ana"], parties["bea"]
    planned.year_agreed(ana, bea)
    asked = propose_change(ana, due_on="2027-09-30", responsible="produce", reason="Las lluvias.")
    assert post(bea, f"{asked.location}/conformidad").status_code == 302
    for address, between in ((asked.location, "{} → {}"), (f"{PLAN}/informe", "de «{}» a «{}»")):
        page = words_of(visitor.get(address).text)
        assert between.format("30 de junio de 2027", "30 de setiembre de 2027") in page, address
        assert between.format("Americas", "Produce") in page and "2027-09-30" not in page, address


def test_an_action_and_the_plan_say_the_same_of_how_far_it_is(parties, visitor):
    """All is done, and nobody has verified it: the page of the action, the plan and the report say so."""
    ana = parties["ana"]
    planned.year_agreed(ana, parties["bea"])
    assert planned.report(ana, percent="100").status_code == 302
    for address in (PLAN, ACTION, f"{PLAN}/informe"):
        page = visitor.get(address).text
        assert "99\u00a0%" in page and "100\u00a0%" not in page, address


def test_what_is_internal_stands_in_no_public_change(parties, visitor):
    ana, bea = parties["ana"], parties["bea"]
    planned.year_agreed(ana, bea)
    asked = propose_change(ana, budget="Partida 99.99", reason="Otra partida.")
    post(bea, f"{asked.location}/conformidad")
    page = visitor.get(asked.location).text
    assert "Otra partida" in page
    assert "99.99" not in page
    assert "99.99" in parties["dora"].get(ACTION).text


def test_a_cancelled_action_stays_with_the_reason(instance, parties, visitor):
    ana, bea = parties["ana"], parties["bea"]
    planned.year_agreed(ana, bea)
    asked = post(ana, f"{ACTION}/cancelar", reason="Se suspendió el financiamiento.")
    post(bea, f"{asked.location}/conformidad")
    assert one(instance, Action).state == "cancelled"
    assert "Cancelada" in visitor.get(ACTION).text
    for address in (asked.location, ACTION):
        assert "Se suspendió el financiamiento" in visitor.get(address).text


def test_row_24_each_party_filters_by_its_own_priority(parties):
    """Row 24: given an action shown to PRODUCE staff, its PRODUCE priority is visible and filterable."""
    ana, bea, dora = parties["ana"], parties["bea"], parties["dora"]
    draft(ana)
    propose(ana)
    propose(ana, title="Sin prioridad", priority_1="")
    agree(ana)
    agree(bea)
    post(ana, f"{PLAN}/publicar")
    page = dora.get(PLAN).text
    assert "Política nacional" in page
    assert "Prioridad americana" not in page
    assert "Política nacional" in dora.get(ACTION).text
    listed = dora.get(f"{PLAN}?prioridad=Política nacional").text
    assert "Taller de balance social" in listed
    assert "Sin prioridad" not in listed


def test_the_inner_side_of_a_plan_is_for_the_parties(parties, visitor):
    planned.year_agreed(parties["ana"], parties["bea"])
    for reader in (visitor, parties["cora"]):
        page = reader.get(ACTION).text + reader.get(PLAN).text
        for word in ("chirimoyas", "23.27", "Política nacional", "Prioridad americana"):
            assert word not in page
    for reader in (parties["dora"], parties["edita"]):
        assert "chirimoyas" in reader.get(ACTION).text


def add_indicator(who: FlaskClient, **more: str) -> Any:
    said = {"name": "Personas capacitadas", "definition": "Con constancia.", "unit": "personas",
            "baseline": "20", "target": "120", "objective": "1", "counts": ""} | more  # fmt: skip
    return post(who, f"{PLAN}/indicadores/nuevo", **said)


def test_row_18_an_indicator_shows_target_value_source_and_date(instance, parties, visitor):
    """Row 18, on the plan: each indicator shows target, value, source, date."""
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    assert add_indicator(ana).status_code == 302
    propose(ana)
    agree(ana)
    agree(bea)
    post(ana, f"{PLAN}/publicar")
    address = re.search(r'"(/plan-de-trabajo/indicadores/\w+/valores)"', ana.get(PLAN).text)[1]
    wrong = post(ana, address, value="muchas", day="2026-11-01", source="Registro")
    assert wrong.status_code == 422
    assert "Escriba un número" in wrong.text
    assert post(ana, address, value="70", day="2026-11-01", source="Registro de talleres").status_code == 302
    page = words_of(visitor.get(PLAN).text)
    for said in ("Personas capacitadas", "120 personas", "70 personas", "Registro de talleres",
                 "1 de noviembre de 2026", "avance 50 %"):  # fmt: skip
        assert said in page, said


def test_what_the_portal_counts_is_not_written_by_hand(parties):
    ana = parties["ana"]
    draft(ana)
    add_indicator(ana, counts="materials", name="Materiales compartidos")
    page = ana.get(PLAN).text
    assert "Registros de este portal" in page
    assert "/valores" not in page
    address = re.search(r'"(/plan-de-trabajo/indicadores/\w+)"', page)[1]
    refused = post(ana, f"{address}/valores", value="7", day="2026-01-01", source="Yo")
    assert refused.status_code == 422
    assert "lo cuenta el portal" in refused.text


@pytest.mark.parametrize(
    ("more", "said"),
    [({"name": ""}, "Escriba qué se mide"), ({"target": ""}, "Escriba la meta"),
     ({"target": "mil"}, "Escriba un número"), ({"objective": "9"}, "Elija el objetivo"),
     ({"target": "9" * 20}, "Escriba un número"), ({"target": "9" * 12}, "demasiado grande"),
     ({"target": "1.500"}, "de dos maneras"), ({"target": "0,00001"}, "cuatro decimales"),
     ({"name": "x" * 161}, "más de 160")],
)  # fmt: skip
def test_an_indicator_that_cannot_be_taken_is_said(parties, more, said):
    draft(parties["ana"])
    refused = add_indicator(parties["ana"], **more)
    assert refused.status_code == 422
    assert said in refused.text


def test_all_faults_of_a_form_are_told_at_once(parties):
    """Above the form with the way to their fields, and beside each."""
    planned.year_agreed(parties["ana"], parties["bea"])
    empty = post(parties["ana"], f"{PLAN}/indicadores/nuevo", name="", objective="", baseline="mucho",
                 target="", counts="", reason="")  # fmt: skip
    assert empty.status_code == 422
    listed, _, form = empty.text.partition('<div class="problems"')[2].partition("</ul>")
    for name in ("name", "objective", "baseline", "target", "reason"):
        assert f'<a href="#{name}">' in listed, name
        assert f'<p class="error" id="{name}-error">' in form, name
    assert listed.count("<li>") == 5, "each is told once"


def test_a_plan_is_found_with_the_rights_of_the_reader(instance, parties, visitor):
    planned.year_agreed(parties["ana"], parties["bea"])
    work(instance)
    assert PLAN in visitor.get("/biblioteca?q=guanábanas").text
    assert ACTION in visitor.get("/biblioteca?q=balance+social").text
    assert ACTION not in visitor.get("/biblioteca?q=chirimoyas").text
    assert ACTION in parties["dora"].get("/biblioteca?q=chirimoyas").text
    assert ACTION not in parties["cora"].get("/biblioteca?q=chirimoyas").text


def test_the_parties_are_told(instance, parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    agree(ana)
    with instance.database.open_for_maintenance(writing=False) as session:
        told = [(one.recipient, one.template, one.values["step"]) for one in session.query(OutboxMessage)]
    assert told == [("bea@x.coop", "action", "proposed"), ("bea@x.coop", "plan", "agreed_by_one")]
    agree(bea)
    with instance.database.open_for_maintenance(writing=False) as session:
        last = session.query(OutboxMessage).order_by(OutboxMessage.id.desc()).first()
        assert (last.recipient, last.values["step"]) == ("ana@x.coop", "agreed")
