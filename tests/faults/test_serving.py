"""What dies is started again, and shelves that somebody deletes are built anew, while the portal serves."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.serving import Serving, children, mark, run, search, serving, wait_until, write_files

pytestmark = pytest.mark.faults
FILES = 12


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    root = tmp_path_factory.mktemp("serving")
    write_files(root / "in", FILES)
    with serving(root / "instance") as portal:
        ran = run(portal.instance, "import", str(root / "in"), "--wait")
        assert ran.returncode == 0, ran.stderr
        yield portal


def results(portal: Serving, words: str) -> str:
    status, page = portal.get(f"/biblioteca?q={words}")
    assert status == 200, page
    return page


def rebuilding(portal: Serving) -> bool:
    return "La búsqueda se está reconstruyendo" in results(portal, mark(3))


def findable(portal: Serving) -> bool:
    return "documento-003" in results(portal, mark(3))


def test_deleted_shelves_are_noticed_and_built_anew(portal: Serving) -> None:
    """The worker is stopped meanwhile, for a rebuild of few documents is over before one can look."""
    assert findable(portal) and not rebuilding(portal)
    public_id = search(portal.instance, mark(3))["hits"][0]["id"]
    worker = portal.child("worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        shutil.rmtree(portal.instance / "shelves")
        wait_until(lambda: rebuilding(portal), 5, "results say that the search is being rebuilt")
        assert portal.get("/")[0] == 200
        status, card = portal.get(f"/recursos/{public_id}")
        assert status == 200 and "documento-003" in card
        status, contents = portal.get(f"/recursos/{public_id}/v1/1/archivo")
        assert status == 200 and mark(3) in contents
        told = run(portal.instance, "search", mark(3))
        assert told.returncode == 1 and "reconstruyendo" in told.stderr and "Traceback" not in told.stderr
    finally:
        os.kill(worker, signal.SIGCONT)
    assert wait_until(lambda: findable(portal), 60, "findable again") < 60
    assert run(portal.instance, "verify").returncode == 0


def test_deleting_shelves_over_and_over_never_breaks_a_page(portal: Serving) -> None:
    for _ in range(5):
        shutil.rmtree(portal.instance / "shelves", ignore_errors=True)
        for _ in range(5):
            assert portal.get("/biblioteca?q=cooperativa")[0] == 200
        wait_until(lambda: findable(portal), 60, "findable again")


def test_one_shelf_that_is_gone_is_noticed_too(portal: Serving) -> None:
    (shelf,) = Path(portal.instance / "shelves").glob("shelves-*/public")
    shutil.rmtree(shelf)
    wait_until(lambda: not shelf.exists() and findable(portal), 60, "built anew in another folder")
    assert run(portal.instance, "verify").returncode == 0


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_child_is_started_again(portal: Serving, name: str) -> None:
    before = portal.child(name)
    portal.kill(name)
    wait_until(lambda: portal.child(name) not in (0, before), 5, f"{name} is there again")
    portal.wait(30)
    assert findable(portal)


def test_the_process_that_answers_is_started_again(portal: Serving) -> None:
    web = portal.child("web")
    (answering,) = children(web)
    os.kill(answering, signal.SIGKILL)
    wait_until(lambda: children(web) not in ([], [answering]), 10, "another one answers")
    portal.wait(30)
    assert portal.child("web") == web and findable(portal)


def test_the_end_of_the_parent_is_the_end_of_all(tmp_path: Path) -> None:
    portal = Serving(tmp_path / "instance")
    try:
        portal.wait()
        family = [portal.child("web"), portal.child("worker")]
        family += [pid for child in family for pid in children(child)]
        assert len(family) >= 3 and all(family)
        portal.process.kill()
        portal.process.wait(10)
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 30, "all are gone")
    finally:
        portal.end()


def test_what_it_logs_is_json(portal: Serving) -> None:
    log = (portal.instance.parent / f"{portal.instance.name}.log").read_text()
    lines = [line for line in log.splitlines() if not line.startswith("Ayni atiende")]
    assert all(re.match(r'\{"at": ', line) for line in lines), lines
