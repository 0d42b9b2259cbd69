"""What reading a file gives, and the sentences for files that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.errors import N_, Fault, Message


@dataclass(frozen=True)
class Page:
    """One page, sheet, slide or part, counted from 1.

    `label` is the heading that a part begins under or the name of a sheet, '' where there is none;
    `scanned` says that it has no text and holds an image, so that OCR may find some.
    """

    number: int
    label: str
    text: str
    scanned: bool = False


@dataclass(frozen=True)
class Extraction:
    """What a file holds: its pages (`unit` says what they are called), its own title and language.

    `notice` is a sentence where only the beginning was read.
    """

    unit: str
    pages: list[Page] = field(default_factory=list)
    title: str | None = None
    language: str | None = None
    notice: Message | None = None


class Unreadable(Fault):
    """The file stays as it is, but its text or picture cannot be had; `message` says why.

    `code` is the reason for the log ("encrypted", "damaged", "heavy", "slow", "empty",
    "no_libreoffice", "no_tesseract"), `reason` what the child gave as its own, `detail` what the reader
    said, for the log only.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.reason = code
        self.code = code if code in REASONS else "damaged"
        self.detail = detail
        super().__init__(REASONS[self.code])


REASONS = {
    "encrypted": N_(
        "El archivo está protegido con contraseña: se puede descargar, pero no leer ni buscar en él. "
        "Si puede, suba una copia sin contraseña."
    ),
    "damaged": N_(
        "El archivo está dañado y no se pudo leer. "
        "Compruebe que abre en su computadora y suba una copia nueva."
    ),
    "heavy": N_(
        "El archivo necesita demasiada memoria para leerse. Divídalo o guárdelo de nuevo con menos contenido."
    ),
    "slow": N_("El archivo tardó demasiado en leerse. Divídalo o guárdelo de nuevo con menos contenido."),
    "empty": N_("No se encontró texto en el archivo."),
    "no_libreoffice": N_(
        "Este formato se lee con LibreOffice, que no está instalado en este portal. "
        "Suba una copia en PDF o pida a quien administra el portal que lo instale."
    ),
    "no_tesseract": N_(
        "Las páginas escaneadas se leen con Tesseract y su idioma español, que no están instalados "
        "en este portal. Pida a quien administra el portal que los instale."
    ),
}

NOTICES = {
    "pages": N_("El archivo tiene más de 5.000 páginas: solo se leyeron las primeras."),
    "text": N_("El archivo tiene demasiado texto: solo se leyó el comienzo."),
}
