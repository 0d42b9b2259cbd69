"""The audit: what is written, for whom it exists, how it is read."""

from __future__ import annotations

import ast
import datetime as dt
import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.wording import ACTS, NOUNS
from portal.instance import Instance
from portal.logs import JsonLines
from tests.world import World, build, unlock_audit
from toolkit import audit, catalogue
from toolkit.access import LIMA, Viewer
from toolkit.audit import reading
from toolkit.audit.reading import Filters
from toolkit.files.formats import FORMATS
from toolkit.files.store import Received
from toolkit.records import AuditEntry, Organization, Person, now
from toolkit.records.base import injected

ROOT = Path(__file__).parents[2]
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=LIMA)
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, blank: Path) -> World:
    folder = tmp_path_factory.mktemp("audit")
    shutil.copy(blank, folder)
    instance = Instance(folder)
    unlock_audit(instance)
    return build(instance)


@pytest.fixture
def world(made: World) -> Iterator[World]:
    """The world with three entries: one of each organisation, one of none."""
    with made.instance.database.open_for_maintenance() as session:
        for row in session.scalars(select(AuditEntry)):
            session.delete(row)
        slugs = {one.slug: one.id for one in session.scalars(select(Organization))}
        for number, (who, slug) in enumerate([("author", "duena"), ("other", "tercera"), ("editor", None)]):
            with injected(clock=lambda number=number: NOON + number * DAY):
                audit.record(session, made.viewers[who], "publish" if number else "share", "resource",
                             f"material{number}", organization_id=slugs.get(slug or ""))  # fmt: skip
    yield made


def read(world: World, who: str, **filters: object) -> list[str]:
    with world.instance.database.visit(world.viewers[who]) as visit:
        return [line.noun_id for line in reading.browse(visit, Filters(**filters)).lines]


ROWS = {
    "visitor": [], "member": [], "promoter": [], "receiver": [], "other": [], "former": [],
    "coordinator": ["material0"],
    "editor": ["material2"],
    "administrator": ["material2", "material1", "material0"],
}  # fmt: skip


@pytest.mark.parametrize("who", ROWS)
def test_row_audit_read_own_audit_own_decisions_all(world: World, who: str) -> None:
    """product.md 5.4, «Jobs, backups, configuration, audit read»."""
    assert read(world, who) == ROWS[who]
    with world.instance.database.visit(world.viewers[who]) as visit:
        assert [one.noun_id for one in reading.every(visit, Filters())] == ROWS[who]
        assert reading.browse(visit, Filters()).total == len(ROWS[who])


def test_an_entry_says_who_what_where_when_and_the_result(world: World) -> None:
    database = world.instance.database
    with audit.acting_from("192.0.2.0/24"):
        audit.note(database, world.viewers["author"], "download", "resource", "xyz", result=audit.REFUSED)
    with database.visit(world.viewers["administrator"]) as visit:
        line = reading.browse(visit, Filters(act="download")).lines[0]
    assert (line.person, line.act, line.noun, line.noun_id) == (
        "Persona author", "download", "resource", "xyz",
    )  # fmt: skip
    assert (line.place, line.result, line.at.utcoffset()) == ("192.0.2.0/24", "refused", dt.timedelta(0))


@pytest.mark.parametrize(("filters", "found"), [
    ({"act": "share"}, ["material0"]), ({"act": "nada"}, []),
    ({"person": "PERSONA OTHER"}, ["material1"]), ({"person": "author@"}, ["material0"]),
    ({"person": "%"}, []), ({"person": "_"}, []),
    ({"since": NOON.date() + DAY}, ["material2", "material1"]),
    ({"until": NOON.date()}, ["material0"]),
    ({"since": NOON.date() + DAY, "until": NOON.date() + DAY}, ["material1"]),
    ({"since": dt.date.max, "until": dt.date.max}, []), ({"until": dt.date.min}, []),
])  # fmt: skip
def test_filters(world: World, filters: dict[str, object], found: list[str]) -> None:
    assert read(world, "administrator", **filters) == found


def test_days_are_those_of_lima(world: World) -> None:
    night = dt.datetime(2026, 5, 1, 23, 30, tzinfo=LIMA)
    with injected(clock=lambda: night):
        audit.note(world.instance.database, Viewer(), "limit", "door", "late")
    assert read(world, "administrator", since=night.date(), until=night.date()) == ["late"]
    assert read(world, "administrator", since=night.date() + DAY) == []


def test_what_is_not_committed_is_neither_kept_nor_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "audit")
    visit = world.instance.database.visit(world.viewers["author"], writing=True)
    audit.record(visit.session, visit.viewer, "share", "resource", "never")
    visit.session.flush()
    visit.close()
    assert "never" not in read(world, "administrator")
    assert not caplog.records
    audit.note(world.instance.database, world.viewers["author"], "share", "resource", "always")
    assert [one.entry["id"] for one in caplog.records] == ["always"]  # type: ignore[attr-defined]


