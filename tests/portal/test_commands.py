"""`portal import`, `search`, `verify` and `reindex`, as an operator calls them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from portal.commands import main
from portal.instance import Instance
from tests.toolkit.shelved import add_resource, index

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "naughty-strings.json"
FACETS = {"noun", "kind", "topic", "sector", "audience", "principle", "country", "region", "organization",
          "language", "year"}  # fmt: skip


HANGING = 30
"""Seconds after which something is thought to hang."""


def portal(instance: Instance | Path, *words: str) -> Result:
    folder = instance.folder if isinstance(instance, Instance) else instance
    return CliRunner().invoke(main, ["--instance", str(folder), *words])


def lines(ran: Result) -> list[dict]:
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture
def library(instance: Instance) -> Instance:
    pages = ["La asamblea elige al consejo.", "Los remanentes se distribuyen cada año."]
    index(instance, *(add_resource(instance, text=pages, title=f"Guía {n}", country="PE") for n in range(12)))
    return instance


def test_search_tells_what_was_promised(library: Instance) -> None:
    (found,) = lines(portal(library, "search", "remanentes", "--json"))
    assert set(found) == {"query", "total", "took_ms", "facets", "hits"}
    assert (found["query"], found["total"], len(found["hits"])) == ("remanentes", 12, 10)
    assert set(found["facets"]) == FACETS and found["facets"]["country"] == {"PE": 12}
    hit = found["hits"][0]
    assert set(hit) == {"id", "title", "file", "page", "snippet", "score"}
    assert (hit["file"], hit["page"]) == ("v1.txt", 2) and "remanentes" in hit["snippet"]
    assert hit["title"].startswith("Guía") and hit["score"] > 0 and found["took_ms"] > 0


def test_a_limit_and_a_hit_in_the_title_only(library: Instance) -> None:
    (found,) = lines(portal(library, "search", "guía", "--limit", "12", "--json"))
    assert len(found["hits"]) == 12 and {hit["page"] for hit in found["hits"]} == {None}


def test_a_batch_gives_a_line_for_each_line(library: Instance, tmp_path: Path) -> None:
    batch = tmp_path / "queries.txt"
    batch.write_bytes("asamblea\r\n\nuna\u2028sola\x0bconsulta\x85\nnadie\n".encode() + b"\xff roto\n")
    found = lines(portal(library, "search", "--batch", str(batch), "--json"))
    assert [one["query"] for one in found] == [
        "asamblea", "", "una\u2028sola\x0bconsulta\x85", "nadie", "\ufffd roto"
    ]  # fmt: skip
    assert [one["total"] for one in found][:2] == [12, 12] and found[3]["total"] == 0


def test_words_or_a_batch_but_not_both(library: Instance, tmp_path: Path) -> None:
    assert portal(library, "search").exit_code == 2
    assert portal(library, "search", "a", "--batch", str(library.database.path)).exit_code == 2


def test_a_query_may_begin_with_a_dash(library: Instance) -> None:
    assert lines(portal(library, "search", "-1.00", "--json"))[0]["query"] == "-1.00"
    assert lines(portal(library, "search", "asamblea -consejo", "--json"))[0]["total"] == 0


def test_who_asks_decides_what_is_found(library: Instance, add_person) -> None:
    add_person("rosa@ejemplo.pe", organizations={"duena": "member"})
    own = add_resource(library, text="Solo para la casa.", level=3)
    index(library, own)
    assert lines(portal(library, "search", "casa", "--json"))[0]["total"] == 0
    (found,) = lines(portal(library, "search", "casa", "--as", "rosa@ejemplo.pe", "--json"))
    assert [hit["id"] for hit in found["hits"]] == [own]
    nobody = portal(library, "search", "casa", "--as", "nadie@ejemplo.pe")
    assert nobody.exit_code == 1 and "Traceback" not in nobody.output


def test_a_hundred_thousand_characters_are_cut_and_answered(library: Instance, client: FlaskClient) -> None:
    """Only the first 200 count, and the page says so. The times only guard against hanging: make bench."""
    query = ("asamblea remanentes consejo " * 4000)[:100_000]
    command = [sys.executable, "-m", "portal", "--instance", str(library.folder), "search", query, "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=HANGING, check=True)
    assert json.loads(ran.stdout)["total"] == 12
    begun = time.monotonic()
    answer = client.get("/biblioteca", query_string={"q": query})
    assert answer.status_code == 200 and "200 caracteres" in answer.text
    assert time.monotonic() - begun < HANGING


def naughty() -> list[str]:
    if not NAUGHTY.exists():
        pytest.skip("../shared/data/naughty-strings.json is not here")
    return json.loads(NAUGHTY.read_text(encoding="utf-8"))


def test_every_naughty_string_is_a_query(library: Instance, tmp_path: Path) -> None:
    batch = tmp_path / "naughty.txt"
    strings = [text.replace("\n", " ").encode("utf-8", "replace") for text in naughty()]
    batch.write_bytes(b"\n".join(strings) + b"\n")
    found = lines(portal(library, "search", "--batch", str(batch), "--json"))
    assert len(found) == len(strings) > 500


def test_every_naughty_string_gives_a_page(library: Instance, client: FlaskClient) -> None:
    client.application.config["RATELIMIT_ENABLED"] = False
    from portal.limits import limiter

    limiter.enabled = False
    try:
        for text in naughty():
            address = {"q": text.encode("utf-8", "replace").decode()}
            assert client.get("/biblioteca", query_string=address).status_code == 200, text
    finally:
        limiter.enabled = True


def test_without_shelves_a_sentence_is_said(instance: Instance) -> None:
    ran = portal(instance, "search", "algo")
    assert ran.exit_code == 1 and "La búsqueda se está reconstruyendo" in ran.output


def test_verify_tells_faults_and_its_exit_status(library: Instance) -> None:
    assert portal(library, "verify").output == "Todo está en orden.\n"
    assert lines(portal(library, "verify", "--json")) == [{"faults": []}]
    library.store.path(next(library.store.hashes())).unlink()
    ran = portal(library, "verify", "--json")
    assert ran.exit_code == 1 and json.loads(ran.stdout)["faults"][0].startswith("contents missing: ")
    assert portal(library, "verify").exit_code == 1


def test_reindex_builds_what_is_gone(library: Instance) -> None:
    shutil.rmtree(library.shelves_folder)
    assert portal(library, "verify").exit_code == 1
    ran = portal(library, "reindex")
    assert ran.exit_code == 0 and "reconstruidos" in ran.output
    assert portal(library, "verify").exit_code == 0
    assert lines(portal(library, "search", "asamblea", "--json"))[0]["total"] == 12


# --- import


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, contents in files.items():
        (folder / f"{name}.txt").write_text(contents, encoding="utf-8")
    return folder


def test_a_folder_is_imported_found_and_imported_again(tmp_path: Path) -> None:
    """From nothing: the instance, its tables and the organisation are made."""
    folder, instance = (
        write(tmp_path / "in", uno="Texto uno.", dos="Texto dos.", tres="Texto dos."),
        tmp_path / "i",
    )
    (folder / "roto.pdf").write_bytes(b"%PDF-1.4\nnothing\n%%EOF\n" * 9)
    (folder / "programa.exe").write_bytes(b"MZ" * 99)
    table = folder / "tabla.csv"
    table.write_text("archivo;título;año\nuno.txt;El primero;2020\nnadie.txt;Nadie;\n", encoding="utf-8")
    command = ("import", str(folder), "--metadata", str(table), "--wait", "--json")
    first = portal(instance, *command)
    told = {line["file"]: line for line in lines(first)}
    assert {name: line["state"] for name, line in told.items()} == {
        "dos.txt": "ready", "programa.exe": "refused", "roto.pdf": "unreadable", "tres.txt": "duplicate",
        "uno.txt": "ready",
    }  # fmt: skip
    assert set(told["uno.txt"]) == {"file", "state", "reason", "id"}
    assert all(told[name]["reason"] for name in ("programa.exe", "roto.pdf", "tres.txt"))
    assert told["tres.txt"]["id"] == told["dos.txt"]["id"] and told["programa.exe"]["id"] is None
    assert "públicos" in first.stderr and "nadie.txt" in first.stderr
    (found,) = lines(portal(instance, "search", "texto", "--json"))
    assert found["total"] == 2 and "El primero" in {hit["title"] for hit in found["hits"]}
    assert portal(instance, "verify").exit_code == 0
    again = {line["file"]: line for line in lines(portal(instance, *command))}
    assert again == told


def test_without_waiting_files_are_queued(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", uno="Texto uno.")
    ran = portal(tmp_path / "i", "import", str(folder), "--audience", "members")
    assert ran.exit_code == 0 and "1 en cola" in ran.output and "públicos" not in ran.output
    (line,) = lines(portal(tmp_path / "i", "import", str(folder), "--audience", "members", "--json"))
    assert line["state"] == "queued"


def test_the_exit_status_says_when_nothing_could_be_done(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "programa.exe").write_bytes(b"MZ" * 99)
    ran = portal(tmp_path / "i", "import", str(folder), "--wait")
    assert ran.exit_code == 1 and "1 rechazados" in ran.output
    write(folder, uno="Texto.")
    assert portal(tmp_path / "i", "import", str(folder), "--wait").exit_code == 0


def test_an_owner_that_is_not_known_is_told(library: Instance, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", uno="Texto.")
    ran = portal(library, "import", str(folder), "--owner", "nadie")
    assert ran.exit_code == 1 and "duena" in ran.output and "Traceback" not in ran.output


def test_names_that_are_no_utf8_do_not_end_an_import(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", uno="Texto uno.")
    Path(str(folder / "se\udcf1al.txt")).write_text("Texto dos.")
    told = lines(portal(tmp_path / "i", "import", str(folder), "--json"))
    assert [line["state"] for line in told] == ["queued", "queued"]
