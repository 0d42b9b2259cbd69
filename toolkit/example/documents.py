"""Text documents: a source becomes a DOCX, from which LibreOffice makes PDF, ODT, DOC and RTF."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from toolkit.example.marks import Block, Run, plain

LEAF, BRAND = RGBColor(0x1F, 0x6B, 0x4A), RGBColor(0x8C, 0x1D, 0x40)
FACE = "DejaVu Serif Condensed"
HEAD = "DejaVu Sans Condensed"
PAPERS = {"a4": (Mm(210), Mm(297), Mm(24), 11.5), "a5": (Mm(148), Mm(210), Mm(15), 11.4)}
"""Paper: width, height, margin and body size in points."""
FIGURE = re.compile(r"[−-]?(S/ )?[\d.,]+( %| kg)?")
"""A cell that stands at the right."""


def write_docx(
    blocks: Iterable[Block],
    target: Path,
    *,
    title: str,
    language: str,
    paper: str = "a4",
    paged: bool = False,
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
            style.font.color.rgb = LEAF if name == "Heading 2" else BRAND
            style.paragraph_format.space_before = Pt(size * 1.2)
            style.paragraph_format.space_after = Pt(size * 0.5)
    styles["Normal"].paragraph_format.space_after = Pt(size * 0.6)
    styles["Normal"].paragraph_format.line_spacing = 1.2
    for lang in styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), {"es": "es-PE", "pt": "pt-BR", "en": "en-GB"}[language])
    _underline(styles["Heading 1"])
    styles["Footer"].font.size = Pt(size * 0.8)
    _add_footer(section.footer.paragraphs[0], title)


def _set_face(style: Any, face: str, points: float) -> None:
    style.font.name, style.font.size = face, Pt(points)
    fonts = style.element.rPr.rFonts
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:cs"), face)


def _underline(style: Any) -> None:
    """A thick line in leaf green under a style's paragraphs."""
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "24"), ("space", "6"), ("color", str(LEAF))):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    style.element.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl"
    )


def _add_footer(paragraph: Any, title: str) -> None:
    paragraph.add_run(f"{title} · ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    shown = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    shown.append(text)
    field.append(shown)
    paragraph._p.append(field)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


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
        if paged and block.level == 1:
            paragraph.paragraph_format.space_before = Pt(90)
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


def _column_widths(rows: list[list[str]], room: int, size: float) -> list[int]:
    """Widths in EMU: every column fits its longest word, what is left goes where cells are long."""
    letter = Pt(size * 0.88) * 0.54
    columns = list(zip(*rows, strict=True))
    needs = [
        max(
            len(word) * (1.2 if down == 0 else 1)
            for down, cell in enumerate(column)
            for word in cell.split() or [""]
        )
        + 3.2
        for column in columns
    ]
    wishes = [
        max(min(max(map(len, column)), 60) - need, 0) for column, need in zip(columns, needs, strict=True)
    ]
    free = room / letter - sum(needs)
    shares = [need + free * wish / (sum(wishes) or 1) for need, wish in zip(needs, wishes, strict=True)]
    return [int(room * share / sum(shares)) for share in shares]


def _add_table(document: Any, rows: list[list[list[Run]]], paper: tuple[Any, Any, Any, float]) -> None:
    width, _, margin, size = paper
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.autofit = False
    widths = _column_widths([[plain(cell) for cell in row] for row in rows], width - 2 * margin, size)
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    for down, row in enumerate(rows):
        for across, runs in enumerate(row):
            cell = table.cell(down, across)
            cell.width = widths[across]
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.line_spacing = 1.05
            if down and across and FIGURE.fullmatch(plain(runs)):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _add_runs(paragraph, runs)
            for run in paragraph.runs:
                run.font.size = Pt(size * 0.88)
                run.bold = True if down == 0 else run.bold
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    document.add_paragraph().paragraph_format.space_after = Pt(2)
