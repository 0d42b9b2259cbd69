"""Conversion by LibreOffice: one call for all files that become the same format."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

FILTERS = {
    "pdf": 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},'
    '"ExportBookmarks":{"type":"boolean","value":"true"}}',
    "xls": "xls:MS Excel 97",
    "doc": "doc:MS Word 97",
    "ppt": "ppt:MS PowerPoint 97",
}
"""Export filters where the ending alone would not do."""


def convert(sources: list[Path], ending: str, folder: Path) -> list[Path]:
    """Convert `sources` to files with `ending` in `folder`; returns their paths.

    Raises RuntimeError with LibreOffice's own words when a file is not there afterwards.
    """
    if not sources:
        return []
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to",
             FILTERS.get(ending, ending), "--outdir", str(folder), *map(str, sources)],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    made = [folder / f"{source.stem}.{ending}" for source in sources]
    missing = [path.name for path in made if not path.exists()]
    if missing:
        raise RuntimeError(f"LibreOffice made no {', '.join(missing)}: {done.stdout}{done.stderr}")
    return made
