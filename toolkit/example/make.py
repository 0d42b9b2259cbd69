"""Make the files of the example library from their sources: `python -m toolkit.example.make`.

Needs LibreOffice (`soffice`) and the DejaVu fonts; everything else is in the project's dependencies.
Each resource of `library.toml` names a file; its source has the same name with the ending .md (or .csv).
"""

from __future__ import annotations

import html
import re
import shutil
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

from toolkit.example import FILES, SOURCES, read_library
from toolkit.example.documents import write_docx
from toolkit.example.marks import PARSER, Block, read_blocks
from toolkit.example.office import convert
from toolkit.example.posters import write_fax, write_poster, write_scan
from toolkit.example.sheets import write_fods
from toolkit.example.slides import write_pptx

SCANS = {"acta-fundacion-1978.pdf"}
BOOKLETS = {"manual-gestion-cooperativas-agrarias.pdf"}
"""Documents on A5 whose sections each begin a page."""
NOTES = {
    "es": "Texto de ejemplo escrito para esta biblioteca; no es un documento oficial.",
    "pt": "Texto de exemplo escrito para esta biblioteca; não é um documento oficial.",
    "en": "Example text written for this library; it is not an official document.",
}
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.1rem/1.5 serif;color:#1b2330}}
table{{border-collapse:collapse}}th,td{{border:1px solid #d8d2c4;padding:.3rem .6rem;text-align:left}}</style>
</head>
<body>
{body}<p><small>{note}</small></p>
</body>
</html>
"""


def main() -> None:
    """Make every file, printing a line for each."""
    FILES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        waiting: dict[str, list[Path]] = {}
        for resource in read_library()["resources"]:
            half = make(resource, folder)
            if half:
                waiting.setdefault(Path(resource["file"]).suffix[1:], []).append(half)
            else:
                say(FILES / resource["file"])
        for ending, halves in waiting.items():
            for path in convert(halves, ending, FILES):
                say(path)


def make(resource: dict[str, Any], folder: Path) -> Path | None:
    """Make the file of a resource; returns the half-made one in `folder` where LibreOffice must finish it."""
    target = FILES / resource["file"]
    ending, language = target.suffix[1:], resource["language"]
    if ending == "csv":
        shutil.copyfile(SOURCES / target.name, target)
        return None
    markdown = (SOURCES / f"{target.stem}.md").read_text(encoding="utf-8")
    note = NOTES[language]
    if ending in ("xlsx", "xls", "ods"):
        half = folder / f"{target.stem}.fods"
        write_fods(markdown, half, note=note)
        return half
    if ending in ("pptx", "ppt", "odp"):
        half = target if ending == "pptx" else folder / f"{target.stem}.pptx"
        write_pptx(list(read_blocks(markdown)), half, title=resource["title"], note=note)
        return None if half == target else half
    if ending in ("md", "txt", "html"):
        target.write_text(write_text(markdown, resource, note), encoding="utf-8")
        return None
    blocks = list(read_blocks(markdown))
    if target.name in SCANS:
        write_scan(blocks, target, note=note)
    elif ending in ("png", "jpg", "webp"):
        write_poster(blocks, target, note=note)
    elif ending == "tiff":
        write_fax(blocks, target)
    else:
        return make_document(blocks, resource, folder)
    return None


def make_document(blocks: list[Block], resource: dict[str, Any], folder: Path) -> Path | None:
    """Write a text document; returns it where LibreOffice must turn it into another format."""
    target = FILES / resource["file"]
    half = target if target.suffix == ".docx" else folder / f"{target.stem}.docx"
    booklet = target.name in BOOKLETS
    note = Block("text", [(NOTES[resource["language"]], False, True)])
    write_docx(
        [*blocks, note], half, title=resource["title"], language=resource["language"],
        paper="a5" if booklet else "a4", paged=booklet,
    )  # fmt: skip
    return None if half == target else half


def write_text(markdown: str, resource: dict[str, Any], note: str) -> str:
    """The source as Markdown, as a web page, or as a typewriter without accents would have left it."""
    match Path(resource["file"]).suffix:
        case ".md":
            return f"{markdown.rstrip()}\n\n*{note}*\n"
        case ".html":
            body = PARSER.render(markdown)
            return PAGE.format(
                language=resource["language"], title=html.escape(resource["title"]), body=body, note=note
            )
        case _:
            return lose_accents(re.sub(r"^#+ ", "", f"{markdown.rstrip()}\n\n{note}\n", flags=re.MULTILINE))


def lose_accents(text: str) -> str:
    """`capacitación de niños` → `capacitacion de ninos`."""
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def say(path: Path) -> None:
    """One line: name and size in kilobytes."""
    print(f"{path.name:48} {path.stat().st_size / 1000:8.1f} kB")


if __name__ == "__main__":
    main()
