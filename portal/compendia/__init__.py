"""Compendios: the list, one with its materials in order, and all its files as one package."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portal import counting
from portal.audit import trail
from portal.resources.files import CLOSED
from portal.section import Section, anyone
from portal.viewer import instance, visit
from toolkit import access, compendia

section = Section("compendia", __name__)


@section.route("/compendios", access=anyone)
def index() -> ResponseReturnValue:
    """All compendia, the newest first."""
    return render_template("compendia/index.html", compendia=compendia.browse(visit()),
                           may_write=access.may_write_compendia(visit().viewer))  # fmt: skip


@section.route("/compendios/<slug>", access=anyone)
def show(slug: str) -> ResponseReturnValue:
    """One compendium, as far as this reader sees what stands in it."""
    found = compendia.get(visit(), slug)
    pieces = compendia.pieces_of(found)
    return render_template(
        "compendia/show.html", compendium=found, pieces=pieces, total=compendia.weight(pieces),
        largest=compendia.LARGEST, may_write=access.may_write_compendia(visit().viewer),
    )  # fmt: skip


@section.route("/compendios/<slug>/paquete.zip", access=anyone)
def package(slug: str) -> Response:
    """The files of a compendium that this reader reads, with a page of contents, as one ZIP file."""
    found = compendia.get(visit(), slug)
    pieces = compendia.pieces_of(found)
    entries = compendia.entries(instance().store, pieces)
    index = render_template("compendia/package.html", compendium=found, pieces=pieces, entries=entries)
    packed = compendia.pack(index, entries)
    answer = Response(packed, mimetype="application/zip")
    answer.content_length = len(packed)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.slug}.zip"'
    answer.headers["Content-Security-Policy"] = CLOSED
    answer.headers["Cache-Control"] = "private, no-store"
    for entry in entries:
        trail.download(entry.piece.resource, entry.file, answer)
    for resource in dict.fromkeys(entry.piece.resource for entry in entries if entry.path):
        counting.taken(resource, answer)
    return answer


from portal.compendia import desk  # noqa: E402, F401 - its routes
