"""Changes of a frozen plan are made as they were read, or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import mail
from tests.portal import planned
from tests.portal.planned import ACTION, PLAN, accept, agree, begun, draft, edit, propose, report
from tests.portal.test_agreement import words_of
from tests.portal.test_members import post
from tests.portal.test_verification import OTHER_WAY
from tests.portal.test_workplan import one
from toolkit import agreement, terms
from toolkit.records import (
    Action,
    AuditEntry,
    Indicator,
    Membership,
    Objective,
    OutboxMessage,
    Person,
    Plan,
    PlanChange,
    Post,
    Task,
)

INDICATOR = {"name": "Jóvenes en cargos", "unit": "personas", "baseline": "0", "target": "40",
             "objective": "1"}  # fmt: skip


@pytest.fixture
def agreed(parties):
    planned.year_agreed(parties["ana"], parties["bea"])
    return parties


def ask(who, **more):
    """Propose a change of the action; where it stands."""
    asked = edit(who, **(OTHER_WAY | {"responsible": "americas"} | more))
    assert asked.status_code == 302, words_of(asked.text)
    return asked.location


def test_a_new_indicator_of_a_frozen_plan_is_agreed_to_and_measured(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    asked = post(ana, f"{PLAN}/indicadores/nuevo", **INDICATOR, reason="Lo pide la evaluación.")
    assert asked.status_code == 302
    assert post(bea, f"{asked.location}/conformidad").status_code == 302
    assert one(instance, Indicator).name == "Jóvenes en cargos"
    values = f"/plan-de-trabajo/indicadores/{one(instance, Indicator).public_id}/valores"
    assert post(ana, values, value="12,5", day="2026-01-31", source="Padrón").status_code == 302
    assert post(ana, values, value="-3", day="2026-01-31", source="Padrón").status_code == 422
    early = post(ana, values, value="3", day="2015-01-31", source="Padrón")
    assert early.status_code == 422
    assert "no puede ser anterior al convenio" in early.text
    number = ana.get(values).text.split('name="drop" value="')[1].split('"')[0]
    assert post(agreed["dora"], values, page=PLAN, drop=number).status_code == 403
    assert post(ana, values, drop=number).status_code == 302
    assert 'name="drop"' not in ana.get(values).text
    assert post(ana, values, drop=number).status_code == 404


def test_a_change_of_what_is_no_longer_there_is_not_made(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    first = ask(ana, title="Taller de marzo")
    second = ask(bea, title="Taller de abril")
    assert post(bea, f"{first}/conformidad").status_code == 302
    refused = post(ana, f"{second}/conformidad")
    assert refused.status_code == 409
    assert "ya es otro" in refused.text
    assert one(instance, Action).title == "Taller de marzo"
    assert "Taller de balance social" in bea.get(second).text


def test_a_change_is_declined_with_a_reason_that_is_written_to_who_asked(instance, agreed):
    ana, bea, edita = agreed["ana"], agreed["bea"], agreed["edita"]
    asked = ask(ana, title="Taller de marzo")
    assert post(edita, f"{asked}/retirar").status_code == 403
    refused = post(bea, f"{asked}/retirar")
    assert refused.status_code == 422
    assert "Escriba por qué no lo acepta" in refused.text
    assert post(bea, f"{asked}/retirar", reason="En marzo no hay local.").status_code == 302
    assert "No se aceptó: En marzo no hay local." in words_of(ana.get(asked).text)
    with instance.database.open_for_maintenance(writing=False) as session:
        letters = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "plan")).all()
        told = [one.values for one in letters if one.values["step"] == "change_declined"]
    assert [one["reason"] for one in told] == ["En marzo no hay local."]
    assert told[0]["about"] == "2027-01. Taller de balance social"
    assert told[0]["who"] == "Bea"


def test_what_is_asked_of_a_change_is_read_by_nobody_once_it_was_made(instance, agreed):
    asked = ask(agreed["ana"], words="Otro detalle de chirimoyas.")
    assert post(agreed["bea"], f"{asked}/conformidad").status_code == 302
    made = one(instance, PlanChange)
    assert (made.asked, made.stood) == ({}, {})
    assert "chirimoyas" not in agreed["cora"].get(asked).text


def test_an_action_that_is_no_plan_s_is_not_changed_by_a_change(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    propose(ana, title="Feria")
    assert post(bea, "/acciones/2027-02/retirar", page="/acciones/2027-02", reason="No.").status_code == 302
    refused = post(ana, "/acciones/2027-02/editar", page=ACTION, **(OTHER_WAY | {"title": "Feria de mayo"}))
    assert refused.status_code == 422
    assert "no está en el plan" in refused.text


def test_who_adds_an_action_to_a_frozen_plan_is_named(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    propose(ana, title="Feria")
    accept(bea, "/acciones/2027-02")
    with instance.database.open_for_maintenance(writing=False) as session:
        change = session.scalars(select(PlanChange)).one()
        assert change.organization.slug == "americas"
        assert [step.organization.slug for step in change.action.steps] == ["produce"]


def test_an_objective_that_parties_agreed_on_does_not_change(instance, agreed):
    edita = agreed["edita"]
    with instance.database.open_for_maintenance(writing=False) as session:
        named, free = session.scalars(select(Objective).order_by(Objective.number)).all()
        named, free = named.public_id, free.public_id
    at = "/convenio/editar/objetivos/"
    for deed, words in (("", "Otra cosa."), ("/quitar", "")):
        refused = post(edita, at + named + deed, page=at + named, words=words, revision="1")
        assert refused.status_code in (409, 422), refused.status_code
        assert "está en el plan de trabajo 2027" in refused.text
    assert post(edita, at + free, page=at + free, words="Incluir a jóvenes.", revision="1").status_code == 302
    assert post(edita, f"{at}{free}/quitar", page=at + free).status_code == 302


def test_an_objective_of_a_draft_takes_its_consents_back(instance, parties):
    ana, edita = parties["ana"], parties["edita"]
    draft(ana)
    propose(ana)
    assert agree(ana).status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        named = session.scalars(select(Objective).order_by(Objective.number)).first()
        at = f"/convenio/editar/objetivos/{named.public_id}"
    assert post(edita, at, words="Difundir más.", revision="1").status_code == 302
    page = words_of(parties["bea"].get(PLAN).text)
    assert "Falta la conformidad de Americas y Produce" in page
    with instance.database.open_for_maintenance(writing=False) as session:
        letters = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "plan")).all()
        assert [(one.values["step"], one.recipient) for one in letters][-1] == ("asked_anew", "ana@x.coop")


def test_the_year_of_a_hidden_plan_of_another_agreement_is_not_free(instance, parties):
    ana = parties["ana"]
    with instance.database.visit(planned.EDITOR, writing=True) as visit:
        other = agreement.add(visit, agreement.Facts("Otro convenio", "Cooperar.", "", planned.SIGNED))
        visit.session.add(Plan(agreement_id=other.id, year=2027))
    refused = draft(ana)
    assert refused.status_code == 422
    assert "El año 2027 no está libre" in refused.text


def test_an_identical_change_that_waits_is_not_asked_for_again(agreed):
    ask(agreed["ana"], title="Taller doble")
    refused = edit(agreed["bea"], **(OTHER_WAY | {"responsible": "americas", "title": "Taller doble"}))
    assert refused.status_code == 422
    assert "Ya hay un cambio igual" in refused.text


def test_the_audit_holds_no_title_of_evidence(instance, agreed):
    report(agreed["ana"])
    with instance.database.open_for_maintenance(writing=False) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "prove")).all()
        assert entries
        assert not any("Lista firmada" in str(one.values) for one in entries)


def test_outputs_in_another_order_are_no_change(agreed):
    refused = post(agreed["ana"], f"{ACTION}/editar", **OTHER_WAY | {
        "responsible": "americas", "outputs": "Lista de asistencia\nGuía impresa"})  # fmt: skip
    assert refused.status_code == 422
    assert "No cambió nada" in refused.text


def test_a_change_that_cannot_be_made_leaves_no_consent(instance, agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    first, second = ask(ana, title="Taller de marzo"), ask(ana, title="Taller de abril")
    post(bea, f"{first}/conformidad")
    refused = post(bea, f"{second}/conformidad")
    assert refused.status_code == 409
    assert "Falta la conformidad de Produce" in words_of(refused.text)
    with instance.database.open_for_maintenance(writing=False) as session:
        change = session.scalars(select(PlanChange).where(PlanChange.state == "proposed")).one()
        assert [one.organization.slug for one in change.consents] == ["americas"]


def test_a_change_without_what_a_planned_action_needs_is_not_asked_for(agreed):
    refused = post(agreed["ana"], f"{ACTION}/editar",
                   **(OTHER_WAY | {"responsible": "americas", "due_on": ""}))  # fmt: skip
    assert refused.status_code == 422
    assert "necesita una fecha de término" in refused.text


def test_an_objective_that_a_waiting_change_names_does_not_change(instance, agreed):
    ask(agreed["ana"], objectives=["1", "2"])
    with instance.database.open_for_maintenance(writing=False) as session:
        free = session.scalars(select(Objective).order_by(Objective.number)).all()[1].public_id
    at = f"/convenio/editar/objetivos/{free}"
    refused = post(agreed["edita"], at, words="Otra cosa.", revision="1")
    assert refused.status_code in (409, 422)
    assert "está en el plan de trabajo 2027" in refused.text


def test_a_change_asked_for_before_what_stood_was_kept_is_asked_for_again(instance, agreed):
    asked = ask(agreed["ana"], title="Taller de marzo")
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(PlanChange)).one().stood = {}
    assert post(agreed["bea"], f"{asked}/conformidad").status_code == 409


def test_words_that_only_the_parties_read_move_what_is_verified(agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    report(ana, act="send")
    read = bea.get(f"{ACTION}/verificar").text.split('name="revision" value="')[1].split('"')[0]
    asked = ask(ana, words="Otro detalle.")
    assert post(bea, f"{asked}/conformidad").status_code == 302
    assert planned.verify(bea, revision=read).status_code == 409
    assert planned.verify(bea).status_code == 302


def test_who_edits_is_told_that_a_proposal_was_declined(instance, parties):
    edita, bea = parties["edita"], parties["bea"]
    draft(parties["ana"])
    propose(edita)
    assert post(bea, f"{ACTION}/retirar", page=ACTION, reason="No hay local.").status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        letters = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "action")).all()
        told = {one.recipient for one in letters if one.values["step"] == "declined"}
    assert told == {"ana@x.coop", "edita@x.coop"}


def test_who_accepted_an_editor_s_proposal_declines_it_only_with_a_reason(parties):
    draft(parties["ana"])
    propose(parties["edita"])
    bea = parties["bea"]
    assert accept(bea).status_code == 302
    assert "La propone" not in words_of(bea.get(ACTION).text)
    assert post(bea, f"{ACTION}/retirar", page=ACTION).status_code == 422


def test_what_is_sent_twice_is_there_once(instance, parties):
    ana = parties["ana"]
    draft(ana)
    for _ in range(2):
        assert propose(ana).status_code == 302
        assert post(ana, f"{PLAN}/indicadores/nuevo", **INDICATOR).status_code == 302
    assert one(instance, Action).code == "2027-01"
    values = f"/plan-de-trabajo/indicadores/{one(instance, Indicator).public_id}/valores"
    for _ in range(2):
        assert post(ana, values, value="3", day="2026-01-31", source="Padrón").status_code == 302
    assert ana.get(values).text.count('name="drop"') == 1


def test_two_people_who_write_an_indicator_of_a_draft_both_see_both(instance, parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    post(ana, f"{PLAN}/indicadores/nuevo", **INDICATOR)
    at = f"/plan-de-trabajo/indicadores/{one(instance, Indicator).public_id}"
    read = ana.get(at).text.split('name="revision" type="hidden" value="')[1].split('"')[0]
    assert post(ana, at, **INDICATOR | {"target": "50"}, revision=read).status_code == 302
    late = post(bea, at, **INDICATOR | {"unit": "jóvenes"}, revision=read)
    assert late.status_code == 409
    assert "50" in words_of(late.text)
    assert one(instance, Indicator).target == 50


def test_letters_about_the_plan_read_as_they_should(instance, parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    agree(ana)
    propose(bea, title="Feria")
    agree(bea)
    agree(ana)
    post(ana, f"{PLAN}/publicar")
    asked = ask(ana, title="Taller de marzo")
    post(bea, f"{asked}/retirar", reason="En marzo no.")
    sent = mail.Post(instance)
    with instance.database.open_for_maintenance(writing=False) as session:
        letters = [(one.template, one.values) for one in session.scalars(select(OutboxMessage))]
    steps = {values["step"] for _, values in letters}
    assert steps >= {"agreed_by_one", "asked_anew", "agreed", "published", "change_asked", "change_declined"}
    for template, values in letters:
        for language in ("es", "en", "pt"):
            _, text = sent.render(template, {**values, "name": "Luz"}, language)
            assert "<function" not in text and "\n\n\n" not in text, text
            if values.get("reason") and language == "es":
                assert f"\n\nMotivo: {values['reason']}\n\n" in text


def test_a_form_that_grew_old_proposes_to_undo_nothing(instance, agreed):
    """Ana opened the form, another title was agreed on, Ana sends a new date: her change is of the date."""
    ana, bea = agreed["ana"], agreed["bea"]
    read = begun(ana, f"{ACTION}/editar")
    asked = edit(bea, **(OTHER_WAY | {"responsible": "americas", "title": "Feria"}))
    assert post(ana, f"{asked.location}/conformidad").status_code == 302
    late = OTHER_WAY | {"responsible": "americas", "due_on": "2027-09-30", "revision": read}
    refused = edit(ana, **late)
    assert refused.status_code == 409
    assert "Título Lo que ya está guardado Feria Lo que usted escribió Taller" in words_of(refused.text)
    with instance.database.open_for_maintenance(writing=False) as session:
        assert len(session.scalars(select(PlanChange)).all()) == 1


def test_who_left_hears_no_more_of_what_they_proposed(instance, parties, add_person, sign_in):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    with instance.database.open_for_maintenance() as session:
        (person,) = session.scalars(select(Person).where(Person.email == "ana@x.coop"))
        for held in session.scalars(select(Post).where(Post.holder_id == person.id)):
            session.delete(held)
        for belongs in session.scalars(select(Membership).where(Membership.person_id == person.id)):
            session.delete(belongs)
    refused = post(bea, f"{ACTION}/retirar", page=ACTION, reason="No alcanza.")
    assert refused.status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        letters = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "action")).all()
        assert "No alcanza." not in [one.values["reason"] for one in letters if one.recipient == "ana@x.coop"]


def test_a_value_told_again_after_another_is_the_newest(instance, agreed):
    ana = agreed["ana"]
    asked = post(ana, f"{PLAN}/indicadores/nuevo", **INDICATOR, reason="Lo pide la evaluación.").location
    assert post(agreed["bea"], f"{asked}/conformidad").status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        at = f"/plan-de-trabajo/indicadores/{session.scalars(select(Indicator)).one().public_id}/valores"
    today = terms.today().isoformat()
    for value in ("5", "6", "5", "5"):
        post(ana, at, page=PLAN, value=value, day=today, source="Listas")
    with instance.database.open_for_maintenance(writing=False) as session:
        indicator = session.scalars(select(Indicator)).one()
        assert [int(one.value) for one in indicator.measures] == [5, 6, 5]


def test_a_task_that_was_done_may_be_set_again(instance, agreed):
    ana = agreed["ana"]

    def add():
        post(ana, f"{ACTION}/tareas", page=ACTION, words="Llamar al local", party="americas")
        with instance.database.open_for_maintenance(writing=False) as session:
            return [one.public_id for one in session.scalars(select(Task).order_by(Task.id))]

    assert len(add()) == 1
    (task,) = add()
    post(ana, f"/acciones/tareas/{task}", page=ACTION, done="yes")
    assert len(add()) == 2


def test_a_task_of_an_action_that_ended_waits_for_nobody(agreed):
    ana, bea = agreed["ana"], agreed["bea"]
    post(bea, f"{ACTION}/tareas", page=ACTION, words="Revisar chirimoyas", party="produce")
    assert "Revisar chirimoyas" in bea.get("/coordinacion").text
    assert "Mi espacio (1)" in bea.get("/").text
    asked = post(ana, f"{ACTION}/cancelar", reason="No hay con qué.").location
    assert post(bea, f"{asked}/conformidad", page=asked).status_code == 302
    for place in ("/coordinacion", "/espacios/produce"):
        assert "Revisar chirimoyas" not in bea.get(place).text, place
    assert "Mi espacio (" not in bea.get("/").text, "nor is it counted"


def test_the_report_of_a_draft_names_the_party_that_has_not_agreed(parties):
    ana, bea = parties["ana"], parties["bea"]
    draft(ana)
    propose(ana)
    assert agree(ana).status_code == 302
    assert "Falta la conformidad de Produce." in bea.get(f"{PLAN}/informe").text
