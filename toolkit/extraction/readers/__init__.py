"""One module per kind of file; each has `read(path, report)`. They run in the sandboxed child only."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from toolkit.extraction.report import Report

_READERS = {
    "pdf": "pdf",
    "docx": "word",
    "pptx": "slides",
    "xlsx": "sheets",
    "xls": "sheets",
    "ods": "sheets",
    "odt": "opendocument",
    "odp": "opendocument",
    "html": "web",
    "md": "plain",
    "txt": "plain",
    "csv": "plain",
    "jpg": "image",
    "png": "image",
    "webp": "image",
    "tiff": "image",
}


def work(path: Path, code: str, report: Report) -> None:
    """Report every page of the file, with only the one reader loaded that is needed."""
    import_module(f"{__name__}.{_READERS[code]}").read(path, code, report)
