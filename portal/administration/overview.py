"""The first page: what waits for an administrator, and the doors."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.administration import section
from portal.section import administrators
from portal.viewer import visit
from toolkit import administration, emergencies


@section.route("/administracion", access=administrators)
def index() -> ResponseReturnValue:
    """Successions and emergency accesses that wait, and what there is."""
    every = administration.every_organization(visit())
    waiting = [one for one in emergencies.browse(visit()) if emergencies.state(one) != "over"]
    return render_template(
        "administration/index.html", successions=administration.successions(visit()), emergencies=waiting,
        people=administration.find_people(visit()).total,
        organizations=len([one for one in every if one.kind == "organization"]),
        without=administration.without_coordination(visit()),
    )  # fmt: skip
