"""The post «Coordinación» in the browser: who acts, absence, proposals, and «Relevo»."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from portal.mail import Post
from tests.conftest import token
from tests.portal.test_members import post
from toolkit import handover, memberships, organizations, people, terms
from toolkit.access import steward_of
from toolkit.records import OutboxMessage, Request, Resource, Share, Version
from toolkit.records.base import injected, now

HERE = "/espacios/agraria"
DAY = dt.timedelta(days=1)


def absence(instance: Instance) -> dt.date | None:
    with instance.database.open_for_maintenance(writing=False) as session:
        return terms.of(session, organizations.get(session, "agraria").id)[0].absent_from


@pytest.fixture
def alternate(instance: Instance, everybody: dict[str, int]) -> None:
    """Rosa stands in for Julia."""
    with instance.database.open_for_maintenance() as session:
        terms.of(session, organizations.get(session, "agraria").id)[0].alternate_id = everybody["rosa"]


def test_members_see_who_acts_and_the_coordination_what_it_may_do(enter, alternate: None) -> None:
    luz, julia = (
        enter("luz").get(f"{HERE}/coordinacion").text,
        enter("julia").get(f"{HERE}/coordinacion").text,
    )
    assert "Hoy actúa Julia." in luz and "Rosa" in luz and "Sin fecha de término" in luz
    assert "Anotar una ausencia" in julia and "Proponer quién sigue" in julia and "Ver el relevo" in julia
    assert "Qué puede hacer" not in luz


def test_absence_moves_the_coordination_and_coming_back_brings_it_again(enter, alternate: None) -> None:
    julia, rosa = enter("julia"), enter("rosa")
    today = terms.today().isoformat()
    assert post(julia, f"{HERE}/coordinacion/ausencia", since=today, until="").status_code == 302
    assert "Hoy actúa Rosa." in julia.get(f"{HERE}/coordinacion").text
    assert rosa.get(f"{HERE}/relevo").status_code == 200 and julia.get(f"{HERE}/relevo").status_code == 403
    assert post(julia, f"{HERE}/coordinacion/regreso", f"{HERE}/coordinacion").status_code == 302
    assert rosa.get(f"{HERE}/relevo").status_code == 403 and julia.get(f"{HERE}/relevo").status_code == 200


@pytest.mark.parametrize(("since", "until", "sentence"), [
    ("2020-01-01", "", "hoy o uno posterior"), ("hoy", "", "día, mes y año"),
    ("9999-99-99", "", "día, mes y año"),
    ("2999-01-02", "2999-01-01", "no puede ser anterior"),
])  # fmt: skip
def test_days_that_cannot_be_are_said_beside_their_field(
    enter, alternate: None, instance: Instance, since: str, until: str, sentence: str
) -> None:
    answer = post(enter("julia"), f"{HERE}/coordinacion/ausencia", since=since, until=until)
    assert answer.status_code == 422 and sentence in answer.text and f'value="{since}"' in answer.text
    assert absence(instance) is None


def test_nobody_is_absent_without_an_alternate(enter, instance: Instance) -> None:
    answer = post(enter("julia"), f"{HERE}/coordinacion/ausencia", since=terms.today().isoformat())
    assert answer.status_code == 422 and "hace falta un suplente" in answer.text


def tomorrow() -> str:
    return (terms.today() + DAY).isoformat()


def test_a_proposal_waits_for_the_administration_and_changes_nothing(enter, ids, instance: Instance) -> None:
    julia = enter("julia")
    answer = post(julia, f"{HERE}/coordinacion/proponer", holder=ids["rosa"], since=tomorrow(), alternate="")
    assert answer.status_code == 302
    assert "Propuesta que espera registro" in julia.get(f"{HERE}/coordinacion").text
    with instance.database.open_for_maintenance(writing=False) as session:
        asked = session.scalars(select(Request)).one()
        assert (asked.kind, asked.state, asked.values["holder"]) == ("succession", "waiting", ids["rosa"])
    assert "Hoy actúa Julia." in julia.get(f"{HERE}/coordinacion").text


def test_a_proposal_says_who_and_from_when_and_is_taken_back(enter, ids) -> None:
    julia, page = enter("julia"), f"{HERE}/coordinacion"
    post(julia, f"{page}/proponer", holder="", email="eva@x.coop", name="Eva Nueva", since="2031-05-02",
         alternate=ids["rosa"])  # fmt: skip
    said = julia.get(page).text.split("Propuesta que espera registro")[1]
    for words in ("Eva Nueva", "Rosa", "2 de mayo de 2031", "Julia", "Retirar la propuesta"):
        assert words in said, words
    assert f"{page}/proponer" not in said
    assert "Eva Nueva" not in enter("rosa").get(page).text  # it is the coordination's until it is recorded
    back = re.search(r'action="(/mis-solicitudes/\w+/desistir)"', said)
    assert back and post(julia, back[1], page).location == page
    said = julia.get(page).text
    assert "Eva Nueva" not in said and f"{page}/proponer" in said


@pytest.mark.parametrize(("given", "sentence"), [
    ({"holder": "otto"}, "de la lista"), ({"alternate": "otto"}, "de la lista"),
    ({"since": ""}, "día, mes y año"),
    ({"holder": "", "email": "x"}, "no es un correo"), ({"since": "2020-01-01"}, "a partir de mañana"),
])  # fmt: skip
def test_a_proposal_that_cannot_be_taken_keeps_what_was_typed(
    enter, ids, instance: Instance, given: dict[str, str], sentence: str
) -> None:
    data = {"holder": "rosa", "since": tomorrow(), "alternate": "", "message": "Por acuerdo", **given}
    for key in ("holder", "alternate"):
        data[key] = ids.get(data[key], "")
    answer = post(enter("julia"), f"{HERE}/coordinacion/proponer", **data)
    assert answer.status_code == 422 and sentence in answer.text and "Por acuerdo" in answer.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Request)).all() == []


def share(instance: Instance) -> None:
    """A version of «coopac» is handed to «agraria»."""
    with instance.database.open_for_maintenance() as session:
        giver, taker = (organizations.get(session, slug) for slug in ("coopac", "agraria"))
        resource = Resource(organization_id=giver.id, title="Manual ajeno", state="published", level=2)
        session.add(resource)
        session.flush()
        version = Version(resource_id=resource.id, number=1)
        session.add(version)
        session.flush()
        session.add(Share(version_id=version.id, organization_id=taker.id, giver_id=giver.id,
                          title=resource.title))  # fmt: skip


def test_relevo_lists_requests_drafts_receipts_and_invitations_with_links(
    enter, everybody: dict[str, int], instance: Instance
) -> None:
    julia = enter("julia")
    assert "Nada pendiente" in julia.get(f"{HERE}/relevo").text
    post(enter("sola"), "/organizaciones/agraria/unirse", message="Soy socia.")
    share(instance)
    post(julia, f"{HERE}/personas/invitar", email="nueva@x.coop", role="member")
    with instance.database.open_for_maintenance() as session:
        where = organizations.get(session, "agraria")
        session.add(Resource(organization_id=where.id, created_by=everybody["rosa"], title="Plan de Rosa"))
        session.flush()
        rosa = people.get(session, "rosa@x.coop")
        memberships.leave(session, rosa, where, viewer=steward_of(where.id))
        assert len(handover.received(session, where, people.get(session, "julia@x.coop"))) == 1
    page = julia.get(f"{HERE}/relevo").text
    for words in ("Unirse a Agraria", "Plan de Rosa", "Manual ajeno", "nueva@x.coop"):
        assert words in page, words
    links = [part.split('"')[0] for part in page.split("<main")[1].split('<h3><a href="')[1:]]
    assert len(links) == 4
    assert [julia.get(link).status_code for link in links] == [200] * 4


def test_change_of_coordinator_from_proposal_to_relevo(
    enter, client: FlaskClient, add_person, sign_in, instance: Instance
) -> None:
    """J10: the outgoing proposes, an administrator records, the incoming accepts and finds the list."""
    from tests.portal.test_invitations import NEW, accept, mailed, open_link

    day = tomorrow()
    post(enter("julia"), f"{HERE}/coordinacion/proponer", holder="", name="Nélida", email="nueva@x.coop",
         since=day, alternate="")  # fmt: skip
    post(enter("sola"), "/organizaciones/agraria/unirse", message="Soy socia.")
    add_person("dora@x.coop", "Dora", portal_role="administrator")
    dora = sign_in("dora@x.coop")
    with instance.database.open_for_maintenance(writing=False) as session:
        asked = session.scalar(select(Request.public_id).where(Request.kind == "succession"))
    answer = post(dora, f"/administracion/sucesiones/{asked}", since=day, until="", alternate="")
    assert answer.status_code == 302, answer.text
    assert accept(client, open_link(client, mailed(instance)[0]).text, **NEW).status_code == 302
    assert client.get(f"{HERE}/relevo").status_code == 403
    moment = now() + DAY
    with injected(clock=lambda: moment):
        assert "Unirse a Agraria" in sign_in("nueva@x.coop", NEW["password"]).get(f"{HERE}/relevo").text
        assert enter("julia").get(f"{HERE}/relevo").status_code == 403


def test_a_succession_is_recorded_through_the_door_that_asks_for_the_password_again(
    enter, ids, add_person, sign_in, instance: Instance
) -> None:
    post(enter("julia"), f"{HERE}/coordinacion/proponer", holder=ids["rosa"], since=tomorrow(), alternate="")
    add_person("dora@x.coop", "Dora", portal_role="administrator")
    dora = sign_in("dora@x.coop")
    with dora.session_transaction() as cookie:
        cookie["fs_paa"] = 0
    with instance.database.open_for_maintenance(writing=False) as session:
        asked = session.scalar(select(Request.public_id).where(Request.kind == "succession"))
    sent = {"csrf_token": token(dora, "/cuenta"), "action": "grant"}
    there = f"/administracion/sucesiones/{asked}"
    assert dora.post(f"{HERE}/pendientes/{asked}", data=sent).location == there
    assert dora.post(there, data=sent).location == f"/confirmar-identidad?next={there}"
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Request.state)).all() == ["waiting"]


def test_only_the_author_names_coauthors_who_then_read_the_draft(enter, ids, everybody, instance) -> None:
    with instance.database.open_for_maintenance() as session:
        where = organizations.get(session, "agraria")
        draft = Resource(organization_id=where.id, created_by=everybody["rosa"], title="Plan de Rosa")
        session.add(draft)
        session.flush()
        address = f"/mis-aportes/{draft.public_id}"
        card = f"/recursos/{draft.public_id}"
    rosa, luz = enter("rosa"), enter("luz")
    assert luz.get(card).status_code == 404
    assert f"{address}/coautores" in rosa.get(address).text
    data = {"csrf_token": token(rosa, f"{address}/coautores"), "people": [ids["luz"]]}
    assert rosa.post(f"{address}/coautores", data=data).status_code == 302
    assert luz.get(card, follow_redirects=True).status_code == 200
    with instance.database.open_for_maintenance(writing=False) as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "coauthor")).one()
        assert row.recipient == "luz@x.coop"
        assert card in Post(instance).render(row.template, row.values, row.language)[1]
    assert luz.get(f"{address}/editar").status_code == 403
    assert luz.get(f"{address}/coautores").status_code == 403
    assert enter("otto").get(f"{address}/coautores").status_code == 404
    foreign = rosa.post(f"{address}/coautores", data={**data, "people": [ids["otto"]]})
    assert foreign.status_code == 422 and luz.get(card, follow_redirects=True).status_code == 200
    assert rosa.post(f"{address}/coautores", data={**data, "people": []}).status_code == 302
    assert luz.get(card).status_code == 404
