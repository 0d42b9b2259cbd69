"""XLSX, XLS and ODS by Calamine: one page for each sheet, one line for each row."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from toolkit.extraction.readers.containers import Container, read_properties
from toolkit.extraction.report import MAX_PAGE_TEXT, Refusal, Report

_CELL_JOIN = " | "


def read(path: Path, code: str, report: Report) -> None:
    """Report the sheets in order, empty ones too, so that their numbers stay those of the file."""
    data = path.read_bytes()
    if code == "xls" and _is_protected(data):
        raise Refusal("encrypted")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as fault:
        raise Refusal("encrypted") from fault
    if code != "xls":
        name = "meta.xml" if code == "ods" else "docProps/core.xml"
        about = read_properties(Container(path), name)
        report.about(title=about.get("title"))
    for name in book.sheet_names:
        report.page(_read_sheet(book, name), label=name)


def _read_sheet(book: CalamineWorkbook, name: str) -> str:
    try:
        rows = book.get_sheet_by_name(name).iter_rows()
    except CalamineError:  # a sheet that is a chart has no cells
        return ""
    lines, size = [], 0
    for row in rows:
        line = _CELL_JOIN.join(filter(None, map(_write_cell, row)))
        if line:
            lines.append(line)
            size += len(line)
        if size > MAX_PAGE_TEXT:
            break
    return "\n".join(lines)


def _write_cell(value: object) -> str:
    """A cell as a person reads it in the sheet."""
    if isinstance(value, bool):
        return "VERDADERO" if value else "FALSO"  # as Excel in Spanish shows it
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, datetime.datetime):
        return value.strftime("%d/%m/%Y %H:%M").removesuffix(" 00:00")
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, datetime.timedelta):
        return str(value)
    return " ".join(str(value).split())


def _is_protected(data: bytes) -> bool:
    """Whether an XLS begins with the FILEPASS record ([MS-XLS] 2.4.117), soon after its BOF record."""
    at = data.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    return at >= 0 and data[at + 20 : at + 22] == b"\x2f\x00"
