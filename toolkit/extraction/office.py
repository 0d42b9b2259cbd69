"""LibreOffice, where it is installed: turns office files into PDF."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from toolkit.extraction.confinement import MEGABYTE
from toolkit.extraction.pages import Unreadable
from toolkit.extraction.sandbox import Limits, start
from toolkit.files.formats import FORMATS

_LIMITS = Limits(memory=6 * 1024 * MEGABYTE, cpu=60, wait=90.0, file_size=512 * MEGABYTE)
_PLACES = ("/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice")
_SETTINGS = [Path(place) for place in ("/etc/fonts", "/etc/libreoffice", "/etc/ld.so.cache", "/dev/urandom")]
_EXPORTS = {
    "sheet": 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}',
    "slide": 'pdf:impress_pdf_Export:{"ExportHiddenSlides":{"type":"boolean","value":"true"}}',
}


@functools.cache
def find_libreoffice() -> str | None:
    """Where LibreOffice's program lies; None where it is not installed."""
    for place in (shutil.which("soffice"), shutil.which("libreoffice"), *_PLACES):
        if place and Path(place).exists():
            return str(Path(place).resolve())
    return None


def libreoffice_available() -> bool:
    """Whether DOC, PPT and RTF can be read, and office files drawn."""
    return find_libreoffice() is not None


def convert(path: Path, format_code: str, scratch: Path) -> Path:
    """Make a PDF of an office file, below `scratch`, in a confined process with a profile of its own.

    Raises Unreadable where LibreOffice is not installed, fails or takes too long.
    """
    program = find_libreoffice()
    if program is None:
        raise Unreadable("no_libreoffice")
    source = scratch / f"document.{format_code}"
    shutil.copyfile(path, source)
    export = _EXPORTS.get(FORMATS[format_code].unit, "pdf:writer_pdf_Export")
    arguments = [
        program,
        f"-env:UserInstallation=file://{scratch}/profile",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        export,
        "--outdir",
        str(scratch / "made"),
        str(source),
    ]
    status = start(arguments, scratch, limits=_LIMITS, readable=_SETTINGS)
    made = scratch / "made" / "document.pdf"
    if not made.is_file() or made.is_symlink():
        raise Unreadable("damaged", f"LibreOffice ended with {status} and made no PDF")
    return made
