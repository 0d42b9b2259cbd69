"""Read the words of a scanned page with Tesseract, where it is installed."""

from __future__ import annotations

import csv
import functools
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from toolkit.extraction.cleaning import clean_text
from toolkit.extraction.confinement import MEGABYTE
from toolkit.extraction.pages import Unreadable
from toolkit.extraction.pictures import drawable
from toolkit.extraction.sandbox import Limits, ask, make_scratch, start

WANTED = ("spa", "por", "que")  # languages, in the order of their weight
DPI = 300
MIN_CONFIDENCE = 30.0  # of a word, as Tesseract says, from 0 to 100; less is noise of a picture
_MAX_RESULT = 20 * MEGABYTE
_LIMITS = Limits(memory=2048 * MEGABYTE, cpu=60, wait=120.0, file_size=32 * MEGABYTE, nice=10)
_BROKEN_WORD = re.compile(r"(?<=\w)-\n(?=[^\W\d_])")
_SETTINGS = [Path("/etc/ld.so.cache")]


@functools.cache
def find_tesseract() -> str | None:
    """Where Tesseract lies; None where it is not installed."""
    return shutil.which("tesseract")


@functools.cache
def ocr_languages() -> tuple[str, ...]:
    """Those of `WANTED` that Tesseract has here."""
    program = find_tesseract()
    if program is None:
        return ()
    said = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
    return tuple(language for language in WANTED if language in said.stdout.split())


def ocr_available() -> bool:
    """Whether scanned pages can be read: Tesseract is there, with Spanish."""
    return "spa" in ocr_languages()


def scan(
    path: Path,
    format_code: str,
    page_number: int,
    *,
    languages: Sequence[str] | None = None,
    scratch: Path | None = None,
) -> str:
    """The words that Tesseract sees on one page, line by line; '' where it sees none.

    `languages` are those of `ocr_languages` where not given. Raises Unreadable where Tesseract or its
    Spanish is missing, or the page cannot be drawn or takes too long.
    """
    program = find_tesseract()
    if program is None or not ocr_available():
        raise Unreadable("no_tesseract")
    with make_scratch(scratch) as folder:
        source = drawable(path, format_code, folder)
        if source is None:
            raise Unreadable("no_libreoffice")
        options = {"scratch": str(folder), "numbers": [page_number], "dpi": DPI}
        ask("draw", *source, folder, hear=lambda answer: None, options=options)
        picture = folder / f"{page_number}.pgm"
        if not picture.is_file():
            raise Unreadable("damaged", "the page cannot be drawn")
        spoken = "+".join(languages or ocr_languages())
        arguments = [program, str(picture), str(folder / "words"), "-l", spoken, "--dpi", str(DPI), "tsv"]
        status = start(arguments, folder, limits=_LIMITS, readable=_SETTINGS)
        return _read_words(folder / "words.tsv", status)


def _read_words(file: Path, status: int) -> str:
    """The words of Tesseract's table that it is sure enough of, in lines and paragraphs."""
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _MAX_RESULT:
        raise Unreadable("damaged", f"Tesseract ended with {status}")
    lines: dict[tuple[str, ...], list[str]] = {}
    with file.open(encoding="utf-8", errors="replace", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            word, sure = (row.get("text") or "").strip(), row.get("conf") or "-1"
            if word and _is_sure(sure):
                place = tuple(row.get(name) or "" for name in ("block_num", "par_num", "line_num"))
                lines.setdefault(place, []).append(word)
    text, before = [], None
    for place, words in lines.items():
        if before not in (None, place[:2]):
            text.append("")
        text.append(" ".join(words))
        before = place[:2]
    return _BROKEN_WORD.sub("", clean_text("\n".join(text)))


def _is_sure(stated: str) -> bool:
    try:
        return float(stated) >= MIN_CONFIDENCE
    except ValueError:
        return False
