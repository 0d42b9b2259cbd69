"""Nobody verifies what they did themselves, or something else than what they read."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.portal import planned
from tests.portal.planned import ACTION, accept, agree, draft, propose, report, verify
from tests.portal.test_agreement import words_of
from tests.portal.test_members import post
from tests.portal.test_workplan import one
from tests.toolkit.shelved import add_resource
from toolkit import organizations, people, personal_data
from toolkit.records import (
    Action,
    AgreementParty,
    Evidence,
    Membership,
    Note,
    Organization,
    OutboxMessage,
    Person,
    Post,
    Resource,
    Task,
    now,
)

OTHER_WAY = {"title": "Taller de balance social", "responsible": "produce", "post": "Dirección de educación",
             "starts_on": "2027-02-01", "due_on": "2027-06-30", "objectives": ["1"], "topics": ["T03"],
             "summary": "Taller público.", "outputs": "Guía impresa\nLista de asistencia",
             "words": "Detalle reservado de chirimoyas.", "budget": "Partida 23.27",
             "priority_0": "Prioridad americana", "priority_1": "Política nacional",
             "reason": "Lo hará la otra parte."}  # fmt: skip


@pytest.fixture
def agreed(parties):
    planned.year_agreed(parties["ana"], parties["bea"])
    return parties


def join(instance, name, slug, role="member"):
    """Let somebody belong to an organisation; the person's public id."""
    with instance.database.open_for_maintenance() as session:
        person = session.scalars(select(Person).where(Person.name == name)).one()
        people.join(session, person, organizations.find(session, slug), role)
        return person.public_id


def send(who):
    return post(who, f"{ACTION}/estado", page=ACTION, act="send")


def test_who_belongs_to_the_responsible_party_too_does_not_verify(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    assert report(ana, act="send").status_code == 302
    join(instance, "Bea", "americas")
    refused = verify(bea)
    assert refused.status_code == 403
    assert "es también de la organización responsable" in refused.text
    assert "es también de la organización responsable" in bea.get(ACTION).text


def test_who_worked_for_the_responsible_party_does_not_verify_after_changing_posts(instance, agreed):
    ana = agreed["ana"]
    assert report(ana, act="send").status_code == 302
    with instance.database.open_for_maintenance() as session:
        posts = {one.organization.slug: one for one in session.scalars(select(Post))}
        numbers = {one.name: one.id for one in session.scalars(select(Person))}
        posts["americas"].holder_id, posts["produce"].holder_id = numbers["Bea"], numbers["Ana"]
        for membership in session.scalars(select(Membership)):
            membership.until = now()
    refused = verify(ana)
    assert refused.status_code == 403
    assert "Usted hizo algo en esta acción por la parte responsable" in refused.text


def test_evidence_of_the_verifier_does_not_count(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, proof=None)
    assert report(bea).status_code == 302
    assert one(instance, Evidence).organization_id == one(instance, Action).counterpart_id
    refused = send(ana)
    assert refused.status_code == 422
    assert "Falta al menos una evidencia de la parte responsable" in refused.text
    assert report(ana, words="Ahora sí.", act="send").status_code == 302
    assert verify(bea).status_code == 302


def test_the_counterpart_can_open_some_of_the_evidence(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    own = add_resource(instance, "americas", ["Taller."], title="Memoria", level=3)
    assert post(ana, f"{ACTION}/evidencias/nueva", title="M", resource=f"/recursos/{own}").status_code == 302
    report(ana, proof=None)
    refused = send(ana)
    assert refused.status_code == 422
    assert "La contraparte no puede abrir ninguna" in refused.text
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Resource).where(Resource.public_id == own)).one().level = 0
    assert send(ana).status_code == 302
    assert verify(bea).status_code == 302


def test_the_only_evidence_that_the_other_party_can_open_withdrawn_ends_the_verification(instance, agreed):
    ana = agreed["ana"]
    own = add_resource(instance, "americas", ["Taller."], title="Memoria", level=3)
    post(ana, f"{ACTION}/evidencias/nueva", title="M", resource=f"/recursos/{own}")
    assert report(ana, act="send").status_code == 302
    file = next(one for one in _all(instance, Evidence) if one.sha256)
    back = f"/acciones/evidencias/{file.public_id}/retirar"
    assert post(ana, back, reason="Lleva datos de personas.").status_code == 302
    assert one(instance, Action).state == "running"


