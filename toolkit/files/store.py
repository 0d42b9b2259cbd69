"""Contents on disk, each under its SHA-256: written once, never changed.

    <root>/aa/<sha256>                      the contents as they came
    <root>/incoming/<part>                  parts of uploads under way
    <root>/pictures/aa/<sha256>/<name>      pictures made from the contents; may be deleted at any time

Durability: `receive` ends with fsync of the file; `keep` returns only after the rename and fsync of the
folder (and of the folders above that it made). A failed fsync is never retried: the kernel may have dropped
the pages.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from toolkit.errors import N_, Invalid

BLOCK = 1 << 18
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_PICTURE = re.compile(r"[a-z0-9]{1,20}\.webp\Z")


class Stream(Protocol):
    """What can be read in blocks: an upload, an open file."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True)
class Received:
    """Contents that came in and lie in `incoming`; `size` in bytes. `held` is the open part, locked as long
    as somebody has a use for it: what a killed process leaves is not, and can be told apart by that."""

    path: Path
    sha256: str
    size: int
    held: BinaryIO | None = None

    def let_go(self) -> None:
        """Give up the lock."""
        if self.held is not None:
            self.held.close()


class Store:
    """The content-addressed files of one instance, below `root` (made with mode 0700 where missing)."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.incoming = self.root / "incoming"
        self.pictures = self.root / "pictures"
        if not self.root.is_dir():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            _fsync(self.root.parent)
        for folder in (self.incoming, self.pictures):
            folder.mkdir(mode=0o700, exist_ok=True)

    # Coming in

    def receive(self, stream: Stream, *, limit: int) -> Received:
        """Write a stream to `incoming` while hashing it.

        `limit` in bytes: one byte more raises Invalid at once, with nothing left on disk; an empty
        stream raises Invalid too. Errors of the stream or the disk pass, with nothing left either.
        """
        part = self.incoming / uuid.uuid4().hex
        try:
            return _write(stream, part, limit)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def keep(self, received: Received) -> None:
        """Put what was received in its place for good; contents that are there already are no error."""
        place = self.path(received.sha256)
        if not place.parent.is_dir():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            _fsync(self.root)
        received.path.replace(place)  # the same contents by their hash: replacing changes nothing
        _fsync(place.parent)
        received.let_go()

    def discard(self, received: Received) -> None:
        """Forget what was received; nothing to forget is no error."""
        received.path.unlink(missing_ok=True)
        received.let_go()

    def clean_incoming(self, older_than_seconds: float) -> int:
        """Remove parts that nobody holds any more, as a killed process leaves them; gives their number. The
        age covers the moment between making a part and locking it."""
        before = time.time() - older_than_seconds
        removed = 0
        for part in self.incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process was quicker
                if part.stat().st_mtime <= before and not _is_held(part):
                    part.unlink()
                    removed += 1
        return removed

    # What is kept

    def path(self, sha256: str) -> Path:
        """Where these contents lie, or would; ValueError for what is no SHA-256 in lower-case hex."""
        return self.root / _checked(sha256)[:2] / sha256

    def exists(self, sha256: str) -> bool:
        """Whether these contents are kept."""
        return self.path(sha256).is_file()

    def remove(self, sha256: str) -> None:
        """Remove contents and their pictures; nothing to remove is no error."""
        self.remove_pictures(sha256)
        place = self.path(sha256)
        with contextlib.suppress(FileNotFoundError):
            place.unlink()
            _fsync(place.parent)

    def hashes(self) -> Iterator[str]:
        """The SHA-256 of all contents that are kept, in order."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(entry.name for entry in folder.iterdir() if _SHA256.match(entry.name))

    # Pictures made from contents

    def put_picture(self, sha256: str, name: str, data: bytes) -> Path:
        """Keep a picture such as "12.webp" or "thumb.webp"; readers see the whole of it or nothing."""
        place = self._picture(sha256, name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.incoming / uuid.uuid4().hex
        try:
            part.write_bytes(data)
            part.replace(place)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return place

    def picture(self, sha256: str, name: str) -> Path | None:
        """Where a picture lies; None where it has not been made."""
        place = self._picture(sha256, name)
        return place if place.is_file() else None

    def remove_pictures(self, sha256: str) -> None:
        """Remove all pictures made from these contents."""
        shutil.rmtree(self.pictures / _checked(sha256)[:2] / sha256, ignore_errors=True)

    def _picture(self, sha256: str, name: str) -> Path:
        if not _PICTURE.match(name):
            raise ValueError(f"not the name of a picture: {name!r}")
        return self.pictures / _checked(sha256)[:2] / sha256 / name


def _checked(sha256: str) -> str:
    if not _SHA256.match(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return sha256


def _is_held(part: Path) -> bool:
    with part.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _write(stream: Stream, part: Path, limit: int) -> Received:
    digest, size = hashlib.sha256(), 0
    file = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        while block := stream.read(BLOCK):
            size += len(block)
            if size > limit:
                raise Invalid(
                    N_(
                        "El archivo pasa de %(limit)s MB, lo más que se recibe. "
                        "Redúzcalo o divídalo en partes y vuelva a subirlo."
                    ),
                    limit=max(1, limit // 1_000_000),
                )
            digest.update(block)
            file.write(block)
        if not size:
            raise Invalid(N_("El archivo está vacío. Revise que se guardó bien y vuelva a subirlo."))
        file.flush()
        os.fsync(file.fileno())  # here and not in `keep`, which runs while others wait for the database
    except BaseException:
        file.close()
        raise
    return Received(part, digest.hexdigest(), size, file)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
