"""Acciones conjuntas: what everybody reads of an action."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.actions import wording
from portal.section import Section, anyone
from portal.viewer import visit
from toolkit import actions

section = Section("actions", __name__)
section.app_template_global("state_of")(lambda action: wording.STATES[action.state])
section.app_template_global("state_pill")(lambda action: wording.PILLS.get(action.state, ""))
section.app_template_global("lateness")(wording.late)


@section.route("/acciones/<code>", access=anyone)
def show(code: str) -> ResponseReturnValue:
    """One action."""
    return render_template("actions/show.html", action=actions.get(visit(), code))
