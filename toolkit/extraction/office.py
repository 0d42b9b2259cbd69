"""LibreOffice, where it is installed: turns office files into PDF."""

from __future__ import annotations

import functools
import hashlib
import shutil
from pathlib import Path

from toolkit.extraction.confinement import MEGABYTE
from toolkit.extraction.pages import Unreadable
from toolkit.extraction.sandbox import Limits, start
from toolkit.files.formats import FORMATS

_LIMITS = Limits(memory=6 * 1024 * MEGABYTE, cpu=60, wait=90.0, file_size=512 * MEGABYTE)
_PLACES = ("/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice")
_SETTINGS = [
    Path(place)
    for place in (
        "/etc/fonts",
        "/etc/libreoffice",
        "/etc/ld.so.cache",
        "/var/lib/libreoffice",
        "/var/spool/libreoffice",
        "/var/cache/fontconfig",
        "/dev/urandom",
        "/opt",
    )
]
_SOCKETS = [Path("/tmp"), Path("/var/tmp")]  # noqa: S108 - LibreOffice knows no other place
_START_AGAIN = 81  # what LibreOffice answers once it has made a new profile
_EXPORTS = {
    "sheet": 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}',
    "slide": 'pdf:impress_pdf_Export:{"ExportHiddenSlides":{"type":"boolean","value":"true"}}',
}


@functools.cache
def find_libreoffice() -> str | None:
    """Where LibreOffice's program lies; None where it is not installed.

    The program itself rather than the script beside it, which would start it a second time unasked.
    """
    for place in (shutil.which("soffice"), shutil.which("libreoffice"), *_PLACES):
        if place and Path(place).exists():
            script = Path(place).resolve()
            program = script.with_name("soffice.bin")
            return str(program if program.is_file() else script)
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
    profile = (scratch / "profile").as_uri()
    arguments = [
        program,
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        export,
        "--outdir",
        str(scratch / "made"),
        str(source),
    ]
    for _ in range(2):
        try:
            status = start(arguments, scratch, limits=_LIMITS, readable=_SETTINGS, sockets=_SOCKETS)
        finally:
            _remove_socket(profile)
        if status != _START_AGAIN:
            break
    made = scratch / "made" / "document.pdf"
    if not made.is_file() or made.is_symlink():
        raise Unreadable("damaged", f"LibreOffice ended with {status} and made no PDF")
    return made


def _remove_socket(profile: str) -> None:
    """Remove the socket by which LibreOffice finds a second start of itself: it may make, not remove it.

    Its name ends in the MD5 of the profile's address in UTF-16, each byte in hex without leading zeros.
    """
    digest = hashlib.md5(profile.encode("utf-16-le"), usedforsecurity=False).digest()
    ending = "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest)
    for folder in _SOCKETS:
        for left in folder.glob(f"OSL_PIPE_*{ending}"):
            left.unlink(missing_ok=True)
