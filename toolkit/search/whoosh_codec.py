"""Writing our postings into Whoosh's own file format, a whole term at a time instead of posting by posting.

The files are those of Whoosh's codec: its readers read them. Only the way there is shorter (about twice as
fast), through names that Whoosh 2.7.4 does not promise; `tests/toolkit/search/test_scoring.py` reads the
result back through Whoosh itself.
"""

from __future__ import annotations

import zlib
from array import array
from pickle import dumps
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import (
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3PerDocWriter,
    W3PostingsWriter,
    W3TermInfo,
)
from whoosh.util.numeric import byte_to_length, length_to_byte
from whoosh.writing import SegmentWriter

from toolkit.search.scoring import FIELDS, Posting
from toolkit.search.spanish import Postings
from toolkit.search.whoosh_fields import CARD
from toolkit.search.whoosh_part import WhooshPart

BLOCK = 1024
_WORTH_COMPRESSING = 100
_POSTING_BYTES = 80
_TERM_BYTES = 250
"""About what a posting and a term take in memory while they wait."""

Terms = dict[str, list]
"""Term → document, how often, positions, document, how often, positions … in the order of the documents."""


class Codec(W3Codec):
    """Whoosh's own codec with larger blocks and without the length statistics that we do not read."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK)

    def per_document_writer(self, storage: Any, segment: Any) -> W3PerDocWriter:
        return _Lengths(self, storage, segment)

    def field_writer(self, storage: Any, segment: Any) -> W3FieldWriter:
        return _Terms(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> W3PostingsWriter:
        return _Blocks(dbfile, BLOCK, byteids, self._compression, self._inlinelimit)


class _Lengths(W3PerDocWriter):
    """Adds up lengths as they will be read back (one byte each), so that a merge changes no average."""

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        if length:
            length = byte_to_length(length_to_byte(length))
        super().add_field(fieldname, fieldobj, value, length)


class _Terms(W3FieldWriter):
    """Takes all postings of a term together (`add_postings` of Whoosh, posting by posting, is not used)."""

    def add_terms(self, schema: Any, fields: dict[str, Terms]) -> None:
        """Write all postings of a segment."""
        for name in sorted(fields):
            self.start_field(name, schema[name])
            terms = fields[name]
            for term in sorted(terms):  # by code point, which is the order of their bytes
                self._add(term.encode(), terms[term])
            self.finish_field()

    def _add(self, term: bytes, postings: list) -> None:
        self.start_term(term)
        self._postwriter.add_all(postings)
        self.finish_term()


class _Blocks(W3PostingsWriter):
    """Writes the postings of one term in whole blocks, a single one into the list of terms itself."""

    _terminfo: Any

    def add_all(self, postings: list) -> None:
        """All postings of one term: document, how often, positions, one after another."""
        step = 3 * self._blocklimit
        for first in range(0, len(postings), step):
            self._ids = array("I", postings[first : first + step : 3])
            self._weights = array("f", postings[first + 1 : first + step : 3])
            self._values = postings[first + 2 : first + step : 3]
            self._maxweight = max(self._weights)
            if len(postings) > 3:
                self._write_block(last=first + step >= len(postings))

    def finish_postings(self) -> W3TermInfo:
        info: W3TermInfo = self._terminfo
        self._terminfo = None
        if self._blockcount:
            info.set_extent(self._startoffset, self._postfile.tell() - self._startoffset)
        else:
            info.add_block(self)
            info.set_inlined(self._ids, self._weights, self._values)
        return info

    def _write_block(self, last: bool = False) -> None:
        if not self._blockcount:
            self._postfile.write(WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        data = dumps((self._mini_ids(), self._mini_weights(), self._mini_values()), 2)
        level = 1 if len(data) > _WORTH_COMPRESSING else 0
        if level:
            data = zlib.compress(data, level)
        info = dumps((len(self._ids), self._ids[-1], self._maxweight, level, 0, 0), 2)
        size = len(info) + len(data)
        self._postfile.write_int(-size if last else size)
        self._postfile.write(info)
        self._postfile.write(data)
        self._blockcount += 1
        self._new_block()


class Writer(SegmentWriter):
    """Whoosh's writer, taking documents whose fields have been analysed already.

    Their postings wait in memory as `Terms`, which need no sorting by document; the caller closes a segment
    before `held` grows too large. Whoosh's pool is not used.
    """

    def __init__(self, index: Any, **settings: Any) -> None:
        super().__init__(index, codec=Codec(), compound=False, **settings)
        self._terms: dict[str, Terms] = {}
        self.held = 0
        """About how many bytes wait in memory."""

    def add_terms(self, fields: dict[str, Postings], columns: dict[str, bytes]) -> None:
        """Add one document: term → positions for each field, and a value for each column."""
        documents, number = self.perdocwriter, self.docnum
        documents.start_doc(number)
        for name, postings in fields.items():
            terms = self._terms.setdefault(name, {})
            length = 0
            for term, places in postings.items():
                often = len(places)
                length += often
                posting = (number, often, _packed(places))
                known = terms.get(term)
                if known is None:
                    terms[term] = [*posting]
                    self.held += _TERM_BYTES
                else:
                    known += posting
            self.held += _POSTING_BYTES * len(postings)
            documents.add_field(name, self.schema[name], None, length)
        for name, value in columns.items():
            documents.add_column_value(name, self.schema[name].column_type, value)
        documents.finish_doc()
        self._added = True
        self.docnum += 1

    def absorb(self, part: WhooshPart, live: np.ndarray) -> None:
        """Add the live documents of a part that is already written, as a merge does."""
        documents, cards = self.perdocwriter, part.raw_cards()
        numbers = np.full(part.size, -1, dtype=np.int64)
        for row in np.flatnonzero(live):
            numbers[row] = self.docnum
            documents.start_doc(self.docnum)
            for name in FIELDS:
                documents.add_field(name, self.schema[name], None, int(part.lengths(name)[row]))
            documents.add_column_value(CARD, self.schema[CARD].column_type, cards[row])
            documents.finish_doc()
            self.docnum += 1
            self._added = True
        for name, term in part.terms():
            posting = part.read(name, term)
            if posting is not None:
                self._extend(self._terms.setdefault(name, {}), term.decode(), posting, numbers)

    def _extend(self, terms: dict[str, list], term: str, posting: Posting, numbers: np.ndarray) -> None:
        raw, at = posting.positions.tobytes(), 0
        moved: list = []
        for number, often in zip(numbers[posting.ids].tolist(), posting.tf.astype(int).tolist(), strict=True):
            if number >= 0:
                moved += (number, often, raw[at : at + 4 * often])
            at += 4 * often
        if moved:
            terms.setdefault(term, []).extend(moved)
            self.held += _TERM_BYTES + _POSTING_BYTES * (len(moved) // 3)

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        self.fieldwriter.add_terms(self.schema, self._terms)
        self.fieldwriter.close()
        self._terms = {}


_SINGLE = [array("I", [position]).tobytes() for position in range(4096)]


def _packed(places: list[int]) -> bytes:
    if len(places) == 1 and places[0] < len(_SINGLE):
        return _SINGLE[places[0]]
    return array("I", places).tobytes()
