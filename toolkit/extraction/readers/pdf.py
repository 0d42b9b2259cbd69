"""PDF by PDFium: one page for each page."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from toolkit.extraction.report import FEW_CHARACTERS, Refusal, Report

_ENCRYPTED = {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
_IMAGE_DEPTH = 3  # forms within forms that are searched for an image


def open_document(path: Path) -> pypdfium2.PdfDocument:
    """The opened document; Refusal("encrypted") where a password is asked for, ("damaged") otherwise."""
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as fault:
        raise Refusal("encrypted" if fault.err_code in _ENCRYPTED else "damaged") from fault


def read(path: Path, code: str, report: Report) -> None:
    """Report the text of every page; a page that cannot be opened is an empty one."""
    document = open_document(path)
    report.about(title=_find_title(document), language=_find_language(document))
    opened = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text = _read_page(page)
            has_image = len(text.strip()) < FEW_CHARACTERS and _has_image(page)
            opened += 1
            page.close()
        except pypdfium2.PdfiumError:
            text, has_image = "", False
        report.page(text, has_image=has_image)
    if not opened:
        raise Refusal("damaged")


def _read_page(page: pypdfium2.PdfPage) -> str:
    lines = page.get_textpage()
    try:
        return lines.get_text_bounded()
    finally:
        lines.close()


def _has_image(page: pypdfium2.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_IMAGE_DEPTH))


def _find_title(document: pypdfium2.PdfDocument) -> str | None:
    """The title in the document's metadata, unless it is the name of a file or a program."""
    title = document.get_metadata_dict(skip_empty=True).get("Title", "").strip()
    looks_like_file = title.lower().rpartition(".")[2] in ("doc", "docx", "pdf", "dvi", "indd", "qxd", "ppt")
    made_by_program = title.lower().startswith(("microsoft word", "microsoft powerpoint", "untitled"))
    return None if looks_like_file or made_by_program else title or None


def _find_language(document: pypdfium2.PdfDocument) -> str | None:
    import ctypes

    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < size < 100:
        return None
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFCatalog_GetLanguage(document, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
