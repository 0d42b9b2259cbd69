"""`portal demo`: what the example people have done with the library, once and not again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from portal.commands import main
from portal.instance import Instance
from toolkit import exchange, people, requests, spaces
from toolkit.records import Folder, Meeting, Plan, Resource, now
from toolkit.records.actions import STATES

pytestmark = pytest.mark.slow


def test_the_example_people_share_ask_and_coordinate(tmp_path: Path) -> None:
    for _ in range(2):  # a second run changes nothing
        ran = CliRunner().invoke(main, ["--instance", str(tmp_path), "demo", "--no-serve"])
        assert ran.exit_code == 0, ran.output
    instance = Instance(tmp_path)
    with instance.database.open_for_maintenance(writing=False) as session:
        who = {
            name: people.viewer_of(session, people.get(session, address).id, now())
            for name, address in (
                ("produce", "lucia.ramos@ejemplo.gob.pe"),
                ("credit", "wilmer.cotrina@solidario.ejemplo.coop"),
            )
        }
        assert session.scalar(select(func.count(Folder.id))) == 3
        assert session.scalar(select(func.count(Resource.id)).where(Resource.folder_id.is_not(None))) == 4
    with instance.database.visit(who["produce"]) as visit:
        rows = exchange.browse(visit, spaces.get(visit, "produce")).rows
        assert sorted(row.share.acknowledged_at is None for row in rows) == [False, True]
        assert spaces.get(visit, "documentos-del-convenio").active
    with instance.database.visit(who["credit"]) as visit:
        (waiting,) = requests.browse(visit, spaces.get(visit, "ahorro-ejemplo-solidario").id)
        assert waiting.kind == "share"
    _a_year_in_every_state(instance)
    instance.database.close()


def _a_year_in_every_state(instance: Instance) -> None:
    """The plan of 2026 has an action in every state; that of 2027 waits for one party."""
    with instance.database.open_for_maintenance(writing=False) as session:
        plans = {plan.year: plan for plan in session.scalars(select(Plan))}
        assert {one.state for one in plans[2026].actions} == set(STATES)
        assert [one.number for one in plans[2026].changes] == [1, 2]
        assert (plans[2027].state, len(plans[2027].consents)) == ("draft", 1)
        met = {one.state: one for one in session.scalars(select(Meeting))}
        assert set(met) == {"called", "agreed"}
        assert [one.present for one in met["agreed"].attendance] == [True, True]
        assert len(met["called"].attendance) == 2
