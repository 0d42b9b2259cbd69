"""PPTX: one page for each slide, with its notes and the text of its diagrams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from toolkit.extraction.readers.containers import Container, attribute, local_name, read_properties
from toolkit.extraction.report import Refusal, Report

_TITLES = ("title", "ctrTitle")
_BESIDE = ("diagramData", "notesSlide")


def read(path: Path, code: str, report: Report) -> None:
    """Report the slides in the order in which they are shown."""
    container = Container(path)
    about = read_properties(container, "docProps/core.xml")
    report.about(title=about.get("title"), language=about.get("language"))
    main = container.find_main("ppt/presentation.xml")
    presentation = container.parse(main)
    if presentation is None:
        raise Refusal("damaged")
    members = {key: name for key, _, name in container.relations(main)}
    for listed in presentation.iter():
        if local_name(listed) == "sldId":
            # the slide has two attributes called id: its own number, and that of the relation
            keys = [str(value) for key, value in listed.attrib.items() if str(key).endswith("}id")]
            _report_slide(container, members.get(keys[0] if keys else "", ""), report)


def _report_slide(container: Container, name: str, report: Report) -> None:
    slide = container.parse(name)
    if slide is None:
        report.page("")
        return
    beside = [other for _, kind, other in container.relations(name) if kind in _BESIDE]
    roots = [slide, *(root for root in map(container.parse, sorted(beside)) if root is not None)]
    lines = [line for root in roots for line in _list_lines(root)]
    has_image = any(local_name(one) == "blip" for one in slide.iter())
    report.page("\n".join(lines), label=_find_title(slide), has_image=has_image)


def _list_lines(root: etree._Element) -> Iterator[str]:
    """The paragraphs of a slide; the number that a field writes on each slide is none of its words."""
    for paragraph in root.iter():
        if local_name(paragraph) != "p":
            continue
        words: list[str] = []
        walk = etree.iterwalk(paragraph, events=("start",))
        for _, one in walk:
            name = local_name(one)
            if name == "fld" and (attribute(one, "type") or "").startswith("slidenum"):
                walk.skip_subtree()
            elif name == "t":
                words.append(one.text or "")
            elif name in ("br", "tab"):
                words.append(" ")
        if line := "".join(words).strip():
            yield line


def _find_title(slide: etree._Element) -> str:
    for shape in slide.iter():
        if local_name(shape) == "sp" and any(
            local_name(one) == "ph" and one.get("type") in _TITLES for one in shape.iter()
        ):
            return " ".join(_list_lines(shape))
    return ""
