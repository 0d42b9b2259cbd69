"""«Estadísticas» in the browser. The test with a number proves, as far as the portal counts by itself, the
row of product.md section 1."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.instance import Instance
from tests.portal import planned
from tests.portal.test_members import post
from tests.toolkit.shelved import add_resource
from tests.toolkit.test_statistics import apply
from toolkit import usage
from toolkit.access import lima_day
from toolkit.records import Resource, now


def use(instance: Instance, public_id: str, **counts: int) -> None:
    with instance.database.open_for_maintenance(writing=False) as session:
        number = session.scalars(select(Resource.id).where(Resource.public_id == public_id)).one()
    usage.keep(instance.database, {(lima_day(now()), number, act): n for act, n in counts.items()}, {})


def read(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def counted(instance: Instance, everybody: Any) -> str:
    """A public material of «coopac» that was used and applied; and a private one, used as well."""
    public = add_resource(instance, "coopac", title="Pesaje", country="PE", region="PE-12", year=2024)
    apply(instance, public, [f"c{n}" for n in range(7)])
    apply(instance, public, ["d1"], region="PE-21")
    use(instance, public, view=23, page=4, download=11)
    use(instance, add_resource(instance, "coopac", title="Reservado", level=3), view=60)
    return public


def test_row_18_each_figure_shows_value_source_date_and_definition(client: FlaskClient, counted: str) -> None:
    """Row 18: what each indicator shows; those of the plan, with their target, are another source."""
    page = client.get("/estadisticas").text
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    assert len(lines) == 3
    for line in lines:
        for name in ("Valor", "Fuente", "Fecha"):
            cell = re.search(rf'data-name="{name}">([^<]+)<', line)
            assert cell and cell[1].strip(), (name, line)
        assert '<p class="hint">' in line


def test_each_chart_says_what_it_is_and_has_its_table(client: FlaskClient, counted: str) -> None:
    page = client.get("/estadisticas").text
    charts = re.findall(r'<svg class="chart" role="img" aria-labelledby="([\w-]+) ([\w-]+)"', page)
    assert len(charts) == page.count("Ver datos") == page.count("Descargar CSV") >= 8
    for name, description in charts:
        assert f'<title id="{name}">' in page and f'<desc id="{description}">' in page
    for words in ("Fichas abiertas por mes", "Junín", "Herramienta", "Funcionó", "menos de 5"):
        assert words in page, words
    assert "20" in page and "23" not in re.sub(
        r"<[^>]*>", "", page.partition("Fichas abiertas por mes")[2][:3000]
    )


def test_a_chart_says_what_its_table_says(client: FlaskClient, counted: str) -> None:
    """Line by line, the same words: what is hidden in one is hidden in the other, and nothing is left out."""
    compared = 0
    for section in re.findall(
        r'<section id="[\w-]+">.*?</section>', client.get("/estadisticas").text, re.DOTALL
    ):
        drawn = re.findall(r'text-anchor="end">([^<]+)</text>', section)
        listed = re.findall(r'<td class="n"[^>]*>([^<]+)</td>', section)
        assert drawn == listed, section
        compared += len(drawn)
    assert compared > 36, "three tables of twelve months, and others"


def test_an_indicator_of_deeds_hides_what_the_figures_hide(
    instance: Instance, parties: dict[str, FlaskClient], visitor: FlaskClient
) -> None:
    ana, bea = parties["ana"], parties["bea"]
    year = lima_day(now()).year
    here = f"/plan-de-trabajo/{year}"
    planned.draft(ana, str(year))
    planned.propose(ana, here, starts_on=f"{year}-02-01", due_on=f"{year}-06-30")
    said = {"name": "Aplicaciones del año", "objective": "1", "counts": "applications", "target": "9"}
    assert post(ana, f"{here}/indicadores/nuevo", **said).status_code == 302
    planned.agree(ana, here)
    planned.agree(bea, here)
    post(ana, f"{here}/publicar")
    apply(instance, add_resource(instance, "americas", title="Pesaje"), ["c1", "c2"],
          day=lima_day(now()))  # fmt: skip
    for reader in (visitor, ana):
        cells = re.findall(r'data-name="Valor">([^<]+)<', reader.get("/estadisticas").text)
        assert cells[0] == cells[-1] == "menos de 5", cells
    assert told_of(visitor, here) == ["menos de 5"] * 3 and told_of(ana, here) == ["2", "2", "2"]
    assert "menos de 5 no se muestra" in visitor.get(here).text
    assert "menos de 5 no se muestra" not in ana.get(here).text
    assert "avance" not in section_of(visitor.get(here).text) and "avance 22 %" in section_of(
        ana.get(here).text
    )
    apply(instance, add_resource(instance, "americas", title="Otro"), ["c1", "c2", "c3", "c4", "c5"],
          day=lima_day(now()))  # fmt: skip
    assert told_of(visitor, here) == ["5", "5", "5"] and told_of(ana, here) == ["7", "7", "7"]
    assert "avance 55 %" in section_of(visitor.get(here).text)
    assert "avance 77 %" in section_of(ana.get(here).text)


def section_of(page: str) -> str:
    return " ".join(page.split('id="indicadores"')[1].split("</section>")[0].split())


def told_of(reader: FlaskClient, plan: str) -> list[str]:
    """The value of the indicator on the page of a plan, in its table and in the report."""
    (drawn,) = re.findall(r'data-name="Valor">([^<]+?) *<', reader.get(plan).text)
    (row,) = read(reader.get(f"{plan}/indicadores.csv"))[1:]
    (said,) = re.findall(r'data-name="Valor">([^<]+)<', reader.get(f"{plan}/informe").text)
    return [drawn, row[7], said]


def test_a_private_material_is_in_no_number_outside(client: FlaskClient, counted: str) -> None:
    rows = read(client.get("/estadisticas/fichas-abiertas.csv"))
    assert rows[1][1] == "20" and all(row[1] == "0" for row in rows[2:])


def test_tables_are_taken_along(client: FlaskClient, counted: str) -> None:
    answer = client.get("/estadisticas/aplicaciones-por-region.csv")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    titles, *rows = read(answer)
    assert titles == ["Región o país", "Aplicaciones", "Fecha", "Fuente", "Definición"]
    assert [row[:2] for row in rows] == [["Junín", "5"], ["Puno", "menos de 5"]]
    assert all(row[2] == lima_day(now()).isoformat() and row[3] and row[4] for row in rows)
    assert client.get("/estadisticas/no-existe.csv").status_code == 404


def test_words_that_would_calculate_are_harmless_in_the_table(
    instance: Instance, client: FlaskClient, add_person: Callable[..., int], sign_in: Any
) -> None:
    """Words of visitors, which editors take along, are the one place where a formula could come in."""
    add_person("edita@x.coop", "Edita", portal_role="editor")
    month = lima_day(now()).replace(day=1)
    usage.keep(instance.database, {}, {(month, "=1+1"): 9, (month, "rara"): 4})
    edita = sign_in("edita@x.coop")
    assert read(edita.get("/estadisticas/busquedas-sin-resultado.csv"))[1][:2] == ["'=1+1", "5"]
    assert "rara" not in edita.get("/estadisticas").text
    assert "=1+1" not in client.get("/estadisticas").text
    assert client.get("/estadisticas/busquedas-sin-resultado.csv").status_code == 404


def test_an_empty_library_has_a_page_without_empty_headings(client: FlaskClient) -> None:
    page = client.get("/estadisticas")
    assert page.status_code == 200 and "Materiales públicos" in page.text
    assert "<h2" not in page.text and "<svg" not in page.text.partition("<main")[2]


def test_every_page_leads_there(client: FlaskClient) -> None:
    assert '<a href="/estadisticas">' in client.get("/").text.partition("<footer>")[2]


def test_an_organisation_sees_the_use_of_all_it_holds_and_nobody_else_does(
    enter: Callable[[str], FlaskClient], client: FlaskClient, counted: str
) -> None:
    otto = enter("otto").get("/espacios/coopac/estadisticas").text
    assert (
        "Reservado" in otto and ">60<" in otto and ">20<" in otto and ">10<" in otto and "menos de 5" in otto
    )
    rows = read(enter("otto").get("/espacios/coopac/estadisticas.csv"))
    assert [row[0] for row in rows[1:]] == ["Pesaje", "Reservado"]
    assert [row[2:] for row in rows[1:]] == [["20", "menos de 5", "10"], ["60", "0", "0"]]
    for path in ("estadisticas", "estadisticas.csv"):
        assert enter("luz").get(f"/espacios/coopac/{path}").status_code == 404
        assert client.get(f"/espacios/coopac/{path}").status_code == 302
    assert "Todavía no hay materiales" in enter("luz").get("/espacios/agraria/estadisticas").text


def test_an_author_sees_how_much_it_is_used(
    instance: Instance, enter: Callable[[str], FlaskClient], everybody: dict[str, int]
) -> None:
    made = add_resource(instance, "coopac", title="Propio", level=3, created_by=everybody["otto"])
    use(instance, made, view=14, download=2)
    page = enter("otto").get(f"/mis-aportes/{made}").text.partition("<h2>Uso</h2>")[2]
    assert [words.strip() for words in re.findall(r"<dd>([^<]+)</dd>", page)] == ["10", "0", "menos de 5"]


def test_a_hidden_material_changes_no_byte(instance: Instance, client: FlaskClient, counted: str) -> None:
    """The worlds of tests/silence compare every address; this one says it of this page by name."""

    def there() -> list[bytes]:
        pages = ("/estadisticas", "/estadisticas/materiales-por-tipo.csv", "/estadisticas/descargas.csv")
        return [re.sub(rb'nonce="[^"]+"', b"", client.get(page).data) for page in pages]

    before = there()
    hidden = add_resource(instance, "coopac", title="Oculto", level=3, kind="R09", country="BO", year=1999)
    use(instance, hidden, view=500, page=500, download=500)
    apply(instance, hidden, [f"c{n}" for n in range(7)], country="BO", region="")
    assert there() == before
