"""ODT in parts, ODP by slides. Names of elements after OASIS OpenDocument 1.3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from toolkit.extraction.parts import Block, cut_parts
from toolkit.extraction.readers.containers import Container, attribute, local_name, read_properties
from toolkit.extraction.report import Refusal, Report

_SIGNS = {"tab": "\t", "line-break": "\n"}
_SKIPPED = {
    "tracked-changes",
    "annotation",
    "forms",
    "sequence-decls",
    "title",
    "desc",
    "ruby-text",
    "page-number",
}


def read(path: Path, code: str, report: Report) -> None:
    """Report a text ("odt") in parts, or a presentation ("odp") slide by slide with its notes."""
    container = Container(path)
    if b"encryption-data" in container.read("META-INF/manifest.xml"):
        raise Refusal("encrypted")
    root = container.parse("content.xml")
    if root is None:
        raise Refusal("damaged")
    about = read_properties(container, "meta.xml")
    report.about(title=about.get("title"), language=about.get("language"))
    if code == "odp":
        for slide in (one for one in root.iter() if local_name(one) == "page"):
            _report_slide(slide, report)
    else:
        for part in cut_parts(_list_paragraphs(root)):
            report.page(part.text, label=part.label)


def _report_slide(slide: etree._Element, report: Report) -> None:
    title = ""
    for frame in slide.iter():
        if local_name(frame) == "frame" and attribute(frame, "class") == "title":
            title = " ".join(block.text for block in _list_paragraphs(frame))
            break
    lines = [block.text for block in _list_paragraphs(slide)]
    has_image = any(local_name(one) == "image" for one in slide.iter())
    report.page("\n".join(lines), label=title, has_image=has_image)


def _list_paragraphs(root: etree._Element) -> Iterator[Block]:
    """Paragraphs and headings in the order in which they end; one inside another has its own words only."""
    held: list[list[str]] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = local_name(element)
        if event == "start":
            if name in _SKIPPED or not isinstance(element.tag, str):
                walk.skip_subtree()
                continue
            if name in ("p", "h"):
                held.append([])
            if held:
                held[-1].append(_write_sign(element, name) + (element.text or ""))
            continue
        if name in ("p", "h") and held:
            text = "".join(held.pop()).strip()
            if text:
                level = attribute(element, "outline-level") or "1"
                yield Block(text, int(level) if name == "h" and level.isdigit() else 0)
        if held:
            held[-1].append(element.tail or "")


def _write_sign(element: etree._Element, name: str) -> str:
    if name == "s":  # spaces; their number is in an attribute
        count = attribute(element, "c") or "1"
        return " " * min(int(count), 100) if count.isdigit() else " "
    return _SIGNS.get(name, "")
