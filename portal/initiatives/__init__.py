"""Iniciativas: the list, and one with what everybody gains and its actions year by year."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.section import Section, anyone
from portal.viewer import visit
from toolkit import access, agreement, initiatives

section = Section("initiatives", __name__)


@section.route("/iniciativas", access=anyone)
def index() -> ResponseReturnValue:
    """All initiatives that this reader sees."""
    known = agreement.current(visit())
    may_write = known is not None and access.may_plan(visit().viewer, known)
    return render_template("initiatives/index.html", initiatives=initiatives.browse(visit()),
                           may_write=may_write)  # fmt: skip


@section.route("/iniciativas/<slug>", access=anyone)
def show(slug: str) -> ResponseReturnValue:
    """One initiative."""
    found = initiatives.get(visit(), slug)
    return render_template(
        "initiatives/show.html", initiative=found, years=initiatives.years(found),
        benefits=[one for one in found.benefits if one.organization and (one.words or one.reason)],
        may_write=access.may_plan(visit().viewer, found.agreement),
    )  # fmt: skip


from portal.initiatives import desk  # noqa: E402, F401 - its routes
