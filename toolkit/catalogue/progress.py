"""How far the files of a resource are: what the person who uploaded them wants to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from toolkit.database import Visit
from toolkit.records import File, Page, Resource, Version


@dataclass(frozen=True)
class Progress:
    """How far one file is: `scans` pages are scanned, of which `failed` could not be read.

    `stage` is received, scanning, indexing, ready or unreadable. A draft is never indexed.
    """

    file: File
    stage: str
    scans: int
    failed: int

    @property
    def scanned(self) -> int:
        """How many of the scanned pages have been through recognition."""
        return self.scans - self.file.scan_left


def _stage(resource: Resource, file: File) -> str:
    if file.state != "ready":
        return file.state
    if resource.state == "published" and file.indexed_at is None:
        return "indexing"
    return "scanning" if file.scan_left else "ready"


def progress(visit: Visit, resource: Resource, files: Sequence[File]) -> list[Progress]:
    """How far each of these files of `resource` is, in their order."""
    rows = visit.session.execute(
        select(Page.file_id, Page.scan_state, func.count(Page.id))
        .where(Page.file_id.in_([file.id for file in files]), Page.scan_state != "none")
        .group_by(Page.file_id, Page.scan_state)
    ).all()
    counts = {(file_id, state): count for file_id, state, count in rows}
    return [
        Progress(
            file, _stage(resource, file),
            sum(counts.get((file.id, state), 0) for state in ("waiting", "done", "failed")),
            counts.get((file.id, "failed"), 0),
        )
        for file in files
    ]  # fmt: skip


def under_way() -> ColumnElement[bool]:
    """Some file of the resource is still being worked on: the same rule as `progress`, for a list."""
    unindexed = and_(Resource.state == "published", File.state == "ready", File.indexed_at.is_(None))
    unfinished = or_(File.state == "received", File.scan_left > 0, unindexed)
    return exists(
        select(File.id)
        .join(Version, Version.id == File.version_id)
        .where(Version.resource_id == Resource.id, unfinished)
        .correlate(Resource)
    )
