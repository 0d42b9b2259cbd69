"""El plan de trabajo: what everybody reads of it, and what more its parties read."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.section import Section, anyone
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import access, agreement, consents, initiatives, terms, workplan
from toolkit.errors import NotFound
from toolkit.records import Plan
from toolkit.workplan import changes

section = Section("workplan", __name__)
section.app_template_global("far")(workplan.far)


@section.route("/plan-de-trabajo", access=anyone)
def index() -> ResponseReturnValue:
    """The plan of this year, or the one next to it; before there is one, that it is still to come."""
    found = workplan.current(visit())
    if found is not None:
        return page(workplan.get(visit(), found.year))
    known = agreement.current(visit())
    may_plan = known is not None and access.may_plan(visit().viewer, known)
    return render_template("workplan/none.html", may_plan=may_plan)


@section.route("/plan-de-trabajo/<whole:year>", access=anyone)
def show(year: int) -> ResponseReturnValue:
    """The plan of a year; where there is none for this reader, which years there are."""
    try:
        return page(workplan.get(visit(), year))
    except NotFound:
        return render_template("workplan/unpublished.html", year=year, years=workplan.browse(visit()),
                               ahead=year >= terms.today().year), 404  # fmt: skip


def page(found: Plan, form: Sheet | None = None) -> str:
    """The page of a plan, as far as this reader sees it; the address may ask for one party's priorities, one
    objective, or one state."""
    viewer, known = visit().viewer, found.agreement
    return render_template(
        "workplan/show.html", plan=found, form=form or Sheet(), years=workplan.browse(visit()),
        actions=workplan.chosen(found, request.args.get("objetivo", ""), request.args.get("prioridad", "")),
        priorities=workplan.priorities(found, _own(found)),
        objectives=workplan.by_objective(found), whole=workplan.advance(found.actions),
        figures=workplan.figures(visit(), found), missing=consents.missing(found, known),
        may_plan=access.may_plan(viewer, known), inside=access.may_read_inside(viewer, known),
        may_agree=found.state == "draft" and consents.may_give(visit(), found, known),
        made=changes.made(found), proposed=changes.proposed(found), initiatives=initiatives.exist(visit()),
    )  # fmt: skip


def _own(plan: Plan) -> set[int]:
    """The parties whose priorities are this reader's: one's own; for editors all."""
    viewer, known = visit().viewer, {one.organization_id for one in plan.agreement.parties}
    return known if viewer.editor else known & viewer.organizations


from portal.workplan import changing, desk, exports  # noqa: E402, F401 - their routes
