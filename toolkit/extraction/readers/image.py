"""Raster images: a page for each frame, without text until OCR has read it."""

from __future__ import annotations

from pathlib import Path

from toolkit.extraction.raster import count_frames, open_image
from toolkit.extraction.report import Report


def read(path: Path, code: str, report: Report) -> None:
    """Report one page that wants OCR for each frame of a TIFF, and one for any other image."""
    image = open_image(path)
    image.load()
    for _ in range(count_frames(image)):
        report.page("", has_image=True)
