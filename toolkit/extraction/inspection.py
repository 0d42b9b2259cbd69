"""Look into what may unpack to more than it says, in the child, while the uploader waits."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO

from toolkit.extraction.raster import open_image
from toolkit.extraction.report import Refusal, Report
from toolkit.files import archives
from toolkit.files.formats import FORMATS

_BLOCK = 1 << 18
_HEAD = 4096  # bytes of an XML member in which a document type must stand, if anywhere


def work(path: Path, code: str, report: Report) -> None:
    """Refusal("bomb", "macros" or "entities") for what must not be taken; nothing for the rest."""
    if FORMATS[code].family == "image":
        open_image(path).load()
        return
    entries = archives.list_entries(path)
    with path.open("rb") as file:
        for entry in entries:
            head = _unpack(file, entry)
            _check_markup(entry.name, head, ooxml=FORMATS[code].family == "ooxml")


def _unpack(file: BinaryIO, entry: archives.Entry) -> bytes:
    """Unpack an entry block by block, keeping only its beginning; Refusal("bomb") where its sizes lie."""
    file.seek(entry.start)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == archives.DEFLATED else None
    head, size, crc, left = b"", 0, 0, entry.packed
    while left > 0:
        packed = file.read(min(_BLOCK, left))
        if not packed:
            break
        left -= len(packed)
        while packed:
            block = inflate.decompress(packed, _BLOCK) if inflate else packed
            packed = inflate.unconsumed_tail if inflate else b""
            size += len(block)
            crc = zlib.crc32(block, crc)
            if size > entry.unpacked:
                raise Refusal("bomb")
            if len(head) < _HEAD or entry.name == "[Content_Types].xml":
                head += block
    if inflate is not None:
        rest = inflate.flush()
        size, crc = size + len(rest), zlib.crc32(rest, crc)
        if entry.packed and (not inflate.eof or inflate.unused_data):
            raise Refusal("bomb")
    if size != entry.unpacked or crc != entry.crc:
        raise Refusal("bomb")
    return head


def _check_markup(name: str, head: bytes, *, ooxml: bool) -> None:
    """Refuse entities, in OOXML any document type (ECMA-376 part 2 forbids them), and macro packages."""
    if name == "[Content_Types].xml" and b"macroenabled" in head.lower():
        raise Refusal("macros")
    if name.lower().endswith((".xml", ".rels")):
        start = head[:_HEAD].replace(b"\0", b"")  # UTF-16 too
        if b"<!ENTITY" in start or (ooxml and b"<!DOCTYPE" in start):
            raise Refusal("entities")
