"""The card of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.resources import section
from portal.resources.wording import slug
from portal.section import anyone
from portal.viewer import instance, visit
from toolkit import access, catalogue
from toolkit.catalogue import outlines
from toolkit.catalogue.outlines import Heading
from toolkit.errors import Forbidden
from toolkit.records import File, Resource, Version

OPEN_HEADINGS = 12
"""Headings of a long file that are shown at once; the others on request."""


@dataclass(frozen=True)
class Contents:
    """What the newest readable version holds, for its card."""

    version: Version
    headings: Mapping[int, list[Heading]]
    lost: frozenset[int]

    @property
    def readable(self) -> list[File]:
        """The files that can be read on line."""
        return [file for file in self.version.files if file.state == "ready" and file.page_count]


def contents(resource: Resource) -> Contents | None:
    """The newest version that this reader opens; None where only the card may be read."""
    version = catalogue.newest_version(visit(), resource)
    if version is None:
        return None
    ready = [file for file in version.files if file.state == "ready" and file.page_count > 1]
    found = {file.id: _headings(resource, file) for file in ready}
    lost = frozenset(file.id for file in version.files if not instance().store.exists(file.sha256))
    return Contents(version, {id: headings for id, headings in found.items() if headings}, lost)


def _headings(resource: Resource, file: File) -> list[Heading]:
    """The headings of a file but its own title, which stands above them already."""
    title = resource.title.casefold()
    found = [one for one in outlines.outline(visit(), file) if not title.startswith(one.words.casefold())]
    return found if len(found) > 1 else []


@section.route("/recursos/<public_id:id>", access=anyone)
@section.route("/recursos/<public_id:id>-<path:slug>", access=anyone)
def show(id: str, slug: str = "") -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """The card; an address without the title, or with an old one, leads to the one that holds."""
    resource = catalogue.get(visit(), id)
    if slug != (current := slug_of(resource)):
        query = request.query_string.decode("utf-8", "replace")
        there = url_for("resources.show", id=resource.public_id, slug=current)
        return redirect(f"{there}?{query}" if query else there, 302)
    return render_template(
        "resources/show.html", resource=resource, card=catalogue.describe(resource),
        contents=contents(resource), may_change=access.may_change(visit().viewer, resource),
        open_headings=OPEN_HEADINGS,
    )  # fmt: skip


def slug_of(resource: Resource) -> str:
    """The readable end of the address of a resource."""
    return slug(resource.title)


@section.route("/recursos/<public_id:id>/paginas/<whole:number>", access=anyone)
def newest_page(id: str, number: int) -> ResponseReturnValue:  # noqa: A002
    """A page of the first file of the newest readable version, wherever that is today."""
    resource = catalogue.get(visit(), id)
    version = catalogue.newest_version(visit(), resource)
    if version is None or not version.files:
        raise Forbidden
    return redirect(url_for("resources.page", id=id, version=version.number, file=version.files[0].number,
                            number=number, q=request.args.get("q") or None))  # fmt: skip
