"""Write the tables of the operator's guide from the code: `python docs/tables.py [--check]`.

A table stands between `<!-- NAME -->` and `<!-- /NAME -->`. With `--check` nothing is written; exit status 1
says that the guide is not what the code says, or that a page names a test that does not exist.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from portal.accounts.limits import DOORS
from portal.contributions.receiving import FIELDS
from portal.settings import SETTINGS
from toolkit.catalogue.contents import FILES
from toolkit.extraction import ocr, office
from toolkit.extraction.confinement import MEGABYTE
from toolkit.extraction.report import MAX_PAGES, MAX_TEXT
from toolkit.extraction.sandbox import Limits
from toolkit.files import archives, images
from toolkit.files.formats import FORMATS
from toolkit.importing import COLUMNS
from toolkit.search.query import LONGEST, MOST_TERMS

GUIDE = Path(__file__).with_name("guia-del-operador.md")
UNITS = {"page": "páginas", "sheet": "hojas", "slide": "diapositivas", "part": "partes"}
ENTRANCES = {
    "security.login": "Ingresar",
    "security.forgot_password": "Pedir un enlace de contraseña",
    "security.reset_password": "Abrir o usar el enlace",
    "security.change_password": "Cambiar la contraseña",
    "security.verify": "Confirmar la identidad",
    "security.two_factor_token_validation": "Escribir el código del segundo paso",
    "security.mf_recovery": "Escribir un código de respaldo",
    "security.two_factor_setup": "Activar el segundo paso",
    "account.ask_link": "Pedir un enlace para ingresar",
    "account.use_link": "Usar el enlace para ingresar",
    "account.change_email": "Pedir el cambio de correo",
    "account.confirm_email": "Confirmar el correo nuevo",
    "account.leave": "Dejar el portal",
    "account.use_passkey": "Ingresar con una llave",
}
WHOM = {
    "address_and_network": "correo y red",
    "network": "red",
    "half_way": "cuenta",
    "everybody": "todo el portal",
}


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    titles = list(headings)
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def number(amount: int) -> str:
    """A number as the guide writes it: 20 000."""
    return f"{amount:,}".replace(",", "\u00a0")


def settings() -> str:
    """What can be set."""
    rows = [
        (f"`{one.name}`", "vacío" if one.default == "" else f"`{str(one.default).lower()}`"
         if isinstance(one.default, bool) else f"`{one.default}`", one.help)
        for one in SETTINGS
    ]  # fmt: skip
    return table(("Ajuste", "Si no se fija", "Para qué"), rows)


def columns() -> str:
    """The headings that the table of `import` may have."""
    return table(
        ("Campo", "Encabezados que se entienden"),
        ((name, ", ".join(f"`{word}`" for word in words)) for name, words in COLUMNS.items()),
    )


def formats() -> str:
    """The formats that are taken."""
    rows = (
        (one.label, ", ".join(f".{ending}" for ending in one.extensions), UNITS[one.unit],
         "hace falta LibreOffice" if one.needs_libreoffice else "no hace falta nada más",
         "sí" if one.inline else "no")
        for one in FORMATS.values()
    )  # fmt: skip
    return table(
        ("Formato", "Terminaciones", "Se lee por", "Para leer su texto", "El navegador puede mostrarlo"), rows
    )


def limits() -> str:
    """How much is taken, read and searched."""
    reader = Limits()
    megabytes = next(one.default for one in SETTINGS if one.name == "UPLOAD_MEGABYTES")
    rows = (
        ("Lo que se sube de una vez por la página", f"{megabytes} MB (`UPLOAD_MEGABYTES`) en total"),
        ("Archivos de una versión", FILES),
        ("Los campos de un formulario con archivos", f"{number(FIELDS)} bytes"),
        ("Un DOCX, XLSX, PPTX, ODT, ODS u ODP, ya descomprimido",
         f"{archives.MAX_UNPACKED // 1_000_000} MB y {number(archives.MAX_ENTRIES)} entradas; desde "
         f"{archives.FREE_UNPACKED // 1_000_000} MB, como máximo {archives.MAX_RATIO} veces su tamaño"),
        ("Una imagen",
         f"{number(images.MAX_SIDE)} píxeles por lado, {images.MAX_PIXELS // 1_000_000} millones en total, "
         f"{images.MAX_FRAMES} páginas o cuadros"),
        ("Lo que se lee de un archivo",
         f"{number(MAX_PAGES)} páginas y {MAX_TEXT // 1_000_000} millones de letras; en lo que sigue no "
         "se busca, y una nota lo dice"),
        ("Leer un archivo", _process(reader)),
        ("LibreOffice con un archivo", _process(office._LIMITS)),
        ("Reconocer una página escaneada", _process(ocr._LIMITS)),
        ("Una búsqueda", f"los primeros {LONGEST} caracteres y {MOST_TERMS} palabras"),
    )  # fmt: skip
    return table(("Qué", "Límite"), rows)


def _process(given: Limits) -> str:
    return (
        f"{given.memory // MEGABYTE} MB de memoria, {given.cpu} s de procesador, {given.wait:.0f} s de espera"
    )


def rates() -> str:
    """How often one may try."""
    searches = next(one.default for one in SETTINGS if one.name == "SEARCHES_PER_MINUTE")
    rows = [("Buscar", f"{searches} por minuto (`SEARCHES_PER_MINUTE`)", "dirección", "todas")]
    for endpoint, rules in DOORS.items():
        for rule, key, counts in rules:
            failures = "las fallidas" if counts.__name__ == "_failed" else "todas"
            rows.append((ENTRANCES[endpoint], _rate(rule), WHOM[key.__name__], failures))
    return table(("Qué", "Cuántas veces", "Por", "Cuentan"), rows)


def _rate(rule: str) -> str:
    often, _, time = rule.partition(" per ")
    amount, _, unit = time.rpartition(" ")
    spanish = {"minute": "minuto", "hour": "hora", "day": "día"}
    word = spanish[unit.removesuffix("s")] + ("s" if unit.endswith("s") else "")
    return f"{often} cada {amount} {word}" if amount else f"{often} por {word}"


TABLES = {"settings": settings, "columns": columns, "formats": formats, "limits": limits, "rates": rates}


def filled(text: str) -> str:
    """The guide with every table as the code has it now."""
    for name, make in TABLES.items():
        rule = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = rule.sub(lambda found, make=make: f"{found[1]}\n{make()}\n\n{found[2]}", text)  # type: ignore[misc]
    return text


def missing_tests() -> list[str]:
    """Tests that a page of docs/ names and that do not exist."""
    folder = GUIDE.parent
    pages = [page.read_text("utf-8") for page in folder.rglob("*.md")]
    named = {name for text in pages for name in re.findall(r"`(test_\w+)`", text)}
    code = [path.read_text("utf-8") for path in (folder.parent / "tests").rglob("*.py")]
    return sorted(named - {name for text in code for name in re.findall(r"def (test_\w+)", text)})


def main() -> int:
    """Bring the guide up to date, or only say whether it is."""
    text = GUIDE.read_text(encoding="utf-8")
    if "--check" not in sys.argv:
        GUIDE.write_text(filled(text), encoding="utf-8")
        return 0
    faults = [f"no such test: {name}" for name in missing_tests()]
    if filled(text) != text:
        faults.append("docs/guia-del-operador.md is not what the code says: run python docs/tables.py")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
