"""kill -9 in the middle of an import: nothing that was acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from portal.instance import Instance
from tests.faults.serving import Serving, command, mark, run, search, serving, wait_until, write_files
from toolkit.jobs import LEASE

pytestmark = pytest.mark.faults
FILES = 200
RECOVERY = LEASE + 60
"""Seconds within which everything is done: the lease of what was taken, and a minute."""


def count(instance: Path, query: str) -> int:
    """A number from the database, read beside the portal."""
    path = instance / "portal.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        try:
            return database.execute(query).fetchone()[0]
        except sqlite3.OperationalError:  # not yet migrated
            return 0


def read(instance: Path) -> int:
    return count(instance, "SELECT count(*) FROM file WHERE state != 'received'")


def import_again(instance: Path, folder: Path) -> tuple[list[dict], float]:
    begun = time.monotonic()
    ran = run(instance, "import", str(folder), "--wait", "--json", seconds=RECOVERY + 20)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()], time.monotonic() - begun


def kill_all(root: Path) -> dict:
    """Web, worker and import die together; then `serve` and the same import."""
    instance, folder = root / "all", root / "all-files"
    write_files(folder, FILES)
    portal = Serving(instance)
    try:
        portal.wait()
        importing = subprocess.Popen(command(instance, "import", str(folder), "--wait"),
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            wait_until(lambda: read(instance) > 20, 60, "some files are read")
        finally:
            importing.kill()
            importing.wait(10)
        portal.kill("web", "worker", itself=True)
    finally:
        portal.end()
    before = count(instance, "SELECT count(*) FROM resource"), read(instance)
    with serving(instance):
        lines, seconds = import_again(instance, folder)
        return {"before": before, "lines": lines, "seconds": seconds, **look(instance)}


def kill_portal(root: Path) -> dict:
    """Web and worker die; the import command goes on by itself. `serve` alone must do the rest."""
    instance, folder = root / "portal", root / "portal-files"
    write_files(folder, FILES)
    portal = Serving(instance)
    try:
        portal.wait()
        importing = subprocess.Popen(command(instance, "import", str(folder), "--json"),
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                     text=True)  # fmt: skip
        try:
            wait_until(lambda: read(instance) > 5, 60, "some files are read")
            portal.kill("web", "worker", itself=True)
            out, _ = importing.communicate(timeout=60)
        finally:
            importing.kill()
    finally:
        portal.end()
    lines = [json.loads(line) for line in out.splitlines()]
    before = len(lines), read(instance)
    with serving(instance):
        work = "SELECT count(*) FROM job WHERE kind IN ('read_file', 'index_resource')"
        seconds = wait_until(lambda: not count(instance, work), RECOVERY, "everything is read and indexed")
        return {"before": before, "lines": lines, "seconds": seconds, **look(instance)}


def look(instance: Path) -> dict:
    """What is there while the portal still serves, and what `portal verify` says."""
    opened = Instance(instance)
    standing = [row for shelf in opened.shelves.look().values() for row in shelf.documents()]
    opened.database.close()
    leftovers = [path for name in ("files/incoming", "scratch") for path in (instance / name).iterdir()]
    limit = time.monotonic() + 20
    while leftovers and time.monotonic() < limit:  # swept some seconds after the start
        time.sleep(0.5)
        leftovers = [path for path in leftovers if path.exists()]
    verified = run(instance, "verify")
    return {
        "resources": count(instance, "SELECT count(*) FROM resource WHERE state = 'published'"),
        "versions": count(instance, "SELECT count(*) FROM version"),
        "files": count(instance, "SELECT count(*) FROM file WHERE state = 'ready' AND page_count = 1"),
        "pages": count(instance, "SELECT count(*) FROM page"),
        "sets": count(instance, "SELECT count(DISTINCT file_id) FROM page"),
        "standing": sorted(public_id for _, public_id, _, _ in standing),
        "verified": (verified.returncode, verified.stdout),
        "leftovers": leftovers,
        "found": [search(instance, mark(at))["total"] for at in (0, FILES // 2, FILES - 1)],
    }


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[dict]]]:
    """Both stories at once, for most of their time is waiting for leases to run out."""
    root = tmp_path_factory.mktemp("kill")
    with ThreadPoolExecutor(2) as pool:
        yield {story.__name__: pool.submit(story, root) for story in (kill_all, kill_portal)}


@pytest.mark.parametrize("story", ["kill_all", "kill_portal"])
def test_nothing_is_lost_and_nothing_is_there_twice(outcomes: dict[str, Future[dict]], story: str) -> None:
    outcome = outcomes[story].result(timeout=220)
    received, read_before = outcome["before"]
    assert 0 < read_before < FILES, "it was killed in the middle"
    if story == "kill_all":
        assert {line["state"] for line in outcome["lines"]} == {"ready"}
    assert len({line["id"] for line in outcome["lines"]}) == len(outcome["lines"]) == FILES
    assert outcome["seconds"] < RECOVERY
    assert outcome["resources"] == outcome["versions"] == outcome["files"] == FILES
    assert outcome["pages"] == outcome["sets"] == FILES
    assert outcome["standing"] == sorted(line["id"] for line in outcome["lines"])
    assert outcome["verified"] == (0, "Todo está en orden.\n")
    assert outcome["leftovers"] == []
    assert outcome["found"] == [1, 1, 1]
    print(f"{story}: {received} received and {read_before} read before, {outcome['seconds']:.0f} s after")
