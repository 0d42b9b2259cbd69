"""One shelf as a Whoosh index in a directory of its own: writing it, and opening what was committed.

Index files are pickles: the directory is owner-only, made by us and never taken from anywhere else. A killed
writer leaves the last commit whole. One process writes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, LockError
from whoosh.writing import NO_MERGE

from toolkit.search.reading import CardedPart, OpenPart
from toolkit.search.shelf import Busy, Document, Key, Standing
from toolkit.search.whoosh_codec import Writer
from toolkit.search.whoosh_fields import CARD, card, fields_of, schema
from toolkit.search.whoosh_part import PostingCache, WhooshPart

MEMORY_MB = 256
"""What the writer holds before it closes a segment of its own accord."""

MERGED_MB = 48
"""Compressed postings that one merge may join: some five times as much in memory."""
FEW = 8
"""Segments this small are always joined."""

INDEX = "MAIN"
_TOC = re.compile(rf"_{INDEX}_(\d+)\.toc")


class Storage(FileStorage):
    """Files of one shelf; a commit is on the disk before it counts (Whoosh itself never calls fsync)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._made: set[str] = set()

    def create_file(self, name: str, excl: bool = False, mode: str = "wb", **kwargs: Any) -> Any:
        self._made.add(name)
        return super().create_file(name, excl=excl, mode=mode, **kwargs)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        for name in sorted(self._made):
            path = Path(self.folder, name)
            if path.exists():
                _sync(path)
        self._made.clear()
        super().rename_file(oldname, newname, safe=safe)
        _sync(Path(self.folder))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def generation(folder: Path) -> int:
    """The number of the last commit of a shelf; -1 where there is none."""
    try:
        found = (_TOC.fullmatch(name) for name in os.listdir(folder))  # noqa: PTH208 - at every search
        return max((int(match[1]) for match in found if match), default=-1)
    except FileNotFoundError:
        return -1


def parts(folder: Path, number: int, known: Mapping[str, CardedPart], cache: PostingCache) -> list[OpenPart]:
    """Open what commit `number` of a shelf holds, taking parts that are open already from `known`."""
    storage = Storage(folder)
    contents = TOC.read(storage, INDEX, gen=number)
    opened = []
    for segment in contents.segments:
        part = known.get(f"{folder}/{segment.segment_id()}") or WhooshPart(
            storage, contents.schema, segment, cache
        )
        live = np.ones(part.size, dtype=bool)
        live[list(segment.deleted_docs())] = False
        opened.append(OpenPart(folder.name, part, live))
    return opened


class WhooshShelf:
    """The writing side of one shelf (see `shelf.Shelf`)."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.folder = folder
        self._storage = Storage(folder)
        if generation(folder) < 0:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            FileIndex.create(self._storage, schema(), INDEX)
        self._index = FileIndex(self._storage, indexname=INDEX)
        self._writer: Writer | None = None
        self._added: set[Key] = set()
        self._cache = PostingCache(limit=0)
        self._rows: dict[Key, tuple[str, int]] | None = None
        self._known: dict[str, WhooshPart] = {}

    def put(self, documents: Iterable[Document]) -> None:
        for document in documents:
            if document.key in self._added:
                self.commit()
            writer = self._open()
            self._delete(document.key)
            writer.add_terms(fields_of(document), {CARD: card(document)})
            self._added.add(document.key)
            if writer.held > MEMORY_MB << 20:
                self._finish(NO_MERGE)

    def drop(self, keys: Iterable[Sequence]) -> None:
        for noun, id_, *_ in keys:
            if (noun, id_) in self._added:
                self.commit()
            if (noun, id_) in self._committed():
                self._open()
                self._delete((noun, id_))

    def commit(self, purge: bool = False) -> None:
        self._finish(self._merge)
        while purge and any(segment.has_deletions() for segment in self._index._segments()):
            self._open()
            self._finish(self._purge)

    def rollback(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
        self._forget()

    def documents(self) -> Iterator[Standing]:
        for opened in self._parts():
            for row in np.flatnonzero(opened.live):
                yield opened.part.cards[int(row)]

    def health(self) -> list[str]:
        try:
            self._known = {}
            for opened in self._parts():
                for field, term in opened.part.terms():
                    opened.part.read(field, term)
        except Exception as fault:  # noqa: BLE001 - a damaged pickle can raise anything
            return [f"{self.name}: {type(fault).__name__}: {fault}"]
        return []

    def _parts(self) -> list[OpenPart]:
        opened = parts(self.folder, generation(self.folder), self._known, self._cache)
        self._known = {part.part.name: part.part for part in opened}  # type: ignore[misc]
        return opened

    def _open(self) -> Writer:
        if self._writer is None:
            try:
                self._writer = Writer(self._index, limitmb=MEMORY_MB)
            except LockError as taken:
                raise Busy from taken
        return self._writer

    def _committed(self) -> dict[Key, tuple[str, int]]:
        """Where each committed document stands: (segment, row)."""
        if self._rows is None:
            self._rows = {}
            for opened, segment in zip(self._parts(), self._index._segments(), strict=True):
                for row in np.flatnonzero(opened.live):
                    noun, id_, _, _ = opened.part.cards[int(row)]
                    self._rows[noun, id_] = (segment.segment_id(), int(row))
        return self._rows

    def _delete(self, key: Key) -> None:
        standing = self._committed().pop(key, None)
        if standing is not None:
            name, row = standing
            segment = next(s for s in self._open().segments if s.segment_id() == name)
            segment.delete_document(row)

    def _finish(self, merge: Callable[[Any, list], list]) -> None:
        if self._writer is not None:
            self._writer.commit(mergetype=merge)
            self._forget()

    def _merge(self, writer: Writer, segments: list) -> list:
        """Join segments with others no larger than all smaller ones together, so that few are left.

        Sizes then grow like powers of two. What is joined passes through memory, hence `MERGED_MB`.
        """
        total, kept = writer.docnum, []
        bytes_read = 0
        for segment in sorted(segments, key=lambda segment: segment.doc_count_all()):
            size = segment.doc_count_all() - segment.deleted_count()
            bytes_read += self._storage.file_length(segment.make_filename(".pst")) if size else 0
            if size and (size > total + FEW or bytes_read > MERGED_MB << 20):
                kept.append(segment)
            else:
                self._absorb(writer, segment)
                total += size
        return kept

    def _purge(self, writer: Writer, segments: list) -> list:
        """Rewrite segments that hold dropped documents, as many at a time as memory allows."""
        kept = []
        for segment in segments:
            if segment.has_deletions() and writer.held <= MEMORY_MB << 20:
                self._absorb(writer, segment)
            else:
                kept.append(segment)
        return kept

    def _absorb(self, writer: Writer, segment: Any) -> None:
        if segment.doc_count_all() > segment.deleted_count():
            name = f"{self.folder}/{segment.segment_id()}"
            part = self._known.get(name) or WhooshPart(self._storage, writer.schema, segment, self._cache)
            live = np.ones(part.size, dtype=bool)
            live[list(segment.deleted_docs())] = False
            writer.absorb(part, live)

    def _forget(self) -> None:
        self._writer = None
        self._added = set()
        self._rows = None
