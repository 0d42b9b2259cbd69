"""The names inside an OLE compound file (Word, Excel and PowerPoint up to 2003).

Only headers, the allocation table of the directory and the directory itself are read; nothing is interpreted.
Layout after Microsoft's [MS-CFB].
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFA  # this and all above are marks, not sectors
_MAX_SECTORS = 4_000  # of the directory: far more than any document has


def list_names(path: Path) -> set[str]:
    """The names of all streams and storages; an empty set for a file whose directory cannot be followed."""
    with path.open("rb") as file:
        try:
            return _read_names(file)
        except (struct.error, IndexError, OverflowError):
            return set()


def _read_names(file: BinaryIO) -> set[str]:
    header = file.read(512)
    if header[:8] != SIGNATURE:
        return set()
    shift = struct.unpack_from("<H", header, 30)[0]
    if shift not in (9, 12):
        return set()
    size = 1 << shift
    sector = struct.unpack_from("<L", header, 48)[0]
    table = list(struct.unpack_from("<109L", header, 76))
    more = struct.unpack_from("<L", header, 68)[0]
    names: set[str] = set()
    for _ in range(_MAX_SECTORS):
        if sector >= _END_OF_CHAIN:
            break
        data = _read_sector(file, sector, size)
        for at in range(0, len(data) - 127, 128):
            length = struct.unpack_from("<H", data, at + 64)[0]
            if data[at + 66] and 2 <= length <= 64:
                names.add(data[at : at + length - 2].decode("utf-16-le", "replace"))
        which, place = divmod(sector, size // 4)
        while which >= len(table) and more < _END_OF_CHAIN and len(table) < _MAX_SECTORS:
            block = struct.unpack(f"<{size // 4}L", _read_sector(file, more, size))
            table.extend(block[:-1])
            more = block[-1]
        sector = struct.unpack_from("<L", _read_sector(file, table[which], size), place * 4)[0]
    return names


def _read_sector(file: BinaryIO, number: int, size: int) -> bytes:
    file.seek((number + 1) * size)
    data = file.read(size)
    if len(data) < size:
        data += bytes(size - len(data)) if data else b""
    if not data:
        raise IndexError(number)
    return data
