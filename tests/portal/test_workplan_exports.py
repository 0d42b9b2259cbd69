"""What everybody, and what the parties, take along of a plan: its report, tables, its calendar, the picture
of its year. The tests with a number carry that of the row of product.md section 1 which they prove."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
from collections.abc import Callable
from typing import Any

import icalendar
import odfdo
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from portal.work import make_worker
from tests import years
from tests.conftest import token
from tests.toolkit.shelved import add_resource
from tests.years import SECRET, YEAR
from toolkit import terms
from toolkit.exports.tray import KEPT
from toolkit.records import Action, Evidence, Job, Membership, Plan, Resource, now

HERE = f"/plan-de-trabajo/{YEAR}"
FILE = f"{HERE}/informe/archivo"
EVERYWHERE = ("", "/informe", "/acciones.csv", "/indicadores.csv", "/calendario.ics")


@pytest.fixture
def year(instance: Instance, add_person: Callable[..., int]) -> Instance:
    """Ana is a member of a party, Olga of another organisation."""
    add_person("ana@x.coop", "Ana", organizations={"aci": "member"})
    add_person("olga@x.coop", "Olga", organizations={"coopac": "member"})
    add_resource(instance, "aci", title="Matriz de balance social")
    years.build(instance)
    return instance


@pytest.fixture
def ana(year: Instance, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("ana@x.coop")


@pytest.fixture
def olga(year: Instance, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("olga@x.coop")


def change(instance: Instance, wanted: Any, **values: Any) -> None:
    """Write columns of the first row that is wanted."""
    with instance.database.open_for_maintenance() as session:
        row = session.scalars(wanted).first()
        for name, value in values.items():
            setattr(row, name, value)


def first() -> Any:
    return select(Action).where(Action.number == 1)


def ask(who: FlaskClient, prefix: str = "") -> Any:
    """Press «Preparar el informe (ODT)», and go where that leads."""
    pressed = who.post(prefix + FILE, data={"csrf_token": token(who, f"{prefix}{HERE}/informe")})
    assert pressed.status_code == 302, pressed.text
    return who.get(pressed.headers["Location"])


def work(instance: Instance) -> int:
    """Make all files that were asked for; gives how many."""
    worker, done = make_worker(instance), 0
    while jobs := worker._claim("mail", 10):
        for job in jobs:
            worker._do(job)
        done += len(jobs)
    return done


def odt(who: FlaskClient, prefix: str = "") -> odfdo.Document:
    """The report as a file that can be fetched."""
    answer = who.get(f"{prefix}{HERE}/informe.odt")
    assert answer.status_code == 200, answer.headers
    assert answer.mimetype == "application/vnd.oasis.opendocument.text"
    return odfdo.Document(io.BytesIO(answer.data))


def words(document: odfdo.Document) -> str:
    return str(document.get_formatted_text())


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


# --------------------------------------------------------------------------------- what is internal


def test_nothing_internal_is_in_what_others_take_along(
    client: FlaskClient, olga: FlaskClient, year: Instance
) -> None:
    for who in (client, olga):
        ask(who)
        work(year)
        everything = [who.get(HERE + one).text for one in EVERYWHERE] + [words(odt(who))]
        for said in everything:
            assert SECRET not in said
        for said in (everything[1], everything[2], everything[-1]):
            assert "presupuesto" not in said.replace("No hubo presupuesto", "") and "Prioridad" not in said
            assert "Notas de avance" not in said


def test_row_24_the_parties_get_priorities_budget_and_how_many_notes_there_are(
    ana: FlaskClient, year: Instance
) -> None:
    ask(ana)
    work(year)
    for said in (ana.get(f"{HERE}/informe").text, words(odt(ana))):
        assert f"Línea 1 {SECRET}" in said and f"Política {SECRET}" in said and "Notas de avance" in said
        assert f"Nota {SECRET}" not in said, "how many, not what they say"
        assert f"Lista {SECRET}" in said, "evidence of theirs"
    rows = table(ana.get(f"{HERE}/acciones.csv"))
    assert rows[0]["Línea de presupuesto"] == f"Línea 1 {SECRET}" and SECRET in rows[0]["Prioridades"]
    assert SECRET not in ana.get(f"{HERE}/calendario.ics").text, "calendars travel"


@pytest.mark.parametrize("address", [*EVERYWHERE, "/informe/archivo", "/informe.odt"])
def test_the_plan_of_a_draft_gives_nothing_to_others(
    client: FlaskClient, olga: FlaskClient, year: Instance, address: str
) -> None:
    change(year, select(Plan), state="draft")
    assert client.get(HERE + address).status_code == olga.get(HERE + address).status_code == 404
    assert client.get(f"/plan-de-trabajo/1999{address}").status_code == 404


# -------------------------------------------------------------------------------------- the report


def test_the_report_tells_what_came_of_the_year(client: FlaskClient, year: Instance) -> None:
    change(year, select(Evidence).where(Evidence.title == "Acta 1"), withdrawn_at=now(),
           withdrawn_for="Era el acta de otra reunión.")  # fmt: skip
    page = client.get(f"{HERE}/informe").text
    assert re.search(rf"<h1>Informe del plan de trabajo {YEAR}</h1>", page)
    for said in ("El año en cifras", "Avance por objetivo", "Indicadores", "Acciones por objetivo",
                 "Productos comprobados", "Listas de asistencia", "150.5", "Registros de este portal",
                 "Lo que no se hizo, y por qué", "No hubo presupuesto.", "Cambios del plan",
                 "También sirven a este objetivo", "Era el acta de otra reunión.",
                 "Se movió el taller."):  # fmt: skip
        assert said in page, said
    assert re.search(r'href="/recursos/\w+-matriz-de-balance-social">Matriz[^<]*</a>, versión 1', page)
    assert f'href="/acciones/{YEAR}-01"' in page
    assert re.search(r"el \d+ de \w+ de \d{4}, por PRODUCE", page), "verified by the counterpart"


def test_row_30_what_is_late_says_so_in_the_report_the_table_and_the_picture(
    client: FlaskClient, year: Instance
) -> None:
    for address in ("", "/informe", "/acciones.csv"):
        assert "Atrasada 12 días" in client.get(HERE + address).text, address


def test_a_report_without_exchange_changes_or_indicators_has_no_empty_headings(
    client: FlaskClient, instance: Instance
) -> None:
    years.build(instance, 1)
    with instance.database.open_for_maintenance() as session:
        plan = session.scalars(select(Plan)).one()
        plan.changes, plan.indicators = [], []
    page = client.get(f"{HERE}/informe").text
    for heading in ("Cambios del plan", "Indicadores", "Lo que no se hizo", "Intercambio", "Materiales",
                    "Sin objetivo"):  # fmt: skip
        assert heading not in page, heading


# ------------------------------------------------------------------------------------ its file


def test_the_file_is_made_while_a_page_says_how_far_it_is(client: FlaskClient, year: Instance) -> None:
    page = ask(client)
    assert "Preparando: 0 de 14 acciones" in page.text
    assert page.headers["Refresh"] == f"2; url={FILE}?intento=2", "it comes back without JavaScript"
    with year.database.open_for_maintenance(writing=False) as session:
        name = session.scalars(select(Job.key).where(Job.kind == "make_report")).one()
    year.tray.count(name, 12, 14)
    assert "Preparando: 12 de 14 acciones" in client.get(f"{FILE}?intento=2").text
    assert "Refresh" not in client.get(f"{FILE}?intento=150").headers, "it gives up one day"
    assert client.get(f"{HERE}/informe.odt").headers["Location"] == FILE, "not yet"
    work(year)
    done = client.get(f"{FILE}?intento=3")
    made = year.tray.find(name)
    assert made is not None
    size = made.stat().st_size
    assert "Refresh" not in done.headers and f"Descargar (ODT, {round(size / 1000)} KB)" in done.text
    document = odt(client)
    levels = [one.get_attribute("text:outline-level") for one in document.body.headers]
    assert levels[0] == "1" and levels.count("1") == 1 and levels.count("4") == 14
    assert document.meta.title == f"Informe del plan de trabajo {YEAR}" and document.language == "es-PE"
    assert f"http://localhost/acciones/{YEAR}-01" in {
        one.get_attribute("xlink:href") for one in document.body.get_elements("//text:a")}  # fmt: skip
    assert document.body.get_elements("//table:table-header-rows")


def test_the_page_and_the_file_say_the_same(ana: FlaskClient, year: Instance) -> None:
    ask(ana)
    work(year)
    page = re.sub(r"<[^>]+>", " ", ana.get(f"{HERE}/informe").text)
    said = odt(ana).body
    for element in said.get_elements("//text:h | //table:table-cell | //text:list-item"):
        for word in " ".join(map(str, element.xpath("descendant::text()"))).split():
            assert word in page.replace("&#39;", "'"), word


def test_a_file_is_made_once_for_all_visitors_and_again_when_the_plan_changed(
    client: FlaskClient, year: Instance
) -> None:
    ask(client)
    ask(client)
    ask(client.application.test_client())
    assert work(year) == 1
    assert "Descargar" in ask(client).text and work(year) == 0, "what is there is not made again"
    change(year, select(Action).where(Action.number == 2), percent=99)
    assert "El informe no está preparado" in client.get(FILE).text
    assert client.get(f"{HERE}/informe.odt").status_code == 302


def test_only_who_asked_fetches_the_file(
    client: FlaskClient, ana: FlaskClient, olga: FlaskClient, year: Instance
) -> None:
    ask(ana)
    work(year)
    for who in (client, olga):
        assert who.get(f"{HERE}/informe.odt").status_code == 302
        assert "no está preparado" in who.get(FILE).text
    odt(ana)


def test_a_right_that_was_lost_closes_the_file(ana: FlaskClient, year: Instance) -> None:
    ask(ana)
    work(year)
    odt(ana)
    change(year, select(Membership).order_by(Membership.id), until=now())
    assert ana.get(f"{HERE}/informe.odt").status_code == 302


def test_the_worker_writes_with_the_rights_of_that_moment(ana: FlaskClient, year: Instance) -> None:
    ask(ana)
    change(year, select(Membership).order_by(Membership.id), until=now())
    work(year)
    for path in (year.folder / "tray").glob("*.made"):
        assert SECRET not in words(odfdo.Document(path))


def test_a_material_that_was_made_private_closes_the_file_of_visitors(
    client: FlaskClient, year: Instance
) -> None:
    ask(client)
    work(year)
    assert "Matriz de balance social" in words(odt(client))
    change(year, select(Resource), level=3)
    assert client.get(f"{HERE}/informe.odt").status_code == 302
    ask(client)
    work(year)
    assert "Matriz de balance social" not in words(odt(client))


def test_a_file_lasts_a_day(client: FlaskClient, year: Instance) -> None:
    ask(client)
    work(year)
    with year.database.open_for_maintenance(writing=False) as session:
        sweep = session.scalars(select(Job).where(Job.kind == "sweep_tray")).one()
        assert now() < sweep.run_at <= now() + KEPT
    old = (now() - KEPT).timestamp()
    for path in (year.folder / "tray").iterdir():
        os.utime(path, (old, old))
    assert "no está preparado" in client.get(FILE).text
    change(year, select(Job).where(Job.kind == "sweep_tray"), run_at=now())
    work(year)
    assert not list((year.folder / "tray").iterdir())


def test_a_report_that_cannot_be_made_says_so(client: FlaskClient, year: Instance) -> None:
    ask(client)
    change(year, select(Job).where(Job.kind == "make_report"), state="failed")
    page = client.get(f"{FILE}?intento=2")
    assert "El informe no está preparado" in page.text and "Refresh" not in page.headers
    assert "Preparando" in ask(client).text, "it can be asked for again"


def test_the_file_speaks_the_language_of_the_page(client: FlaskClient, year: Instance) -> None:
    ask(client, "/en")
    work(year)
    document = odt(client, "/en")
    assert document.language == "en-GB" and f"Report on the {YEAR} work plan" in words(document)
    assert f"http://localhost/en/acciones/{YEAR}-01" in {
        one.get_attribute("xlink:href") for one in document.body.get_elements("//text:a")}  # fmt: skip
    assert client.get(f"{HERE}/informe.odt").status_code == 302, "the Spanish one is another"


# ----------------------------------------------------------------------------- tables, calendar


def test_the_tables_calculate_nothing(client: FlaskClient, year: Instance) -> None:
    change(year, first(), title="=HYPERLINK(1)", summary="Uno; +2")
    row = table(client.get(f"{HERE}/acciones.csv"))[0]
    assert row["Acción"] == "'=HYPERLINK(1)" and row["Resumen"] == "Uno; '+2"
    assert row["Código"] == f"{YEAR}-01" and row["Estado"] == "Verificada"
    assert row["Dirección"] == f"http://localhost/acciones/{YEAR}-01"


def test_row_18_the_table_of_indicators_has_target_value_source_and_day(
    client: FlaskClient, year: Instance
) -> None:
    counted, written = table(client.get(f"{HERE}/indicadores.csv"))
    assert (counted["Meta"], counted["Valor"], counted["Fuente"]) == ("40", "1", "Registros de este portal")
    assert (written["Meta"], written["Valor"], written["Fuente"]) == ("150.5", "60", "Listas de asistencia")
    assert written["Día"] == terms.today().isoformat() and written["Objetivo"] == "O2"


def test_the_calendar_holds_every_action_from_its_first_day_to_its_last(
    client: FlaskClient, year: Instance
) -> None:
    answer = client.get(f"{HERE}/calendario.ics")
    assert answer.mimetype == "text/calendar"
    events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    with year.database.open_for_maintenance(writing=False) as session:
        actions = {one.public_id: one for one in session.scalars(select(Action))}
        found = {str(one["uid"]): one for one in events}
        running = [one for one in actions.values() if one.next_on]
        assert len(found) == len(events) == 14 + len(running) and running
        for public_id, action in actions.items():
            event = found[f"{public_id}@ayni"]
            assert event.decoded("dtstart") == action.starts_on and action.due_on is not None
            assert event.decoded("dtend") == action.due_on + dt.timedelta(days=1)
            assert str(event["url"]) == f"http://localhost/acciones/{action.code}"
            assert (str(event["status"]) == "CANCELLED") == (action.state == "cancelled")
        for action in running:
            assert found[f"siguiente-{action.public_id}@ayni"].decoded("dtstart") == action.next_on
    assert client.get(f"{HERE}/calendario.ics").data == answer.data, "the same names, whenever it is read"


# --------------------------------------------------------------------------------- the picture


def test_the_picture_has_a_name_and_a_table_beside_it(client: FlaskClient, year: Instance) -> None:
    page = client.get(HERE).text
    picture = re.search(r"<svg.*?</svg>", page, re.S)
    assert picture and 'role="img"' in picture[0] and "<title" in picture[0] and "style=" not in picture[0]
    assert picture[0].count("<rect") == 14 and "hoy</text>" in picture[0]
    for code, state in ((1, "Verificada"), (3, "Atrasada 12 días"), (6, "En pausa"), (7, "Cancelada")):
        assert re.search(rf"{YEAR}-{code:02} · {state}</text>", picture[0]) or state != "Atrasada 12 días"
    rows = re.search(r"como tabla.*?</table>", page, re.S)
    assert rows and rows[0].count('<th scope="row">') == 14 and "<strong>Atrasada 12 días</strong>" in rows[0]


def test_in_text_mode_there_is_the_table_alone(client: FlaskClient, year: Instance) -> None:
    client.set_cookie("modo", "texto")
    page = client.get(HERE).text
    assert 'class="year"' not in page and "como tabla" in page


def test_bars_stay_inside_the_year(client: FlaskClient, year: Instance) -> None:
    change(year, first(), starts_on=dt.date(YEAR - 1, 5, 1), due_on=dt.date(YEAR + 1, 5, 1))
    change(year, select(Action).where(Action.number == 2), starts_on=None, due_on=dt.date(YEAR, 12, 31))
    page = client.get(HERE).text
    places = [
        (float(x), float(width))
        for x, width in re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', page)
    ]
    assert places[0] == (250, 710) and all(x >= 250 and x + width <= 960.01 for x, width in places)
