"""A signed agreement of two parties and a plan to work on, for the tests of the plan and its actions."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

from flask.testing import FlaskClient

from portal.instance import Instance
from tests.conftest import token
from tests.portal.test_members import post
from toolkit import agreement
from toolkit.access import Viewer

EDITOR = Viewer(person_id=None, portal_role="editor")
SIGNED = dt.date(2015, 9, 15)
PLAN = "/plan-de-trabajo/2027"
ACTION = "/acciones/2027-01"
PROOF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


def sign(instance: Instance) -> None:
    """An agreement of «americas» and «produce» with two objectives; its procedure says who verifies."""
    with instance.database.visit(EDITOR, writing=True) as visit:
        made = agreement.add(visit, agreement.Facts("Convenio marco", "Cooperar.", "", SIGNED))
        for sort, values in (
            ("parties", {"organization": "americas", "role": "Comparte."}),
            ("parties", {"organization": "produce", "role": "Recibe."}),
            ("objectives", {"words": "Difundir lo que sirve."}),
            ("objectives", {"words": "Incluir a más jóvenes."}),
            ("procedures", {"code": "P1", "title": "Verificar", "version": "3", "dated": SIGNED,
                            "words": "La otra parte revisa.", "counterpart_verifies": True}),
        ):  # fmt: skip
            agreement.add_part(visit, made, sort, values)
        agreement.publish(visit, made)


def draft(who: FlaskClient, year: str = "2027") -> Any:
    """Begin a plan."""
    return post(who, "/plan-de-trabajo/nuevo", year=year, words="Un año de guanábanas.")


def propose(who: FlaskClient, plan: str = PLAN, **more: Any) -> Any:
    """Propose an action that lacks nothing: «americas» is responsible."""
    said = {"title": "Taller de balance social", "summary": "Taller público.", "responsible": "americas",
            "post": "Dirección de educación", "starts_on": "2027-02-01", "due_on": "2027-06-30",
            "objectives": ["1"], "topics": ["T03"], "outputs": "Guía impresa\nLista de asistencia",
            "words": "Detalle reservado de chirimoyas.", "budget": "Partida 23.27",
            "priority_0": "Prioridad americana", "priority_1": "Política nacional"} | more  # fmt: skip
    return post(who, f"{plan}/acciones/nueva", **said)


def agree(who: FlaskClient, plan: str = PLAN) -> Any:
    """Agree to a plan as it stands."""
    return post(who, f"{plan}/conformidad", revision=_revision(who, plan))


def accept(who: FlaskClient, action: str = ACTION) -> Any:
    """Agree to an action as it stands."""
    return post(who, f"{action}/conformidad", revision=_revision(who, action))


def _revision(who: FlaskClient, address: str) -> str:
    page = who.get(address).text
    return page.split('name="revision" value="')[1].split('"')[0] if 'name="revision"' in page else "0"


def begun(who: FlaskClient, address: str) -> str:
    """The revision from which somebody begins who opens a form."""
    found = re.search(r'name="revision"[^>]*value="(\d+)"', who.get(address).text)
    return found[1] if found else "0"


def edit(who: FlaskClient, action: str = ACTION, **said: Any) -> Any:
    """Send the form of an action, as it was opened a moment ago."""
    return post(who, f"{action}/editar", **({"revision": begun(who, f"{action}/editar")} | said))


def report(who: FlaskClient, action: str = ACTION, *, proof: bytes | None = PROOF, **more: str) -> Any:
    """Write a note, with a file that proves it."""
    said: dict[str, Any] = {"csrf_token": token(who, action), "words": "Se hizo el taller con mangos.",
                            "percent": "80", "title": "Lista firmada"} | more  # fmt: skip
    if proof is not None:
        said["file"] = (io.BytesIO(proof), "lista.pdf")
    return who.post(f"{action}/avance", data=said, content_type="multipart/form-data")


def observe(who: FlaskClient, reason: str, action: str = ACTION) -> Any:
    """Give it back."""
    read = _revision(who, f"{action}/verificar")
    return post(who, f"{action}/verificar", act="observe", reason=reason, revision=read)


def verify(who: FlaskClient, action: str = ACTION, **more: Any) -> Any:
    """Tick everything and verify."""
    said = {
        "checked": ["0", "1"],
        "seen": "1",
        "act": "verify",
        "revision": _revision(who, f"{action}/verificar"),
    }
    return post(who, f"{action}/verificar", **(said | more))


def year_agreed(ana: FlaskClient, bea: FlaskClient, plan: str = PLAN) -> None:
    """A plan with one action, agreed to by both and published."""
    draft(ana, plan.rpartition("/")[2])
    propose(ana, plan)
    agree(ana, plan)
    agree(bea, plan)
    post(ana, f"{plan}/publicar")
