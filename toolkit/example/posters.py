"""Pictures of text: posters, a form as a fax would bring it, and old minutes as a scanner sees them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from toolkit.example.marks import Block

BRAND, LEAF, INK, PAPER, STRAW = "#8c1d40", "#1f6b4a", "#1b2330", "#fbf8f1", "#ffe08a"
SANS, BOLD, SERIF, MONO = (
    f"/usr/share/fonts/truetype/dejavu/DejaVu{face}.ttf"
    for face in ("Sans", "Sans-Bold", "Serif", "SansMono")
)


def write_poster(blocks: list[Block], target: Path, *, note: str) -> None:
    """Draw a poster of 1,000 × 1,414 pixels and save it in the format that the ending of `target` names."""
    picture = Image.new("RGB", (1000, 1414), PAPER)
    draw = ImageDraw.Draw(picture)
    title = ImageFont.truetype(BOLD, 58)
    lines = wrap(draw, blocks[0].text, title, 860)
    band = 90 + 74 * len(lines)
    draw.rectangle((0, 0, 1000, band), fill=BRAND)
    _weave(draw, band)
    for at, line in enumerate(lines):
        draw.text((70, 50 + 74 * at), line, font=title, fill="white")
    size = 46
    while _draw_blocks(ImageDraw.Draw(picture.copy()), blocks[1:], band + 70, size) > 1350:
        size -= 1
    _draw_blocks(draw, blocks[1:], band + 70, size)
    draw.text((70, 1366), note, font=ImageFont.truetype(SANS, 19), fill=INK)
    picture.save(target, **({"quality": 82} if target.suffix != ".png" else {"optimize": True}))


def _weave(draw: ImageDraw.ImageDraw, top: int) -> None:
    """The band of the house in wide pieces: small ones look like letters to a reading machine."""
    for at in range(5):
        draw.rectangle((at * 200, top, at * 200 + 200, top + 18), fill=STRAW if at % 2 else LEAF)


def _draw_blocks(draw: ImageDraw.ImageDraw, blocks: list[Block], top: int, size: int) -> int:
    """Draw the blocks from `top` down in letters of `size` pixels; returns where they end."""
    count = 0
    for block in blocks:
        listed = block.kind in ("number", "bullet")
        count = 1 if block.first else count + 1
        font = ImageFont.truetype(SANS if listed else BOLD, size)
        left = 150 if listed else 70
        if listed:
            sign = f"{count}." if block.kind == "number" else "–"
            draw.text((70, top), sign, font=ImageFont.truetype(BOLD, size), fill=LEAF)
        for line in wrap(draw, block.text, font, 930 - left):
            draw.text((left, top), line, font=font, fill=INK)
            top += round(size * 1.38)
        top += round(size * 0.85)
    return top


def wrap(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """`text` in lines no wider than `width` pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=font) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def write_fax(blocks: list[Block], target: Path) -> None:
    """Draw a form as black and white pages in one TIFF; a break in the source begins a page."""
    pages = [Image.new("L", (1240, 1754), 255)]
    top = 150
    for block in blocks:
        if block.kind == "break":
            pages.append(Image.new("L", (1240, 1754), 255))
            top = 150
            continue
        draw = ImageDraw.Draw(pages[-1])
        font = ImageFont.truetype(
            BOLD if block.kind == "heading" else SANS, 44 if block.kind == "heading" else 33
        )
        for line in wrap(draw, block.text, font, 1000):
            draw.text((120, top), line, font=font, fill=0)
            top += 66
        top += 46
    sheets = [page.point(lambda tone: 255 * (tone > 140)).convert("1") for page in pages]
    sheets[0].save(target, save_all=True, append_images=sheets[1:], compression="group4", dpi=(150, 150))


def write_scan(blocks: list[Block], target: Path, *, note: str) -> None:
    """Draw typed minutes on A4, tilt, blur and soil them a little, and save a PDF without a text layer."""
    pages = [scan(page, number) for number, page in enumerate(_type_pages(blocks, note))]
    pages[0].save(target, save_all=True, append_images=pages[1:], resolution=200, quality=38)


def _type_pages(blocks: list[Block], note: str) -> list[Image.Image]:
    pages: list[Image.Image] = []
    top = 3000
    for block in [*blocks, Block("note", [(note, False, False)])]:
        font = ImageFont.truetype(MONO, 22 if block.kind == "note" else 44 if block.kind == "heading" else 29)
        for line in wrap(ImageDraw.Draw(Image.new("L", (1, 1))), block.text, font, 1330):
            if top > 2050:
                pages.append(Image.new("L", (1654, 2339), 244))
                top = 220
            ImageDraw.Draw(pages[-1]).text((170, top), line, font=font, fill=40)
            top += 62 if block.kind != "heading" else 90
        top += 34
    return pages


def scan(page: Image.Image, number: int) -> Image.Image:
    """A page as a scanner sees it: tilted, soft, grainy; the same number gives the same picture."""
    tilted = page.rotate((0.7, -0.5, 0.4)[number % 3], resample=Image.Resampling.BICUBIC, fillcolor=244)
    soft = tilted.filter(ImageFilter.GaussianBlur(0.9))
    chance = np.random.default_rng(1978 + number)
    tones = np.asarray(soft, dtype=np.float32)
    shade = np.linspace(-9, 5, tones.shape[1], dtype=np.float32)
    grain = chance.normal(0, 3.0, tones.shape).astype(np.float32)
    dots = (chance.random(tones.shape) < 0.00004).astype(np.float32) * -120
    return Image.fromarray(np.clip(tones + shade + grain + dots, 0, 255).astype(np.uint8))
