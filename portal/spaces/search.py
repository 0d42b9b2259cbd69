"""Searching inside a space: what belongs to it, and what was shared with it."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.library import chips
from portal.library.choices import names, read
from portal.library.facets import facets
from portal.limits import limiter, searches
from portal.section import signed_in
from portal.spaces import section
from portal.viewer import instance, visit
from toolkit import organizations, spaces
from toolkit.search import finding
from toolkit.search.query import LONGEST
from toolkit.search.shelf import Unavailable


@section.route("/espacios/<slug>/buscar", access=signed_in)
@limiter.limit(searches)
def search(slug: str) -> ResponseReturnValue:
    """The results for the words and filters of the address, ten a page."""
    space = spaces.get(visit(), slug)
    every = organizations.names(visit())
    choices = read(request.args, every, slug)
    try:
        found = finding.find(visit(), instance().shelves, choices.text, filters=choices.filters,
                             sort=choices.order, page=choices.page, space=space)  # fmt: skip
    except Unavailable:
        return render_template("spaces/search.html", organization=space, choices=choices, found=None)
    if choices.page > found.last_page:
        return redirect(choices.on_page(1).address)
    panel = facets(found.facets, choices, every)
    choices = replace(choices, text=choices.text[:LONGEST])
    return render_template("spaces/search.html", organization=space, choices=choices, found=found,
                           facets=panel, chips=chips(choices, every), names=names())  # fmt: skip
