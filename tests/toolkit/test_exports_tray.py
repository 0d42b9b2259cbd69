"""The tray of files that somebody asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.instance import Instance
from toolkit.access import VISITOR
from toolkit.exports import tray
from toolkit.exports.tray import KEPT, Tray
from toolkit.records import Job, now

NAME, OTHER = "a" * 64, "b" * 64


def age(path: Path, seconds: float) -> None:
    moment = now().timestamp() - seconds
    os.utime(path, (moment, moment))


def test_a_file_is_there_as_a_whole_once_it_is_kept(tmp_path: Path) -> None:
    made = Tray(tmp_path / "tray")
    assert made.find(NAME) is None and made.progress(NAME) is None
    made.count(NAME, 12, 60)
    assert made.find(NAME) is None and made.progress(NAME) == (12, 60)
    made.keep(NAME, b"contents")
    found = made.find(NAME)
    assert found is not None and found.read_bytes() == b"contents"
    assert made.find(OTHER) is None


def test_a_file_older_than_a_day_is_found_no_more_and_swept(tmp_path: Path) -> None:
    made = Tray(tmp_path)
    made.keep(NAME, b"old")
    made.count(NAME, 1, 1)
    made.keep(OTHER, b"new")
    for ending in ("made", "count"):
        age(tmp_path / f"{NAME}.{ending}", KEPT.total_seconds() + 1)
    assert made.find(NAME) is None, "before anybody swept"
    coming = made.sweep()
    assert [path.name for path in tmp_path.iterdir()] == [f"{OTHER}.made"]
    assert coming is not None and now() < coming <= now() + KEPT


def test_an_empty_tray_needs_no_sweeping(tmp_path: Path) -> None:
    assert Tray(tmp_path / "nothing").sweep() is None


@pytest.mark.parametrize("name", ["", "../secret-key", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_name_that_is_no_digest_is_not_looked_for(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        Tray(tmp_path).find(name)


def test_what_is_asked_for_twice_is_made_once(instance: Instance) -> None:
    def asked() -> list[str]:
        with instance.database.visit(VISITOR, writing=True) as visit:
            tray.ask(visit, "make_report", NAME, year=2026)
        with instance.database.open_for_maintenance(writing=False) as session:
            return list(session.scalars(select(Job.state).where(Job.kind == "make_report")))

    assert asked() == asked() == ["waiting"]
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Job).where(Job.kind == "make_report")).one().state = "running"
    assert asked() == ["running"], "one that runs is enough too"
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Job).where(Job.kind == "make_report")).one().state = "failed"
    assert sorted(asked()) == ["failed", "waiting"]
    with instance.database.visit(VISITOR) as visit:
        assert tray.awaited(visit, "make_report", NAME) and not tray.awaited(visit, "make_report", OTHER)
