"""A whole year, played through by the two coordinations: from the draft of the plan to its yearly report."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.portal.planned import accept, agree, draft, edit, observe, propose, report, verify
from tests.portal.test_agreement import words_of
from tests.portal.test_applications import tell
from tests.portal.test_members import post
from tests.portal.test_news import work
from tests.toolkit.shelved import add_resource, index
from toolkit.records import Action, OutboxMessage
from toolkit.records.base import injected

PLAN = "/plan-de-trabajo/2027"


@contextmanager
def on(month: int, day: int, year: int = 2027) -> Iterator[None]:
    """While the block runs it is ten in the morning of this day in Lima."""
    with injected(clock=lambda: dt.datetime(year, month, day, 15, tzinfo=dt.UTC)):
        yield


def test_a_year_from_the_draft_to_the_report(instance: Any, parties: Any, visitor: Any, sign_in: Any) -> None:
    """Rows 12, 18, 24 to 30 meet in one year: drafted, agreed, changed, worked, verified, told."""
    with on(12, 1, 2026):
        parties = {name: sign_in(f"{name}@x.coop") for name in ("ana", "bea", "dora")}
        ana, bea = parties["ana"], parties["bea"]
        draft(ana)
        for name, counts, target in (("Personas capacitadas", "", "100"),
                                     ("Materiales compartidos", "materials", "2"),
                                     ("Veces que se aplicó", "applications", "1")):  # fmt: skip
            made = post(ana, f"{PLAN}/indicadores/nuevo", name=name, target=target, baseline="0",
                        objective="1", counts=counts, definition="Lo que dice.")  # fmt: skip
            assert made.status_code == 302
        propose(ana, outputs="Guía impresa")
        propose(bea, title="Feria de jóvenes", responsible="produce", objectives=["2"], outputs="Feria",
                starts_on="2027-08-01", due_on="2027-10-15")  # fmt: skip
        assert agree(ana).status_code == agree(bea).status_code == 302
        assert post(bea, f"{PLAN}/publicar").status_code == 302
        assert "0 de 2 acciones verificadas" in words_of(visitor.get(PLAN).text)

    with on(3, 10):
        ana, bea, dora = (sign_in(f"{name}@x.coop") for name in ("ana", "bea", "dora"))
        guide = add_resource(instance, "americas", ["Balance social."], title="Guía de balance social")
        index(instance, guide)
        work(instance)
        assert post(ana, "/acciones/2027-01/materiales", resource=f"/recursos/{guide}").status_code == 302
        assert report(ana, "/acciones/2027-01", act="send", public="y").status_code == 302
        assert tell(dora, guide, public="y", when="2027-03-05").status_code == 302
        propose(ana, title="Taller en línea", outputs="", due_on="2027-11-30")
        assert accept(bea, "/acciones/2027-03").status_code == 302

    with on(3, 20):
        bea = sign_in("bea@x.coop")
        assert verify(bea, "/acciones/2027-01", checked=["0"]).status_code == 302
        assert "1 de 3 acciones verificadas" in words_of(visitor.get(PLAN).text)

    with on(9, 1):
        ana, bea = sign_in("ana@x.coop"), sign_in("bea@x.coop")
        asked = edit(bea, "/acciones/2027-02", title="Feria de jóvenes", responsible="produce",
                     starts_on="2027-08-01", due_on="2027-11-15", objectives=["2"], outputs="Feria",
                     reason="El local se desocupa en noviembre.", **_inner())  # fmt: skip
        assert asked.status_code == 302, asked.text
        assert post(ana, f"{asked.location}/conformidad").status_code == 302
        asked = post(ana, "/acciones/2027-03/cancelar", reason="Se hará presencial el otro año.")
        assert post(bea, f"{asked.location}/conformidad").status_code == 302
        values = re.search(r'"(/plan-de-trabajo/indicadores/\w+/valores)"', ana.get(PLAN).text)[1]
        assert (
            post(ana, values, value="64", day="2027-08-31", source="Listas de asistencia").status_code == 302
        )

    with on(11, 27):
        assert "Atrasada 12 días" in visitor.get("/acciones/2027-02").text
        bea, ana = sign_in("bea@x.coop"), sign_in("ana@x.coop")
        assert report(bea, "/acciones/2027-02", act="send").status_code == 302
        assert verify(bea, "/acciones/2027-02", checked=["0"]).status_code == 403
        back = observe(ana, "Falta la lista de expositores.", "/acciones/2027-02")
        assert back.status_code == 302
        assert report(bea, "/acciones/2027-02", act="send", percent="100").status_code == 302
        assert verify(ana, "/acciones/2027-02", checked=["0"]).status_code == 302

    with on(12, 15):
        work(instance)
        _look_back(instance, visitor)
        told = words_of(visitor.get(f"{PLAN}/informe").text)
        for said in ("Taller de balance social", "Feria de jóvenes", "Verificada", "Cancelada",
                     "El local se desocupa en noviembre", "Se hará presencial el otro año", "64",
                     "Listas de asistencia"):  # fmt: skip
            assert said in told, said
        for inner in ("chirimoyas", "23.27", "Política nacional", "Falta la lista de expositores"):
            assert inner not in told, inner


def _inner() -> dict[str, str]:
    return {
        "summary": "Taller público.", "post": "Dirección de educación", "topics": "T03",
        "priority_0": "Prioridad americana", "priority_1": "Política nacional",
        "words": "Detalle reservado de chirimoyas.", "budget": "Partida 23.27",
    }  # fmt: skip


def _look_back(instance: Any, visitor: Any) -> None:
    """What anybody sees of the year when it is over."""
    page = words_of(visitor.get(PLAN).text)
    assert "2 de 2 acciones verificadas" in page
    assert "Cambio 3" in page and "Cambio 1" in page
    assert "avance 64 %" in page
    figures = words_of(visitor.get("/estadisticas").text)
    for said in ("Personas capacitadas (plan 2027)", "100", "64", "Listas de asistencia",
                 "31 de agosto de 2027", "Veces que se aplicó (plan 2027)"):  # fmt: skip
        assert said in figures, said
    assert "2027-01" in visitor.get("/biblioteca?q=balance+social").text
    with instance.database.open_for_maintenance(writing=False) as session:
        states = {one.code: one.state for one in session.query(Action)}
        letters = {(one.recipient, one.template) for one in session.query(OutboxMessage)}
    assert states == {"2027-01": "verified", "2027-02": "verified", "2027-03": "cancelled"}
    assert {("bea@x.coop", "plan"), ("ana@x.coop", "action"), ("bea@x.coop", "action")} <= letters
