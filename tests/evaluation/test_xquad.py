"""Quality: a Spanish question finds its paragraph (XQuAD-es: 240 paragraphs, 1,190 questions by people).

`make evaluate` prints the figures; the tests hold a floor.
"""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from toolkit.search.query import parse
from toolkit.search.reading import Reading
from toolkit.search.shelf import Document
from toolkit.search.shelves import Shelves

DATA = Path(__file__).parents[3] / "shared/data/xquad.es.json"


def paragraphs() -> Iterator[tuple[Document, list[str]]]:
    """Each paragraph as a document, with the questions that it answers."""
    number = 0
    for article in json.loads(DATA.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            title = article.get("title", "").replace("_", " ")
            document = Document("resource", f"p{number}", 1, "full", title, pages=[paragraph["context"]])
            yield document, [asked["question"] for asked in paragraph["qas"]]
            number += 1


def mean_reciprocal_rank(
    reading: Reading, asked: list[tuple[str, str]], typed: Callable[[str], str]
) -> float:
    """MRR@10: the mean of 1 / rank of the right paragraph, 0 where it is not among the first ten."""
    total = 0.0
    for question, right in asked:
        ids = [hit.id for hit in reading.search(parse(typed(question))).hits]
        total += 1 / (ids.index(right) + 1) if right in ids else 0
    return total / len(asked)


def without_accents(text: str) -> str:
    """As people type on a telephone: no accents, n for ñ."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def shelved(folder: Path) -> tuple[Reading, list[tuple[str, str]]]:
    """All paragraphs on one shelf, and all (question, id of its paragraph)."""
    shelves, held = Shelves(folder / "shelves"), list(paragraphs())
    with shelves.rebuild() as rebuilding:
        rebuilding.shelf("public").put(document for document, _ in held)
    return shelves.reading(("public",)), [(q, document.id) for document, asked in held for q in asked]


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data/xquad.es.json is not here")
def test_a_question_finds_its_paragraph(tmp_path: Path) -> None:
    reading, asked = shelved(tmp_path)
    assert len(asked) == 1190
    assert mean_reciprocal_rank(reading, asked, str) >= 0.95
    assert mean_reciprocal_rank(reading, asked, without_accents) >= 0.945


def through_the_commands(folder: Path) -> tuple[float, float]:
    """MRR@10 as written and without accents, through `portal import --wait` and `portal search --batch`."""
    texts = folder / "texts"
    texts.mkdir()
    asked = []
    for document, questions in paragraphs():
        (texts / f"{document.id}.txt").write_text(document.pages[0], encoding="utf-8")
        asked += [(question.replace("\n", " "), document.id) for question in questions]
    portal = [sys.executable, "-m", "portal", "--instance", str(folder / "instance")]
    subprocess.run([*portal, "import", str(texts), "--wait"], check=True, capture_output=True, timeout=300)
    return _by_batch(portal, folder, asked, str), _by_batch(portal, folder, asked, without_accents)


def _by_batch(
    portal: list[str], folder: Path, asked: list[tuple[str, str]], typed: Callable[[str], str]
) -> float:
    batch = folder / "questions.txt"
    batch.write_text("\n".join(typed(question) for question, _ in asked), encoding="utf-8")
    command = [*portal, "search", "--batch", str(batch), "--json"]
    lines = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=300
    ).stdout.splitlines()
    assert len(lines) == len(asked)
    total = 0.0
    for line, (_, right) in zip(lines, asked, strict=True):
        titles = [hit["title"] for hit in json.loads(line)["hits"]]
        total += 1 / (titles.index(right) + 1) if right in titles else 0
    return total / len(asked)


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="../shared/data/xquad.es.json is not here")
def test_a_question_finds_its_paragraph_through_the_commands(tmp_path: Path) -> None:
    written, plain = through_the_commands(tmp_path)
    assert written >= 0.95
    assert plain >= 0.945