def _all(instance, record):
    with instance.database.open_for_maintenance(writing=False) as session:
        found = list(session.scalars(select(record)))
        session.expunge_all()
        return found


def test_what_changed_while_it_was_read_is_not_verified(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send")
    read = re.search(r'name="revision" value="(\d+)"', bea.get(f"{ACTION}/verificar").text)[1]
    assert report(ana, words="Algo más.", title="Otra lista", percent="80").status_code == 302
    refused = verify(bea, revision=read)
    assert refused.status_code == 409
    assert "cambió mientras usted lo leía" in refused.text
    assert verify(bea).status_code == 302


@pytest.mark.parametrize("changed", [{"responsible": "produce"}, {"responsible": "americas",
                                                                 "outputs": "Solo un afiche"}])  # fmt: skip
def test_a_change_of_who_or_of_what_ends_the_verification(instance, agreed, changed):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send")
    asked = planned.edit(ana, **(OTHER_WAY | changed))
    assert asked.status_code == 302, asked.text
    assert "Hay un cambio propuesto de esta acción" in bea.get(ACTION).text
    assert post(bea, f"{asked.location}/conformidad").status_code == 302
    assert one(instance, Action).state == "running"
    assert verify(ana).status_code in (403, 409)
    assert verify(bea).status_code in (403, 409)


def test_a_change_of_its_words_leaves_it_to_be_verified(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send")
    asked = planned.edit(ana, **(OTHER_WAY | {"responsible": "americas", "summary": "Dos talleres."}))
    assert post(bea, f"{asked.location}/conformidad").status_code == 302
    assert one(instance, Action).state == "to_verify"


def test_who_is_assigned_writes_for_the_party_that_assigned_them(instance, agreed, add_person, sign_in):
    ana, bea = agreed["ana"], agreed["bea"]
    add_person("eva@x.coop", "Eva", organizations={"produce": "member", "americas": "member"})
    eva_id = next(one.public_id for one in _all(instance, Person) if one.name == "Eva")
    assert post(bea, f"{ACTION}/personas", person=eva_id).status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        letter = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == "eva@x.coop")).one()
        assert (letter.template, letter.values["step"]) == ("action", "assigned")
    eva = sign_in("eva@x.coop")
    assert report(eva).status_code == 302
    produce = next(one.id for one in _all(instance, Organization) if one.slug == "produce")
    assert one(instance, Note).organization_id == one(instance, Evidence).organization_id == produce
    for slug in ("americas", "produce"):
        post(ana, f"{ACTION}/tareas", page=ACTION, words=f"De {slug}", party=slug)
    tasks = {task.organization_id == produce: task.public_id for task in _all(instance, Task)}
    assert post(eva, f"/acciones/tareas/{tasks[False]}", page=ACTION).status_code == 403
    assert post(eva, f"/acciones/tareas/{tasks[True]}", page=ACTION, done="yes").status_code == 302


