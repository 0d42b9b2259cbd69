"""DOCX: paragraphs of the body in order, tables and text boxes among them, notes at the end.

Read from the XML itself, because content controls, text boxes and tracked insertions hold text too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from toolkit.extraction.parts import Block, cut_parts
from toolkit.extraction.readers.containers import Container, attribute, local_name, read_properties
from toolkit.extraction.report import Report

_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_SKIPPED = {"Fallback", "del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr"}
_HEADING_NAME = re.compile(r"(?:heading|t[ií]tulo|encabezado)\s*(\d)$|(title)$", re.IGNORECASE)


def read(path: Path, code: str, report: Report) -> None:
    """Report the document in parts cut at its headings."""
    container = Container(path)
    about = read_properties(container, "docProps/core.xml")
    report.about(title=about.get("title"), language=about.get("language"))
    main = container.find_main("word/document.xml")
    members = {kind: name for _, kind, name in container.relations(main)}
    levels = _read_levels(container, members.get("styles", "word/styles.xml"))
    for part in cut_parts(_list_all(container, main, members, levels)):
        report.page(part.text, label=part.label)


def _list_all(
    container: Container, main: str, members: dict[str, str], levels: dict[str, int]
) -> Iterator[Block]:
    for name in (main, members.get("footnotes"), members.get("endnotes")):
        root = container.parse(name) if name else None
        if root is not None:
            yield from _list_paragraphs(root, levels)


def _list_paragraphs(root: etree._Element, levels: dict[str, int]) -> Iterator[Block]:
    """The paragraphs in the order in which they end; one in a text box comes before the one around it."""
    open_paragraphs: list[list[str]] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = local_name(element)
        if event == "start":
            if name in _SKIPPED:
                walk.skip_subtree()
            elif name == "p":
                open_paragraphs.append([])
            elif open_paragraphs:
                open_paragraphs[-1].append((element.text or "") if name == "t" else _SIGNS.get(name, ""))
        elif name == "p" and open_paragraphs:
            text = "".join(open_paragraphs.pop()).strip()
            if text:
                yield Block(text, _find_level(element, levels))


def _find_level(paragraph: etree._Element, levels: dict[str, int]) -> int:
    for properties in paragraph:
        if local_name(properties) == "pPr":
            for one in properties:
                if local_name(one) == "outlineLvl":
                    return _heading_level(attribute(one, "val"))
                if local_name(one) == "pStyle":
                    return levels.get(attribute(one, "val") or "", 0)
    return 0


def _heading_level(outline: str | None) -> int:
    """Word counts outline levels from 0, and 9 is body text."""
    return int(outline) + 1 if outline and outline.isdigit() and int(outline) < 9 else 0


def _read_levels(container: Container, name: str) -> dict[str, int]:
    """The heading level of each paragraph style, its own or that of the style it is based on."""
    levels: dict[str, int] = {}
    parents: dict[str, str] = {}
    root = container.parse(name)
    for style in [] if root is None else root:
        key = attribute(style, "styleId")
        if local_name(style) != "style" or not key:
            continue
        for one in style.iter():
            if local_name(one) == "outlineLvl":
                levels[key] = _heading_level(attribute(one, "val"))
            elif local_name(one) == "basedOn":
                parents[key] = attribute(one, "val") or ""
            elif local_name(one) == "name" and (match := _HEADING_NAME.match(attribute(one, "val") or "")):
                levels.setdefault(key, int(match[1] or 1))
    for key in parents:
        at, seen = key, {key}
        while at not in levels and parents.get(at) and parents[at] not in seen:
            at = parents[at]
            seen.add(at)
        levels.setdefault(key, levels.get(at, 0))
    return levels
