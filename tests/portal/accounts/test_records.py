"""The tables: as the migrations make them, and out of every visitor's sight."""

from __future__ import annotations

from alembic import command
from sqlalchemy import inspect, select

from portal.accounts.records import Account, SignIn
from toolkit import database
from toolkit.access import Viewer


def test_migrations_make_the_records_and_take_them_back(instance):
    engine = instance.database.engine.execution_options(writing=True)
    with engine.connect() as connection:
        config = database._alembic(connection)
        command.check(config)
        command.downgrade(config, "0001")
        assert "account" not in inspect(connection).get_table_names()
        command.upgrade(config, "head")
        command.check(config)


def test_no_visit_shows_an_account(add_person, instance, sign_in):
    number = add_person("rosa@coop.example", portal_role="administrator")
    sign_in("rosa@coop.example")
    with instance.database.visit(Viewer(person_id=number, portal_role="administrator")) as visit:
        assert not visit.session.scalars(select(Account)).all()
        assert not visit.session.scalars(select(SignIn)).all()
