"""The example library: enough of it, true to its catalogue, and readable by the portal's own readers."""

from __future__ import annotations

import re
import tempfile
import tomllib
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from toolkit import vocabulary
from toolkit.example import FILES, FOLDER, SOURCES, read_library
from toolkit.example.make import lose_accents
from toolkit.example.sheets import to_formula
from toolkit.extraction import scan
from toolkit.files.admission import recognise
from toolkit.files.formats import FORMATS

MANUAL = "manual-gestion-cooperativas-agrarias.pdf"
SCAN = "acta-fundacion-1978.pdf"
RESOURCES: list[dict[str, Any]] = read_library()["resources"]
NAMES = [resource["file"] for resource in RESOURCES]
PDFS = [name for name in NAMES if name.endswith(".pdf") and name != SCAN]


@cache
def pages(name: str) -> list[str]:
    """The text layer of a PDF, page by page."""
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(FILES / name)]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def source(name: str) -> str:
    own = SOURCES / name
    return (own if own.exists() else SOURCES / f"{Path(name).stem}.md").read_text(encoding="utf-8")


def test_catalogue_and_files_agree():
    assert sorted(NAMES) == sorted(path.name for path in FILES.iterdir())
    used = {source(name) for name in NAMES}
    assert len(used) == len(list(SOURCES.iterdir())) == len(NAMES)


def test_there_is_enough_of_it_and_it_is_small():
    assert len(NAMES) >= 26
    assert sum(len(re.findall(r"[^\W\d_]{2,}", source(name))) for name in NAMES) >= 15_000
    assert sum(len(pages(name)) for name in (*PDFS, SCAN)) >= 60
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 6_000_000


def test_every_format_is_there_and_is_what_its_name_says():
    found = {recognise(FILES / name, name).code for name in NAMES}
    assert found == set(FORMATS)


@pytest.mark.parametrize("resource", RESOURCES, ids=NAMES)
def test_fields_hold_codes_of_the_vocabularies(resource):
    for field, name in (("topics",) * 2, ("sectors",) * 2, ("principles",) * 2, ("audiences",) * 2):
        assert resource[field] and set(resource[field]) <= set(vocabulary.load(name)), field
    for field, name in (("kind", "kinds"), ("country", "countries"), ("language", "languages")):
        assert resource[field] in vocabulary.load(name), field
    assert resource["licence"] in vocabulary.load("licences")
    assert resource["region"] in ("", *vocabulary.regions_of(resource["country"]))
    assert 40 <= len(resource["summary"]) <= 400
    assert resource["title"] and resource["authors"]
    assert 1900 < resource["year"] <= 2026


def test_languages_and_levels():
    library = read_library()
    owners = {organization["slug"] for organization in library["organizations"]}
    assert {resource["owner"] for resource in RESOURCES} == owners
    languages = Counter(resource["language"] for resource in RESOURCES)
    assert languages["pt"] == languages["en"] == 2
    assert set(languages) == {"es", "pt", "en"}
    levels = Counter(resource["audience"] for resource in RESOURCES)
    assert levels["members"] >= 3
    private = Counter(r["owner"] for r in RESOURCES if r["audience"] == "organization")
    assert sorted(private.values()) == [2, 2, 2]
    shown = {resource["audience"] for resource in RESOURCES if resource["show_card"]}
    assert shown == {"members"}


def test_people_cover_every_role():
    library = read_library()
    owners = {organization["slug"] for organization in library["organizations"]}
    roles: dict[str, set[str]] = {slug: set() for slug in owners}
    for person in library["people"]:
        assert re.fullmatch(r"[a-z.]+@([a-z]+\.)?ejemplo\.(coop|gob\.pe)", person["email"])
        for membership in person["memberships"]:
            roles[membership["organization"]].add(membership["role"])
    assert sum(found == {"member", "promoter", "coordinator"} for found in roles.values()) >= 3
    assert any(len(person["memberships"]) == 2 for person in library["people"])
    assert {person.get("portal_role") for person in library["people"]} == {None, "editor", "administrator"}


def test_the_manual_has_a_section_on_each_page():
    text = pages(MANUAL)
    assert len(text) == 44
    assert min(len(words(page)) for page in text) > 100
    assert text[36].lstrip().startswith("34. Balance social: qué medir")
    assert "71 llegaron a las familias socias" in " ".join(text[36].split())


def test_the_contents_of_the_manual_name_the_right_pages():
    beginnings = {
        "Personas": (33, "30. Las personas"),
        "Balance": (37, "34. Balance"),
        "Plan": (14, "11. Planificar"),
    }
    for part, (number, heading) in beginnings.items():
        assert re.search(rf"{part}[^|]*\|.*\| {number} ", source(MANUAL))
        assert pages(MANUAL)[number - 1].lstrip().startswith(heading)


@pytest.mark.parametrize("name", PDFS)
def test_every_word_of_a_source_stands_in_its_pdf(name):
    """A broken word, a lost accent or a missing paragraph would show here."""
    missing = set(words(source(name))) - set(words(" ".join(pages(name))))
    assert not missing


def test_the_scan_has_pictures_and_no_text():
    assert [page.strip() for page in pages(SCAN)] == ["", ""]
    assert source(SCAN).count(" ") > 300


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("name", [SCAN, "afiche-pesaje-justo.webp", "solicitud-ingreso.tiff"])
def test_pictures_can_be_read(name):
    """Of the words on the first page, four of five at least are read as written, accents included."""
    seen = words(scan(FILES / name, name.rpartition(".")[2], 1))
    known = set(words(source(name)))
    assert len(seen) > 50
    assert sum(word in known for word in seen) > 0.8 * len(seen)


def test_the_text_without_accents_lost_only_those():
    text = (FILES / "capacitacion-socios-sin-tildes.txt").read_text(encoding="ascii")
    assert "Capacitacion de socios" in text
    assert words(lose_accents(source("capacitacion-socios-sin-tildes.txt"))) == words(text)[:-12]


def test_workbooks_hold_results_beside_their_formulas():
    book = CalamineWorkbook.from_path(FILES / "distribucion-remanentes.xlsx")
    rows = book.get_sheet_by_name("Distribución").to_python()
    assert [row[2] for row in rows[1:6]] == [17000, 4250, 8500, 9300, 45950]
    assert rows[7][2] == 0
    assert to_formula("=SUM(C2:C5)-Datos!B5") == "of:=SUM([.C2:.C5])-[$Datos.B5]"


def test_nothing_names_a_machine_or_shouts():
    for path in FILES.iterdir():
        parts = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts += [archive.read(entry) for entry in archive.namelist()]
        for word in (str(FOLDER.parents[1]).encode(), tempfile.gettempdir().encode(), b"file:///", b"/home/"):
            assert not any(word in part for part in parts), (path.name, word)
    for path in SOURCES.iterdir():
        assert not set("¡!") & set(re.sub(r"\w+![A-Z]", "", path.read_text(encoding="utf-8"))), path.name


def test_the_catalogue_holds_no_password():
    text = (FOLDER / "library.toml").read_text(encoding="utf-8")
    assert not any("password" in key for person in tomllib.loads(text)["people"] for key in person)
