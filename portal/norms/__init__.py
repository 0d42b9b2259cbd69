"""Normas: what is in force, what came before, and one norm with what it changed and what changed it."""

from __future__ import annotations

import re

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.citations import citing
from portal.norms import wording
from portal.resources.wording import address as resource_address
from portal.section import Section, anyone
from portal.viewer import visit
from toolkit import access, catalogue, norms
from toolkit.errors import NotFound
from toolkit.records import Norm

section = Section("norms", __name__)
for _words in (wording.norm_kind, wording.norm_state, wording.norm_does, wording.norm_undergoes):
    section.add_app_template_global(_words)
PAST = ("replaced", "repealed")


@section.route("/normas", access=anyone)
def index() -> ResponseReturnValue:
    """What is in force; what no longer is, on request."""
    every = norms.browse(visit())
    return render_template(
        "norms/index.html", standing=[one for one in every if one.state not in PAST],
        past=[one for one in every if one.state in PAST],
        may_write=access.may_write_norms(visit().viewer),
    )  # fmt: skip


@section.route("/normas/<slug>", access=anyone)
def show(slug: str) -> ResponseReturnValue:
    """One norm; an address with its number in another spelling leads to the one that holds."""
    try:
        norm = norms.get(visit(), slug)
    except NotFound:
        named = norms.named_by(visit(), re.sub(r"^([a-z]+)-", r"\1 ", slug))
        if len(named) != 1:
            raise
        return redirect(url_for("norms.show", slug=named[0].slug))
    return page(norm)


def page(norm: Norm) -> str:
    """The page of a norm, as far as this reader sees what hangs on it."""
    standing = norms.in_its_place(norm)
    return render_template(
        "norms/show.html", norm=norm, standing=standing, text=text_of(standing),
        citing=citing(norm), may_write=access.may_write_norms(visit().viewer),
    )  # fmt: skip


def text_of(norm: Norm) -> str:
    """Where this reader reads the text of a norm: page by page, else the card of the material, else the
    official link; empty where none of them is there."""
    if norm.text is None:
        return norm.link
    version = catalogue.newest_version(visit(), norm.text)
    file = next((one for one in version.files if one.state == "ready"), None) if version else None
    if version is None or file is None or not file.page_count:
        return resource_address(norm.text)
    return url_for("resources.page", id=norm.text.public_id, version=version.number, file=file.number,
                   number=1)  # fmt: skip


from portal.norms import desk  # noqa: E402, F401 - its routes
