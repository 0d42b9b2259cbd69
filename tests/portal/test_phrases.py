"""A phrase from the middle of a file is found first, on the page that holds it: our one promise."""

from __future__ import annotations

import csv
import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import docx
import pypdfium2
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal.commands import main
from portal.instance import Instance
from toolkit import extraction
from toolkit.example import FILES
from toolkit.records import File, Page, Resource, Version
from toolkit.search import spanish

pytestmark = pytest.mark.slow
HOSTILE = Path(__file__).parents[3] / "shared" / "data" / "hostile"
CATEGORIES = ("valid", "spanish", "pdfua")
CHOSEN: list[Path] = sorted(FILES.iterdir())
if (HOSTILE / "manifest.csv").exists():
    with (HOSTILE / "manifest.csv").open(encoding="utf-8", newline="") as _manifest:
        CHOSEN += [
            HOSTILE / row["file"] for row in csv.DictReader(_manifest) if row["category"] in CATEGORIES
        ]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Instance, dict[str, dict]]]:
    """All chosen files, imported as a person would; and what the command said of each."""
    root = tmp_path_factory.mktemp("phrases")
    (root / "in").mkdir()
    for path in CHOSEN:
        shutil.copy(path, root / "in")
    command = ["--instance", str(root / "instance"), "import", str(root / "in"), "--wait", "--json"]
    ran = CliRunner().invoke(main, command, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    said = (json.loads(line) for line in ran.stdout.splitlines())
    instance = Instance(root / "instance")
    yield instance, {line["file"]: line for line in said}
    instance.database.close()


def drawn(path: Path) -> str | None:
    """The text of a file, read by other means than ours; None for formats where there are none at hand."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    if path.suffix == ".docx":  # without tables: the middle of one paragraph, so that none lies between
        paragraphs = [one.text for one in docx.Document(str(path)).paragraphs if len(one.text.split()) > 8]
        return paragraphs[len(paragraphs) // 2]
    return path.read_text(encoding="utf-8") if path.suffix == ".txt" else None


def pages(instance: Instance, public_id: str) -> list[str]:
    with instance.database.open_for_maintenance(writing=False) as session:
        rows = session.scalars(
            select(Page).join(File, File.id == Page.file_id).join(Version, Version.id == File.version_id)
            .join(Resource, Resource.id == Version.resource_id)
            .where(Resource.public_id == public_id).order_by(Page.number)
        )  # fmt: skip
        return [page.text for page in rows]


def plain(text: str) -> str:
    """Letters and digits only, folded, so that line ends and signs do not matter."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^\w]|_", "", "".join(sign for sign in folded if not unicodedata.combining(sign)))


def phrase_of(text: str) -> str | None:
    """Six words from the middle; None for a text of fewer."""
    words = [word for word in text.replace('"', " ").split() if spanish.count(word)]
    middle = max(0, len(words) // 2 - 3)
    return " ".join(words[middle : middle + 6]) if len(words) >= 6 else None


@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: path.name)
def test_a_phrase_from_the_middle_is_found_first(
    library: tuple[Instance, dict[str, dict]], path: Path
) -> None:
    instance, said = library
    told = said[path.name]
    if told["state"] == "unreadable" and not (
        extraction.ocr_available() and extraction.libreoffice_available()
    ):
        pytest.skip("Tesseract or LibreOffice is not installed")
    if told["state"] == "duplicate":
        pytest.skip("the same content stands under another name")
    own = pages(instance, told["id"])
    phrase = phrase_of(drawn(path) or "\n".join(own))
    if phrase is None:
        pytest.skip("fewer than six words of text")
    assert told["state"] == "ready", told
    command = ["--instance", str(instance.folder), "search", f'"{phrase}"', "--json", "--limit", "100"]
    found = json.loads(CliRunner().invoke(main, command, catch_exceptions=False).stdout)
    holders = {
        line["id"]
        for line in said.values()
        if line["id"] and plain(phrase) in plain("".join(pages(instance, line["id"])))
    }
    order = [hit["id"] for hit in found["hits"]]
    assert told["id"] in holders, f"«{phrase}» is not in what we read"
    assert set(order[: len(holders)]) == holders, f"«{phrase}»: {[hit['file'] for hit in found['hits']]}"
    hit = found["hits"][order.index(told["id"])]
    assert hit["page"] is not None and _begins_there(phrase, own, hit["page"]), f"«{phrase}» on {hit['page']}"


def _begins_there(phrase: str, own: list[str], number: int) -> bool:
    """The page holds the phrase, or its beginning and the following page the rest."""
    wanted, page = plain(phrase), plain(own[number - 1])
    if wanted in page:
        return True
    rest = plain("".join(own[number:]))
    return any(page.endswith(wanted[:cut]) and rest.startswith(wanted[cut:]) for cut in range(1, len(wanted)))
