"""What is said of an action, in words: its state, and that it is late."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.languages import gettext as _
from portal.languages import ngettext
from portal.templating import day, number
from toolkit import actions
from toolkit.records import Action, AgreementParty

STATES: dict[str, Any] = {
    "proposed": _l("Propuesta"),
    "planned": _l("Planificada"),
    "running": _l("En curso"),
    "to_verify": _l("Por verificar"),
    "verified": _l("Verificada"),
    "observed": _l("Observada"),
    "paused": _l("En pausa"),
    "cancelled": _l("Cancelada"),
    "withdrawn": _l("Propuesta retirada"),
}
PILLS = {"verified": "done", "cancelled": "late", "observed": "late", "to_verify": "wait", "proposed": "wait"}
"""The colour of a state beside its word."""
MOVES: dict[str, Any] = {
    "start": _l("Empezar"),
    "pause": _l("Poner en pausa"),
    "resume": _l("Reanudar"),
    "send": _l("Enviar a verificar"),
    "recall": _l("Retirar de la verificación"),
}
FIELDS: dict[str, Any] = {
    "title": _l("Título"), "summary": _l("Resumen"), "responsible": _l("Responsable"),
    "counterpart": _l("Contraparte"), "post": _l("Cargo responsable"), "starts_on": _l("Empieza"),
    "due_on": _l("Termina"), "objectives": _l("Objetivos"), "topics": _l("Temas"),
    "outputs": _l("Productos"), "words": _l("Detalle"), "budget": _l("Línea de presupuesto"),
    "priorities": _l("Prioridades"), "state": _l("Estado"), "name": _l("Qué se mide"),
    "definition": _l("Definición"), "unit": _l("Unidad"), "baseline": _l("Línea de base"),
    "target": _l("Meta"), "objective": _l("Objetivo"), "counts": _l("De dónde sale el valor"),
}  # fmt: skip
"""The fields that a change of the plan names."""
DAYS, NUMBERS = ("starts_on", "due_on", "next_on"), ("baseline", "target")
Parties = Sequence[AgreementParty]


def late(action: Action) -> str:
    """«Atrasada 12 días», or nothing."""
    days = actions.days_late(action)
    return ngettext("Atrasada %(num)s día", "Atrasada %(num)s días", days) if days else ""


def told(name: str, value: Any, parties: Parties = ()) -> str:
    """The value of a field of a change, in words: days and numbers as the page writes them, of these parties
    their names."""
    names = {one.organization.slug: one.organization.acronym or one.organization.name
             for one in parties if one.organization}  # fmt: skip
    if name == "state":
        return str(STATES.get(value, value))
    if isinstance(value, dict):
        value = [f"{names.get(party, party)}: {words}" for party, words in value.items()]
    if isinstance(value, list):
        prefix = "O" if name == "objectives" else ""
        return ", ".join(f"{prefix}{one}" for one in value) or _("(vacío)")
    if name == "objective" and value:
        return f"O{value}"
    if name in DAYS and value:
        return day(str(value))
    if name in NUMBERS and value:
        return number(Decimal(str(value)))
    if name in ("responsible", "counterpart"):
        value = names.get(value, value)
    return str(value) if value not in (None, "") else _("(vacío)")
