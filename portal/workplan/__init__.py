"""El plan de trabajo: what everybody reads of it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.section import Section, anyone
from portal.viewer import visit
from toolkit import workplan

section = Section("workplan", __name__)


@section.route("/plan-de-trabajo/<int:year>", access=anyone)
def show(year: int) -> ResponseReturnValue:
    """The plan of a year."""
    return render_template("workplan/show.html", plan=workplan.get(visit(), year))


from portal.workplan import exports  # noqa: E402, F401 - its routes