def test_a_task_pressed_twice_stays_done_and_belongs_to_its_party(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    post(ana, f"{ACTION}/tareas", page=ACTION, words="Imprimir", party="produce")
    task = f"/acciones/tareas/{one(instance, Task).public_id}"
    assert "Marcar como hecha" not in ana.get(ACTION).text
    assert post(ana, task, page=ACTION, done="yes").status_code == 403
    for _ in range(2):
        assert post(bea, task, page=ACTION, done="yes").status_code == 302
    assert one(instance, Task).done_at is not None
    assert post(bea, task, page=ACTION, done="no").status_code == 302
    assert one(instance, Task).done_at is None


def test_a_note_sent_twice_is_written_once(instance, agreed):
    ana = agreed["ana"]
    for _ in range(2):
        assert report(ana, act="send").status_code == 302
    assert len(_all(instance, Note)) == len(_all(instance, Evidence)) == 1
    assert one(instance, Action).state == "to_verify"


def test_only_a_coordination_shows_evidence_to_everybody(instance, agreed, add_person, sign_in, visitor):
    ana, bea = agreed["ana"], agreed["bea"]
    add_person("eva@x.coop", "Eva", organizations={"americas": "member"})
    eva_id = next(one.public_id for one in _all(instance, Person) if one.name == "Eva")
    post(ana, f"{ACTION}/personas", person=eva_id)
    eva = sign_in("eva@x.coop")
    assert "todo el público" not in eva.get(f"{ACTION}/avance").text
    refused = report(eva, public="y")
    assert refused.status_code == 422
    assert "la coordinación de su organización" in words_of(refused.text)
    assert report(eva).status_code == 302
    address = f"/acciones/evidencias/{one(instance, Evidence).public_id}/publico"
    assert post(eva, address, page=ACTION, public="yes").status_code == 403
    assert post(bea, address, page=ACTION, public="yes").status_code == 403
    assert "Lista firmada" not in visitor.get(ACTION).text
    assert post(ana, address, page=ACTION, public="yes").status_code == 302
    assert "Lista firmada" in visitor.get(ACTION).text
    assert post(ana, address, page=ACTION, public="no").status_code == 302
    assert "Lista firmada" not in visitor.get(ACTION).text


def test_of_withdrawn_evidence_everybody_reads_that_it_was_but_not_what(instance, agreed, visitor):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, public="y", act="send")
    verify(bea)
    back = f"/acciones/evidencias/{one(instance, Evidence).public_id}/retirar"
    assert post(ana, back, reason="Mostraba firmas.").status_code == 302
    seen = words_of(visitor.get(ACTION).text)
    assert "Lista firmada" not in seen
    assert "lista.pdf" not in seen
    assert "Una evidencia que se retiró" in seen
    assert "Mostraba firmas." in seen
    assert "Las evidencias de esta acción se retiraron después de verificarla" in seen
    assert "Lista firmada" in bea.get(ACTION).text
    told = words_of(visitor.get("/plan-de-trabajo/2027/informe").text)
    assert "Lista firmada" not in told
    assert "Una evidencia que se retiró" in told


def test_that_internal_evidence_was_withdrawn_is_told_too(instance, agreed, visitor):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send")
    verify(bea)
    notice = "Las evidencias de esta acción se retiraron después de verificarla"
    assert notice not in visitor.get(ACTION).text
    back = f"/acciones/evidencias/{one(instance, Evidence).public_id}/retirar"
    post(ana, back, reason="Mostraba firmas.")
    assert notice in visitor.get(ACTION).text
    assert "Mostraba firmas." not in visitor.get(ACTION).text


@pytest.mark.parametrize("name, value, said", [
    ("due_on", "9999-12-31", "a más tardar el 31 de diciembre de 2028"),
    ("due_on", "2029-01-01", "a más tardar el 31 de diciembre de 2028"),
])  # fmt: skip
def test_an_action_does_not_end_long_after_its_plan(parties, name, value, said):
    draft(parties["ana"])
    refused = propose(parties["ana"], **{name: value})
    assert refused.status_code == 422
    assert said in refused.text


def test_days_far_away_are_refused_and_break_no_calendar(agreed, visitor):
    ana = agreed["ana"]
    assert report(ana, next_on="9999-12-31", proof=None).status_code == 422
    for day in ("0001-01-01", "9999-12-31"):
        refused = post(ana, f"{ACTION}/tareas", page=ACTION, words="t", party="americas", due_on=day)
        assert refused.status_code == 422
    for file in ("calendario.ics", "informe", "acciones.csv"):
        assert visitor.get(f"/plan-de-trabajo/2027/{file}").status_code == 200


def test_numbers_that_nobody_offers_break_nothing(agreed, visitor):
    ana, bea = agreed["ana"], agreed["bea"]
    assert visitor.get(f"/plan-de-trabajo/{'9' * 20}").status_code == 404
    assert visitor.get(f"/plan-de-trabajo/{'9' * 20}/informe").status_code == 404
    assert propose(ana, title="Otra", objectives=["9" * 5000]).status_code == 302
    report(ana, act="send")
    assert verify(bea, checked=["9" * 5000]).status_code == 422


def test_a_proposal_is_declined_with_a_reason_by_the_other_party_only(instance, parties):
    ana, bea, edita = parties["ana"], parties["bea"], parties["edita"]
    draft(ana)
    propose(ana)
    assert post(edita, f"{ACTION}/retirar", page=ACTION).status_code == 403
    page = words_of(bea.get(ACTION).text)
    assert "La propone Americas" in page
    assert "Retirar la propuesta" not in page
    refused = post(bea, f"{ACTION}/retirar", page=ACTION)
    assert refused.status_code == 422
    assert "Escriba por qué no la acepta" in refused.text
    assert post(bea, f"{ACTION}/retirar", page=ACTION, reason="No hay local.").status_code == 302
    assert one(instance, Action).state == "withdrawn"
    assert "No hay local." in ana.get(ACTION).text


