"""Workbooks: a source becomes a flat OpenDocument sheet, from which LibreOffice makes XLSX, XLS and ODS.

A second-level heading is a sheet, the table under it its cells; a cell that begins with `=` is a formula.
"""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

NAMES = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
    for name in ("office", "table", "text", "style", "fo", "number")
}
NAMES["of"] = "urn:oasis:names:tc:opendocument:xmlns:of:1.2"
REFERENCE = re.compile(r"(?:(\w+)!)?([A-Z]+\d+)(?::([A-Z]+\d+))?")
NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")
STYLES = """
<number:number-style style:name="Nplain">
  <number:number number:decimal-places="2" number:min-decimal-places="0" number:grouping="true"
    number:min-integer-digits="1"/>
</number:number-style>
<style:style style:name="head" style:family="table-cell">
  <style:table-cell-properties fo:background-color="#1f6b4a" fo:wrap-option="wrap"/>
  <style:text-properties fo:color="#ffffff" fo:font-weight="bold"/>
</style:style>
<style:style style:name="words" style:family="table-cell">
  <style:table-cell-properties fo:wrap-option="wrap"/>
</style:style>
<style:style style:name="figure" style:family="table-cell" style:data-style-name="Nplain"/>
"""


def write_fods(markdown: str, target: Path, *, note: str) -> None:
    """Write the sheets of a source as flat OpenDocument, with `note` in the last row of the last sheet."""
    root = etree.Element(_name("office", "document"), nsmap=NAMES)
    root.set(_name("office", "version"), "1.2")
    root.set(_name("office", "mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
    styles = etree.SubElement(root, _name("office", "automatic-styles"))
    sheets = read_sheets(markdown)
    sheets[list(sheets)[-1]].append([note])
    declared = " ".join(f'xmlns:{name}="{address}"' for name, address in NAMES.items())
    for style in etree.fromstring(f"<all {declared}>{STYLES}</all>"):
        styles.append(style)
    book = etree.SubElement(etree.SubElement(root, _name("office", "body")), _name("office", "spreadsheet"))
    for title, rows in sheets.items():
        widths = [_width(rows, at) for at in range(len(rows[0]))]
        for at, width in enumerate(widths):
            styles.append(_column_style(f"{title}{at}", width))
        _add_sheet(book, title, rows)
    etree.ElementTree(root).write(str(target), encoding="utf-8", xml_declaration=True)


def read_sheets(markdown: str) -> dict[str, list[list[str]]]:
    """Sheet titles with their rows of cells as written."""
    sheets: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in markdown.splitlines():
        if line.startswith("## "):
            rows = sheets.setdefault(line[3:].strip(), [])
        elif line.startswith("|") and not set(line) <= set("|- "):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return sheets


def to_formula(written: str) -> str:
    """`=Datos!B5*C2` as OpenFormula writes it: `of:=[$Datos.B5]*[.C2]`."""

    def one(found: re.Match[str]) -> str:
        sheet = f"${found[1]}" if found[1] else ""
        return f"[{sheet}.{found[2]}{f':.{found[3]}' if found[3] else ''}]"

    return "of:" + REFERENCE.sub(one, written)


def _add_sheet(book: etree._Element, title: str, rows: list[list[str]]) -> None:
    sheet = etree.SubElement(book, _name("table", "table"))
    sheet.set(_name("table", "name"), title)
    for at in range(len(rows[0])):
        column = etree.SubElement(sheet, _name("table", "table-column"))
        column.set(_name("table", "style-name"), f"{title}{at}")
    for down, row in enumerate(rows):
        line = etree.SubElement(sheet, _name("table", "table-row"))
        for written in row:
            _add_cell(line, written, head=down == 0)


def _add_cell(line: etree._Element, written: str, *, head: bool) -> None:
    cell = etree.SubElement(line, _name("table", "table-cell"))
    number = NUMBER.fullmatch(written.removesuffix(" %"))
    cell.set(_name("table", "style-name"), "head" if head else "words")
    if written.startswith("="):
        cell.set(_name("table", "formula"), to_formula(written))
        cell.set(_name("office", "value-type"), "float")
        cell.set(_name("table", "style-name"), "figure")
    elif number and not head:
        value = float(written.removesuffix(" %").replace(",", ""))
        percent = written.endswith(" %")
        cell.set(_name("office", "value-type"), "percentage" if percent else "float")
        cell.set(_name("office", "value"), repr(value / 100 if percent else value))
        cell.attrib.pop(_name("table", "style-name"))
        if not percent:
            cell.set(_name("table", "style-name"), "figure")
    else:
        cell.set(_name("office", "value-type"), "string")
        etree.SubElement(cell, _name("text", "p")).text = written


def _column_style(name: str, centimetres: float) -> etree._Element:
    style = etree.Element(_name("style", "style"))
    style.set(_name("style", "name"), name)
    style.set(_name("style", "family"), "table-column")
    column = etree.SubElement(style, _name("style", "table-column-properties"))
    column.set(_name("style", "column-width"), f"{centimetres}cm")
    return style


def _width(rows: list[list[str]], at: int) -> float:
    longest = max((len(row[at]) for row in rows if at < len(row) and not row[at].startswith("=")), default=8)
    return round(min(max(longest * 0.2, 2.4), 11), 1)


def _name(space: str, name: str) -> str:
    return f"{{{NAMES[space]}}}{name}"
