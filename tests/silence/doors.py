"""Every address at which a viewer may knock, and what a viewer's session holds."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from toolkit.database import Visit

PLACES: dict[str, Sequence[Any]] = {
    "version": (1, 2), "file": (1,), "number": (1,), "token": ("no-existe",), "key": ("no-existe",),
    "slug": ("propia", "ajena", "iniciativa-ajena", "no-existe"), "filename": ("style.css",),
    "year": (1965, 2015), "part": ("hitos", "anexos", "no-existe"),
    "code": ("p1", "2015-01", "2015-02", "1965-01"),
    "table": ("materiales-por-tipo", "fichas-abiertas", "aplicaciones-por-region",
              "busquedas-sin-resultado", "no-existe"),
}  # fmt: skip
"""What is put into an address where a rule names a value; `id` stands for public ids."""
NEVER = "zzzzzzzzzzzzzzzzzzzz"
TABLES = {
    "recursos": "resource", "mis-aportes": "resource", "documentos": "resource", "compartir": "share",
    "carpetas": "folder", "personas": "person", "pendientes": "request", "sucesiones": "request",
    "emergencias": "emergency", "foto": "article", "por-publicar": "article", "adendas": "amendment",
    "cambios": "plan_change", "indicadores": "indicator", "tareas": "task", "evidencias": "evidence",
    "relaciones": "norm_relation", "materiales": "compendium_item",
    "unidades": "organization_unit",
    "mis-solicitudes": "request", "intercambio": "share", "invitaciones": "invitation",
    "aplicaciones": "application",
    "encuentros": "meeting",
}  # fmt: skip
"""Of which table an id is, by the word before it in the address; an id of another table is tried too.
Where no word says it, one of each."""
LOOKING = ("/biblioteca?pagina=2", "/organizaciones?pagina=2", "/espacios/propia?pagina=2",
           "/espacios/propia?q=agua", "/biblioteca?orden=fecha", "/biblioteca?q=agua+riego+acta")  # fmt: skip
FRESH = {"security.two_factor_setup", "account.passkeys", "account.use_passkey"}
"""Endpoints whose answer is a key, or a question, made at that moment: no two answers are the same."""
Ids = Mapping[str, Sequence[str]]


def addresses(app: Flask, ids: Ids, slugs: Sequence[str] = (), method: str = "GET") -> list[str]:
    """Every address of the application that can be asked for with these ids (by table) and slugs."""
    found = list(LOOKING) if method == "GET" else []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.endpoint not in FRESH:
                found += _of_rule(rule, ids, slugs)
    return found


def _of_rule(rule: Rule, ids: Ids, slugs: Sequence[str]) -> Iterator[str]:
    names = sorted(rule.arguments)
    for chosen in itertools.product(*(_values(name, _ids_for(rule, name, ids), slugs) for name in names)):
        built = rule.build(dict(zip(names, chosen, strict=True)))
        assert built is not None, rule
        yield built[1]


def _ids_for(rule: Rule, name: str, ids: Ids) -> Sequence[str]:
    before = re.search(rf"([\w-]+)/<(\w+:)?{name}>", rule.rule)
    noun = TABLES.get(before[1]) if before else None
    first = [found[0] for table, found in ids.items() if found and table != noun]
    return first if noun is None else [*ids.get(noun, ()), *first[:1]]


def _values(place: str, ids: Sequence[str], slugs: Sequence[str]) -> Sequence[Any]:
    if place in ("id", "share") or place.endswith("_id"):
        return [*ids, NEVER]
    if place not in PLACES:
        raise LookupError(f"say in tests/silence/doors.py what may stand for <{place}> in an address")
    return [*slugs, *PLACES[place]] if place == "slug" else PLACES[place]


def in_the_session(visit: Visit, records: Iterable[type]) -> dict[str, list[str]]:
    """All rows of each table as a viewer's session holds them, without the numbers of rows."""
    held = {}
    for record in records:
        table = record.__table__  # type: ignore[attr-defined]
        said = [
            getattr(record, one.key) for one in table.columns if not (one.primary_key or one.foreign_keys)
        ]
        rows = visit.session.query(*said).all() if said else [()] * visit.session.query(record).count()
        held[table.name] = sorted(json.dumps([str(value) for value in row]) for row in rows)
    return held
