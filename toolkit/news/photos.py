"""The photo of an article: taken in, drawn small by the worker, taken away."""

from __future__ import annotations

import logging
from pathlib import Path

from toolkit import access, extraction
from toolkit.database import Database, Visit
from toolkit.errors import N_, Forbidden, Invalid
from toolkit.extraction import Unreadable
from toolkit.files.formats import FORMATS, Format
from toolkit.files.store import Received, Store
from toolkit.jobs import Handler, Job, enqueue
from toolkit.news.changes import check_described
from toolkit.records import Article, now

log = logging.getLogger(__name__)
PICTURE = "1.webp"
"""How the drawn photo is called beside the contents: that of the first page."""
KINDS = tuple(one.code for one in FORMATS.values() if one.family == "image")


def put(visit: Visit, article: Article, received: Received, format: Format) -> None:
    """Give the article this photo; the caller keeps the contents in the store before the commit.
    Raises Forbidden, and Invalid for no photo, or one that is published without words for who does not see
    it."""
    if not access.may_change_article(visit.viewer, article):
        raise Forbidden
    if format.code not in KINDS:
        raise Invalid(N_("La foto debe ser JPEG, PNG, WebP o TIFF."), field="photo")
    if article.state == "published":
        check_described(article.alternative)
    article.photo, article.photo_format = received.sha256, format.code
    article.changed_at = now()
    visit.session.flush()
    enqueue(visit.session, "fast", "draw_photo", article.public_id)


def remove(visit: Visit, article: Article) -> None:
    """Take the photo away with what is said of it; its contents go with the next sweep."""
    if not access.may_change_article(visit.viewer, article):
        raise Forbidden
    article.photo, article.photo_format = None, ""
    article.alternative = article.caption = article.credit = ""
    visit.session.flush()
    enqueue(visit.session, "slow", "sweep", "files")


def picture(store: Store, article: Article) -> Path | None:
    """The drawn photo; None without one, or while it is not drawn."""
    return store.picture(article.photo, PICTURE) if article.photo else None


class Photographer:
    """The job that draws photos: `database` and `store` of one instance, `scratch` for temporary files."""

    def __init__(self, database: Database, store: Store, scratch: Path) -> None:
        self.database, self.store, self.scratch = database, store, scratch

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this module, by kind of job."""
        return {"draw_photo": Handler(self.draw)}

    def draw(self, job: Job) -> None:
        """Make the small picture of a photo that has none."""
        with self.database.open_for_maintenance(writing=False) as session:
            article = session.query(Article).filter_by(public_id=job.key).one_or_none()
            photo, code = (article.photo, article.photo_format) if article else (None, "")
        if photo is None or self.store.picture(photo, PICTURE) is not None:
            return
        try:
            drawn = extraction.draw(self.store.path(photo), code, 1, scratch=self.scratch)
        except (Unreadable, FileNotFoundError) as trouble:
            log.info("photo of article %s not drawn: %s", job.key, trouble)
            return
        if drawn:
            self.store.put_picture(photo, PICTURE, drawn)
