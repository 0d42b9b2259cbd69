"""Every file of the hostile collection behaves as its manifest says, at the level of files and extraction."""

import csv
import time
import zlib
from pathlib import Path

import pytest

from toolkit.errors import Invalid
from toolkit.extraction import Unreadable, draw, inspect, read, thumb
from toolkit.files.admission import recognise

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "hostile"
MANIFEST = FOLDER / "manifest.csv"


EXPECTED = {
    "A": {"read"},
    "B": {"unreadable", "scanned"},
    "C": {"refused", "unreadable", "read", "scanned"},
    "D": {"refused"},
}


def list_rows():
    if not MANIFEST.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="../shared/data/hostile is not there"))]
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return [pytest.param(row, id=row["id"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("row", list_rows())
def test_a_hostile_file_behaves_as_its_manifest_says(row, scratch):
    path, began = FOLDER / row["file"], time.monotonic()
    before = zlib.crc32(path.read_bytes())
    state, words = try_everything(path, row["upload_name"], scratch)
    assert time.monotonic() - began < 30
    assert zlib.crc32(path.read_bytes()) == before
    expected = EXPECTED[row["expect"]]
    if row["id"] in ("052", "056"):  # opened by a reader that does not honour the owner's password
        expected = expected | {"read"}
    assert state in expected, words
    assert row["probe"].lower() in words.lower()


def try_everything(path, name, scratch):
    try:
        code = recognise(path, name).code
        inspect(path, code, scratch=scratch)
    except Invalid as fault:
        assert str(fault).endswith(".")
        return "refused", ""
    for picture in (draw, thumb):
        try:
            picture(path, code, *([1] if picture is draw else []), scratch=scratch)
        except Unreadable as fault:
            assert fault.message.text
    try:
        found = read(path, code, scratch=scratch)
    except Unreadable as fault:
        assert str(fault).endswith(".")
        return "unreadable", ""
    words = " ".join(word for page in found.pages for word in page.text.split())
    return ("read" if words else "scanned"), words


@pytest.mark.parametrize("row", [row for row in list_rows() if "zipdiff" in str(row.values)])
def test_a_malformed_archive_is_refused_as_a_document_too(row):
    with pytest.raises(Invalid):
        recognise(FOLDER / row["file"], Path(row["upload_name"]).with_suffix(".docx").name)
