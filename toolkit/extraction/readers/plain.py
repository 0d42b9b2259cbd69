"""Plain text, Markdown and CSV."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from toolkit.extraction.cleaning import clean_text
from toolkit.extraction.parts import Block, cut_parts
from toolkit.extraction.report import MAX_TEXT, Report

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_LONGEST_HEADING = 500  # characters
_CELL_JOIN = " | "


def decode(data: bytes) -> str:
    """Bytes as text: by their byte order mark, else UTF-8, else Windows-1252, which takes any byte."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read(path: Path, code: str, report: Report) -> None:
    """Report a "txt", "md" or "csv" file in parts."""
    with path.open("rb") as file:
        text = decode(file.read(4 * MAX_TEXT))
    if code == "csv":
        parts = cut_parts(_list_rows(text), join="\n")
    elif code == "md":
        blocks = list(_list_markdown(clean_text(text)))
        report.about(title=next((block.text for block in blocks if block.level == 1), None))
        parts = cut_parts(blocks)
    else:
        parts = cut_parts(Block(paragraph) for paragraph in _PARAGRAPH_END.split(clean_text(text)))
    for part in parts:
        report.page(part.text, label=part.label)


def _list_markdown(text: str) -> Iterator[Block]:
    """The headings and paragraphs of Markdown; the other marks stay as they were written."""
    held: list[str] = []
    fenced = False
    for line in [*text.split("\n"), ""]:
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced or len(line) > _LONGEST_HEADING else _HEADING.match(line)
        underline = None if fenced or len(held) != 1 else _UNDERLINE.match(line)
        if underline:
            yield Block(held.pop().strip(), 1 if underline[1][0] == "=" else 2)
        elif heading or (not line.strip() and not fenced):
            if held:
                yield Block("\n".join(held))
                held = []
            if heading:
                yield Block(heading[2], len(heading[1]))
        else:
            held.append(line)
    if held:
        yield Block("\n".join(held))


def _list_rows(text: str) -> Iterator[Block]:
    """The rows of a table; the separator is the one that its first lines use most evenly."""
    csv.field_size_limit(MAX_TEXT)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        for row in csv.reader(text.splitlines(keepends=True), dialect):
            cells = [" ".join(cell.split()) for cell in row]
            yield Block(_CELL_JOIN.join(cell for cell in cells if cell))
    except csv.Error:  # not a table after all: the lines as they are
        yield from (Block(line) for line in text.splitlines())
