"""Files as they were uploaded, and the pictures made from them.

What somebody uploaded is never trusted: it is sent with its own closed policy, as an attachment, and only
PDF and raster images may be shown by the browser itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from pathlib import Path

from flask import Response, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal import counting, errors
from portal.audit import trail
from portal.resources import section
from portal.section import anyone
from portal.viewer import instance, visit
from toolkit import catalogue, reading
from toolkit.errors import N_, Forbidden
from toolkit.files.formats import FORMATS
from toolkit.files.names import clean_name
from toolkit.records import File, Resource

log = logging.getLogger(__name__)
CLOSED = "sandbox; default-src 'none'"
NEVER_SHOWN = "application/octet-stream"
ATTEMPTS = 20
"""How often a page comes back for a picture, every two seconds, before it gives up."""


def open_file(id: str, version: int, number: int) -> tuple[Resource, File]:  # noqa: A002
    """A resource and a file of it that this reader opens; Forbidden says whose it is."""
    resource = catalogue.get(visit(), id)
    try:
        return resource, catalogue.get_file(visit(), resource, version, number)
    except Forbidden:
        name = resource.organization.name if resource.organization else ""
        raise Forbidden(
            N_("Puede ver la ficha de este material, pero no su contenido. Para pedir acceso, diríjase a la "
               "organización que lo tiene: %(organization)s."),
            organization=name,
        ) from None  # fmt: skip


def send(path: Path, media_type: str, mark: str, since: dt.datetime, *, name: str | None = None) -> Response:
    """Contents with the closed policy: `mark` is their ETag, `name` makes them an attachment.

    `since` is when this file was received: the same bytes may lie on the disk for longer, because somebody
    else has them too, and the moment of the disk would tell. Answers ranges and conditional requests. Raises
    FileNotFoundError.
    """
    response = send_file(path, media_type, as_attachment=name is not None, download_name=name,
                         conditional=True, etag=mark, last_modified=since)  # fmt: skip
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def send_picture(path: Path, since: dt.datetime) -> Response:
    """A picture that was drawn from what was uploaded, likewise: marked by its own bytes, so that nobody who
    holds the upload knows it again. Raises FileNotFoundError."""
    mark = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    return send(path, "image/webp", mark, since)


@section.route("/recursos/<public_id:id>/v<whole:version>/<whole:file>/archivo", access=anyone)
def file(id: str, version: int, file: int) -> ResponseReturnValue:  # noqa: A002
    """The file as it was uploaded, under its own name."""
    resource, found = open_file(id, version, file)
    path = instance().store.path(found.sha256)
    if not path.is_file() or path.stat().st_size != found.size:
        return lost(found)
    kind = FORMATS[found.format]
    shown = kind.inline and request.args.get("ver") == "1"
    media_type = NEVER_SHOWN if kind.code in ("html", "md") else kind.media_type
    name = None if shown else clean_name(found.name)
    response = send(path, media_type, found.sha256, found.received_at, name=name)
    trail.download(resource, found, response)
    counting.taken(resource, response)
    return response


def lost(file: File) -> Response:
    """The page that says that contents are not on the disk, or not whole."""
    return lost_contents(f"file {file.id}", file.sha256)


def lost_contents(what: str, sha256: str) -> Response:
    """Likewise for any contents; `what` holds them, for the log."""
    log.error("%s: contents %s are missing or not of their length", what, sha256)
    return errors.page(503, lost=True, wait=3600)


@section.route("/recursos/<public_id:id>/v<whole:version>/<whole:file>/miniatura", access=anyone)
def thumbnail(id: str, version: int, file: int) -> ResponseReturnValue:  # noqa: A002
    """The first page, small; 404 where it has not been made."""
    _, found = open_file(id, version, file)
    return _picture(found, "thumb.webp") or abort(404)


@section.route(
    "/recursos/<public_id:id>/v<whole:version>/<whole:file>/paginas/<whole:number>/imagen", access=anyone
)
def picture(id: str, version: int, file: int, number: int) -> ResponseReturnValue:  # noqa: A002
    """The picture of a page; while it is being drawn, a page that says so and returns."""
    resource, found = open_file(id, version, file)
    catalogue.get_page(visit(), found, number)
    made = _picture(found, f"{number}.webp")
    if made is not None:
        return made
    if not drawable(found):
        abort(404)
    again = ask_again(found, number)
    there = url_for("resources.picture", id=id, version=version, file=file, number=number, intento=again)
    return promise(
        render_template("resources/waiting.html", resource=resource, file=found, number=number, again=again),
        there if again else None,
    )


def promise(words: str, again: str | None) -> Response:
    """A page whose picture is still to come: the browser returns to the address `again` in two seconds."""
    response = Response(words, 200)
    if again:
        response.headers["Refresh"] = f"2; url={again}"
    return response


def drawable(file: File) -> bool:
    """Can the pages of a file be drawn at all?"""
    return FORMATS[file.format].has_pictures and file.state == "ready"


def ask_again(file: File, number: int) -> int | None:
    """Ask the worker for the picture of a page before its turn. Gives the number of the next attempt, or None
    when this reader has waited long enough."""
    attempt = min(request.args.get("intento", 1, int), ATTEMPTS)
    if attempt == 1:
        reading.ask_picture(instance().database, file, number)
    return attempt + 1 if 0 < attempt < ATTEMPTS else None


def picture_of(file: File, number: int) -> Path | None:
    """Where the picture of a page lies; None while there is none."""
    return instance().store.picture(file.sha256, f"{number}.webp")


def _picture(file: File, name: str) -> Response | None:
    path = instance().store.picture(file.sha256, name)
    if path is None:
        return None
    try:
        return send_picture(path, file.received_at)
    except FileNotFoundError:  # taken away since
        return None
