"""The visit's limits reach every form of statement; transactions begin as they should."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, exists, func, literal, select, text, union_all, update
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.accounts.records import Account
from portal.instance import Instance
from toolkit import database
from toolkit.access import VISITOR, Viewer
from toolkit.database import Busy, Database, NotSupported
from toolkit.records import File, Organization, Page, Resource, Version, metadata

other = aliased(Resource)
FORMS = {
    "entity": select(Resource),
    "column": select(Resource.title),
    "count": select(func.count(Resource.id)),
    "alias": select(other),
    "column of an alias": select(other.title),
    "exists": select(literal(1)).where(exists(select(Resource.id))),
    "scalar subquery": select(select(func.count(Resource.id)).scalar_subquery()),
    "derived table": select(select(Resource.title).subquery()),
    "common table": select(select(Resource.title).cte()),
    "union": union_all(select(Resource.title), select(Organization.name)),
    "join": select(Page.id).join(Version, Version.id == Page.file_id).join(Resource),
    "update": update(Resource).values(title="x").where(Resource.id > 0),
    "delete": delete(Resource).where(Resource.id > 0),
    "option": select(Version).options(joinedload(Version.resource)),
    "chain of options": select(File).options(joinedload(File.version).joinedload(Version.resource)),
}


@pytest.mark.parametrize("form", FORMS)
def test_reach_finds_the_resource(form: str) -> None:
    assert "resource" in database._reach(FORMS[form])


def test_what_is_loaded_by_a_statement_of_its_own_is_limited_there() -> None:
    assert database._reach(select(Version).options(selectinload(Version.resource))) == {"version"}


def test_what_a_record_joins_by_itself_is_reached() -> None:
    assert "person" in database._reach(select(Account))


def test_a_statement_without_tables_gets_every_condition() -> None:
    assert database._reach(text("SELECT 1")) == frozenset(metadata.tables)


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("update", "delete")])
def test_a_visitor_sees_nothing_of_a_private_resource_in_any_form(form: str, instance: Instance) -> None:
    with instance.database.open_for_maintenance() as session:
        holder = Organization(slug="secreta", name="x", active=False)
        session.add(holder)
        session.flush()
        hidden = Resource(organization_id=holder.id, title="secreto", state="published", level=3)
        session.add(hidden)
        session.flush()
        session.add(Version(resource_id=hidden.id, number=1))
    with instance.database.visit(VISITOR) as visit:
        rows = visit.session.execute(FORMS[form]).all()
        assert rows in ([], [(0,)])


def test_a_visit_that_writes_waits_for_the_lock_and_then_says_so(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MILLISECONDS", 50)
    quick = Database("sqlite:///portal.db", instance.folder)
    with instance.database.visit(VISITOR, writing=True), pytest.raises(Busy):
        quick.visit(VISITOR, writing=True)
    with instance.database.visit(VISITOR, writing=True):
        quick.visit(VISITOR).close()  # reading goes on


def test_what_is_not_committed_never_happened(instance: Instance) -> None:
    visit = instance.database.visit(VISITOR, writing=True)
    visit.session.add(Organization(slug="nada", name="x"))
    visit.session.flush()
    visit.close()
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalar(select(func.count(Organization.id))) == 0


def test_durability_and_keys(instance: Instance) -> None:
    with instance.database.open_for_maintenance(writing=False) as session:
        asked = {name: session.scalar(text(f"PRAGMA {name}"))
                 for name in ("journal_mode", "synchronous", "foreign_keys")}  # fmt: skip
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_migrations_make_just_the_tables_of_the_records(instance: Instance) -> None:
    import portal.accounts.records  # noqa: F401 - its tables belong to the one metadata

    with instance.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_another_engine_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotSupported):
        Database("postgresql://localhost/x", tmp_path)


def test_conditions_are_kept_for_a_statement_that_lives_and_for_each_viewer(instance: Instance) -> None:
    standing = select(Resource.title)
    scope = database._scope_of(VISITOR)
    with instance.database.visit(VISITOR) as visit:
        before = len(scope._limited)
        visit.session.execute(standing)
        visit.session.execute(standing)
        for _ in range(20):
            visit.session.execute(select(Resource.title))
        assert len(scope._limited) == before + 1  # the passing statements are forgotten with themselves
    assert scope.limit(standing, False) is scope.limit(standing, False)
    assert scope.limit(standing, False) is not scope.limit(standing, True)
    member = database._scope_of(Viewer(person_id=1, roles=frozenset({(1, "member")})))
    assert member.limit(standing, False) is not scope.limit(standing, False)


def test_a_join_with_an_alias_that_would_not_be_scoped_is_refused(instance: Instance) -> None:
    other = aliased(Resource)
    beside = select(Resource.id, other.id).join(other, other.organization_id == Resource.organization_id)
    inside = select(Organization).where(beside.exists())
    with instance.database.visit(VISITOR) as visit:
        for statement in (beside, inside):
            with pytest.raises(database.UnscopedJoin):
                visit.session.execute(statement)
        visit.session.execute(select(Version).join(Version.resource.of_type(other)))
        visit.session.execute(select(other).where(other.id.in_(select(Resource.id))))
