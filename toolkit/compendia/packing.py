"""A compendium as one ZIP file of what this viewer reads, sent as it is made: it is never held in memory or
on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zipstream import ZipStream

from toolkit import slugs
from toolkit.compendia.finding import Piece
from toolkit.errors import N_, Conflict
from toolkit.files.names import clean_name
from toolkit.files.store import Store
from toolkit.records import File

LARGEST = 200_000_000
"""Bytes of the files of one package."""
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Entry:
    """A file of a package: to which piece it belongs, under which name it lies in the package, and where its
    contents are; `path` is None where they are lost."""

    piece: Piece
    file: File
    name: str
    path: Path | None


def weight(pieces: Sequence[Piece]) -> int:
    """The bytes of all files of these pieces."""
    return sum(file.size for piece in pieces for file in piece.files)


def entries(store: Store, pieces: Sequence[Piece]) -> list[Entry]:
    """The files of these pieces, each piece in a folder of its own, numbered in their order. Raises Conflict
    where there is none, or where they are too large for one package."""
    total = weight(pieces)
    if not total:
        raise Conflict(N_("Este compendio no tiene archivos que usted pueda descargar."))
    if total > LARGEST:
        raise Conflict(
            N_("Los archivos de este compendio son demasiado grandes para un solo paquete. Descargue cada "
               "material desde su ficha.")
        )  # fmt: skip
    return [
        Entry(piece, file, _name(number, piece, file), _path(store, file))
        for number, piece in enumerate(pieces, 1)
        for file in piece.files
    ]


def pack(index: str, every: Sequence[Entry]) -> ZipStream:
    """The package as a stream of bytes of known length: `index` is its page of contents. Its times are those
    of the packing: those of the disk would tell since when somebody else holds the same contents."""
    package = ZipStream(sized=True)
    package.add(index, "index.html")
    for entry in every:
        if entry.path is not None:
            package.add(_contents(entry.path), entry.name, size=entry.file.size)
    return package


def _name(number: int, piece: Piece, file: File) -> str:
    folder = f"{number:02}-{slugs.slug(piece.resource.title, 'material')}"
    first = f"{file.number}-" if len(piece.files) > 1 else ""
    return f"{folder}/{first}{clean_name(file.name)}"


def _path(store: Store, file: File) -> Path | None:
    path = store.path(file.sha256)
    return path if path.is_file() and path.stat().st_size == file.size else None


def _contents(path: Path) -> Iterator[bytes]:
    with path.open("rb") as contents:
        while chunk := contents.read(_CHUNK):
            yield chunk
