"""The file formats that the portal takes: everything else is refused."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.errors import N_


@dataclass(frozen=True)
class Format:
    """One format that the portal takes.

    `label` is what people call it, `extensions` the file name endings that may carry it (the first one is the
    usual), `inline` whether a browser may show it in the page, `unit` what one of its pages is called:
    "page", "sheet", "part" or "slide". `family` says how it is built: "pdf", "ooxml", "odf", "ole",
    "text", "image" or "rtf".
    """

    code: str
    label: str
    media_type: str
    extensions: tuple[str, ...]
    family: str
    unit: str
    inline: bool = False

    @property
    def has_pictures(self) -> bool:
        """Whether each page can be drawn as a picture (parts and sheets have no page of their own)."""
        return self.unit in ("page", "slide")

    @property
    def needs_libreoffice(self) -> bool:
        """Whether its text can only be read through LibreOffice."""
        return self.code in ("rtf", "doc", "ppt")


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

FORMATS: dict[str, Format] = {
    found.code: found
    for found in (
        Format("pdf", "PDF", "application/pdf", ("pdf",), "pdf", "page", inline=True),
        Format("docx", "Word", _OOXML + "wordprocessingml.document", ("docx",), "ooxml", "part"),
        Format("xlsx", "Excel", _OOXML + "spreadsheetml.sheet", ("xlsx",), "ooxml", "sheet"),
        Format("pptx", "PowerPoint", _OOXML + "presentationml.presentation", ("pptx",), "ooxml", "slide"),
        Format("doc", "Word 97-2003", "application/msword", ("doc",), "ole", "page"),
        Format("xls", "Excel 97-2003", "application/vnd.ms-excel", ("xls",), "ole", "sheet"),
        Format("ppt", "PowerPoint 97-2003", "application/vnd.ms-powerpoint", ("ppt",), "ole", "slide"),
        Format("odt", N_("OpenDocument (texto)"), _ODF + "text", ("odt",), "odf", "part"),
        Format("ods", N_("OpenDocument (hoja de cálculo)"), _ODF + "spreadsheet", ("ods",), "odf", "sheet"),
        Format("odp", N_("OpenDocument (presentación)"), _ODF + "presentation", ("odp",), "odf", "slide"),
        Format("rtf", "RTF", "application/rtf", ("rtf",), "rtf", "page"),
        Format("html", "HTML", "text/html", ("html", "htm"), "text", "part"),
        Format("md", "Markdown", "text/markdown", ("md", "markdown"), "text", "part"),
        Format("txt", N_("Texto"), "text/plain", ("txt", "text"), "text", "part"),
        Format("csv", "CSV", "text/csv", ("csv",), "text", "part"),
        Format("jpg", "JPEG", "image/jpeg", ("jpg", "jpeg", "jpe"), "image", "page", inline=True),
        Format("png", "PNG", "image/png", ("png",), "image", "page", inline=True),
        Format("webp", "WebP", "image/webp", ("webp",), "image", "page", inline=True),
        Format("tiff", "TIFF", "image/tiff", ("tif", "tiff"), "image", "page"),
    )
}

ENDINGS: dict[str, Format] = {ending: found for found in FORMATS.values() for ending in found.extensions}


def by_code(code: str) -> Format:
    """The format with this code; KeyError where there is none."""
    return FORMATS[code]
