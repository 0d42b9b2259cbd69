"""The structure of a ZIP archive, checked to the byte without decompressing anything.

Readers of ZIP disagree where an archive contradicts itself (two directories, a local header that says
something else than the directory, bytes that belong to nobody), and what one reader checks another one does
not see. So only archives are taken in which every byte has one meaning: the local entries tile the file from
its first byte to the central directory, the directory ends at its end record, the record ends the file.
The rules follow what PyPI asks of wheels (pypi/warehouse, utils/zipfiles); the names of fields and their
places are those of PKWARE's APPNOTE 6.3.
"""

from __future__ import annotations

import os
import stat
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from toolkit.errors import N_, Invalid

MAX_ENTRIES = 10_000
MAX_UNPACKED = 500_000_000  # bytes, all entries together
MAX_RATIO = 200  # unpacked to packed, asked only of archives that unpack to more than FREE_UNPACKED
FREE_UNPACKED = 20_000_000
STORED, DEFLATED = 0, 8

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _DESCRIPTOR, _STRONG, _UTF8, _MASKED = 0x0001, 0x0008, 0x0040, 0x0800, 0x2000
_MEANING = _ENCRYPTED | _DESCRIPTOR | _STRONG | _UTF8 | _MASKED
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_RUNNABLE = (
    "exe", "dll", "com", "bat", "cmd", "scr", "msi", "vbs", "js", "jse", "wsf", "hta", "ps1", "lnk", "jar",
    "zip", "rar", "7z", "gz", "xz", "bz2", "iso",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One entry of an archive: `start` is where its data begins, sizes in bytes."""

    name: str
    method: int
    packed: int
    unpacked: int
    crc: int
    start: int


class _Broken(Exception):
    """The archive contradicts itself."""


def list_entries(path: Path) -> list[Entry]:
    """The entries of a sound archive, in the order in which they lie in the file.

    Raises Invalid for an archive that is damaged or ambiguous, encrypted, or would unpack to too much.
    """
    with path.open("rb") as file:
        try:
            entries = _walk(file, os.fstat(file.fileno()).st_size)
        except (_Broken, struct.error, UnicodeDecodeError) as fault:
            raise Invalid(
                N_(
                    "El archivo está dañado o mal armado por dentro. "
                    "Ábralo en su programa, guárdelo de nuevo y vuelva a subirlo."
                )
            ) from fault
    _check_names(entries)
    _check_sizes(entries)
    return entries


def _walk(file: BinaryIO, size: int) -> list[Entry]:
    directory, count, end = _find_directory(file, size)
    file.seek(directory)
    table = file.read(end - directory)
    found, at = [], 0
    for _ in range(count):
        listed, offset, at = _read_central(table, at)
        found.append((offset, listed))
    if at != len(table):
        raise _Broken("bytes between the directory and its end record")
    entries, expected = [], 0
    for offset, (entry, flags, raw) in sorted(found, key=lambda pair: pair[0]):
        if offset != expected:
            raise _Broken("entries overlap or leave a gap")
        placed, expected = _check_local(file, offset, entry, flags, raw)
        entries.append(placed)
    if expected != directory:
        raise _Broken("bytes between the last entry and the directory")
    return entries


def _find_directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Where the central directory begins, its number of entries and where it ends."""
    tail_size = min(size, _END.size + 0xFFFF)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    at = tail.find(b"PK\x05\x06")
    if at < 0 or tail.count(b"PK\x05\x06") != 1:
        raise _Broken("no end record, or several")
    _, disk, first_disk, here, count, length, directory, comment = _END.unpack_from(tail, at)
    end = size - tail_size + at
    if disk or first_disk or here != count or len(tail) - at - _END.size != comment:
        raise _Broken("an end record that does not end the file")
    if directory + length != end:  # zip64 needs its own records here, and no file this small needs zip64
        raise _Broken("the directory does not end at its end record")
    if count > MAX_ENTRIES:
        raise Invalid(N_("El archivo tiene demasiadas piezas por dentro. Divídalo y vuelva a subirlo."))
    return directory, count, end


def _read_central(table: bytes, at: int) -> tuple[tuple[Entry, int, bytes], int, int]:
    fields = _CENTRAL.unpack_from(table, at)
    signature, made, _, flags, method, _, _, crc, packed, unpacked, *rest = fields
    name_size, extra_size, comment_size, disk, _, attributes, offset = rest
    if signature != b"PK\x01\x02" or disk:
        raise _Broken("not an entry of the directory")
    if 0xFFFFFFFF in (packed, unpacked, offset):
        raise _Broken("zip64 where nothing needs it")
    if flags & (_ENCRYPTED | _STRONG | _MASKED):
        raise Invalid(
            N_("El archivo está protegido con contraseña. Guárdelo sin contraseña y vuelva a subirlo.")
        )
    if method not in (STORED, DEFLATED) or (method == STORED and packed != unpacked):
        raise _Broken("a method that office files do not use")
    at += _CENTRAL.size
    raw = table[at : at + name_size]
    extra = table[at + name_size : at + name_size + extra_size]
    at += name_size + extra_size + comment_size
    if len(raw) != name_size or at > len(table):
        raise _Broken("an entry that is cut short")
    if _read_extras(extra).get(_ZIP64) is not None:
        raise _Broken("zip64 where nothing needs it")
    if made >> 8 == 3 and stat.S_ISLNK(attributes >> 16):
        raise _Broken("a symbolic link")
    entry = Entry(_decode_name(raw, flags), method, packed, unpacked, crc, 0)
    return (entry, flags, raw), offset, at


def _check_local(file: BinaryIO, offset: int, entry: Entry, flags: int, raw: bytes) -> tuple[Entry, int]:
    """Compare the local header with the directory's entry; gives the placed entry and where it ends."""
    file.seek(offset)
    fields = _LOCAL.unpack(file.read(_LOCAL.size))
    signature, _, local_flags, method, _, _, crc, packed, unpacked, name_size, extra_size = fields
    if signature != b"PK\x03\x04" or method != entry.method or (flags ^ local_flags) & _MEANING:
        raise _Broken("local header and directory disagree")
    if file.read(name_size) != raw:
        raise _Broken("local header and directory name it differently")
    extra = file.read(extra_size)
    if len(extra) != extra_size:
        raise _Broken("a header that is cut short")
    start = offset + _LOCAL.size + name_size + extra_size
    wide = _read_extras(extra).get(_ZIP64)
    stated = (crc, *_local_sizes(packed, unpacked, wide))
    meant = (entry.crc, entry.packed, entry.unpacked)
    end = start + entry.packed
    if flags & _DESCRIPTOR:
        if any(said not in (0, real) for said, real in zip(stated, meant, strict=True)):
            raise _Broken("local sizes and directory disagree")
        end += _descriptor_size(file, end, meant, wide is not None)
    elif stated != meant:
        raise _Broken("local sizes and directory disagree")
    return Entry(entry.name, entry.method, entry.packed, entry.unpacked, entry.crc, start), end


def _local_sizes(packed: int, unpacked: int, wide: bytes | None) -> tuple[int, int]:
    """Packed and unpacked size as the local header states them, from its zip64 field where it has one."""
    if wide is None:
        return packed, unpacked
    if len(wide) != 16:
        raise _Broken("a zip64 field of another size")
    wide_unpacked, wide_packed = struct.unpack("<2Q", wide)
    for narrow, stated in ((packed, wide_packed), (unpacked, wide_unpacked)):
        if narrow not in (0xFFFFFFFF, 0, stated):
            raise _Broken("sizes said twice and differently")
    return wide_packed, wide_unpacked


def _descriptor_size(file: BinaryIO, at: int, meant: tuple[int, int, int], wide: bool) -> int:
    """The size of the data descriptor after an entry, which must say what the directory says."""
    file.seek(at)
    found = file.read(24)
    kinds = ("<4s3L", "<3L", "<4sL2Q", "<L2Q") if not wide else ("<4sL2Q", "<L2Q", "<4s3L", "<3L")
    for kind in kinds:
        shape = struct.Struct(kind)
        if len(found) < shape.size:
            continue
        values = shape.unpack_from(found)
        if kind.startswith("<4s"):
            if values[0] != b"PK\x07\x08":
                continue
            values = values[1:]
        if values == meant:
            return shape.size
    raise _Broken("a data descriptor that disagrees with the directory")


def _read_extras(extra: bytes) -> dict[int, bytes]:
    """The extra fields by their number; each at most once, without bytes left over."""
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(extra):
        number, size = struct.unpack_from("<2H", extra, at)
        value = extra[at + 4 : at + 4 + size]
        if len(value) != size or number in fields or number == _UNICODE_PATH:
            raise _Broken("extra fields that readers take differently")
        fields[number] = value
        at += 4 + size
    return fields


def _decode_name(raw: bytes, flags: int) -> str:
    name = raw.decode("utf-8" if flags & _UTF8 else "cp437")
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise _Broken("a name with control characters")
    return name


def _check_names(entries: list[Entry]) -> None:
    """Refuse names that leave the archive or stand twice, and programs or archives inside."""
    seen: set[str] = set()
    for entry in entries:
        plain = unicodedata.normalize("NFC", entry.name).casefold()
        steps = plain.rstrip("/").split("/")
        if plain in seen or "\\" in plain or ":" in plain or "" in steps or ".." in steps or "." in steps:
            raise Invalid(
                N_(
                    "El archivo tiene por dentro nombres que no corresponden a un documento. "
                    "Ábralo en su programa, guárdelo de nuevo y vuelva a subirlo."
                )
            )
        seen.add(plain)
        if plain.rpartition(".")[2] in _RUNNABLE:
            raise Invalid(
                N_(
                    "El archivo lleva dentro un programa o un archivo comprimido («%(name)s»), "
                    "que no se reciben. Quítelo y vuelva a subirlo."
                ),
                name=entry.name[-80:],
            )


def _check_sizes(entries: list[Entry]) -> None:
    unpacked = sum(entry.unpacked for entry in entries)
    packed = sum(entry.packed for entry in entries)
    if unpacked > MAX_UNPACKED or (unpacked > FREE_UNPACKED and unpacked > MAX_RATIO * max(packed, 1)):
        raise Invalid(
            N_(
                "El archivo ocuparía %(size)s MB al abrirse, más de lo que se recibe. "
                "Reduzca sus imágenes o divídalo y vuelva a subirlo."
            ),
            size=unpacked // 1_000_000,
        )
