"""What a portal does to answer: its SQL statements, its password hashings, the files and shelves it opens."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from portal.accounts.passwords import Hashing
from tests.silence.worlds import Portal

_OPENED: list[tuple[Path, list[str]]] = []
"""Who listens to openings at this moment: the folder, and the record of what was opened in it."""


def _listen(happening: str, arguments: tuple[Any, ...]) -> None:
    if _OPENED and happening in ("open", "os.listdir", "os.scandir"):
        path = arguments[0]
        folder, record = _OPENED[-1]
        if isinstance(path, str | os.PathLike) and str(path).startswith(str(folder)):
            record.append(f"{happening} {Path(path).relative_to(folder)}")


sys.addaudithook(_listen)  # cannot be taken away again: it does nothing while nobody listens


@contextmanager
def watching(portal: Portal) -> Iterator[list[str]]:
    """Everything that the portal does while the block runs, one line each, in order."""
    done: list[str] = []
    kept = {name: getattr(Hashing, name) for name in ("hash", "verify")}

    def noted(name: str) -> Any:
        def hashing(self: Hashing, *given: Any, **named: Any) -> Any:
            done.append(f"{name} a password")
            return kept[name](self, *given, **named)

        return hashing

    def executed(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        done.append(statement)

    engine = portal.instance.database.engine
    event.listen(engine, "before_cursor_execute", executed)
    for name in kept:
        setattr(Hashing, name, noted(name))
    _OPENED.append((portal.instance.folder, done))
    try:
        yield done
    finally:
        _OPENED.pop()
        event.remove(engine, "before_cursor_execute", executed)
        for name, original in kept.items():
            setattr(Hashing, name, original)
