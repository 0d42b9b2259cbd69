"""Versions, files and pages: adding them, and reading them through the viewer's session."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from toolkit import access, audit
from toolkit.catalogue.changes import reindex
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, NotFound
from toolkit.files.formats import Format
from toolkit.files.store import Received
from toolkit.jobs import enqueue
from toolkit.records import File, Page, Resource, Version, now

FILES = 20
"""Most files in one version."""


def add_version(visit: Visit, resource: Resource, note: str = "") -> Version:
    """A new version, without files yet, numbered after the newest."""
    if not access.may_change(visit.viewer, resource):
        raise Forbidden
    number = visit.session.scalar(
        select(func.coalesce(func.max(Version.number), 0)).where(Version.resource_id == resource.id)
    )
    version = Version(resource_id=resource.id, number=(number or 0) + 1, note=note.strip()[:500],
                      created_by=visit.viewer.person_id)  # fmt: skip
    visit.session.add(version)
    resource.changed_at = now()
    visit.session.flush()
    audit.record(visit.session, visit.viewer, "add_version", "resource", resource.public_id,
                 organization_id=resource.organization_id, number=version.number)  # fmt: skip
    return version


def add_file(visit: Visit, version: Version, received: Received, name: str, format: Format) -> File:
    """A file in a version, to be read by the worker. The contents must be kept in the store before the
    commit."""
    resource = visit.session.get(Resource, version.resource_id)
    if resource is None or not access.may_change(visit.viewer, resource):
        raise Forbidden
    numbers = visit.session.scalars(select(File.number).where(File.version_id == version.id)).all()
    if len(numbers) >= FILES:
        raise Conflict(
            N_("Una versión lleva hasta %(n)s archivos. Cree otra versión o otro material."), n=FILES
        )
    file = File(version_id=version.id, number=max(numbers, default=0) + 1, name=name, format=format.code,
                unit=format.unit, size=received.size, sha256=received.sha256)  # fmt: skip
    visit.session.add(file)
    resource.changed_at = now()
    visit.session.flush()
    audit.record(visit.session, visit.viewer, "add_file", "resource", resource.public_id,
                 organization_id=resource.organization_id, sha256=received.sha256)  # fmt: skip
    enqueue(visit.session, "fast", "read_file", str(file.id))
    reindex(visit, resource)
    return file


def delete_file(visit: Visit, file: File) -> None:
    """Take a file out of a draft."""
    version = visit.session.get(Version, file.version_id)
    resource = version and visit.session.get(Resource, version.resource_id)
    if not resource or not access.may_change(visit.viewer, resource):
        raise Forbidden
    if resource.state != "draft":
        raise Conflict(N_("Un material publicado conserva sus archivos: suba una versión nueva."))
    visit.session.delete(file)
    visit.session.flush()
    enqueue(visit.session, "slow", "sweep", "files")


def get_version(visit: Visit, resource: Resource, number: int) -> Version:
    """A version whose contents this viewer reads. NotFound where it never was; Forbidden where the card is
    shown but the contents are not."""
    version = visit.session.scalar(
        select(Version).where(Version.resource_id == resource.id, Version.number == number)
    )
    if version is None:
        raise NotFound if newest_version(visit, resource) else Forbidden
    return version


def newest_version(visit: Visit, resource: Resource) -> Version | None:
    """The newest version that this viewer reads, with its files; None where it reads none."""
    return visit.session.scalar(
        select(Version).where(Version.resource_id == resource.id).order_by(Version.number.desc()).limit(1)
    )


def get_file(visit: Visit, resource: Resource, version: int, number: int) -> File:
    """A file whose contents this viewer reads; faults as for `get_version`."""
    holder = get_version(visit, resource, version)
    file = visit.session.scalar(
        select(File)
        .where(File.version_id == holder.id, File.number == number)
        .options(joinedload(File.version))
    )
    if file is None:
        raise NotFound
    return file


def get_page(visit: Visit, file: File, number: int) -> Page:
    """A page of a file. Raises NotFound for a number that the file does not have."""
    page = visit.session.scalar(select(Page).where(Page.file_id == file.id, Page.number == number))
    if page is None:
        raise NotFound
    return page


def page_counts(visit: Visit, file_ids: Sequence[int]) -> list[tuple[int, int, int, str]]:
    """(file id, page number, tokens, label) of the pages of these files, in order."""
    rows = visit.session.execute(
        select(Page.file_id, Page.number, Page.tokens, Page.label)
        .join(File, File.id == Page.file_id)
        .where(Page.file_id.in_(file_ids))
        .order_by(File.version_id, File.number, Page.number)
    )
    return [(file, number, tokens, label) for file, number, tokens, label in rows]


def page_texts(visit: Visit, file: File) -> list[Page]:
    """All pages of a file, in order."""
    return list(visit.session.scalars(select(Page).where(Page.file_id == file.id).order_by(Page.number)))


def twins(visit: Visit, sha256: str) -> list[Resource]:
    """Resources with a file of the same content, among what this viewer reads and nothing else."""
    return list(
        visit.session.scalars(
            select(Resource)
            .join(Version, Version.resource_id == Resource.id)
            .join(File, File.version_id == Version.id)
            .where(File.sha256 == sha256)
            .distinct()
        )
    )
