"""The fields of our shelves in Whoosh: ready-made tokens in, no Token objects, lengths that survive merging.

The order of a document's fields, their weight and their length normalisation are in `scoring.FIELDS`.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Any

from whoosh import columns, fields
from whoosh.codec.whoosh3 import W3Codec, W3PerDocWriter
from whoosh.formats import Format
from whoosh.util.numeric import byte_to_length, length_to_byte

from toolkit.search.scoring import FIELDS
from toolkit.search.shelf import Document
from toolkit.search.spanish import Postings, analyse

CARD = "card"
BLOCK = 1024


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
    """A field whose value is a mapping of term to positions: our analysis has already read the text."""

    def __init__(self) -> None:
        super().__init__(format=Positions(), analyzer=None, scorable=True)

    def index(self, value: Postings, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, places in value.items():
            yield term.encode(), len(places), float(len(places)), array("I", places).tobytes()


class _Lengths(W3PerDocWriter):
    """Adds up lengths as they will be read back (one byte each), so that a merge changes no average."""

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        if length:
            length = byte_to_length(length_to_byte(length))
        super().add_field(fieldname, fieldobj, value, length)


class Codec(W3Codec):
    """Whoosh's own codec with larger blocks and without the length statistics that we do not read."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK)

    def per_document_writer(self, storage: Any, segment: Any) -> W3PerDocWriter:
        return _Lengths(self, storage, segment)


def schema() -> fields.Schema:
    """All text fields, and the card: what a hit and the facets need to know of a document."""
    made = fields.Schema(**{name: ReadyField() for name in FIELDS})
    made.add(CARD, fields.COLUMN(columns.VarBytesColumn()))
    return made


def values(document: Document) -> dict[str, Any]:
    """A document as the fields of the schema."""
    found: dict[str, Any] = {}
    for name in ("title", "summary", "people"):
        terms = analyse([getattr(document, name)], every_word=True)
        found[f"{name}_stem"], found[f"{name}_exact"] = terms.stems, terms.exact
    text = analyse(document.pages, every_word=False)
    found["text_stem"], found["text_exact"] = text.stems, text.exact
    found["codes"] = analyse([document.codes], every_word=True).exact
    return {name: value for name, value in found.items() if value} | {CARD: _card(document)}


def _card(document: Document) -> bytes:
    facets = {name: sorted(set(values)) for name, values in document.facets.items() if values}
    card = [document.noun, document.id, document.version, document.form, document.date, document.own, facets]
    return json.dumps(card, ensure_ascii=False).encode("utf-8", "surrogatepass")
