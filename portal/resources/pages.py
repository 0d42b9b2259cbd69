"""The page viewer: the text of one page with the hits of a query, and the way to the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import counting
from portal.resources import files, section
from portal.resources.layout import LONGEST, Hits, lay_out, window
from portal.resources.tours import Tour
from portal.section import anyone
from portal.viewer import visit
from toolkit import catalogue
from toolkit.catalogue.marks import hits, marked_pages
from toolkit.records import File, Page
from toolkit.search.query import Query, parse

ADDRESS = "/recursos/<public_id:id>/v<whole:version>/<whole:file>/paginas/"


@section.route(f"{ADDRESS}<whole:number>", access=anyone)
def page(id: str, version: int, file: int, number: int) -> ResponseReturnValue:  # noqa: A002
    """One page: `q` marks words, `acierto` says at which hit one stands, `imagen` asks for the picture."""
    resource, found = files.open_file(id, version, file)
    text = catalogue.get_page(visit(), found, number)
    query = parse(request.args.get("q", ""))
    tour = Tour.at(marked_pages(visit(), found, query), number, request.args.get("acierto", type=int))
    newest = catalogue.newest_version(visit(), resource)
    to = _addresses(id, version, file, query)
    picture = _picture(found, number)
    again = picture["attempt"] and to(number, tour.current, imagen=1, intento=picture["attempt"])
    words = render_template(
        "resources/page.html", resource=resource, file=found, page=text, query=query, tour=tour,
        blocks=_blocks(text, query, tour), cut=len(text.text) > LONGEST,
        newest=newest if newest and newest.number > version else None,
        to=to, again=again, **picture,
    )  # fmt: skip
    if "intento" not in request.args:  # the page came back by itself, for its picture
        counting.used(resource, "page")
    return files.promise(words, again or None)


@section.route(f"{ADDRESS}", access=anyone)
def jump(id: str, version: int, file: int) -> ResponseReturnValue:  # noqa: A002
    """Go to the page whose number was typed; a number that the file lacks leads to the nearest page."""
    _, found = files.open_file(id, version, file)
    typed = request.args.get("pagina", "").strip()
    wanted = int(typed) if typed.isdecimal() and len(typed) < 7 else 1
    number = min(max(wanted, 1), max(found.page_count, 1))
    return redirect(_addresses(id, version, file, parse(request.args.get("q", "")))(number))


def _blocks(text: Page, query: Query, tour: Tour) -> list[Any]:
    spans = hits(query, text.text) if tour.current else []
    shown, marked = window(text.text, Hits(spans, tour.first, tour.current))
    return lay_out(shown, label=text.label, hits=marked)


def _addresses(id: str, version: int, file: int, query: Query) -> Callable[..., str]:  # noqa: A002
    """A function that gives the address of a page of this file, with the words kept."""

    def to(number: int, hit: int = 0, **more: str | int) -> str:
        if query.text:
            more["q"] = query.text
        if hit:
            more.update(acierto=hit, _anchor=f"acierto-{hit}")
        return url_for("resources.page", id=id, version=version, file=file, number=number, **more)  # type: ignore[arg-type]

    return to


def _picture(file: File, number: int) -> dict[str, Any]:
    """What the page knows of its picture: can there be one, its size where it is made, was it asked for, and
    the number of the next attempt while it is being made."""
    made = files.picture_of(file, number)
    wanted = request.args.get("imagen") == "1"
    attempt = None
    if wanted and made is None and files.drawable(file):
        attempt = files.ask_again(file, number)
    return {
        "drawable": made is not None or files.drawable(file),
        "picture_size": made.stat().st_size if made else 0,
        "picture_wanted": wanted,
        "attempt": attempt,
    }
