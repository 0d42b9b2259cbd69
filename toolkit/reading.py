"""What happens to a file once received: its text is read, scans are recognised, pictures made.

Each step is a job that can run twice. No extraction happens inside a write transaction.
"""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from toolkit import extraction
from toolkit.database import Database
from toolkit.extraction import Unreadable
from toolkit.files.formats import FORMATS
from toolkit.files.store import Store
from toolkit.jobs import Handler, Job, enqueue
from toolkit.records import Article, Evidence, File, Page, Resource, Version, now
from toolkit.search import spanish

log = logging.getLogger(__name__)
AT_ONCE = 10
"""Scanned pages recognised, or pictures drawn, between two looks at the queue."""


class Reader:
    """The jobs that read files: `database` and `store` of one instance, `scratch` for temporary files."""

    def __init__(self, database: Database, store: Store, scratch: Path) -> None:
        self.database, self.store, self.scratch = database, store, scratch
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this module, by kind of job."""
        return {
            "read_file": Handler(self.read, self.give_up),
            "scan_file": Handler(self.scan, self.give_up_scanning),
            "draw_file": Handler(self.draw),
            "draw_page": Handler(self.draw_one),
            "sweep": Handler(self.sweep),
        }

    def read(self, job: Job) -> None:
        """Read the text of a file: it becomes ready, or unreadable with a sentence."""
        file = self._file(job)
        if file is None or file.state != "received":
            return
        try:
            found = extraction.read(self.store.path(file.sha256), file.format, scratch=self.scratch)
        except (Unreadable, FileNotFoundError) as trouble:
            fault = trouble if isinstance(trouble, Unreadable) else Unreadable("damaged", "no such file")
            log.info("file %s unreadable: %s %s", file.id, fault.code, fault.detail)
            self._settle(file.id, fault)
            return
        scans = extraction.ocr_available()
        rows = _rows(file.id, found, scans)
        with self.database.open_for_maintenance() as session:
            kept = session.get(File, file.id)
            if kept is None or kept.state != "received":
                return
            self._keep(session, kept, found, rows, scans)
            _reindex(session, kept)
            kept.drawn = FORMATS[kept.format].family == "text"  # there is nothing to draw
            if not kept.drawn:
                enqueue(session, "slow", "draw_file", str(kept.id))

    def _keep(
        self, session: Session, file: File, found: extraction.Extraction, rows: list[Page], scans: bool
    ) -> None:
        session.execute(delete(Page).where(Page.file_id == file.id))
        session.add_all(rows)
        file.state, file.unit, file.page_count, file.read_at = "ready", found.unit, len(rows), now()
        file.scan_left = sum(row.scan_state == "waiting" for row in rows)
        if found.notice:
            file.reason = found.notice.as_json()
        elif not scans and any(page.scanned for page in found.pages):
            file.reason = Unreadable("no_tesseract").message.as_json()
        if file.scan_left:
            enqueue(session, "slow", "scan_file", str(file.id))

    def _settle(self, file_id: int, fault: Unreadable) -> None:
        with self.database.open_for_maintenance() as session:
            file = session.get(File, file_id)
            if file is not None and file.state == "received":
                file.state, file.reason, file.read_at = "unreadable", fault.message.as_json(), now()
                _reindex(session, file)

    def give_up(self, job: Job, trouble: str) -> None:
        """After the last attempt the file is unreadable; it can still be downloaded."""
        self._settle(int(job.key), Unreadable("damaged", trouble))

    def scan(self, job: Job) -> None:
        """Recognise the words of the scanned pages, some at a time, and index the file again."""
        file = self._file(job)
        if file is None:
            return
        for page_id, number in self._waiting_scans(file):
            self._scan_page(file, page_id, number)
        with self.database.open_for_maintenance() as session:
            kept = session.get(File, file.id)
            if kept is None:
                return
            left = select(func.count(Page.id)).where(Page.file_id == kept.id, Page.scan_state == "waiting")
            kept.scan_left = session.scalar(left) or 0
            _reindex(session, kept)
            if kept.scan_left:
                enqueue(session, "slow", "scan_file", str(kept.id))

    def give_up_scanning(self, job: Job, trouble: str) -> None:
        """After the last attempt the pages that still wait stay without words, and nobody waits for them."""
        with self.database.open_for_maintenance() as session:
            file = session.get(File, int(job.key))
            if file is not None:
                file.scan_left = 0
                pages = select(Page).where(Page.file_id == file.id, Page.scan_state == "waiting")
                for page in session.scalars(pages):
                    page.scan_state = "failed"

    def _waiting_scans(self, file: File) -> list[tuple[int, int]]:
        with self.database.open_for_maintenance(writing=False) as session:
            rows = session.execute(
                select(Page.id, Page.number)
                .where(Page.file_id == file.id, Page.scan_state == "waiting")
                .order_by(Page.number)
                .limit(AT_ONCE)
            ).all()
            return [(page_id, number) for page_id, number in rows]

    def _scan_page(self, file: File, page_id: int, number: int) -> None:
        try:
            words = extraction.scan(self.store.path(file.sha256), file.format, number, scratch=self.scratch)
            state = "done"
        except (Unreadable, FileNotFoundError) as trouble:
            log.info("file %s page %s not recognised: %s", file.id, number, trouble)
            words, state = "", "failed"
        with self.database.open_for_maintenance() as session:
            page = session.get(Page, page_id)
            if page is not None and page.scan_state == "waiting":
                page.scan_state = state
                if words.strip():
                    page.text, page.tokens = words, spanish.count(words)
                kept = session.get(File, page.file_id)
                if kept is not None:
                    kept.scan_left = max(0, kept.scan_left - 1)

    def draw(self, job: Job) -> None:
        """Make the thumbnail and the pictures of the pages that have none yet, some at a time."""
        file = self._file(job)
        if file is None or file.drawn or file.state != "ready":
            return
        path = self.store.path(file.sha256)
        wanted = [number for number in range(1, file.page_count + 1)
                  if self.store.picture(file.sha256, f"{number}.webp") is None][:AT_ONCE]  # fmt: skip
        made: list[int] = []

        def put(number: int, picture: bytes) -> None:
            self._put(file, number, picture)
            made.append(number)

        try:
            if self.store.picture(file.sha256, "thumb.webp") is None:
                small = extraction.thumb(path, file.format, scratch=self.scratch)
                if small:
                    self.store.put_picture(file.sha256, "thumb.webp", small)
            extraction.draw_pages(path, file.format, wanted, put, scratch=self.scratch)
        except (Unreadable, FileNotFoundError) as trouble:
            log.info("file %s not drawn: %s", file.id, trouble)
            made = []
        with self.database.open_for_maintenance() as session:
            kept = session.get(File, file.id)
            if kept is None:
                return
            if len(made) == AT_ONCE:
                enqueue(session, "slow", "draw_file", str(kept.id))
            else:
                kept.drawn = True

    def _put(self, file: File, number: int, picture: bytes) -> None:
        self.store.put_picture(file.sha256, f"{number}.webp", picture)

    def draw_one(self, job: Job) -> None:
        """Make the picture of one page that somebody waits for."""
        file = self._file(job)
        number = int(job.values["number"])
        if file is None or self.store.picture(file.sha256, f"{number}.webp") is not None:
            return
        try:
            picture = extraction.draw(self.store.path(file.sha256), file.format, number, scratch=self.scratch)
        except (Unreadable, FileNotFoundError) as trouble:
            log.info("file %s page %s not drawn: %s", file.id, number, trouble)
            return
        if picture:
            self._put(file, number, picture)

    def sweep(self, job: Job) -> None:
        """Remove contents that no file holds any more, and what killed processes left half done."""
        self.store.clean_incoming(older_than_seconds=5)
        extraction.clean_scratch(self.scratch, older_than_seconds=5)
        with self.database.open_for_maintenance() as session:
            holders = (File.sha256, Article.photo, Evidence.sha256)
            held = {sha256 for one in holders for sha256 in session.scalars(select(one))}
            for sha256 in list(self.store.hashes()):
                if sha256 not in held:
                    self.store.remove(sha256)

    def _file(self, job: Job) -> File | None:
        with self.database.open_for_maintenance(writing=False) as session:
            file = session.get(File, int(job.values.get("file", job.key)))
            if file is not None:
                session.expunge(file)
            return file


def _rows(file_id: int, found: extraction.Extraction, scans: bool) -> list[Page]:
    """The pages that were found, ready to be kept; packed and counted before anybody holds the write lock."""
    rows = []
    for page in found.pages:
        state = "waiting" if page.scanned and scans else "none"
        row = Page(file_id=file_id, number=page.number, label=page.label[:200], scanned=page.scanned,
                   scan_state=state, tokens=spanish.count(page.text))  # fmt: skip
        row.text = page.text
        rows.append(row)
    return rows


def _reindex(session: Session, file: File) -> None:
    public_id = session.scalar(
        select(Resource.public_id)
        .join(Version, Version.resource_id == Resource.id)
        .where(Version.id == file.version_id)
    )
    if public_id:
        enqueue(session, "index", "index_resource", public_id)


def try_again(session: Session) -> int:
    """Put back in the queue what waited for a program that is installed by now; the number of files."""
    files: list[File] = []
    if extraction.libreoffice_available():
        lacking = Unreadable("no_libreoffice").message.text
        unread = session.scalars(select(File).where(File.state == "unreadable"))
        for file in unread:
            if file.reason and file.reason.get("text") == lacking:
                file.state, file.reason, file.indexed_at = "received", None, None
                enqueue(session, "fast", "read_file", str(file.id))
                files.append(file)
    if extraction.ocr_available():
        pages = select(Page.file_id).where(Page.scanned, Page.scan_state == "none")
        for file in session.scalars(select(File).where(File.id.in_(pages))):
            session.execute(
                update(Page).where(Page.file_id == file.id, Page.scanned).values(scan_state="waiting")
            )
            file.scan_left = session.scalar(
                select(func.count(Page.id)).where(Page.file_id == file.id, Page.scanned)
            ) or 0  # fmt: skip
            file.reason = None
            enqueue(session, "slow", "scan_file", str(file.id))
            files.append(file)
    return len(files)


def ask_picture(database: Database, file: File, number: int) -> None:
    """Put the picture of one page before all other slow work: somebody waits for it."""
    with database.open_for_maintenance() as session:
        enqueue(session, "slow", "draw_page", f"{file.id}-{number}", run_at=file.received_at, file=file.id,
                number=number)  # fmt: skip
