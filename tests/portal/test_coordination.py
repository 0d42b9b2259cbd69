"""Coordinación in the browser: what waits, for whom, and for whom the page does not exist. The tests with
a number carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import default

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_agreement import words_of
from tests.portal.test_news import work as do_jobs
from tests.portal.working import DAY, NOON, Work, build
from toolkit import meetings, organizations, reminders, spaces, workplan
from toolkit.meetings import Call
from toolkit.records import Action, Agreement, Assignee, Party, Person, Plan, Task, now

HERE = "/coordinacion"
NAMES = ("ana", "bea", "cora", "dora", "edita")
TODAY = NOON.date()


@pytest.fixture
def work(instance: Instance, add_person: Callable[..., int]) -> Iterator[Work]:
    yield from build(instance, add_person)


@pytest.fixture
def people(work: Work, sign_in: Callable[..., FlaskClient]) -> dict[str, FlaskClient]:
    return {name: sign_in(f"{name}@x.coop") for name in NAMES}


def block(page: str, heading: str) -> str:
    """The words of one block of the page; empty where it is not there."""
    found = re.search(rf"<h2>{heading}.*?(?=<h2>|</main>)", page, re.DOTALL)
    return words_of(found[0]) if found else ""


def task(work: Work, slug: str, words: str, due: dt.date | None) -> str:
    with work.instance.database.open_for_maintenance() as session:
        made = Task(agreement_id=session.scalars(select(Agreement.id)).one(), words=words, due_on=due,
                    organization_id=organizations.get(session, slug).id)  # fmt: skip
        session.add(made)
        session.flush()
        return made.public_id


def meet(work: Work, day: dt.date, title: str = "Encuentro de marzo") -> str:
    with work.visit("ana") as visit:
        return meetings.call(visit, work.agreement(visit), Call(title, day, dt.time(9))).public_id


def test_row_28_a_proposal_of_one_party_waits_for_the_other_alone(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    work.plan("Llevar las guías")
    with work.visit("ana") as visit:
        work.propose(visit, workplan.get(visit, 2027), "Otra acción")
    mine, theirs = people["bea"].get(HERE).text, people["ana"].get(HERE).text
    assert "Espera a su parte (1) Aceptar la propuesta 2027-02: Otra acción" in block(
        mine, "Espera a su parte"
    )
    assert 'href="/acciones/2027-02"' in mine and not block(mine, "Se espera de la otra parte")
    assert "Produce" in block(theirs, "Se espera de la otra parte")
    assert not block(theirs, "Espera a su parte") and "Nada pendiente de su parte." in theirs
    assert "Nada pendiente" not in mine
    assert "Se espera de las partes (1)" in block(people["edita"].get(HERE).text, "Se espera de las partes")


def test_it_exists_for_the_coordinations_of_the_parties_and_editors(
    client: FlaskClient, work: Work, people: dict[str, FlaskClient]
) -> None:
    for who in NAMES:
        expected = 200 if who in ("ana", "bea", "edita") else 404
        assert people[who].get(HERE).status_code == expected, who
    assert client.get(HERE).headers["Location"].startswith("/ingresar?next=")
    strip = re.compile(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"')
    never = people["dora"].get("/coordinaciones").text.replace("/coordinaciones", HERE)
    assert strip.sub("", people["dora"].get(HERE).text) == strip.sub("", never)


def test_without_a_published_agreement_there_is_no_such_page_but_for_editors(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    with work.instance.database.open_for_maintenance() as session:
        session.scalars(select(Agreement)).one().state = "draft"
    assert people["ana"].get(HERE).status_code == 404
    assert "Nada pendiente" in people["edita"].get(HERE).text


def test_nothing_waits_and_the_next_date_is_told(work: Work, people: dict[str, FlaskClient]) -> None:
    page = words_of(people["ana"].get(HERE).text)
    assert "Nada pendiente Tampoco hay fechas por venir." in page and "Espera a su parte" not in page
    work.plan("Llevar las guías")
    page = words_of(people["ana"].get(HERE).text)
    assert "Nada pendiente La próxima fecha es el 30 de junio de 2027: 2027-01 Llevar las guías" in page
    assert "Próximas fechas" not in page


def test_dates_of_the_next_thirty_days(work: Work, people: dict[str, FlaskClient]) -> None:
    work.plan("Llevar las guías", "Otra")
    with work.instance.database.open_for_maintenance() as session:
        first, second = session.scalars(select(Action).order_by(Action.code))
        first.next_on, second.due_on = TODAY + 3 * DAY, TODAY + 31 * DAY
    meet(work, TODAY + 30 * DAY)
    meet(work, TODAY + 31 * DAY, "Encuentro lejano")
    shown = block(people["bea"].get(HERE).text, "Próximas fechas")
    assert "2027-01 Llevar las guías próxima fecha de la acción 4 mar." in shown
    assert "Encuentro de marzo encuentro 31 mar." in shown
    assert "lejano" not in shown and "2027-02" not in shown


def test_late_tasks_and_actions_are_said_in_words(work: Work, people: dict[str, FlaskClient]) -> None:
    work.plan("Llevar las guías")
    task(work, "produce", "Imprimir", TODAY - 12 * DAY)
    task(work, "produce", "Contar", TODAY - DAY)
    task(work, "americas", "Enviar la lista", None)
    with work.instance.database.open_for_maintenance() as session:
        session.scalars(select(Action)).one().due_on = TODAY - 2 * DAY
    bea = people["bea"].get(HERE).text
    mine, theirs = block(bea, "Espera a su parte"), block(bea, "Se espera de la otra parte")
    assert "Imprimir Venció hace 12 días" in mine and "Contar Venció hace 1 día" in mine
    assert "Enviar la lista Americas · sin fecha" in theirs
    assert "Terminar la acción 2027-01: Llevar las guías Americas · Venció hace 2 días" in theirs


def test_a_task_is_marked_as_done_by_its_own_party(work: Work, people: dict[str, FlaskClient]) -> None:
    number = task(work, "produce", "Imprimir", TODAY)
    address, key = f"{HERE}/tareas/{number}", {who: token(people[who], "/cuenta") for who in NAMES}
    assert address in people["bea"].get(HERE).text and address not in people["ana"].get(HERE).text
    for who, status in (
        ("ana", 403),
        ("edita", 403),
        ("cora", 404),
        ("dora", 404),
        ("bea", 302),
        ("bea", 302),
    ):
        assert people[who].post(address, data={"csrf_token": key[who]}).status_code == status, who
    with work.instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Task.done_at)).one() is not None, "pressed twice it stays done"
    assert "Imprimir" not in people["bea"].get(HERE).text
    assert people["bea"].post(f"{HERE}/tareas/zzz", data={"csrf_token": key["bea"]}).status_code == 404


def test_an_action_to_verify_an_acta_a_plan_and_a_change_wait_for_the_other_party(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    work.plan("Llevar las guías")
    public_id = meet(work, TODAY)
    with work.visit("ana") as visit:
        found = meetings.get(visit, public_id)
        meetings.write(visit, found, "Acordado.", revision=found.revision)
        meetings.agree(visit, found, revision=found.revision)
        plan = workplan.get(visit, 2027)
        workplan.changes.ask_plan(visit, plan, "Otras palabras.", "Conviene.", revision=plan.revision)
        change = plan.changes[-1].public_id
        drafted = workplan.add(visit, work.agreement(visit), 2028, "Otro año.")
        work.propose(visit, drafted, "Una acción", dt.date(2028, 6, 30))
    with work.visit("ana") as visit:
        drafted = workplan.get(visit, 2028)
        workplan.agree(visit, drafted, revision=drafted.revision)
    with work.instance.database.open_for_maintenance() as session:
        action = session.scalars(select(Action).where(Action.code == "2027-01")).one()
        action.state, action.moved_at = "to_verify", now()
    page = people["bea"].get(HERE).text
    shown = block(page, "Espera a su parte")
    for words in ("Verificar la acción 2027-01: Llevar las guías", "Aprobar el acta: Encuentro de marzo",
                  "Dar conformidad al plan de trabajo 2028", "Aceptar la propuesta 2028-01",
                  "Dar conformidad a un cambio del plan 2027: Conviene."):  # fmt: skip
        assert words in shown, words
    for address in ("/acciones/2027-01", f"/coordinacion/encuentros/{public_id}", "/plan-de-trabajo/2028",
                    f"/plan-de-trabajo/cambios/{change}"):  # fmt: skip
        assert f'href="{address}"' in page, address
        assert people["bea"].get(address).status_code == 200
    assert not block(people["ana"].get(HERE).text, "Espera a su parte")


def test_that_somebody_was_reminded_is_shown(work: Work, sign_in: Callable[..., FlaskClient]) -> None:
    work.plan("Llevar las guías")
    with work.visit("ana") as visit:
        work.propose(visit, workplan.get(visit, 2027), "Otra acción")
    work.moment = NOON + 7 * DAY
    reminders.watch(work.instance.database)
    for who in ("ana", "bea", "edita"):
        assert "Se recordó el 8 mar." in words_of(sign_in(f"{who}@x.coop").get(HERE).text), who


def share_a_space(work: Work) -> None:
    """A joint space of both parties."""
    with work.instance.database.open_for_maintenance() as session:
        joint = organizations.add(session, "mesa", "Mesa")
        joint.kind = "joint"
        for slug in ("americas", "produce"):
            session.add(Party(joint_id=joint.id, organization_id=organizations.get(session, slug).id,
                              opened_at=now()))  # fmt: skip


def test_the_spaces_of_the_parties_lead_their_coordinations_there_and_back(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    share_a_space(work)
    for who, address, leads in (("ana", "/espacios/americas", True), ("bea", "/espacios/produce", True),
                                ("bea", "/espacios/mesa", True), ("dora", "/espacios/produce", False),
                                ("cora", "/espacios/coopac", False)):  # fmt: skip
        page = people[who].get(address)
        assert page.status_code == 200 and ('href="/coordinacion"' in page.text) == leads, (who, address)
    assert 'href="/espacios/mesa">Espacio conjunto: Mesa' in people["ana"].get(HERE).text


def test_the_menu_the_plan_and_the_action_lead_there_whoever_may_open_it(
    client: FlaskClient, work: Work, people: dict[str, FlaskClient]
) -> None:
    work.plan("Llevar las guías")
    for who, browser in {**people, "visitor": client}.items():
        menu, link = who in ("ana", "bea"), who in ("ana", "bea", "edita")
        for address in ("/plan-de-trabajo/2027", "/acciones/2027-01"):
            page = browser.get(address).text
            assert page.count('href="/coordinacion"') == menu + link, (who, address)
        assert browser.get("/").text.count('href="/coordinacion"') == menu, who


def test_the_space_of_a_party_the_joint_one_and_this_page_tell_the_same(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    share_a_space(work)
    work.plan("Llevar las guías")
    with work.visit("ana") as visit:
        work.propose(visit, workplan.get(visit, 2027), "Otra acción")
    task(work, "produce", "Imprimir", TODAY - 3 * DAY)
    told = ("Aceptar la propuesta 2027-02: Otra acción", "Imprimir", "Venció hace 3 días")
    for address in (HERE, "/espacios/produce", "/espacios/mesa"):
        page = words_of(people["bea"].get(address).text)
        assert all(words in page for words in told) and "(2)" in page, address
        assert not any(words in words_of(people["ana"].get(address).text) for words in told[:1]) or (
            address == HERE), address  # fmt: skip


def test_a_plan_that_is_agreed_waits_to_be_published_by_any_party(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    work.plan("Llevar las guías")
    with work.instance.database.open_for_maintenance() as session:
        session.scalars(select(Plan)).one().state = "agreed"
    sentence = "Falta publicar el plan de trabajo 2027, que todas las partes acordaron"
    for who in ("ana", "bea"):
        page = people[who].get(HERE).text
        assert sentence in block(page, "Espera a su parte") and 'href="/plan-de-trabajo/2027"' in page
        assert words_of(page).count(sentence) == 1, "it waits for one of them, not for each"
    assert words_of(people["edita"].get(HERE).text).count(sentence) == 1
    assert sentence in words_of(people["bea"].get("/espacios/produce").text)
    assert "Mi espacio (1)" in people["bea"].get("/").text


def test_a_party_sees_in_its_space_what_it_takes_part_in(work: Work, people: dict[str, FlaskClient]) -> None:
    page = words_of(people["dora"].get("/espacios/produce").text)
    assert "Acciones conjuntas" not in page and "Encuentros" not in page, "no heading without items"
    work.plan("Llevar las guías")
    meet(work, TODAY)
    for who, slug, party, meets in (("dora", "produce", True, False), ("bea", "produce", True, True),
                                    ("ana", "americas", True, True),
                                    ("cora", "coopac", False, False)):  # fmt: skip
        page = people[who].get(f"/espacios/{slug}").text
        assert ("2027-01 Llevar las guías" in page) == ("Acciones conjuntas" in page) == party, who
        assert ("Encuentro de marzo" in page) == ("<h2>Encuentros</h2>" in page) == meets, who
    assert "responsable" in people["ana"].get("/espacios/americas").text
    assert "contraparte" in people["dora"].get("/espacios/produce").text


def letters_of(work: Work, address: str) -> list[str]:
    """The words of the letters that somebody was sent."""
    do_jobs(work.instance, "mail")
    found = [BytesParser(policy=default).parse(one.open("rb"))
             for one in sorted(work.instance.folder.glob("outbox/*.eml"))]  # fmt: skip
    return [one.get_content() for one in found if one["To"] == address]


def test_every_address_of_a_reminder_opens_for_who_stands_in_too(
    work: Work, sign_in: Callable[..., FlaskClient]
) -> None:
    work.plan("Llevar las guías")
    public_id = meet(work, TODAY)
    with work.visit("bea") as visit:
        work.propose(visit, workplan.get(visit, 2027), "Otra acción")
        found = meetings.get(visit, public_id)
        meetings.write(visit, found, "Acordado.", revision=found.revision)
        meetings.commit(visit, found, "Imprimir", "americas", TODAY + 3 * DAY, "2027-01")
        meetings.commit(visit, found, "Invitar", "americas", TODAY + 4 * DAY)
    for who in ("ana", "bea"):
        with work.visit(who) as visit:
            found = meetings.get(visit, public_id)
            meetings.agree(visit, found, revision=found.revision)
    browser = sign_in("ana@x.coop")
    for address in (HERE, "/espacios/americas"):
        assert f'href="/coordinacion/encuentros/{public_id}#compromisos">Invitar' in browser.get(address).text
    for days in (7, 14):
        work.moment = NOON + days * DAY
        reminders.watch(work.instance.database)
    ana, alma = letters_of(work, "ana@x.coop")[-1], letters_of(work, "alma@x.coop")[-1]
    links = {name: re.findall(r"http://localhost(/\S+)", letter) for name, letter in
             (("ana", ana), ("alma", alma))}  # fmt: skip
    assert f"/coordinacion/encuentros/{public_id}" in links["ana"] and "/acciones/2027-01" in links["ana"]
    assert links["ana"].count("/coordinacion") == 1 and links["alma"] == ["/acciones/2027-01"]
    assert "Invitar" in alma and "suple a quien coordina" in alma
    for name, addresses in links.items():
        browser = sign_in(f"{name}@x.coop")
        assert [browser.get(one).status_code for one in addresses] == [200] * len(addresses), name


def test_who_is_assigned_is_told_of_a_new_task_of_the_action_and_opens_it(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    work.plan("Llevar las guías")
    public_id = meet(work, TODAY)
    with work.instance.database.open_for_maintenance() as session:
        action = session.scalars(select(Action)).one()
        dora = session.get_one(Person, work.people["dora"])
        ours = dora.memberships[0].organization_id
        session.add(Assignee(action_id=action.id, person_id=dora.id, organization_id=ours))
    with work.visit("bea") as visit:
        found = meetings.get(visit, public_id)
        meetings.write(visit, found, "Acordado.", revision=found.revision)
        meetings.commit(visit, found, "Imprimir", "produce", TODAY + 3 * DAY, "2027-01")
        meetings.commit(visit, found, "Lo de la otra parte", "americas", TODAY + 3 * DAY, "2027-01")
    for who in ("ana", "bea"):
        with work.visit(who) as visit:
            found = meetings.get(visit, public_id)
            meetings.agree(visit, found, revision=found.revision)
    (letter,) = letters_of(work, "dora@x.coop")
    assert "Imprimir" in letter and "hasta el 4 de marzo" in letter and "otra parte" not in letter
    assert "http://localhost/acciones/2027-01" in letter
    assert "Imprimir" in people["dora"].get("/acciones/2027-01").text


def test_a_suspended_party_is_named_no_more_and_its_coordination_finds_nothing(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    work.plan("Llevar las guías")
    public_id = meet(work, TODAY)
    task(work, "produce", "Imprimir", TODAY)
    with work.visit("ana") as visit:
        found = meetings.get(visit, public_id)
        meetings.write(visit, found, "Acordado.", revision=found.revision)
    with work.instance.database.open_for_maintenance() as session:
        organizations.get(session, "produce").active = False
    for address in (HERE, f"{HERE}/encuentros", f"{HERE}/encuentros/{public_id}",
                    f"{HERE}/encuentros/{public_id}/acta", "/espacios/americas"):  # fmt: skip
        assert people["ana"].get(address).status_code == 200, address
        assert people["bea"].get(address).status_code == 404, address
    assert 'href="/coordinacion"' not in people["bea"].get("/").text


def test_editors_find_all_of_it_from_their_desk(work: Work, people: dict[str, FlaskClient]) -> None:
    page = people["edita"].get("/espacios").text
    for address in (HERE, "/convenio", "/plan-de-trabajo", "/normas", "/compendios"):
        assert f'<h2><a href="{address}">' in page, address


def test_it_leads_to_the_register_and_the_plans(work: Work, people: dict[str, FlaskClient]) -> None:
    work.plan("Llevar las guías")
    page = people["bea"].get(HERE).text
    for address in (
        "/espacios/produce/intercambio",
        "/plan-de-trabajo/2027",
        "/plan-de-trabajo/2027/informe",
        "/coordinacion/encuentros/nuevo",
    ):
        assert f'href="{address}"' in page and people["bea"].get(address).status_code == 200, address
    assert "/espacios/americas/intercambio" not in page
    assert "encuentros/nuevo" not in people["edita"].get(HERE).text


def test_it_stays_quick_with_a_long_plan(work: Work, people: dict[str, FlaskClient]) -> None:
    """However many things wait, the database is asked as often: nothing is loaded one by one."""
    counted: list[str] = []
    event.listen(work.instance.database.engine, "before_cursor_execute",
                 lambda c, cursor, statement, *more: counted.append(statement))  # fmt: skip

    def asked() -> int:
        counted.clear()
        assert people["bea"].get(HERE).status_code == 200
        return len(counted)

    work.plan("Una", "Dos")
    with work.visit("ana") as visit:
        for number in range(2):
            work.propose(visit, workplan.get(visit, 2027), f"Propuesta {number}")
    before = asked()
    with work.visit("ana") as visit:
        plan = workplan.get(visit, 2027)
        for number in range(12):
            work.propose(visit, plan, f"Otra {number}")
    for number in range(12):
        task(work, "produce", f"Tarea {number}", TODAY)
    assert asked() <= before + 1


def test_row_28_what_waits_is_counted_in_the_header_and_listed_in_the_space(
    work: Work, people: dict[str, FlaskClient]
) -> None:
    work.plan("Llevar las guías", "Otra")
    public_id = meet(work, TODAY)
    with work.visit("ana") as visit:
        found = meetings.get(visit, public_id)
        meetings.write(visit, found, "Acordado.", revision=found.revision)
        plan = workplan.get(visit, 2027)
        work.propose(visit, plan, "Una más")
        workplan.changes.ask_plan(visit, plan, "Otras palabras.", "Conviene.", revision=plan.revision)
        drafted = workplan.add(visit, work.agreement(visit), 2028, "Otro año.")
        work.propose(visit, drafted, "Una acción", dt.date(2028, 6, 30))
    with work.visit("ana") as visit:
        drafted = workplan.get(visit, 2028)
        workplan.agree(visit, drafted, revision=drafted.revision)
    task(work, "produce", "Imprimir", TODAY)
    with work.instance.database.open_for_maintenance() as session:
        session.scalars(select(Action).where(Action.code == "2027-01")).one().state = "to_verify"
        session.scalars(select(Action).where(Action.code == "2027-02")).one().due_on = TODAY - DAY
    for who, expected in (("ana", 2), ("bea", 7), ("dora", 0), ("cora", 0), ("edita", 0)):
        with work.visit(who) as visit:
            mine = {one.id: len(spaces.tasks(visit, one)) for one in spaces.browse(visit)}
            assert spaces.waiting(visit) == {one: n for one, n in mine.items() if n}, "the count and the list"
        assert (f"Mi espacio ({expected})" in people[who].get("/").text) == bool(expected), who
    page = people["bea"].get("/espacios/produce?pendiente=todo").text
    assert "Pendiente (7)" in words_of(page) and "Imprimir" in page
    for address in ("/acciones/2027-01", "/acciones/2027-03", "/acciones/2028-01", "/plan-de-trabajo/2028",
                    f"/coordinacion/encuentros/{public_id}", "/plan-de-trabajo/cambios/"):  # fmt: skip
        assert f'href="{address}' in page, address
