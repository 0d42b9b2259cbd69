"""Every address at which a viewer may knock, and every search."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal.commands.library import _as_json
from tests.silence.masks import masked_json
from tests.silence.worlds import Portal
from toolkit.database import Visit
from toolkit.search.finding import find

NUMBERS: dict[str, Sequence[Any]] = {"version": (1, 2), "file": (1,), "number": (1,)}
PLAIN: dict[str, Sequence[Any]] = {
    "slug": ("propia", "ajena", "cuarta", "no-existe"), "token": ("no-existe",), "key": ("no-existe",),
    "filename": ("style.css",),
}  # fmt: skip
"""What is put into an address where a rule names a value; `id` stands for every public id there is."""
NEVER = "zzzzzzzzzzzzzzzzzzzz"
LOOKING = ("/biblioteca?pagina=2", "/organizaciones?pagina=2", "/espacios/propia?pagina=2",
           "/espacios/propia?q=agua", "/biblioteca?orden=fecha")  # fmt: skip


def rules(app: Flask) -> list[Rule]:
    """The rules that answer to GET."""
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def values(argument: str, ids: Sequence[str], slugs: Sequence[str] = ()) -> Sequence[Any]:
    """What may stand at a place of an address."""
    if argument == "id" or argument.endswith("_id"):
        return [*ids, NEVER]
    known = {**NUMBERS, **PLAIN}
    if argument not in known:
        raise LookupError(f"say in tests/silence/doors.py what stands for <{argument}> in an address")
    return [*slugs, *known[argument]] if argument == "slug" else known[argument]


def addresses(app: Flask, ids: Sequence[str], slugs: Sequence[str] = ()) -> Iterator[str]:
    """Every address of the application that can be asked for with these ids and slugs."""
    yield from LOOKING
    with app.test_request_context():
        for rule in rules(app):
            names = sorted(rule.arguments)
            for chosen in itertools.product(*(values(name, ids, slugs) for name in names)):
                built = rule.build(dict(zip(names, chosen, strict=True)))
                assert built is not None, rule
                yield built[1]


def found_by_command(portal: Portal, who: str, words: str) -> str:
    """The line that `portal search --json --as …` writes, without `took_ms`."""
    with portal.instance.database.visit(portal.viewers[who]) as visit:
        return masked_json(_as_json(words, find(visit, portal.instance.shelves, words, per_page=50)))


def in_the_session(visit: Visit, records: Iterable[type]) -> dict[str, list[str]]:
    """All rows of each table as a viewer's session holds them, without the numbers of rows."""
    held = {}
    for record in records:
        table = record.__table__  # type: ignore[attr-defined]
        said = [column.key for column in table.columns
                if not column.primary_key and not column.foreign_keys]  # fmt: skip
        rows = visit.session.query(*(getattr(record, name) for name in said)).all()
        held[table.name] = sorted(json.dumps([str(value) for value in row]) for row in rows)
    return held
