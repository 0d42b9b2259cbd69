"""The tray: files that somebody asked for, and a worker makes, until they are fetched.

Nobody is written down beside a file. Its name is the digest of the person who asked and of every word that
it holds (`outline.digest`): whoever fetches it must name it so, and can do that only as the same person who
would read exactly these words now. A right that was lost, a material that was withdrawn or another state of
the plan give another name, and the file is not found any more. The same words are made once.

How far a worker has come stands beside the file to come, which appears as a whole or not at all. A file lasts
a day.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from toolkit import jobs
from toolkit.database import Visit
from toolkit.jobs import enqueue
from toolkit.records import now

KEPT = dt.timedelta(days=1)
_NAME = re.compile(r"[0-9a-f]{64}")


class Tray:
    """Files in a folder, by their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str, ending: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        return self._folder / f"{name}.{ending}"

    def find(self, name: str) -> Path | None:
        """The file; None where it is not made yet, or is there no more."""
        path = self._path(name, "made")
        try:
            made = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        except FileNotFoundError:
            return None
        return path if now() - made < KEPT else None

    def progress(self, name: str) -> tuple[int, int] | None:
        """How many parts are made, of how many; None before a worker began."""
        try:
            done, _, total = self._path(name, "count").read_text().partition(" ")
        except FileNotFoundError:
            return None
        return int(done), int(total)

    def count(self, name: str, done: int, total: int) -> None:
        """Write down how many parts are made."""
        self._write(self._path(name, "count"), f"{done} {total}".encode())

    def keep(self, name: str, contents: bytes) -> None:
        """Put a file that is made into the tray."""
        self._write(self._path(name, "made"), contents)

    def sweep(self) -> dt.datetime | None:
        """Take away whatever is older than a day; gives when the next file will be, None if there is none."""
        coming = []
        for path in self._folder.glob("*"):
            over = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) + KEPT
            if over <= now():
                path.unlink(missing_ok=True)
            else:
                coming.append(over)
        return min(coming, default=None)

    def _write(self, path: Path, contents: bytes) -> None:
        """At once: whoever looks sees what was there, or all of this."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.urandom(6).hex()}")
        beside.write_bytes(contents)
        beside.replace(path)


def ask(visit: Visit, kind: str, name: str, **values: Any) -> None:
    """Have a file made by a job of this kind, in the visit's transaction; while one waits or runs for the
    same name, that is enough."""
    with visit.open_for_maintenance() as session:
        if not jobs.awaited(session, kind, name):
            enqueue(session, "mail", kind, name, **values)
            plan_sweep(session, now() + KEPT)


def plan_sweep(session: Session, moment: dt.datetime | None) -> None:
    """Have the tray swept at a moment, if there is one: one such job is enough."""
    if moment is not None:
        enqueue(session, "mail", "sweep_tray", "tray", run_at=moment)


def awaited(visit: Visit, kind: str, name: str) -> bool:
    """Does a job of this kind wait or run for this name?"""
    with visit.open_for_maintenance() as session:
        return jobs.awaited(session, kind, name)
