"""The people of an organisation in the browser: roles, removal, leaving, asking to join."""

from __future__ import annotations

import re
import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from tests.conftest import token
from toolkit import memberships, organizations, people, terms
from toolkit.records import Membership, Party, Request, now

HERE = "/espacios/agraria"


def post(browser: FlaskClient, address: str, page: str = "", **data: str):
    """Send a form with the token of its page."""
    return browser.post(address, data={"csrf_token": token(browser, page or address), **data})


def role(instance: Instance, person_id: int) -> tuple[str, bool] | None:
    with instance.database.open_for_maintenance(writing=False) as session:
        found = session.scalar(
            select(Membership).where(Membership.person_id == person_id, Membership.until.is_(None))
        )
        return (found.role, found.trusted) if found else None


def test_members_see_the_people_and_only_the_coordination_may_change(enter) -> None:
    luz = enter("luz").get(f"{HERE}/personas").text
    assert "Julia" in luz and "Rosa" in luz and "Otto" not in luz
    assert "Invitar a una persona" not in luz and "Quitar" not in luz and "Invitaciones" not in luz
    julia = enter("julia").get(f"{HERE}/personas").text
    assert "Invitar a una persona" in julia and julia.count("Quitar") == 2


@pytest.mark.parametrize("path", ["personas", "personas/invitar", "coordinacion", "relevo", "salir"])
def test_a_strange_space_is_not_there(enter, path: str) -> None:
    otto = enter("otto")
    assert otto.get(f"{HERE}/{path}").status_code == otto.get(f"/espacios/ninguna/{path}").status_code == 404


def test_the_coordination_changes_a_role(enter, ids, everybody, instance: Instance) -> None:
    answer = post(enter("julia"), f"{HERE}/personas/{ids['luz']}", role="promoter", trusted="y")
    assert answer.status_code == 302
    assert role(instance, everybody["luz"]) == ("promoter", True)
    assert "De confianza" in enter("luz").get(f"{HERE}/personas").text


def test_a_member_may_not_open_the_pages_of_change(enter, ids) -> None:
    luz = enter("luz")
    for path in (f"personas/{ids['rosa']}", f"personas/{ids['rosa']}/quitar", "personas/invitar", "relevo",
                 "coordinacion/proponer", "coordinacion/ausencia"):  # fmt: skip
        assert luz.get(f"{HERE}/{path}").status_code == 403, path


def test_a_role_that_was_not_offered_changes_nothing(enter, ids, everybody, instance: Instance) -> None:
    julia = enter("julia")
    for word in ("coordinator", "administrator", "", "x" * 5000):
        answer = post(julia, f"{HERE}/personas/{ids['luz']}", role=word, organization_id="2", person_id="1")
        assert answer.status_code == 422, word
    assert role(instance, everybody["luz"]) == ("member", False)


def test_people_of_other_organisations_are_not_found(enter, ids, everybody, instance: Instance) -> None:
    julia = enter("julia")
    for path in (f"personas/{ids['otto']}", f"personas/{ids['otto']}/quitar", "personas/nadie"):
        data = {"csrf_token": token(julia, f"{HERE}/personas/invitar"), "role": "member"}
        assert julia.get(f"{HERE}/{path}").status_code == 404
        assert julia.post(f"{HERE}/{path}", data=data).status_code == 404
    assert role(instance, everybody["otto"]) == ("promoter", False)


def test_nobody_changes_their_own_role(enter, ids, everybody, instance: Instance) -> None:
    julia = enter("julia")
    answer = post(julia, f"{HERE}/personas/{ids['julia']}", role="member")
    assert answer.status_code == 403 and "Nadie cambia su propio papel" in answer.text
    assert role(instance, everybody["julia"]) == ("promoter", False)


def test_removing_asks_first_and_acts_at_once(enter, ids, everybody, instance: Instance) -> None:
    julia, rosa = enter("julia"), enter("rosa")
    assert "¿Quitar a Rosa de la organización?" in julia.get(f"{HERE}/personas/{ids['rosa']}/quitar").text
    assert role(instance, everybody["rosa"]) is not None
    assert rosa.get(HERE).status_code == 200
    assert post(julia, f"{HERE}/personas/{ids['rosa']}/quitar").status_code == 302
    assert rosa.get(HERE).status_code == 404
    assert "Rosa" not in julia.get(f"{HERE}/personas").text.split("<main")[1].split("Quiénes son")[1]


def test_leaving_oneself(enter, everybody, instance: Instance) -> None:
    luz = enter("luz")
    assert "Julia" in luz.get(f"{HERE}/salir").text
    assert 'href="/espacios/agraria/salir"' in luz.get("/cuenta").text
    assert post(luz, f"{HERE}/salir").status_code == 302
    assert luz.get(HERE).status_code == 404 and role(instance, everybody["luz"]) is None


def test_the_only_coordinator_cannot_leave_and_is_told_the_way_out(enter, everybody, instance) -> None:
    answer = post(enter("julia"), f"{HERE}/salir")
    assert answer.status_code == 409
    assert "Usted coordina hoy" in answer.text and f"{HERE}/coordinacion" in answer.text
    assert role(instance, everybody["julia"]) is not None


def test_the_page_says_before_the_button_who_cannot_leave(enter, ids) -> None:
    page = enter("julia").get(f"{HERE}/salir").text
    assert "Usted coordina hoy" in page and "Error:" not in page
    assert "pasan a Julia" not in page and '<button class="button">Salir' not in page


def test_an_absence_is_offered_to_those_who_have_an_alternate(enter) -> None:
    julia = enter("julia")
    page = julia.get(f"{HERE}/coordinacion").text
    assert "hace falta un suplente" in page and f'href="{HERE}/coordinacion/ausencia"' not in page
    page = julia.get(f"{HERE}/coordinacion/ausencia").text
    assert "hace falta un suplente" in page and "Anotar la ausencia" not in page


