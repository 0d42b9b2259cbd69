"""Recognise what a file is by its structure, and refuse what the portal does not take.

Nothing is decompressed or interpreted here: first bytes, the directory of a ZIP or OLE container, the header
of an image, and whether text is text. What can only be known by opening the file is asked of the sandboxed
child (`toolkit.extraction.inspect`).
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import NoReturn

from toolkit.errors import N_, Invalid
from toolkit.files import archives, compound, images
from toolkit.files.formats import ENDINGS, FORMATS, Format
from toolkit.files.names import clean_name, ending_of

__all__ = ["clean_name", "recognise"]

ACCEPTED = "PDF, Word, Excel, PowerPoint, OpenDocument, RTF, HTML, Markdown, TXT, CSV, JPEG, PNG, WebP, TIFF"
_HEAD = 4096
_FOREIGN = (  # contents that are never taken, whatever their name
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh",
    b"\xfd7zXZ", b"GIF87a", b"GIF89a", b"\x00\x00\x01\x00", b"OggS", b"ID3", b"fLaC",
)  # fmt: skip
_IMAGES = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"II*\0": "tiff", b"MM\0*": "tiff"}
_OOXML = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_OLE = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
_OLE_MACROS = {"Macros", "VBA", "_VBA_PROJECT", "_VBA_PROJECT_CUR"}
_CONTROLS = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})
_TEXT_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def recognise(path: Path, name: str) -> Format:
    """The format of the file at `path` that its owner calls `name`.

    Raises Invalid, with a sentence that says what is wrong and what to do, where the format is not taken,
    the name's ending does not agree with the contents, or the structure is damaged or dangerous.
    """
    expected = ENDINGS.get(ending_of(name))
    if expected is None:
        _refuse_ending(ending_of(name))
    with path.open("rb") as file:
        head = file.read(_HEAD)
    code = _recognise_contents(path, head, expected)
    if code != expected.code:
        found = FORMATS[code]
        raise Invalid(
            N_(
                "El nombre termina en «.%(ending)s», pero el contenido es %(found)s. "
                "Cambie la terminación del nombre a «.%(right)s» y vuelva a subirlo."
            ),
            ending=ending_of(name),
            found=found.label,
            right=found.extensions[0],
        )
    if expected.family == "image":
        _check_dimensions(path, code)
    return expected


def _refuse_ending(ending: str) -> NoReturn:
    if not ending:
        raise Invalid(
            N_("El nombre del archivo no tiene terminación, como «.pdf». Se reciben: %(accepted)s."),
            accepted=ACCEPTED,
        )
    if ending in ("svg", "svgz"):
        raise Invalid(
            N_("No se reciben imágenes SVG, porque pueden llevar programas. Guárdela como PNG y súbala.")
        )
    if ending in ("docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm", "ppam"):
        _refuse_macros()
    raise Invalid(
        N_("No se reciben archivos «.%(ending)s». Se reciben: %(accepted)s."),
        ending=ending[:20],
        accepted=ACCEPTED,
    )


def _refuse_macros() -> NoReturn:
    raise Invalid(N_("El archivo lleva macros (programas). Guárdelo sin macros y vuelva a subirlo."))


def _recognise_contents(path: Path, head: bytes, expected: Format) -> str:
    """The code of the format that the contents have; Invalid where they have none that is taken."""
    for start, code in _IMAGES.items():
        if head.startswith(start):
            return code
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"PK"):
        return _recognise_archive(path)
    if head.startswith(compound.SIGNATURE):
        return _recognise_compound(path, expected)
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(_FOREIGN):
        _refuse_contents()
    at = head.find(b"%PDF-", 0, 1024 + 5)
    if at == 0 or (at > 0 and expected.code == "pdf" and b"<" not in head[:at]):
        return "pdf"
    if expected.family != "text":
        _refuse_damaged(expected)
    return _recognise_text(path, head, expected)


def _refuse_contents() -> NoReturn:
    raise Invalid(
        N_("El contenido del archivo no es de los que se reciben: %(accepted)s."), accepted=ACCEPTED
    )


def _refuse_damaged(expected: Format) -> NoReturn:
    raise Invalid(
        N_(
            "El contenido no es %(label)s o está dañado desde el comienzo. "
            "Compruebe que el archivo abre en su computadora y vuelva a subirlo."
        ),
        label=expected.label,
    )


def _recognise_archive(path: Path) -> str:
    entries = archives.list_entries(path)
    names = [entry.name for entry in entries]
    lower = [name.lower() for name in names]
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in lower):
        _refuse_macros()
    if names and names[0] == "mimetype" and entries[0].method == archives.STORED:
        if any(name.startswith(("basic/", "scripts/")) for name in lower):
            _refuse_macros()
        with path.open("rb") as file:
            file.seek(entries[0].start)
            stated = file.read(min(entries[0].unpacked, 200)).decode("ascii", "replace")
        for code in ("odt", "ods", "odp"):
            if stated == FORMATS[code].media_type:
                return code
    if "[Content_Types].xml" in names and "_rels/.rels" in names:
        codes = {code for folder, code in _OOXML.items() if any(n.startswith(folder) for n in names)}
        if len(codes) == 1:
            return codes.pop()
    _refuse_contents()


def _recognise_compound(path: Path, expected: Format) -> str:
    names = compound.list_names(path)
    if "EncryptedPackage" in names:
        raise Invalid(
            N_("El archivo está protegido con contraseña. Guárdelo sin contraseña y vuelva a subirlo.")
        )
    if names & _OLE_MACROS:
        _refuse_macros()
    codes = {code for name, code in _OLE.items() if name in names}
    if len(codes) != 1:
        _refuse_damaged(expected)
    return codes.pop()


def _recognise_text(path: Path, head: bytes, expected: Format) -> str:
    """The expected text format where the contents are text of that kind; Invalid otherwise."""
    wide = head.startswith(_TEXT_BOMS)
    if not wide:
        _check_for_controls(path, expected)
    start = _decode_head(head).lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<?xml"):
        start = start.partition("?>")[2].lstrip()
    if start.startswith(("<svg", "<!doctype svg")):
        _refuse_ending("svg")
    is_html = start.startswith(("<!doctype html", "<html"))
    return "html" if is_html and expected.code in ("txt", "csv") else expected.code


def _decode_head(head: bytes) -> str:
    if head.startswith(_TEXT_BOMS):
        return head.decode("utf-16", "replace")
    return head.decode("utf-8", "replace")


def _check_for_controls(path: Path, expected: Format) -> None:
    """Refuse a NUL anywhere, or control characters in more than one byte of a hundred."""
    controls = size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if b"\0" in block:
                _refuse_damaged(expected)
            size += len(block)
            controls += len(block) - len(block.translate(None, _CONTROLS))
    if controls * 100 > size:
        _refuse_damaged(expected)


def _check_dimensions(path: Path, code: str) -> None:
    found = images.measure(path, code)
    if found is None:
        return
    if found.too_big:
        raise Invalid(
            N_(
                "La imagen mide %(width)s × %(height)s píxeles, más de lo que se recibe "
                "(%(side)s por lado, %(millions)s millones en total). Redúzcala y vuelva a subirla."
            ),
            width=found.width,
            height=found.height,
            side=images.MAX_SIDE,
            millions=images.MAX_PIXELS // 1_000_000,
        )
    if found.frames > images.MAX_FRAMES:
        raise Invalid(
            N_("La imagen tiene más de %(frames)s páginas o cuadros. Divídala y vuelva a subirla."),
            frames=images.MAX_FRAMES,
        )
