"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from toolkit.exports.spreadsheets import rows_as_csv


def read(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def test_spreadsheets_see_that_it_is_utf_8() -> None:
    table = rows_as_csv(["Año", "Título"], [[2027, "Ñandú; «sí», con\ncoma"]])
    assert table.startswith(b"\xef\xbb\xbf")
    assert read(table) == [["Año", "Título"], ["2027", "Ñandú; «sí», con\ncoma"]]


@pytest.mark.parametrize("cell", ["=1+1", "+51 999", "-2", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0",
                                  "＝1+1"])  # fmt: skip
def test_no_cell_is_a_formula(cell: str) -> None:
    (written,) = read(rows_as_csv([cell], []))
    assert written[0].startswith("'")
    assert written[0].replace("'", "").strip("\r") == cell.replace("'", "").strip("\r")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (-3, "-3"),
        (Decimal("-150.5000"), "-150.5"),
        (Decimal("1E+3"), "1000"),
        (None, ""),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_numbers_and_ordinary_text_stay_as_they_are(cell: str | int | None, written: str) -> None:
    assert read(rows_as_csv(["x"], [[cell, "fin"]]))[1] == [written, "fin"]


@pytest.mark.parametrize(("cell", "written"), [
    ("Ana; =1+1", "Ana; '=1+1"), ("a;+1", "a;'+1"), ("a\n@SUM(A1)", "a\n'@SUM(A1)"), ("a\t-2", "a\t'-2"),
    (";=1+1", ";'=1+1"), ('a;"=1+1"', "a;\"'=1+1\""),
    ("a; b", "a; b"), ("uno\n- dos\n- tres", "uno\n- dos\n- tres"), ("1 = 1", "1 = 1"),
])  # fmt: skip
def test_nor_what_becomes_a_cell_where_semicolons_part_them(cell: str, written: str) -> None:
    """Spreadsheets in Spanish and Portuguese part columns so, whatever the file says."""
    assert read(rows_as_csv(["x"], [[1, cell]]))[1] == ["1", written]
