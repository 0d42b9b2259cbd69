"""«Mi espacio»: the private space of an organisation, first form."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.section import Section, signed_in
from portal.viewer import visit
from toolkit import catalogue, spaces
from toolkit.access import may_upload

section = Section("spaces", __name__)


@section.route("/espacios", access=signed_in)
def index() -> ResponseReturnValue:
    """The spaces of this person; the only one is opened at once."""
    mine = spaces.browse(visit())
    if len(mine) == 1:
        return redirect(url_for("spaces.show", slug=mine[0].slug))
    return render_template("spaces/index.html", organizations=mine)


@section.route("/espacios/<slug>", access=signed_in)
def show(slug: str) -> ResponseReturnValue:
    """The documents of the organisation that this person reads, the newest first, and its people."""
    organization = spaces.get(visit(), slug)
    shown = catalogue.browse_of(visit(), organization, request.args.get("pagina", 1, int))
    leads = organization.id in visit().viewer.coordinates
    return render_template(
        "spaces/show.html", organization=organization, shown=shown,
        fellows=spaces.fellows(visit(), organization), uploads=may_upload(visit().viewer, organization.id),
        drafts=catalogue.draft_titles(visit(), organization.id) if leads else [],
        leads=leads, several=len(visit().viewer.organizations) > 1,
    )  # fmt: skip
