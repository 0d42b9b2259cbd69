"""Text documents: a source becomes a DOCX, from which LibreOffice makes PDF, ODT, DOC and RTF."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from toolkit.example.marks import Block, Run, plain

LEAF = RGBColor(0x1F, 0x6B, 0x4A)
FACE = "DejaVu Serif Condensed"
HEAD = "DejaVu Sans Condensed"
PAPERS = {"a4": (Mm(210), Mm(297), Mm(22), 10.5), "a5": (Mm(148), Mm(210), Mm(15), 9.5)}
"""Paper: width, height, margin and body size in points."""


def write_docx(
    blocks: Iterable[Block], target: Path, *, title: str, language: str, paper: str = "a4", paged: bool = False
) -> None:
    """Write a DOCX with real headings, lists and tables, and a footer with title and page number.

    With `paged` every second-level heading begins a page.
    """
    document = Document()
    _set_up(document, title, language, paper)
    number: int | None = None
    for block in blocks:
        if block.kind == "number" and block.first:
            number = _new_numbering(document)
        if block.kind == "table":
            _add_table(document, block.rows, PAPERS[paper])
        else:
            _add_paragraph(document, block, number, paged)
    document.save(str(target))


def _set_up(document: Any, title: str, language: str, paper: str) -> None:
    width, height, margin, size = PAPERS[paper]
    section = document.sections[0]
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = margin
    section.top_margin, section.bottom_margin = margin, margin
    section.footer_distance = Mm(8)
    document.core_properties.title = title
    document.core_properties.author = "Biblioteca de ejemplo"
    document.core_properties.comments = ""
    document.core_properties.language = language
    styles = document.styles
    for name, points in (("Normal", size), ("Heading 1", size * 1.9), ("Heading 2", size * 1.35)):
        style = styles[name]
        _set_face(style, FACE if name == "Normal" else HEAD, points)
        if name != "Normal":
            style.font.color.rgb = LEAF
            style.paragraph_format.space_before = Pt(size * 1.2)
            style.paragraph_format.space_after = Pt(size * 0.5)
    styles["Normal"].paragraph_format.space_after = Pt(size * 0.6)
    styles["Normal"].paragraph_format.line_spacing = 1.2
    for lang in styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), {"es": "es-PE", "pt": "pt-BR", "en": "en-GB"}[language])
    _add_footer(section.footer.paragraphs[0], title, size)


def _set_face(style: Any, face: str, points: float) -> None:
    style.font.name, style.font.size = face, Pt(points)
    fonts = style.element.rPr.rFonts
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:cs"), face)


def _add_footer(paragraph: Any, title: str, size: float) -> None:
    run = paragraph.add_run(f"{title} · ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    shown = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    shown.append(text)
    field.append(shown)
    paragraph._p.append(field)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run.font.size = Pt(size * 0.85)


def _new_numbering(document: Any) -> int:
    """A numbering that begins at 1, like the one of the style «List Number»."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(style).abstractNumId.val
    fresh = numbering.add_num(abstract)
    fresh.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(fresh.numId)


def _add_paragraph(document: Any, block: Block, number: int | None, paged: bool) -> None:
    if block.kind == "break":
        document.add_page_break()
        return
    if block.kind == "heading":
        paragraph = document.add_heading(level=block.level)
        paragraph.paragraph_format.page_break_before = paged and block.level == 2
    else:
        style = {"bullet": "List Bullet", "number": "List Number"}.get(block.kind)
        paragraph = document.add_paragraph(style=style)
    if block.kind == "number" and number is not None:
        paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number
    _add_runs(paragraph, block.runs)


def _add_runs(paragraph: Any, runs: list[Run]) -> None:
    for text, bold, italic in runs:
        run = paragraph.add_run(text)
        run.bold, run.italic = bold or None, italic or None


def _add_table(document: Any, rows: list[list[list[Run]]], paper: tuple[Any, Any, Any, float]) -> None:
    width, _, margin, size = paper
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.autofit = False
    lengths = [min(max(len(plain(row[at])) for row in rows), 46) + 3 for at in range(len(rows[0]))]
    for down, row in enumerate(rows):
        for across, runs in enumerate(row):
            cell = table.cell(down, across)
            cell.width = int((width - 2 * margin) * lengths[across] / sum(lengths))
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.line_spacing = 1.05
            if down and across and plain(runs)[:1].isdigit() and len(plain(runs)) < 12:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _add_runs(paragraph, runs)
            for run in paragraph.runs:
                run.font.size = Pt(size * 0.88)
                run.bold = True if down == 0 else run.bold
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    document.add_paragraph().paragraph_format.space_after = Pt(2)
