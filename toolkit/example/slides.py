"""Slide decks: a source becomes a PPTX, from which LibreOffice makes ODP and PPT."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Cm, Pt

from toolkit.example.marks import Block, Run, plain

BRAND, LEAF, INK = RGBColor(0x8C, 0x1D, 0x40), RGBColor(0x1F, 0x6B, 0x4A), RGBColor(0x1B, 0x23, 0x30)
FACE = "DejaVu Sans Condensed"
NOTES = "Notas:"


def write_pptx(blocks: list[Block], target: Path, *, title: str, note: str) -> None:
    """Write a deck: the first heading opens it, each second-level heading is a slide.

    `note` is printed small on the first slide; a paragraph that begins with «Notas:» becomes speaker's notes.
    """
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(25.4), Cm(14.29)
    deck.core_properties.title, deck.core_properties.author = title, "Biblioteca de ejemplo"
    slide: Any = None
    body: Any = None
    for block in blocks:
        if block.kind == "heading":
            slide, body = _new_slide(deck, block, note), None
        elif block.kind == "table":
            _add_table(slide, block.rows)
        elif block.text.startswith(NOTES):
            slide.notes_slide.notes_text_frame.text = block.text.removeprefix(NOTES).strip()
        else:
            body = body or _text_frame(
                slide, Cm(1.6), Cm(3.4) if len(deck.slides) > 1 else Cm(6.4), Cm(22.2), Cm(9.6)
            )
            _add_line(body, block)
    deck.save(str(target))


def _new_slide(deck: Any, block: Block, note: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    first = block.level == 1
    _add_bands(slide, deck.slide_width // 8, Cm(0.35), Cm(3) if first else 0)
    head = slide.shapes.title
    head.left, head.top, head.width, head.height = Cm(1.6), Cm(4) if first else Cm(1), Cm(22.2), Cm(2)
    head.text_frame.text = block.text
    head.text_frame.word_wrap = True
    _dress(head.text_frame.paragraphs[0], 34 if first else 28, BRAND, bold=True)
    if first:
        frame = _text_frame(slide, Cm(1.6), Cm(12.4), Cm(22.2), Cm(1.2))
        frame.paragraphs[0].text = note
        _dress(frame.paragraphs[0], 11, INK)
    return slide


def _add_bands(slide: Any, width: int, height: int, top: int) -> None:
    """Eight pieces of a band in the colours of the house, across the slide."""
    for left in range(8):
        band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left * width, top, width, height)
        band.fill.solid()
        band.fill.fore_color.rgb = LEAF if left % 2 else BRAND
        band.line.fill.background()
        band.shadow.inherit = False


def _text_frame(slide: Any, left: int, top: int, width: int, height: int) -> Any:
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    frame.word_wrap = True
    return frame


def _add_line(frame: Any, block: Block) -> None:
    line = frame.paragraphs[0] if not frame.text else frame.add_paragraph()
    line.text = f"• {block.text}" if block.kind == "bullet" else block.text
    line.space_after = Pt(10)
    _dress(line, 22, INK)


def _dress(line: Any, size: int, colour: RGBColor, *, bold: bool = False) -> None:
    line.alignment = 1
    for run in line.runs:
        run.font.size, run.font.name, run.font.bold, run.font.color.rgb = Pt(size), FACE, bold, colour


def _add_table(slide: Any, rows: list[list[list[Run]]]) -> None:
    shape = slide.shapes.add_table(len(rows), len(rows[0]), Cm(1.6), Cm(3.5), Cm(22.2), Cm(1.15) * len(rows))
    for down, row in enumerate(rows):
        for across, runs in enumerate(row):
            cell = shape.table.cell(down, across)
            cell.text = plain(runs)
            cell.fill.solid()
            cell.fill.fore_color.rgb = LEAF if down == 0 else RGBColor(0xF7, 0xF5, 0xF0)
            colour = RGBColor(0xFF, 0xFF, 0xFF) if down == 0 else INK
            _dress(cell.text_frame.paragraphs[0], 16, colour, bold=down == 0)