def test_an_entry_is_one_line_that_nobody_can_forge(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "audit")
    nasty = 'x\r\n{"act": "suspend"}\u2028\x1b[31m'
    audit.note(world.instance.database, world.viewers["author"], "share", "resource", nasty, reason=nasty)
    line = JsonLines().format(caplog.records[-1])
    assert len(line.splitlines()) == 1 and line.isprintable() and line.isascii()
    said = json.loads(line)
    assert said["message"] == "share" and said["entry"]["id"] == nasty
    assert said["entry"]["who"] == world.viewers["author"].person_id


def _words(found: ast.expr) -> set[str]:
    """The plain words that an expression may give; none for one that is put together."""
    parts = list(ast.walk(found))
    if any(isinstance(one, ast.JoinedStr) for one in parts):
        return set()
    return {one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_act_and_thing_that_is_recorded_has_words() -> None:
    acts, nouns = set(), set()
    for path in [*ROOT.glob("toolkit/**/*.py"), *ROOT.glob("portal/**/*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
            if name in ("audit.record", "audit.note", "audit.tell") and isinstance(call, ast.Call):
                place = 1 if name == "audit.tell" else 2
                acts |= _words(call.args[place])
                nouns |= _words(call.args[place + 1])
    kinds = ("publish", "share", "access", "join", "restore")
    acts |= {
        f"{deed}_{kind}"
        for deed in ("ask", "granted", "refused", "take_back")
        for kind in (*kinds, "succession")
    }
    assert len(acts) > 40 and len(nouns) > 8
    assert not acts - ACTS.keys()
    assert not nouns - NOUNS.keys()


def test_no_title_or_word_of_a_private_document_is_kept(world: World) -> None:
    author = world.viewers["author"]
    with world.instance.database.visit(author, writing=True) as visit:
        owner = visit.session.scalar(select(Organization).where(Organization.slug == "duena"))
        assert owner is not None
        card = catalogue.Card(title="Palabra reservada", summary="Resumen reservado")
        draft = catalogue.add(visit, owner.id, card)
        catalogue.change(visit, draft, catalogue.Card(title="Otra reservada"), revision=draft.revision)
        catalogue.add_file(visit, catalogue.add_version(visit, draft), Received(Path("x"), "ab", 3),
                           "Contrato reservado.txt", FORMATS["txt"])  # fmt: skip
        catalogue.delete_draft(visit, draft)
        own = catalogue.get(visit, world.ids["own"])
        catalogue.withdraw(visit, own, "Motivo reservado")
        catalogue.restore(visit, own)
    with world.instance.database.open_for_maintenance() as session:
        kept = [json.dumps(one.values) for one in session.scalars(select(AuditEntry).where(
            AuditEntry.at > now() - DAY))]  # fmt: skip
    assert len(kept) >= 5 and "reserva" not in " ".join(kept)


CHANGES = (
    "UPDATE audit_entry SET act = 'leave'", "UPDATE audit_entry SET at = '2020-01-01 00:00:00'",
    "UPDATE audit_entry SET noun = 'x'", "UPDATE audit_entry SET noun_id = 'x'",
    "UPDATE audit_entry SET result = 'refused'", "UPDATE audit_entry SET id = id + 100",
    "UPDATE audit_entry SET person_id = 1", "UPDATE audit_entry SET organization_id = 1",
    "UPDATE audit_entry SET place = '192.0.2.0/24'",
    """UPDATE audit_entry SET "values" = '{"role": "promoter"}'""",
    """UPDATE audit_entry SET "values" = '{"role": "member", "more": 1}'""",
    "DELETE FROM audit_entry",
    """INSERT OR REPLACE INTO audit_entry (id, at, act, noun, noun_id, "values")
       SELECT id, at, 'leave', noun, noun_id, "values" FROM audit_entry""",
)  # fmt: skip


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with one entry: person 2 made somebody a member of organisation 2."""
    instance = Instance(tmp_path_factory.mktemp("guarded"))
    instance.database.migrate()
    with instance.database.open_for_maintenance() as session:
        session.add_all([Organization(id=number, slug=f"o{number}", name="O") for number in (1, 2)])
        session.add_all([Person(id=number, name="P", email=f"p{number}@x.pe") for number in (1, 2)])
        session.flush()
        with audit.acting_from("198.51.100.0/24"):
            audit.record(
                session, Viewer(person_id=2), "join", "person", "y", organization_id=2, role="member"
            )
    yield instance
    instance.database.close()


@pytest.fixture
def session(guarded: Instance) -> Iterator[Session]:
    """A session that sees everything, and of which nothing is kept."""
    with guarded.database.engine.connect().execution_options(writing=True) as connection:
        yield Session(bind=connection)


@pytest.mark.parametrize("change", CHANGES)
def test_entries_are_only_ever_added(session: Session, change: str) -> None:
    with pytest.raises(IntegrityError, match="only ever added to"):
        session.connection().exec_driver_sql(change)


def test_erasure_takes_out_who_it_was_and_nothing_else(session: Session) -> None:
    session.execute(update(AuditEntry).values(place="", values={}))
    session.delete(session.get_one(Person, 2))
    session.delete(session.get_one(Organization, 2))
    session.flush()
    session.expire_all()
    left = session.scalars(select(AuditEntry)).one()
    assert (left.person_id, left.organization_id, left.place, left.values) == (None, None, "", {})
    assert (left.act, left.noun, left.noun_id) == ("join", "person", "y")
