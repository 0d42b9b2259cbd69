"""Shelves on disk: what is seen when, what survives, what is noticed."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.search import shelves as shelves_module
from toolkit.search import whoosh_shelf
from toolkit.search.query import parse
from toolkit.search.shelf import Busy, Document, Unavailable
from toolkit.search.shelves import Shelves

ACTA = Document(
    "resource", "a1", 1, "full", "Acta", pages=["la asamblea aprueba"], facets={"topic": ["t1"]}, date=5
)
PLAN = Document("resource", "b2", 1, "full", "Plan", pages=["el plan de la asamblea"], date=9)


@pytest.fixture
def shelves(tmp_path: Path) -> Shelves:
    made = Shelves(tmp_path / "shelves")
    with made.rebuild():
        pass
    return made


def found(shelves: Shelves, text: str, *names: str) -> list[str]:
    return [hit.id for hit in shelves.reading(names or ("public",)).search(parse(text)).hits]


def test_a_fresh_instance_has_no_shelves_until_they_are_built(tmp_path):
    fresh = Shelves(tmp_path / "none")
    assert not fresh.available()
    with pytest.raises(Unavailable):
        fresh.reading(("public",))
    with pytest.raises(Unavailable):
        fresh.shelf("public")
    assert fresh.reading(()).search(parse("acta")).total == 0
    assert not (tmp_path / "none").exists()


def test_the_directory_is_for_its_owner_only(shelves):
    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    for place in (shelves.root, *(path for path in shelves.root.rglob("*") if path.is_dir())):
        assert place.stat().st_mode & 0o077 == 0, place


def test_a_commit_is_seen_and_nothing_before_it(shelves):
    other = Shelves(shelves.root)
    shelf = shelves.shelf("public")
    shelf.put([ACTA])
    assert found(shelves, "acta") == []
    shelf.commit()
    assert found(shelves, "acta") == found(other, "acta") == ["a1"]
    shelf.put([replace(ACTA, title="Estatuto", version=2)])
    shelf.commit()
    assert found(other, "acta") == []
    assert found(other, "estatuto") == ["a1"]
    assert list(shelf.documents()) == [("resource", "a1", 2, "full")]


def test_the_same_document_twice_in_one_batch_stands_once(shelves):
    shelf = shelves.shelf("public")
    shelf.put([ACTA, PLAN, replace(ACTA, title="Estatuto")])
    shelf.drop([("resource", "b2", 1, "full"), ("resource", "unknown")])
    shelf.commit()
    assert found(shelves, "") == ["a1"]
    assert found(shelves, "estatuto") == ["a1"]
    assert shelves.reading(("public",)).search(parse("")).total == 1


def test_rollback_forgets(shelves):
    shelf = shelves.shelf("public")
    shelf.put([ACTA])
    shelf.commit()
    shelf.put([PLAN])
    shelf.drop([ACTA.key])
    shelf.rollback()
    shelf.put([replace(PLAN, id="c3")])
    shelf.commit()
    assert sorted(found(shelves, "")) == ["a1", "c3"]


def test_many_commits_are_merged_and_nothing_is_lost(shelves):
    shelf = shelves.shelf("public")
    for n in range(40):
        shelf.put([replace(ACTA, id=f"n{n}", pages=[f"palabra{n} asamblea"])])
        if n % 5 == 4:
            shelf.drop([("resource", f"n{n - 1}")])
        shelf.commit()
        assert found(shelves, f"palabra{n}") == [f"n{n}"]
    assert shelves.reading(("public",)).search(parse("asamblea")).total == 32
    assert len(shelves._open["public"].parts) < 15
    assert shelf.health() == []


def test_a_full_writer_closes_a_segment_by_itself(shelves, monkeypatch):
    monkeypatch.setattr(whoosh_shelf, "MEMORY_MB", 0)
    shelf = shelves.shelf("public")
    shelf.put([ACTA, PLAN])
    shelf.commit()
    assert len(shelves.reading(("public",))._open) == 2
    assert sorted(found(shelves, "asamblea")) == ["a1", "b2"]


def test_a_purge_leaves_no_trace_of_what_was_dropped(shelves, tmp_path):
    """Same scores, same counts, same words as shelves that never held it."""
    documents = [replace(ACTA, id=f"n{n}", pages=["asamblea general " * (n + 1)]) for n in range(6)]
    secret = replace(
        ACTA, id="zz", title="Canario", pages=["canario asamblea " * 30], facets={"topic": ["t9"]}
    )
    shelf = shelves.shelf("public")
    shelf.put([*documents[:3], secret])
    shelf.commit()
    shelf.put(documents[3:])
    shelf.commit()
    shelf.drop([secret.key])
    shelf.commit(purge=True)
    never = Shelves(tmp_path / "never")
    with never.rebuild() as rebuilding:
        rebuilding.shelf("public").put(documents)
    for text in ["asamblea", "canario", "acta general", "canari*", "a*", ""]:
        one, other = (s.reading(("public",)).search(parse(text), facets=("topic",)) for s in (shelves, never))
        assert [(h.id, h.score) for h in one.hits] == [(h.id, h.score) for h in other.hits]
        assert (one.total, one.complete, one.facets) == (other.total, other.complete, other.facets)
    words = [term for part in shelves.reading(("public",))._open for _, term in part.part.terms()]
    assert words
    assert not [term for term in words if b"canari" in term]


def test_a_purge_of_the_last_document_leaves_an_empty_shelf(shelves):
    shelf = shelves.shelf("public")
    shelf.put([ACTA])
    shelf.commit()
    shelf.drop([ACTA.key])
    shelf.commit(purge=True)
    assert found(shelves, "acta") == found(shelves, "") == []
    shelf.put([PLAN])
    shelf.commit()
    assert found(shelves, "") == ["b2"]


def test_only_the_named_shelves_are_read(shelves):
    for name, document in [("public", ACTA), ("space-1", PLAN)]:
        shelves.shelf(name).put([document])
        shelves.shelf(name).commit()
    assert found(shelves, "asamblea", "public") == ["a1"]
    assert sorted(found(shelves, "asamblea", "public", "space-1", "space-2")) == ["a1", "b2"]
    assert found(shelves, "asamblea", "space-2") == []


def test_what_others_keep_changes_nothing_for_a_reader(shelves, tmp_path):
    """Two worlds: with and without a private shelf beside it, to the last digit."""
    for world in (shelves, poor := Shelves(tmp_path / "poor")):
        with world.rebuild() as rebuilding:
            rebuilding.shelf("public").put([ACTA, PLAN])
            if world is shelves:
                rebuilding.shelf("space-1").put(
                    [replace(ACTA, id=f"p{n}", title="Canario") for n in range(9)]
                )
    for text in ["asamblea", "acta", "canario", "can*", "plan asamblea", ""]:
        one, other = (s.reading(("public",)).search(parse(text), facets=("topic",)) for s in (shelves, poor))
        assert repr(replace(one, took_ms=0)) == repr(replace(other, took_ms=0))


def test_a_rebuild_counts_all_at_once_and_the_old_is_removed(shelves):
    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    with shelves.rebuild() as rebuilding:
        rebuilding.shelf("public").put([PLAN])
        rebuilding.shelf("public").commit()
        assert found(shelves, "") == ["a1"]
    assert found(shelves, "") == ["b2"]
    assert len(list(shelves.root.glob("shelves-*"))) == 1
    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    assert sorted(found(shelves, "")) == ["a1", "b2"]


def test_a_reading_opened_before_a_rebuild_goes_on_answering(shelves):
    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    before = shelves.reading(("public",))
    with shelves.rebuild() as rebuilding:
        rebuilding.shelf("public").put([PLAN])
    assert [hit.id for hit in before.search(parse("asamblea")).hits] == ["a1"]


def test_a_rebuild_that_fails_leaves_the_old_as_it_was(shelves):
    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    with pytest.raises(RuntimeError), shelves.rebuild() as rebuilding:
        rebuilding.shelf("public").put([PLAN])
        raise RuntimeError
    assert found(shelves, "") == ["a1"]
    assert len(list(shelves.root.glob("shelves-*"))) == 1


def test_deleted_shelves_are_noticed_at_once_and_can_be_rebuilt(shelves):
    import shutil

    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    assert found(shelves, "acta") == ["a1"]
    shutil.rmtree(shelves.root)
    assert not shelves.available()
    with pytest.raises(Unavailable):
        found(shelves, "acta")
    with pytest.raises(Unavailable):
        shelves.shelf("public")
    with shelves.rebuild() as rebuilding:
        rebuilding.shelf("public").put([PLAN])
    assert found(shelves, "plan") == ["b2"]


def test_one_missing_shelf_is_noticed(shelves):
    import shutil

    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    shutil.rmtree(shelves.shelf("public").folder)
    assert not shelves.available()
    with pytest.raises(Unavailable):
        Shelves(shelves.root).shelf("public")


@pytest.mark.parametrize("ending", [".toc", ".trm", ".pst", "card.col"])
@pytest.mark.parametrize("harm", ["cut", "garbage", "removed"])
def test_damaged_files_are_noticed_and_a_rebuild_heals(shelves, ending, harm):
    shelf = shelves.shelf("public")
    shelf.put([replace(ACTA, id=f"n{n}") for n in range(30)])
    shelf.commit()
    path = next(path for path in shelf.folder.iterdir() if path.name.endswith(ending))
    data = path.read_bytes()
    if harm == "removed":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if harm == "cut" else bytes(len(data)))
    opened = Shelves(shelves.root)
    assert shelf.health()
    with pytest.raises(Unavailable):
        found(opened, "asamblea")
    assert not opened.available()
    assert not Shelves(shelves.root).available()
    with opened.rebuild() as rebuilding:
        rebuilding.shelf("public").put([ACTA])
    assert opened.available()
    assert found(opened, "asamblea") == ["a1"]


def test_another_analysis_is_unavailable_until_rebuilt(shelves, monkeypatch):
    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    monkeypatch.setattr(shelves_module, "ANALYSIS_VERSION", "other")
    assert not shelves.available()
    with pytest.raises(Unavailable):
        shelves.reading(("public",))


def test_a_second_writer_is_refused(shelves):
    shelves.shelf("public").put([ACTA])
    with pytest.raises(Busy):
        Shelves(shelves.root).shelf("public").put([PLAN])
    shelves.shelf("public").commit()


def test_a_killed_writer_leaves_the_last_commit_whole(shelves):
    shelves.shelf("public").put([ACTA])
    shelves.shelf("public").commit()
    script = textwrap.dedent("""
        import sys
        from dataclasses import replace
        from tests.toolkit.search.test_shelves import PLAN
        from toolkit.search.shelves import Shelves
        shelf = Shelves(sys.argv[1]).shelf("public")
        n = 0
        while True:
            shelf.put([replace(PLAN, id=f"k{n}-{m}") for m in range(20)])
            shelf.commit()
            n += 1
            print(n, flush=True)
    """)
    root = Path(__file__).parents[3]
    writer = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script, str(shelves.root)], stdout=subprocess.PIPE, cwd=root
    )
    for _ in range(3):
        writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    said = 3 + len(writer.stdout.read().split())
    assert shelves.available()
    total = shelves.reading(("public",)).search(parse("plan")).total
    assert total >= 20 * said - 20
    assert total % 20 == 0
    shelf = Shelves(shelves.root).shelf("public")
    assert shelf.health() == []
    shelf.put([replace(ACTA, id="later")])
    shelf.commit()
    assert "later" in found(shelves, "acta")
    assert not list(shelf.folder.glob("*.tmp/*"))


def test_threads_search_while_commits_go_by(shelves):
    shelf = shelves.shelf("public")
    shelf.put([ACTA])
    shelf.commit()
    stop, faults = threading.Event(), []

    def search() -> None:
        try:
            while not stop.is_set():
                results = shelves.reading(("public", "members")).search(
                    parse("asamblea plan aprueb*"), facets=("topic",)
                )
                assert results.total >= 1
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(25):
        shelf.put([replace(PLAN, id=f"n{n}")])
        shelf.commit(purge=n % 5 == 0)
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert shelves.reading(("public",)).search(parse("plan")).total == 25


@pytest.mark.parametrize("name", ["", "..", "a/b", "Á", "-x", "x" * 99, "a\0"])
def test_a_name_cannot_leave_the_directory(shelves, name):
    with pytest.raises(ValueError, match="not the name"):
        shelves.shelf(name)
    assert found(shelves, "", name or "..") == []
