"""Read the text of a file, and look into it while its uploader waits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from toolkit.errors import N_, Invalid, Message
from toolkit.extraction.cleaning import clean_text
from toolkit.extraction.office import convert
from toolkit.extraction.pages import NOTICES, Extraction, Page, Unreadable
from toolkit.extraction.sandbox import Limits, ask, make_scratch
from toolkit.files.formats import FORMATS

_INSPECTION = Limits(cpu=8, wait=10.0, nice=0)
_INSPECTED_FAMILIES = ("ooxml", "odf", "image")  # what can unpack to much more than its size

_REFUSALS = {
    "bomb": N_(
        "El archivo ocuparía demasiado al abrirse, o no es lo que dice ser. "
        "Ábralo en su programa, guárdelo de nuevo con menos contenido y vuelva a subirlo."
    ),
    "macros": N_("El archivo lleva macros (programas). Guárdelo sin macros y vuelva a subirlo."),
    "entities": N_(
        "El archivo define textos que se multiplican al abrirse, y así no se recibe. "
        "Ábralo en su programa, guárdelo de nuevo y vuelva a subirlo."
    ),
}


def read(
    path: Path,
    format_code: str,
    *,
    scratch: Path | None = None,
    on_page: Callable[[int], None] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Extraction:
    """The pages of the file at `path`, whose format is `format_code`.

    `on_page` hears the number of each page as it is read. `scratch` is the folder for temporary files.
    Raises Unreadable; FileNotFoundError where there is no such file.
    """
    pages: list[Page] = []
    about: dict[str, str] = {}
    notices: list[Message] = []

    def hear(answer: dict) -> None:
        if isinstance(found := answer.get("page"), dict):
            pages.append(_make_page(len(pages) + 1, found))
            if on_page is not None:
                on_page(len(pages))
        for name in ("title", "language"):
            if isinstance(value := answer.get(name), str):
                about[name] = clean_text(value)
        if answer.get("notice") in NOTICES:
            notices.append(Message(NOTICES[answer["notice"]]))

    with make_scratch(scratch) as folder:
        if FORMATS[format_code].needs_libreoffice:
            ask("read", convert(path, format_code, folder), "pdf", folder, hear=hear, limits=limits)
            about.pop("language", None)  # LibreOffice's own, not the document's
        else:
            ask("read", path, format_code, folder, hear=hear, limits=limits)
    if not pages:
        raise Unreadable("empty")
    return Extraction(
        FORMATS[format_code].unit,
        pages,
        about.get("title"),
        about.get("language"),
        notices[0] if notices else None,
    )


def _make_page(number: int, found: dict) -> Page:
    """A page as the child tells it; what the child cleaned is cleaned again, for nobody trusts the child."""
    text, label = found.get("text"), found.get("label")
    if not isinstance(text, str) or not isinstance(label, str):
        raise Unreadable("damaged", "the child told a page that makes no sense")
    return Page(number, clean_text(label), clean_text(text), found.get("scanned") is True)


def inspect(path: Path, format_code: str, *, scratch: Path | None = None) -> None:
    """Open what may unpack to much more than its size, in a child, for at most 10 s.

    Raises Invalid for what must be refused: archives that unpack to more than they state, macros,
    entities that multiply, images that decode to too much. A file that is only damaged passes: reading it
    says so later. Formats that cannot hide such things are not opened.
    """
    if FORMATS[format_code].family not in _INSPECTED_FAMILIES:
        return
    try:
        with make_scratch(scratch) as folder:
            ask("inspect", path, format_code, folder, hear=lambda answer: None, limits=_INSPECTION)
    except Unreadable as fault:
        if fault.reason in _REFUSALS:
            raise Invalid(_REFUSALS[fault.reason]) from fault
        if fault.code in ("slow", "heavy"):
            raise Invalid(
                N_(
                    "El archivo tardó demasiado o necesitó demasiada memoria al revisarse. "
                    "Guárdelo con menos contenido y vuelva a subirlo."
                )
            ) from fault
