"""Quality: a Spanish question finds its paragraph (XQuAD-es: 240 paragraphs, 1,190 questions by people).

`python -m tests.evaluation.test_xquad` prints the figures; the tests hold a floor.
"""

from __future__ import annotations

import json
import tempfile
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


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        opened, questions = shelved(Path(place))
        print(f"MRR@10 as written        {mean_reciprocal_rank(opened, questions, str):.4f}")
        print(f"MRR@10 without accents   {mean_reciprocal_rank(opened, questions, without_accents):.4f}")
