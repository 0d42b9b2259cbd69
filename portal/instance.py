"""An instance: a folder of run-time data, and what is opened from it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from portal import settings
from toolkit.database import Database
from toolkit.errors import N_, Fault
from toolkit.exports.tray import Tray
from toolkit.files.store import Store
from toolkit.search.shelves import Shelves


class NotSupported(Fault):
    """A URL in the settings has a scheme that is not built."""

    default = N_(
        "El ajuste %(name)s no puede ser «%(value)s»: por ahora solo se admite «%(scheme)s:carpeta»."
    )


class Instance:
    """The database, the files and the shelves of one portal, with its settings."""

    def __init__(self, folder: Path, **given: Any) -> None:
        self.folder = folder.resolve()
        self.settings: dict[str, Any] = {**settings.read(self.folder), **given}
        self.database = Database(self.settings["DATABASE_URL"], self.folder)
        self.files_folder = self._folder("FILES_URL", "file")
        self.shelves_folder = self._folder("SEARCH_URL", "whoosh")

    @cached_property
    def store(self) -> Store:
        """The content-addressed files."""
        return Store(self.files_folder)

    @cached_property
    def shelves(self) -> Shelves:
        """The search indexes."""
        return Shelves(self.shelves_folder)

    @cached_property
    def tray(self) -> Tray:
        """Files that somebody asked for, until they are fetched."""
        return Tray(self.folder / "tray")

    @property
    def outbox(self) -> Path | None:
        """The folder into which messages are written as files; None where a server takes them."""
        kind, _, path = self.settings["MAIL_URL"].partition(":")
        return self.folder / path if kind == "file" else None

    @property
    def erasure_key(self) -> str:
        """The key under which the digests of erased addresses are made."""
        return settings.secret(self.folder, "erasure-key")

    def _folder(self, name: str, scheme: str) -> Path:
        kind, _, path = self.settings[name].partition(":")
        if kind != scheme or not path:
            raise NotSupported(name=name, value=self.settings[name], scheme=scheme)
        return self.folder / path
