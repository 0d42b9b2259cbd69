"""Pages of standing text: accessibility, help, privacy, terms."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.contributions.forms import LEVELS
from portal.section import Section, anyone
from toolkit.files.formats import FORMATS

section = Section("pages", __name__)


@section.route("/accesibilidad", access=anyone)
def accessibility() -> ResponseReturnValue:
    """What the portal conforms to, its known limits, and how to report a barrier."""
    return render_template("pages/accessibility.html")


@section.route("/ayuda", access=anyone)
def help() -> ResponseReturnValue:  # noqa: A001 - the word of the address
    """How to search, read, upload; the words used."""
    return render_template("pages/help.html", formats=FORMATS.values(), levels=LEVELS)


@section.route("/privacidad", access=anyone)
def privacy() -> ResponseReturnValue:
    """Which data, what for, which rights."""
    return render_template("pages/privacy.html")


@section.route("/terminos", access=anyone)
def terms() -> ResponseReturnValue:
    """The rules of use."""
    return render_template("pages/terms.html")
