"""What the parties do with a plan: draft it, agree, publish, measure."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.languages import gettext as _
from portal.section import signed_in
from portal.sheets import Sheet
from portal.viewer import visit
from portal.workplan import page, section
from portal.workplan.forms import AimForm, MeasureForm, PlanForm
from toolkit import access, agreement, workplan
from toolkit.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Overtaken
from toolkit.records import Indicator, Plan
from toolkit.workplan import changes, indicators


@section.route("/plan-de-trabajo/nuevo", access=signed_in, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Begin the plan of a year, for the coordinations of the agreement and editors."""
    known, form = agreement.current(visit()), PlanForm()
    if known is None:
        raise NotFound
    if not access.may_plan(visit().viewer, known):
        raise Forbidden
    if request.method == "GET":
        return render_template("workplan/edit.html", form=form, plan=None)
    try:
        made = workplan.add(visit(), known, form.number_of("year"), form.said("words"))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("workplan/edit.html", form=form, plan=None), 422
    flash(_("Se guardó el borrador. Agregue ahora sus indicadores y acciones."))
    return redirect(url_for("workplan.show", year=made.year))


def plan_to_write(year: int) -> Plan:
    """The plan of a year for who works on it; Forbidden for other readers."""
    found = workplan.get(visit(), year)
    if not access.may_plan(visit().viewer, found.agreement):
        raise Forbidden
    return found


@section.route("/plan-de-trabajo/<whole:year>/editar", access=signed_in, methods=["GET", "POST"])
def edit(year: int) -> ResponseReturnValue:
    """Change what a plan says first: at once in a draft, by a proposed change in a frozen plan."""
    found, form = plan_to_write(year), PlanForm()
    if request.method == "GET":
        form = _plan_form(found.words, found)
        return render_template("workplan/edit.html", form=form, plan=found)
    try:
        if found.state != "draft":
            made = changes.ask_plan(visit(), found, form.said("words"), form.said("reason"),
                                    revision=form.begun())  # fmt: skip
            return asked(made.public_id)
        workplan.change(visit(), found, form.said("words"), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(_plan_form(trouble.theirs, found), trouble)
        return render_template("workplan/edit.html", form=form, plan=found), 409
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("workplan/edit.html", form=form, plan=found), 422
    flash(_("Se guardó el plan."))
    return redirect(url_for("workplan.show", year=year))


def _plan_form(words: str, plan: Plan) -> PlanForm:
    return PlanForm(formdata=None, data={"words": words, "revision": str(plan.revision)})


def asked(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """On to the page of a change that was proposed."""
    flash(_("Se propuso el cambio. Se hace cuando todas las partes den su conformidad."))
    return redirect(url_for("workplan.change", id=id))


def _refused(plan: Plan, trouble: Fault) -> ResponseReturnValue:
    form = Sheet()
    form.refuse(trouble)
    return page(plan, form), 409 if isinstance(trouble, Conflict) else 422


@section.route("/plan-de-trabajo/<whole:year>/conformidad", access=signed_in, methods=["POST"])
def agree(year: int) -> ResponseReturnValue:
    """Agree to the draft for one's party."""
    found = workplan.get(visit(), year)
    try:
        workplan.agree(visit(), found, revision=request.form.get("revision", 0, int))
    except (Invalid, Conflict) as trouble:
        return _refused(found, trouble)
    flash(_("Se anotó la conformidad de su organización."))
    return redirect(url_for("workplan.show", year=year))


@section.route("/plan-de-trabajo/<whole:year>/publicar", access=signed_in, methods=["POST"])
def publish(year: int) -> ResponseReturnValue:
    """Show it to everybody, once both parties agreed."""
    found = workplan.get(visit(), year)
    try:
        workplan.publish(visit(), found)
    except Conflict as trouble:
        return _refused(found, trouble)
    flash(_("El plan está publicado."))
    return redirect(url_for("workplan.show", year=year))


@section.route("/plan-de-trabajo/<whole:year>/indicadores/nuevo", access=signed_in, methods=["GET", "POST"])
def add_indicator(year: int) -> ResponseReturnValue:
    """A new indicator: at once in a draft, by a proposed change in a frozen plan."""
    found, form = plan_to_write(year), AimForm()
    form.offer(found)
    if request.method == "GET":
        return render_template("workplan/indicator.html", form=form, plan=found, indicator=None)
    try:
        if found.state != "draft":
            reason = form.said("reason")
            return asked(changes.ask_indicator(visit(), found, None, form.aim(), reason).public_id)
        indicators.add(visit(), found, form.aim())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("workplan/indicator.html", form=form, plan=found, indicator=None), 422
    flash(_("Se agregó el indicador."))
    return redirect(url_for("workplan.show", year=year, _anchor="indicadores"))


def _indicator_to_write(id: str) -> Indicator:  # noqa: A002
    found = indicators.get(visit(), id)
    plan_to_write(found.plan.year)
    return found


@section.route("/plan-de-trabajo/indicadores/<public_id:id>", access=signed_in, methods=["GET", "POST"])
def change_indicator(id: str) -> ResponseReturnValue:  # noqa: A002
    """Change an indicator, likewise."""
    row = _indicator_to_write(id)
    form = AimForm() if request.method == "POST" else _standing(row)
    form.offer(row.plan)
    if request.method == "GET":
        return _indicator(form, row)
    try:
        if row.plan.state != "draft":
            made = changes.ask_indicator(visit(), row.plan, row, form.aim(), form.said("reason"),
                                         revision=form.begun())  # fmt: skip
            return asked(made.public_id)
        indicators.change(visit(), row, form.aim(), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(_standing(row), trouble)
        return _indicator(form, row), 409
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _indicator(form, row), 422
    flash(_("Se guardó el cambio."))
    return redirect(url_for("workplan.show", year=row.plan.year, _anchor="indicadores"))


def _standing(row: Indicator) -> AimForm:
    form = AimForm.of(indicators.describe(row), row.revision)
    form.offer(row.plan)
    return form


def _indicator(form: AimForm, row: Indicator) -> str:
    return render_template("workplan/indicator.html", form=form, plan=row.plan, indicator=row)


@section.route("/plan-de-trabajo/indicadores/<public_id:id>/quitar", access=signed_in, methods=["POST"])
def remove_indicator(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take an indicator of a draft away."""
    row = _indicator_to_write(id)
    plan = row.plan
    try:
        indicators.remove(visit(), row)
    except Conflict as trouble:
        return _refused(workplan.get(visit(), plan.year), trouble)
    flash(_("Se quitó."))
    return redirect(url_for("workplan.show", year=plan.year, _anchor="indicadores"))


@section.route("/plan-de-trabajo/indicadores/<public_id:id>/valores", access=signed_in,
               methods=["GET", "POST"])  # fmt: skip
def measure(id: str) -> ResponseReturnValue:  # noqa: A002
    """Write down a value of an indicator, with its day and source."""
    row, form = _indicator_to_write(id), MeasureForm()
    if number := request.form.get("drop", 0, int):
        indicators.forget(visit(), row, number)
        flash(_("Se quitó el valor."))
        return redirect(url_for("workplan.measure", id=id))
    if request.method == "GET":
        return render_template("workplan/measure.html", form=form, plan=row.plan, indicator=row)
    try:
        indicators.measure(visit(), row, form.decimal_of("value"), form.day_of("day"), form.said("source"))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("workplan/measure.html", form=form, plan=row.plan, indicator=row), 422
    flash(_("Se anotó el valor."))
    return redirect(url_for("workplan.show", year=row.plan.year, _anchor="indicadores"))
