"""Draw pages as pictures, in the child: WebP for people, grey bitmaps for OCR."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageStat
from pypdfium2 import raw

from toolkit.extraction.raster import count_frames, flatten, open_image
from toolkit.extraction.readers.pdf import open_document
from toolkit.extraction.report import Report

_POINTS = 72  # of an inch
_MAX_PIXELS = 25_000_000  # of one picture
_QUALITIES = (70, 50, 35, 22, 12)
_SMALLEST = 50  # pixels of a side, where shrinking ends
_FEW_COLOURS = 16
_NEARLY_WHITE = 250
_UNSEEN = 2.5  # mean difference of 255 that few colours may make


def work(
    path: Path,
    code: str,
    report: Report,
    *,
    scratch: str,
    numbers: list[int],
    width: int = 0,
    height: int = 0,
    max_bytes: int = 0,
    dpi: int = 0,
) -> None:
    """Draw the pages with these numbers (from 1) below `scratch`, telling each as it is done.

    With `dpi`, a grey bitmap "<number>.pgm" for OCR; without, a WebP "<number>.webp" that fits into
    `width` × `height` pixels and `max_bytes`. A page that cannot be drawn is left out.
    """
    draw = _draw_pdf if code == "pdf" else _draw_image
    for number, picture in draw(path, numbers, (width, height), dpi):
        if dpi:
            picture.convert("L").save(Path(scratch) / f"{number}.pgm")
        else:
            (Path(scratch) / f"{number}.webp").write_bytes(_compress(picture, max_bytes))
        report.tell(picture=number)


def _draw_pdf(
    path: Path, numbers: list[int], size: tuple[int, int], dpi: int
) -> Iterator[tuple[int, Image.Image]]:
    document = open_document(path)
    if document.get_formtype() != raw.FORMTYPE_NONE:
        document.init_forms()
    for number in numbers:
        if not 1 <= number <= len(document):
            continue
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError:
            continue
        wide, high = page.get_size()
        if wide <= 0 or high <= 0:
            continue
        scale = dpi / _POINTS if dpi else min(size[0] / wide, size[1] / high)
        scale = min(scale, (_MAX_PIXELS / (wide * high)) ** 0.5)
        yield number, page.render(scale=scale, grayscale=bool(dpi)).to_pil()
        page.close()


def _draw_image(
    path: Path, numbers: list[int], size: tuple[int, int], dpi: int
) -> Iterator[tuple[int, Image.Image]]:
    for number in numbers:
        image = open_image(path)  # anew for each frame: a JPEG that was read small stays small
        if not 1 <= number <= count_frames(image):
            continue
        if number > 1:
            image.seek(number - 1)
        if dpi:
            side = round(_MAX_PIXELS**0.5)
            picture = flatten(image)
            picture.thumbnail((side, side))
        else:
            picture = flatten(image, (size[0] * 2, size[1] * 2))
            picture.thumbnail(size, reducing_gap=2.0)
        yield number, picture


def _compress(picture: Image.Image, max_bytes: int) -> bytes:
    """The picture as WebP of at most `max_bytes`.

    A page of text becomes smaller and sharper with few colours and without loss; any other picture first
    loses quality, then size.
    """
    picture = picture.convert("RGB")
    few = picture.quantize(_FEW_COLOURS, method=Image.Quantize.FASTOCTREE).convert("RGB")
    if sum(ImageStat.Stat(ImageChops.difference(picture, few)).mean) / 3 <= _UNSEEN:
        few = few.point(lambda value: 255 if value >= _NEARLY_WHITE else value)
        data = _encode(few, lossless=True, quality=80, method=2)
        if len(data) <= max_bytes:
            return data
    while True:
        for quality in _QUALITIES:
            data = _encode(picture, quality=quality, method=2)
            if len(data) <= max_bytes or max(picture.size) < _SMALLEST:
                return data
        factor = max(0.4, min(0.85, (max_bytes / len(data)) ** 0.5))
        picture = picture.resize([max(1, round(side * factor)) for side in picture.size])


def _encode(picture: Image.Image, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", **options)
    return out.getvalue()
