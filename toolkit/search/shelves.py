"""All shelves of an instance, in one directory: opening them for reading, writing them, rebuilding them.

    shelves/current          which folder counts, its analysis version, the shelves that it must hold
    shelves/<folder>/public  one directory for each shelf, each a Whoosh index

Any of it may be deleted at any time: then nothing can be searched (`Unavailable`) until `rebuild`. Threads
share one `Shelves`; one process at a time writes.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from toolkit.search.reading import CardedPart, OpenPart, Reading
from toolkit.search.shelf import Unavailable
from toolkit.search.spanish import ANALYSIS_VERSION
from toolkit.search.whoosh_part import DAMAGED, PostingCache
from toolkit.search.whoosh_shelf import WhooshShelf, generation, parts

MOST_PARTS = 200
"""Parts kept open: each holds two file handles."""
MOST_READINGS = 32
_POINTER = "current"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


@dataclass(frozen=True)
class Pointer:
    """Which folder counts, and the shelves that it must hold."""

    folder: str
    shelves: tuple[str, ...] = ()
    analysis: str = ANALYSIS_VERSION


@dataclass
class _Snapshot:
    folder: str
    generation: int
    parts: list[OpenPart]


class Rebuilding:
    """New shelves beside the old ones: write to `shelf(name)`, they count when the block ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[str, WhooshShelf] = {}

    def shelf(self, name: str) -> WhooshShelf:
        """The new shelf of this name, empty at first."""
        if name not in self._written:
            self._written[name] = WhooshShelf(self.folder / _checked(name))
        return self._written[name]

    def finish(self) -> tuple[str, ...]:
        """Commit everything; the names of the shelves made."""
        for shelf in self._written.values():
            shelf.commit()
        return tuple(sorted(self._written))

    def abandon(self) -> None:
        """Let go of what was begun."""
        for shelf in self._written.values():
            shelf.rollback()


