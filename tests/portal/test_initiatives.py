"""Iniciativas: actions of several years that belong together, and what each party gains. The tests with a
number carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.instance import Instance
from tests.portal import planned
from tests.portal.planned import ACTION, PLAN, propose, year_agreed
from tests.portal.test_agreement import words_of
from tests.portal.test_members import post
from tests.portal.test_news import work
from toolkit import initiatives
from toolkit.access import VISITOR, Viewer
from toolkit.administration import restore_organization, suspend_organization
from toolkit.errors import Forbidden
from toolkit.records import Action, AuditEntry, Initiative, InitiativeBenefit, Organization

THERE = "/iniciativas/formar-para-vigilar"
WHOLE = {
    "title": "Formar para vigilar", "words": "Vigilancias que aprenden de otras: cherimoyas.",
    "beneficiaries": "Consejos de vigilancia de Junín.", "cooperatives": "Cuentas claras sin asesorías.",
    "benefit_americas": "Sus guías se prueban.", "benefit_produce": "Facilitadores en regiones.",
}  # fmt: skip


def begin(who: FlaskClient, **more: str) -> Any:
    """Write an initiative that lacks nothing."""
    return post(who, "/iniciativas/nueva", **(WHOLE | more))


def put(who: FlaskClient, action: str, slug: str = "formar-para-vigilar") -> Any:
    """Put an action into the initiative."""
    return post(who, f"{action}/iniciativa", initiative=slug)


def one(instance: Instance, record: Any, **having: Any) -> Any:
    with instance.database.open_for_maintenance(writing=False) as session:
        found = session.query(record).filter_by(**having).one()
        session.expunge_all()
        return found


@pytest.fixture
def two_years(parties: dict[str, FlaskClient]) -> dict[str, FlaskClient]:
    """A published initiative with an action in the plan of 2026 and one in that of 2027."""
    ana, bea = parties["ana"], parties["bea"]
    for year in ("2026", "2027"):
        plan = f"/plan-de-trabajo/{year}"
        planned.draft(ana, year)
        propose(ana, plan, title=f"Pasantía {year}", starts_on="", due_on=f"{year}-12-31")
        planned.agree(ana, plan)
        planned.agree(bea, plan)
        post(ana, f"{plan}/publicar")
    begin(ana)
    for code in ("2026-01", "2027-01"):
        assert put(bea, f"/acciones/{code}").status_code == 302
    assert post(bea, f"{THERE}/publicar").status_code == 302
    return parties


# ------------------------------------------------------------------------------------ reading


def test_row_31_an_initiative_shows_its_actions_of_both_years_with_progress_per_year(two_years, visitor):
    """Row 31: given an initiative with actions in 2026 and 2027, its page shows both with progress per
    year."""
    ana = two_years["ana"]
    assert planned.report(ana, "/acciones/2026-01", percent="40").status_code == 302
    assert planned.report(ana, "/acciones/2027-01", percent="10").status_code == 302
    page = visitor.get(THERE).text
    first, second = map(words_of, page.split('id="acciones"')[1].split("<section><h2>")[1:])
    for said, year, percent in ((first, 2026, 40), (second, 2027, 10)):
        assert f"de {year} {percent} % 0 de 1 acción verificada · avance {percent} % {year}-01" in said
        assert f"Pasantía {year}" in said
    assert "Pasantía 2027" not in first
    for said in ("Sus guías se prueban", "Facilitadores en regiones", "Cuentas claras", "Consejos de vigil"):
        assert said in page
    assert f'href="{THERE}"' in visitor.get("/acciones/2026-01").text


def test_an_action_of_a_plan_that_is_not_out_stands_on_the_page_for_who_works_on_it_only(two_years, visitor):
    ana = two_years["ana"]
    planned.draft(ana, "2028")
    propose(ana, "/plan-de-trabajo/2028", title="Pasantía secreta", starts_on="", due_on="2028-12-31")
    put(ana, "/acciones/2028-01")
    assert "Pasantía secreta" in two_years["bea"].get(THERE).text
    for reader in (visitor, two_years["dora"], two_years["cora"]):
        page = reader.get(THERE).text
        assert "Pasantía secreta" not in page and "2028" not in page and "Pasantía 2026" in page


def test_a_draft_is_seen_by_those_who_work_on_the_plan(instance, parties, visitor):
    year_agreed(parties["ana"], parties["bea"])
    begin(parties["ana"])
    put(parties["ana"], ACTION)
    for name in ("ana", "bea", "edita"):
        assert "Formar para vigilar" in parties[name].get(ACTION).text
        assert "Formar para vigilar" in parties[name].get("/iniciativas").text
        assert "borrador" in parties[name].get(THERE).text
    for reader in (visitor, parties["cora"], parties["dora"]):
        assert reader.get(THERE).status_code == 404
        assert "Formar para vigilar" not in reader.get(ACTION).text + reader.get("/iniciativas").text
    with instance.database.visit(VISITOR) as visit:
        assert visit.session.query(Initiative).count() == 0
        assert visit.session.query(InitiativeBenefit).count() == 0


def test_the_plan_leads_to_initiatives_once_there_is_one_to_read(parties, visitor):
    ana = parties["ana"]
    year_agreed(ana, parties["bea"])
    assert 'href="/iniciativas"' not in visitor.get(PLAN).text + ana.get(PLAN).text
    begin(ana)
    assert 'href="/iniciativas"' in ana.get(PLAN).text
    assert 'href="/iniciativas"' not in visitor.get(PLAN).text
    post(ana, f"{THERE}/publicar")
    assert 'href="/iniciativas"' in visitor.get(PLAN).text


def test_an_initiative_is_found_by_its_words_once_it_is_published(instance, parties, visitor):
    ana = parties["ana"]
    begin(ana)
    work(instance)
    assert THERE not in visitor.get("/biblioteca?q=cherimoyas").text
    post(ana, f"{THERE}/publicar")
    work(instance)
    page = visitor.get("/biblioteca?q=cherimoyas").text
    assert THERE in page and "<mark>cherimoyas</mark>" in page
    assert THERE in visitor.get("/biblioteca?q=asesorías&que=iniciativa").text
    post(ana, f"{THERE}/retirar")
    work(instance)
    assert THERE not in visitor.get("/biblioteca?q=cherimoyas").text


def test_what_a_suspended_party_gains_is_found_no_more_until_it_is_back(instance, parties, visitor):
    begin(parties["ana"])
    post(parties["ana"], f"{THERE}/publicar")
    work(instance)
    search = "/biblioteca?q=facilitadores"
    assert THERE in visitor.get(search).text
    chief = Viewer(person_id=None, portal_role="administrator")
    for act, there in ((suspend_organization, False), (restore_organization, True)):
        with instance.database.visit(chief, writing=True) as visit:
            act(visit, visit.session.query(Organization).filter_by(slug="produce").one(), "Se comprobó.")
        assert there or "Facilitadores" not in visitor.get(search).text, "not even before the worker comes"
        work(instance)
        assert (THERE in visitor.get(search).text) is there
        assert ("Facilitadores" in visitor.get(THERE).text) is there


# ------------------------------------------------------------------------------------ writing


def test_row_38_publication_asks_to_complete_or_justify_what_a_party_does_not_gain(parties, visitor):
    """Row 38: given an initiative without a benefit for one party, publication asks to complete or justify
    it."""
    bea = parties["bea"]
    begin(bea, benefit_produce="")
    refused = post(bea, f"{THERE}/publicar")
    assert refused.status_code == 422
    assert "Falta el beneficio para Produce: escríbalo, o justifique por qué no lo hay." in refused.text
    assert 'href="#benefit_produce"' in refused.text
    assert "Americas: escríbalo" not in refused.text
    assert visitor.get(THERE).status_code == 404
    assert change(bea, benefit_produce="", reason_produce="Es su obligación.").status_code == 302
    assert post(bea, f"{THERE}/publicar").status_code == 302
    assert "Sin beneficio propio: Es su obligación." in visitor.get(THERE).text


def change(who: FlaskClient, **more: str) -> Any:
    """Save the form as it stands, with something else in it."""
    page = who.get(f"{THERE}/editar").text
    begun = re.search(r'name="revision"[^>]* value="(\d+)"', page)[1]
    return post(who, f"{THERE}/editar", **({**WHOLE, "revision": begun} | more))


def test_publication_names_all_that_is_lacking_at_once(parties):
    ana = parties["ana"]
    post(ana, "/iniciativas/nueva", title="Formar para vigilar")
    refused = words_of(post(ana, f"{THERE}/publicar").text)
    for said in ("Diga quién se beneficia", "Diga qué ganan las cooperativas", "beneficio para Americas",
                 "beneficio para Produce"):  # fmt: skip
        assert said in refused, said


def test_what_is_published_stays_complete(parties, visitor):
    begin(parties["ana"])
    post(parties["ana"], f"{THERE}/publicar")
    refused = change(parties["ana"], benefit_americas="", title="Otro título")
    assert refused.status_code == 422
    assert "Falta el beneficio para Americas" in refused.text
    assert "Otro título" in refused.text, "what was typed is kept"
    assert "Otro título" not in visitor.get(THERE).text


@pytest.mark.parametrize(
    ("more", "said"),
    [({"title": " "}, "Escriba un título."), ({"title": "x" * 161}, "Tiene más de 160 caracteres"),
     ({"words": "x" * 4001}, "Tiene más de 4000 caracteres"),
     ({"benefit_produce": "x" * 1001}, "Tiene más de 1000 caracteres"),
     ({"reason_produce": "No hay."}, "Ya escribió un beneficio")],
)  # fmt: skip
def test_an_initiative_that_cannot_be_taken_is_said_and_the_words_are_kept(parties, more, said):
    refused = begin(parties["ana"], **more)
    assert refused.status_code == 422
    assert said in refused.text and "Cuentas claras" in refused.text
    assert parties["ana"].get(THERE).status_code == 404


def test_who_does_not_work_on_the_plan_writes_none(parties, visitor):
    begin(parties["ana"])
    post(parties["ana"], f"{THERE}/publicar")
    for name in ("cora", "dora"):
        assert parties[name].get("/iniciativas/nueva").status_code == 403
        assert parties[name].get(f"{THERE}/editar").status_code == 403
        for deed in ("publicar", "retirar"):
            assert post(parties[name], f"{THERE}/{deed}").status_code == 403
        assert "Empezar una iniciativa" not in parties[name].get("/iniciativas").text
    assert visitor.get("/iniciativas/nueva").status_code == 302
    assert begin(parties["edita"]).location == f"{THERE}-2"


@pytest.mark.parametrize("deed", ["change", "publish", "withdraw"])
def test_the_toolkit_asks_by_itself_who_writes(instance, parties, deed):
    begin(parties["ana"])
    post(parties["ana"], f"{THERE}/publicar")
    with instance.database.visit(VISITOR, writing=True) as visit:
        found = initiatives.get(visit, "formar-para-vigilar")
        more = (initiatives.describe(found),) if deed == "change" else ()
        known = {"revision": found.revision} if deed == "change" else {}
        with pytest.raises(Forbidden):
            getattr(initiatives, deed)(visit, found, *more, **known)


def test_two_people_who_write_one_both_see_both_texts(parties):
    ana, bea = parties["ana"], parties["bea"]
    begin(ana)
    assert change(ana, benefit_produce="De Ana: lúcumas", revision="1").status_code == 302
    late = change(bea, benefit_produce="De Bea: paltas", revision="1")
    assert late.status_code == 409
    page = words_of(late.text)
    kept = page.split("Beneficio para Produce Lo que ya está guardado")[1].split("Lo que usted escribió")
    assert "lúcumas" in kept[0] and "paltas" in kept[1]


def test_putting_an_action_into_an_initiative_is_no_change_of_the_plan(instance, parties):
    """Who read a proposal before may still agree to it, and a frozen plan counts no change."""
    ana, bea = parties["ana"], parties["bea"]
    begin(ana)
    year_agreed(ana, bea)
    propose(ana, title="Otra")
    before = one(instance, Action, code="2027-02")
    assert put(bea, "/acciones/2027-02").status_code == 302
    after = one(instance, Action, code="2027-02")
    assert after.initiative_id and after.revision == before.revision and after.state == "proposed"
    assert put(ana, ACTION).status_code == 302
    assert 'id="cambios"' not in ana.get(PLAN).text
    assert "Formar para vigilar" in words_of(ana.get(ACTION).text)
    assert put(ana, ACTION, "").status_code == 302
    assert one(instance, Action, code="2027-01").initiative_id is None
    with instance.database.open_for_maintenance(writing=False) as session:
        acts = [(entry.act, entry.noun_id, entry.values) for entry in session.query(AuditEntry)
                if entry.act in ("link", "unlink")]  # fmt: skip
    named = {"initiative": "formar-para-vigilar"}
    assert acts == [("link", "2027-02", named), ("link", "2027-01", named), ("unlink", "2027-01", named)]


def test_an_initiative_that_is_not_there_is_refused_and_others_put_nothing(instance, parties):
    year_agreed(parties["ana"], parties["bea"])
    begin(parties["ana"])
    refused = put(parties["ana"], ACTION, "no-existe")
    assert refused.status_code == 422
    assert "Elija una iniciativa de este convenio" in refused.text
    for name in ("cora", "dora"):
        assert put(parties[name], ACTION).status_code == 403
        assert "/iniciativa" not in parties[name].get(ACTION).text
    assert one(instance, Action).initiative_id is None


def test_an_initiative_begun_twice_by_one_press_is_one(instance, parties):
    for _ in range(2):
        assert begin(parties["ana"]).status_code == 302
    assert one(instance, Initiative).slug