JOINT = "/espacios/mesa"


@pytest.fixture
def joint(everybody, add_person, instance: Instance) -> None:
    """A joint space of «agraria» and «coopac», with Luz as its delegate."""
    add_person("eva@x.coop", "Eva", organizations={"coopac": "coordinator"})
    with instance.database.open_for_maintenance() as session:
        made = organizations.add(session, "mesa", "Mesa conjunta")
        made.kind = "joint"
        for slug in ("agraria", "coopac"):
            party = organizations.get(session, slug)
            session.add(Party(joint_id=made.id, organization_id=party.id, opened_at=now()))
        memberships.join(session, people.get(session, "luz@x.coop"), made, "member")


def test_the_people_of_a_joint_space_are_its_parties_coordinations_and_delegates(enter, joint: None) -> None:
    luz = enter("luz").get(f"{JOINT}/personas").text
    assert "Quiénes son" in luz and "(3)" in luz
    assert re.search(r"Julia</h3>\s*<p class=\"facts\"><span>Coordinación</span><span>Agraria", luz)
    assert re.search(r"Eva</h3>\s*<p class=\"facts\"><span>Coordinación</span><span>Coopac", luz)
    assert f"{JOINT}/salir" in luz and "Salir de la organización" not in luz
    assert f"{JOINT}/coordinacion" not in luz


def test_who_is_in_a_joint_space_by_post_is_not_offered_to_leave(enter, joint: None) -> None:
    julia = enter("julia")
    assert f"{JOINT}/salir" not in julia.get(f"{JOINT}/personas").text + julia.get("/cuenta").text
    page = julia.get(f"{JOINT}/salir").text
    assert "por su cargo" in page and f"{JOINT}/coordinacion" not in page
    assert post(julia, f"{JOINT}/salir").status_code == 409
    assert julia.get(f"{JOINT}/coordinacion").headers["Location"] == f"{JOINT}/personas"


def test_a_delegate_leaves_a_joint_space(enter, joint: None) -> None:
    luz = enter("luz")
    assert "Salir de este espacio" in luz.get(f"{JOINT}/salir").text
    assert post(luz, f"{JOINT}/salir").status_code == 302
    assert luz.get(JOINT).status_code == 404


def test_asking_to_join_waits_for_the_coordination(enter, everybody, instance: Instance) -> None:
    sola = enter("sola")
    assert "Pedir unirse" in sola.get("/organizaciones/agraria").text
    assert post(sola, "/organizaciones/agraria/unirse", message="Soy socia.").status_code == 302
    assert sola.get(HERE).status_code == 404
    with instance.database.open_for_maintenance(writing=False) as session:
        asked = session.scalars(select(Request)).one()
        assert (asked.kind, asked.message, asked.state) == ("join", "Soy socia.", "waiting")


def test_no_button_for_visitors_members_and_where_nobody_may_ask(
    enter, client: FlaskClient, instance: Instance
) -> None:
    assert "Pedir unirse" not in client.get("/organizaciones/agraria").text
    luz, sola = enter("luz"), enter("sola")
    assert "Pedir unirse" not in luz.get("/organizaciones/agraria").text
    assert luz.get("/organizaciones/agraria/unirse").status_code == 409
    with instance.database.open_for_maintenance() as session:
        organizations.get(session, "agraria").takes_requests = False
    assert "Pedir unirse" not in sola.get("/organizaciones/agraria").text
    assert sola.get("/organizaciones/agraria/unirse").status_code == 403
    assert sola.get("/organizaciones/ninguna/unirse").status_code == 404


def test_a_message_too_long_is_kept_and_said(enter) -> None:
    answer = post(enter("sola"), "/organizaciones/agraria/unirse", message="ñ" * 1001)
    assert answer.status_code == 422 and "1000" in answer.text and "ñ" * 1001 in answer.text


def test_two_who_remove_each_other_at_once(
    app: Flask, enter, ids, everybody: dict[str, int], instance: Instance
) -> None:
    """Rosa stands in for Julia and removes her, while Julia comes back and removes Rosa: one of them stays,
    coordinates, and the other's request ends in a page with a sentence."""
    with instance.database.open_for_maintenance() as session:
        where = organizations.get(session, "agraria")
        (term,) = terms.of(session, where.id)
        term.alternate_id, term.absent_from = everybody["rosa"], terms.today()
    julia, rosa = enter("julia"), enter("rosa")
    tokens = {
        "julia": token(julia, f"{HERE}/coordinacion"),
        "rosa": token(rosa, f"{HERE}/coordinacion/proponer"),
    }
    start, seen = threading.Barrier(2), {}

    def remove(browser: FlaskClient, who: str, whom: str) -> None:
        data = {"csrf_token": tokens[who]}
        start.wait()
        if who == "julia":
            browser.post(f"{HERE}/coordinacion/regreso", data=data)
        seen[who] = browser.post(f"{HERE}/personas/{ids[whom]}/quitar", data=data)

    threads = [threading.Thread(target=remove, args=args)
               for args in ((julia, "julia", "rosa"), (rosa, "rosa", "julia"))]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stay = [who for who in ("julia", "rosa") if role(instance, everybody[who])]
    assert len(stay) == 1
    (lost,) = {"julia", "rosa"} - set(stay)
    assert seen[stay[0]].status_code == 302 and seen[lost].status_code in (403, 404, 409)
    assert "<h1>" in seen[lost].text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert terms.acting(session, organizations.get(session, "agraria").id).id == everybody[stay[0]]
