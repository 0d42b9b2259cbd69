"""HTML: the words of the page without its scripts, styles and attributes, in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from toolkit.extraction.parts import Block, cut_parts
from toolkit.extraction.readers.plain import decode
from toolkit.extraction.report import MAX_TEXT, Report

_SKIPPED = {
    "script", "style", "noscript", "template", "head", "svg", "math", "iframe", "object", "embed", "audio",
    "video", "canvas", "select", "option", "textarea", "input", "button",
}  # fmt: skip
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
}  # fmt: skip
_CELLS = {"td", "th"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def read(path: Path, code: str, report: Report) -> None:
    """Report the page in parts cut at its headings."""
    with path.open("rb") as file:
        text = _decode(file.read(4 * MAX_TEXT))
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    parser.feed(re.sub(r"\A\s*<\?xml[^>]*\?>", "", text.replace("\0", "")))
    root = parser.close()
    if root is None:
        return
    title = root.find(".//title")
    report.about(title=title.text if title is not None else None, language=root.get("lang"))
    for part in cut_parts(_list_blocks(root)):
        report.page(part.text, label=part.label)


def _decode(data: bytes) -> str:
    """Text by its mark or UTF-8; where it is not UTF-8, by the character set that the page names."""
    try:
        return decode(data) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        stated = _CHARSET.search(data[:4096])
        try:
            return data.decode(stated[1].decode("ascii"), "replace") if stated else decode(data)
        except LookupError:
            return decode(data)


def _list_blocks(root: etree._Element) -> Iterator[Block]:
    """The runs of text between the edges of block elements."""
    held: list[str] = []
    level = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else ""
        is_edge = name not in _INLINE and name not in _CELLS and name != "br"
        if is_edge and (text := _join(held)):
            yield Block(text, level)
        if is_edge:
            held = []
        if event == "start":
            if name in _HEADINGS:
                level = _HEADINGS[name]
            if name in _SKIPPED or not name:
                walk.skip_subtree()
            else:
                held.append(("\n" if name == "br" else "") + (element.text or ""))
            continue
        if name in _HEADINGS:
            level = 0
        held.append((" | " if name in _CELLS else "") + (element.tail or ""))
    if text := _join(held):
        yield Block(text, level)


def _join(pieces: list[str]) -> str:
    """The words of a run; the line ends of the source are spaces, those of <br> would be lost with them."""
    text = " ".join("".join(pieces).split())
    return text.removesuffix("|").rstrip()
