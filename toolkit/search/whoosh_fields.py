"""The fields of our shelves in Whoosh: ready-made terms and positions, and a card.

The order of a document's fields, their weight and their length normalisation are in `scoring.FIELDS`.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Any

from whoosh import columns, fields
from whoosh.formats import Format

from toolkit.search.scoring import FIELDS
from toolkit.search.shelf import Document
from toolkit.search.spanish import Postings, analyse

CARD = "card"


class Positions(Format):
    """Postings whose value is the positions as 32-bit integers, which NumPy reads without unpacking."""

    def word_values(self, value: Any, analyzer: Any, **kwargs: Any) -> Iterator:
        raise NotImplementedError("our fields take ready-made postings")

    def decode_positions(self, value: bytes) -> list[int]:
        """For Whoosh's own phrase matchers; ours read whole blocks."""
        return array("I", value).tolist()

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4

    def decode_weight(self, value: bytes) -> float:
        return float(len(value) // 4)


class ReadyField(fields.FieldType):
    """A field whose value is a mapping of term to positions (`whoosh_codec.Writer.add_terms`)."""

    def __init__(self) -> None:
        super().__init__(format=Positions(), analyzer=None, scorable=True)


def schema() -> fields.Schema:
    """All text fields, and the card: what a hit and the facets need to know of a document."""
    made = fields.Schema(**{name: ReadyField() for name in FIELDS})
    made.add(CARD, fields.COLUMN(columns.VarBytesColumn()))
    return made


def fields_of(document: Document) -> dict[str, Postings]:
    """A document's text fields, analysed; those without a term are left out."""
    found: dict[str, Postings] = {}
    for name in ("title", "summary", "people"):
        terms = analyse([getattr(document, name)], every_word=True)
        found[f"{name}_stem"], found[f"{name}_exact"] = terms.stems, terms.exact
    text = analyse(document.pages, every_word=False)
    found["text_stem"], found["text_exact"] = text.stems, text.exact
    found["codes"] = analyse([document.codes], every_word=True).exact
    return {name: postings for name, postings in found.items() if postings}


def card(document: Document) -> bytes:
    """A document's identity, date and facets, as `cards.Cards` reads them."""
    facets = {name: sorted(set(values)) for name, values in document.facets.items() if values}
    known = [document.noun, document.id, document.version, document.form, document.date, document.own, facets]
    return json.dumps(known, ensure_ascii=False).encode("utf-8", "surrogatepass")
