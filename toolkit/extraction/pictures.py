"""Pictures of pages and thumbnails of documents, as WebP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from toolkit.extraction.office import convert, libreoffice_available
from toolkit.extraction.pages import Unreadable
from toolkit.extraction.sandbox import Limits, ask, make_scratch
from toolkit.files.formats import FORMATS

PAGE_WIDTH, PAGE_HEIGHT, PAGE_BYTES = 1000, 4000, 90_000  # pixels, pixels, bytes
THUMB_WIDTH, THUMB_HEIGHT, THUMB_BYTES = 240, 340, 8_000
_PAGE = {"width": PAGE_WIDTH, "height": PAGE_HEIGHT, "max_bytes": PAGE_BYTES}
_THUMB = {"width": THUMB_WIDTH, "height": THUMB_HEIGHT, "max_bytes": THUMB_BYTES}


def draw(path: Path, format_code: str, page_number: int, *, scratch: Path | None = None) -> bytes | None:
    """One page as WebP, `PAGE_WIDTH` wide and at most `PAGE_BYTES`.

    None where the format has no pages of its own, LibreOffice is needed and missing, or the page cannot
    be drawn. Raises Unreadable where the file cannot be opened.
    """
    drawn: list[bytes] = []
    draw_pages(path, format_code, [page_number], lambda _, data: drawn.append(data), scratch=scratch)
    return drawn[0] if drawn else None


def draw_pages(
    path: Path,
    format_code: str,
    numbers: Sequence[int],
    on_picture: Callable[[int, bytes], None],
    *,
    scratch: Path | None = None,
) -> None:
    """Draw many pages in one child (an office file is converted once); `on_picture` gets each as it is done.

    Pages that cannot be drawn are left out; see `draw`.
    """
    if FORMATS[format_code].has_pictures and numbers:
        _draw(path, format_code, numbers, on_picture, _PAGE, scratch)


def thumb(path: Path, format_code: str, *, scratch: Path | None = None) -> bytes | None:
    """The first page as a small WebP of at most `THUMB_BYTES`; None and errors as for `draw`.

    Plain texts, tables in CSV and HTML have no first page to show: None.
    """
    drawn: list[bytes] = []
    if FORMATS[format_code].family != "text":
        _draw(path, format_code, [1], lambda _, data: drawn.append(data), _THUMB, scratch)
    return drawn[0] if drawn else None


def drawable(path: Path, format_code: str, scratch: Path) -> tuple[Path, str] | None:
    """The file and format from which pages are drawn: itself, or a PDF made below `scratch`; or None."""
    if format_code == "pdf" or FORMATS[format_code].family == "image":
        return path, format_code
    if not libreoffice_available():
        return None
    return convert(path, format_code, scratch), "pdf"


def _draw(
    path: Path,
    format_code: str,
    numbers: Sequence[int],
    on_picture: Callable[[int, bytes], None],
    measures: dict[str, int],
    scratch: Path | None,
) -> None:
    limits = Limits(cpu=25 + 2 * len(numbers), wait=60.0 + 4 * len(numbers))
    with make_scratch(scratch) as folder:
        source = drawable(path, format_code, folder)
        if source is None:
            return

        def hear(answer: dict) -> None:
            number = answer.get("picture")
            if isinstance(number, int) and number in numbers:
                on_picture(number, _take(folder / f"{number}.webp", measures["max_bytes"]))

        options = {"scratch": str(folder), "numbers": list(numbers), **measures}
        ask("draw", *source, folder, hear=hear, limits=limits, options=options)


def _take(file: Path, max_bytes: int) -> bytes:
    """Read and remove a picture that the child made, which must be a WebP of the size agreed."""
    if file.is_symlink() or not file.is_file() or file.stat().st_size > max_bytes:
        raise Unreadable("damaged", "the child made no proper picture")
    data = file.read_bytes()
    file.unlink()
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise Unreadable("damaged", "the child made no proper picture")
    return data