def test_declining_takes_the_consents_to_the_draft_back(instance, parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    propose(ana, title="Segunda acción")
    assert agree(ana).status_code == 302
    assert post(bea, "/acciones/2027-02/retirar", page="/acciones/2027-02", reason="No.").status_code == 302
    assert agree(bea).status_code == 302
    assert "Falta la conformidad de Americas" in words_of(bea.get("/plan-de-trabajo/2027").text)


def test_consents_to_other_words_are_taken_back_also_within_a_party(instance, parties, add_person, sign_in):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    edita = parties["edita"]
    edit = {**OTHER_WAY, "responsible": "americas", "title": "Taller de la edición"}
    read = re.search(r'name="revision" type="hidden" value="(\d+)"', edita.get(f"{ACTION}/editar").text)[1]
    assert post(edita, f"{ACTION}/editar", **edit, revision=read).status_code == 302
    page = words_of(bea.get(ACTION).text)
    assert "Falta la conformidad de Americas y Produce" in page
    assert accept(bea).status_code == 302
    assert one(instance, Action).state == "proposed"


def test_strangers_are_told_that_they_may_not(agreed, parties):
    for who in (parties["dora"], parties["cora"]):
        assert post(who, f"{ACTION}/conformidad", page=ACTION).status_code == 403
        assert post(who, "/plan-de-trabajo/2027/conformidad", page=ACTION).status_code == 403


def test_what_the_portal_keeps_of_a_person_names_their_deeds_in_plans(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send")
    verify(bea)
    with instance.database.open_for_maintenance(writing=False) as whole:
        for name, kinds in (("Ana", {"evidence", "state", "consent"}), ("Bea", {"state", "consent"})):
            person = whole.scalars(select(Person).where(Person.name == name)).one()
            with instance.database.visit(people.viewer_of(whole, person.id, now())) as visit:
                deeds = personal_data.gather(visit, whole, person)["deeds"]
            assert {one["kind"] for one in deeds} == kinds
            assert ("Lista firmada" in {one.get("words") for one in deeds}) == (name == "Ana")


def test_only_evidence_of_the_responsible_party_counts_among_several(instance, agreed):
    ana, cora = agreed["ana"], agreed["cora"]
    with instance.database.open_for_maintenance() as session:
        party = AgreementParty(agreement_id=1, organization_id=organizations.find(session, "coopac").id)
        session.add(party)
    report(ana, proof=None)
    assert report(cora, words="De la tercera parte.").status_code == 302
    refused = send(ana)
    assert refused.status_code == 422
    assert "de la parte responsable" in refused.text


def test_nobody_is_assigned_before_they_can_open_the_action(instance, parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    agree(ana)
    agree(bea)
    dora = next(one.public_id for one in _all(instance, Person) if one.name == "Dora")
    refused = post(bea, f"{ACTION}/personas", page=ACTION, person=dora)
    assert refused.status_code in (409, 422)
    assert "cuando el plan esté publicado" in refused.text


def test_what_is_cancelled_has_no_next_date(instance, agreed, visitor):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, next_on="2027-03-03", proof=None)
    asked = post(ana, f"{ACTION}/cancelar", reason="No alcanza.")
    assert post(bea, f"{asked.location}/conformidad").status_code == 302
    assert "20270303" not in visitor.get("/plan-de-trabajo/2027/calendario.ics").text


def test_the_history_names_each_person_with_their_own_party(agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    asked = post(ana, f"{ACTION}/cancelar", reason="No alcanza.")
    assert post(bea, f"{asked.location}/conformidad").status_code == 302
    history = words_of(ana.get(ACTION).text.split('id="historia"')[1].split("</li>")[0])
    assert "Bea · Produce" in history


def test_a_reason_is_kept_where_the_matter_was_settled_meanwhile(agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    propose(ana, title="Feria")
    accept(bea, "/acciones/2027-02")
    late = post(bea, "/acciones/2027-02/retirar", page=ACTION, reason="Texto largo que no se pierde.")
    assert late.status_code == 409
    assert "Texto largo que no se pierde." in late.text
