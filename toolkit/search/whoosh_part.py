"""One segment of a Whoosh index, read as arrays: postings, lengths, cards. Immutable, shared by all threads.

Whoosh's own matchers walk postings one by one; here a whole block becomes an array at once. That reads
names which Whoosh does not promise (`_read_data` and its neighbours, alike in 2.7.4, Reloaded and whoosh3);
where they are missing the same arrays are filled through the public interface (`public_posting`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import LENGTHS_COLUMN
from whoosh.reading import SegmentReader
from whoosh.util.numeric import byte_to_length

from toolkit.search.cards import Cards
from toolkit.search.scoring import FIELDS, Posting
from toolkit.search.shelf import Unavailable
from toolkit.search.whoosh_fields import CARD

DAMAGED = "damaged"
"""A file of this name among the shelves says that one of them cannot be read."""
SCANNED = 4_000
"""Terms of one field that a prefix looks at before the most frequent are chosen."""


class PostingCache:
    """The postings read last, bounded in bytes; None is remembered too. One for all parts of an instance."""

    def __init__(self, limit: int = 64 << 20) -> None:
        self._limit, self._held = limit, 0
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple, Posting | None] = OrderedDict()

    def get(self, key: tuple) -> tuple[bool, Posting | None]:
        """Whether the key is known, and its posting."""
        with self._lock:
            if key not in self._known:
                return False, None
            self._known.move_to_end(key)
            return True, self._known[key]

    def keep(self, key: tuple, posting: Posting | None) -> None:
        """Remember a posting, forgetting the oldest beyond the limit."""
        with self._lock:
            if key in self._known:
                return
            self._known[key] = posting
            self._held += posting.size if posting else 200
            while self._held > self._limit:
                _, old = self._known.popitem(last=False)
                self._held -= old.size if old else 200


class WhooshPart:
    """See the module. `segment` is Whoosh's description of it, as the table of contents holds it."""

    def __init__(self, storage: Any, schema: Any, segment: Any, cache: PostingCache) -> None:
        self._folder = Path(storage.folder)
        self.name = f"{self._folder}/{segment.segment_id()}"
        self.size: int = segment.doc_count_all()
        self._lock = threading.RLock()
        self._cache = cache
        self._reader = SegmentReader(storage, schema, segment)
        self.cards = Cards(self.raw_cards())
        self._totals = {field: self._reader.field_length(field) for field in FIELDS}
        self._lengths = {field: self._read_lengths(field) for field in FIELDS}
        self._close_columns()
        self._prefixes: OrderedDict[tuple[str, str], list[tuple[int, str]]] = OrderedDict()

    def _read_lengths(self, field: str) -> np.ndarray:
        documents, column = self._reader._perdoc, f"_{field}_len"
        if not documents.has_column(column):
            if self._totals[field]:
                raise FileNotFoundError(f"{self.name}: lengths of {field}")
            return np.zeros(self.size)
        read = documents.column_reader(column, LENGTHS_COLUMN)
        return _LENGTHS[np.fromiter((read[row] for row in range(self.size)), dtype=np.uint8, count=self.size)]

    def lengths(self, field: str) -> np.ndarray:
        return self._lengths[field]

    def field_length(self, field: str) -> int:
        return self._totals[field]

    def posting(self, field: str, term: str) -> Posting | None:
        key = (self.name, field, term)
        known, posting = self._cache.get(key)
        if not known:
            with self._lock, self._sound():  # Whoosh's files are read by seeking
                posting = self.read(field, term.encode())
            self._cache.keep(key, posting)
        return posting

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Damage found while reading makes the shelves unavailable, to every process, until a rebuild."""
        try:
            yield
        except (MemoryError, OSError):
            raise
        except Exception as damaged:  # a damaged pickle can raise anything
            (self._folder.parent / DAMAGED).touch(mode=0o600)
            raise Unavailable from damaged

    def read(self, field: str, term: bytes) -> Posting | None:
        """A posting from the files, past the cache; a damaged file can raise anything."""
        terms = self._reader._terms
        if (field, term) not in terms:
            return None
        matcher = terms.matcher(field, term, self._reader.schema[field].format)
        return block_posting(matcher) if hasattr(matcher, "_read_data") else public_posting(matcher)

    def prefixed(self, field: str, prefix: str) -> list[tuple[int, str]]:
        """(document frequency, term) of the terms of a field that begin so."""
        with self._lock, self._sound():
            known = self._prefixes.get((field, prefix))
            if known is None:
                known = self._prefixes[field, prefix] = self._scan(field, prefix)
                if len(self._prefixes) > 200:
                    self._prefixes.popitem(last=False)
        return known

    def _close_columns(self) -> None:
        """All columns are arrays now: let go of their files."""
        self._reader._perdoc.close()
        self._reader._perdoc._colfiles.clear()

    def raw_cards(self) -> list[bytes]:
        """The cards of all documents as they are written."""
        column = self._reader.column_reader(CARD)
        return [column[row] for row in range(self.size)]

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All (field, term) of this part."""
        return self._reader.all_terms()

    def _scan(self, field: str, prefix: str) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        start = prefix.encode()
        for (name, term), info in self._reader._terms.items_from(field, start):
            if name != field or not term.startswith(start) or len(found) == SCANNED:
                break
            found.append((info.doc_frequency(), term.decode()))
        return found


def block_posting(matcher: Any) -> Posting:
    """All postings of a term, one block of Whoosh's file at a time."""
    ids: list[np.ndarray] = []
    tf: list[np.ndarray] = []
    positions: list[bytes] = []
    while True:
        matcher._read_data()
        deltas, weights, places = matcher._data
        size = len(deltas)
        ids.append(np.cumsum(np.array(deltas, dtype=np.int64)))  # each block begins again from nought
        tf.append(
            np.full(size, 1.0 if weights is None else weights, dtype=np.float32)
            if weights is None or isinstance(weights, float)
            else np.array(weights, dtype=np.float32)
        )
        positions.append(b"".join(places))
        if matcher._lastblock:
            break
        matcher._goto(matcher._nextoffset)
    return _posting(np.concatenate(ids), np.concatenate(tf), b"".join(positions))


def public_posting(matcher: Any) -> Posting:
    """The same through the public interface of any Whoosh matcher, one posting at a time."""
    ids: list[int] = []
    tf: list[float] = []
    positions: list[bytes] = []
    while matcher.is_active():
        ids.append(matcher.id())
        tf.append(matcher.weight())
        positions.append(matcher.value())
        matcher.next()
    return _posting(np.array(ids), np.array(tf), b"".join(positions))


def _posting(ids: np.ndarray, tf: np.ndarray, positions: bytes) -> Posting:
    return Posting(ids.astype(np.int32), tf.astype(np.float32), np.frombuffer(positions, dtype=np.uint32))


_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], dtype=np.float64)