class Shelves:
    """See the module. `root` is made, owner-only, when it is first written."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._lock = threading.RLock()
        self._cache = PostingCache()
        self._open: OrderedDict[str, _Snapshot] = OrderedDict()
        self._opening: dict[str, threading.Lock] = {}
        self._readings: OrderedDict[tuple, Reading] = OrderedDict()
        self._writing: dict[tuple[str, str], WhooshShelf] = {}

    # Reading

    def available(self) -> bool:
        """Whether every shelf that should stand is there, of our analysis, and not known to be damaged.

        Cheap: nothing is opened. Damage inside a file shows when it is read (then every process knows), or by
        `WhooshShelf.health`.
        """
        try:
            pointer = self._pointer()
        except Unavailable:
            return False
        return all(generation(self.root / pointer.folder / name) >= 0 for name in pointer.shelves)

    def reading(self, names: tuple[str, ...]) -> Reading:
        """The newest commit of the named shelves, joined; a shelf that was never written is empty.

        Raises `Unavailable` when the shelves are missing, damaged or of another analysis. Without names
        nothing is opened.
        """
        if not names:
            return Reading(())
        pointer = self._pointer()
        try:
            return self._joined(pointer, names)
        except Unavailable:
            newer = self._pointer()  # a rebuild may have ended meanwhile
            if newer == pointer:
                raise
            return self._joined(newer, names)

    def _joined(self, pointer: Pointer, names: tuple[str, ...]) -> Reading:
        wanted = [name for name in dict.fromkeys(names) if name in pointer.shelves]
        snapshots = [self._snapshot(pointer.folder, name) for name in wanted]
        key = (pointer.folder, *((name, s.generation) for name, s in zip(wanted, snapshots, strict=True)))
        with self._lock:
            known = self._readings.get(key)
        if known is None:
            known = Reading([part for s in snapshots for part in s.parts])
        with self._lock:
            self._readings[key] = known
            self._readings.move_to_end(key)
            while len(self._readings) > MOST_READINGS:
                self._readings.popitem(last=False)
        return known

    def _pointer(self) -> Pointer:
        try:
            data = json.loads((self.root / _POINTER).read_text("utf-8"))
            pointer = Pointer(data["folder"], tuple(data["shelves"]), data["analysis"])
        except (OSError, ValueError, KeyError, TypeError) as missing:
            raise Unavailable from missing
        if pointer.analysis != ANALYSIS_VERSION or (self.root / pointer.folder / DAMAGED).exists():
            raise Unavailable
        return pointer

    def _snapshot(self, folder: str, name: str) -> _Snapshot:
        path = self.root / folder / name
        while True:
            number = generation(path)
            if number < 0:
                number = generation(path)  # a listing may miss a file that is just renamed
            if number < 0:
                raise Unavailable
            with self._lock:
                known = self._open.get(name)
                if known and known.folder == folder and known.generation == number:
                    self._open.move_to_end(name)
                    return known
                opening = self._opening.setdefault(name, threading.Lock())
            serves = known if known and known.folder == folder else None
            if not opening.acquire(blocking=serves is None) and serves:
                return serves  # another thread is at it: the commit before serves meanwhile
            try:
                return self._remember(folder, name, number)
            except FileNotFoundError as gone:
                if generation(path) == number:  # no commit went by while we were opening
                    self._mark_damaged(folder)
                    raise Unavailable from gone
            except (MemoryError, OSError):
                raise
            except Exception as damaged:  # a damaged pickle can raise anything
                if generation(path) == number:  # else a commit took the files away while we were opening
                    self._mark_damaged(folder)
                    raise Unavailable from damaged
            finally:
                opening.release()

    def _mark_damaged(self, folder: str) -> None:
        """Tell every process that these shelves cannot be read, until a rebuild."""
        with suppress(FileNotFoundError):  # removed meanwhile: that is noticed by itself
            (self.root / folder / DAMAGED).touch(mode=0o600)

    def _remember(self, folder: str, name: str, number: int) -> _Snapshot:
        """Open one commit of one shelf, sharing the parts that are open; the caller holds its lock."""
        known = self._open.get(name)
        old: dict[str, CardedPart] = {}
        if known and known.folder == folder:
            if known.generation == number:
                return known
            old = {opened.part.name: opened.part for opened in known.parts}
        made = _Snapshot(folder, number, parts(self.root / folder / name, number, old, self._cache))
        with self._lock:
            self._open[name] = made
            self._open.move_to_end(name)
            self._forget_readings(name)
            while len(self._open) > 1 and sum(len(s.parts) for s in self._open.values()) > MOST_PARTS:
                self._forget_readings(self._open.popitem(last=False)[0])
        return made

    def _forget_readings(self, name: str) -> None:
        for key in [key for key in self._readings if any(name == shelf for shelf, _ in key[1:])]:
            del self._readings[key]

    # Writing: one process only

    def shelf(self, name: str) -> WhooshShelf:
        """The writing side of one shelf, made where it does not exist yet. Raises `Unavailable`."""
        pointer = self._pointer()
        key = (pointer.folder, _checked(name))
        with self._lock:
            if key not in self._writing:
                path = self.root / pointer.folder / name
                if name in pointer.shelves and generation(path) < 0:
                    raise Unavailable
                try:
                    self._writing = {k: v for k, v in self._writing.items() if k[0] == pointer.folder}
                    self._writing[key] = WhooshShelf(path)
                except OSError:
                    raise
                except Exception as damaged:
                    self._mark_damaged(pointer.folder)
                    raise Unavailable from damaged
                if name not in pointer.shelves:
                    self._point(Pointer(pointer.folder, tuple(sorted({*pointer.shelves, name}))))
        return self._writing[key]

    def let_go(self) -> None:
        """Forget the writing side, as before the first write: another process may have written since."""
        with self._lock:
            for shelf in self._writing.values():
                shelf.rollback()
            self._writing = {}

    def look(self) -> dict[str, WhooshShelf]:
        """All shelves that stand, by name, for `documents` and `health` only: any process may look while
        another writes. Raises `Unavailable`."""
        pointer = self._pointer()
        paths = [self.root / pointer.folder / name for name in pointer.shelves]
        if any(generation(path) < 0 for path in paths):
            raise Unavailable
        return {path.name: WhooshShelf(path) for path in paths}

    @contextmanager
    def rebuild(self) -> Iterator[Rebuilding]:
        """Build all shelves anew beside the old ones; at the end of the block they count, all at once."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)
        folder = self.root / f"shelves-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
        rebuilding = Rebuilding(folder)
        try:
            yield rebuilding
            names = rebuilding.finish()
        except BaseException:
            rebuilding.abandon()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._point(Pointer(folder.name, names))
        for old in self.root.glob("shelves-*"):
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)

    def _point(self, pointer: Pointer) -> None:
        """Write the pointer so that a reader sees the old one or the new one whole."""
        written = self.root / f"{_POINTER}.{secrets.token_hex(4)}"
        with written.open("w", encoding="utf-8") as file:
            json.dump(asdict(pointer), file)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self.root / _POINTER)
        handle = os.open(self.root, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a shelf: {name!r}")
    return name
