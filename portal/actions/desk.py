"""Proposing an action, changing it, agreeing to it, cancelling it, putting it into an initiative."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import page, section
from portal.actions.forms import ActionForm, LinkForm, form_for
from portal.languages import gettext as _
from portal.section import signed_in
from portal.sheets import ReasonForm, Sheet
from portal.viewer import visit
from portal.workplan.desk import asked, plan_to_write
from toolkit import access, actions, initiatives
from toolkit.errors import Conflict, Forbidden, Invalid, Overtaken
from toolkit.records import Action, Plan
from toolkit.workplan import changes


def _sheet(form: ActionForm, plan: Plan, action: Action | None = None) -> str:
    direct = action is None or actions.open_to_writing(action)
    return render_template("actions/edit.html", form=form, plan=plan, action=action, direct=direct)


@section.route("/plan-de-trabajo/<whole:year>/acciones/nueva", access=signed_in, methods=["GET", "POST"])
def create(year: int) -> ResponseReturnValue:
    """Propose an action."""
    plan = plan_to_write(year)
    if request.method == "GET":
        return _sheet(form_for(plan, actions.Facts("")), plan)
    form = form_for(plan)
    try:
        made = actions.propose(visit(), plan, form.facts())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(form, plan), 422
    flash(_("Se propuso la acción. La otra parte recibe un correo."))
    return redirect(url_for("actions.show", code=made.code))


def action_to_write(code: str) -> Action:
    """The action with this code for who works on the plan; Forbidden for other readers."""
    found = actions.get(visit(), code)
    if not access.may_plan(visit().viewer, found.plan.agreement):
        raise Forbidden
    return found


@section.route("/acciones/<code>/editar", access=signed_in, methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Change an action: at once while it is a proposal, by a proposed change once the plan is frozen."""
    found = action_to_write(code)
    if request.method == "GET":
        return _sheet(_standing(found), found.plan, found)
    form = form_for(found.plan)
    try:
        if not actions.open_to_writing(found):
            made = changes.ask_action(visit(), found, form.facts(), form.said("reason"),
                                      revision=form.begun())  # fmt: skip
            return asked(made.public_id)
        actions.change(visit(), found, form.facts(), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(_standing(found), trouble)
        return _sheet(form, found.plan, found), 409
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(form, found.plan, found), 422
    flash(_("Se guardó la acción."))
    return redirect(url_for("actions.show", code=code))


def _standing(found: Action) -> ActionForm:
    return form_for(found.plan, actions.describe(found), found.revision)


@section.route("/acciones/<code>/conformidad", access=signed_in, methods=["POST"])
def accept(code: str) -> ResponseReturnValue:
    """Agree to a proposal for one's party."""
    found, form = actions.get(visit(), code), Sheet()
    try:
        actions.accept(visit(), found, revision=request.form.get("revision", 0, int))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return page(found, form), 409 if isinstance(trouble, Conflict) else 422
    flash(_("Se anotó la conformidad de su organización."))
    return redirect(url_for("actions.show", code=code))


@section.route("/acciones/<code>/retirar", access=signed_in, methods=["POST"])
def withdraw(code: str) -> ResponseReturnValue:
    """Take a proposal back, or decline it."""
    found, form = actions.get(visit(), code), ReasonForm()
    own = actions.proposed(visit(), found)
    try:
        actions.withdraw(visit(), found, form.said("reason"))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return page(found, form, declining=form), 409 if isinstance(trouble, Conflict) else 422
    flash(_("La propuesta quedó retirada.") if own else _("Se rechazó la propuesta, con su motivo."))
    return redirect(url_for("actions.show", code=code))


@section.route("/acciones/<code>/cancelar", access=signed_in, methods=["GET", "POST"])
def cancel(code: str) -> ResponseReturnValue:
    """Propose to cancel an action of a frozen plan."""
    found, form = action_to_write(code), ReasonForm()
    if request.method == "GET":
        return render_template("actions/cancel.html", action=found, form=form)
    try:
        return asked(changes.ask_cancel(visit(), found, form.said("reason")).public_id)
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("actions/cancel.html", action=found, form=form), 422


@section.route("/acciones/<code>/iniciativa", access=signed_in, methods=["POST"])
def link(code: str) -> ResponseReturnValue:
    """Put an action into an initiative, or into none."""
    found, form = action_to_write(code), LinkForm()
    try:
        initiatives.link(visit(), found, form.said("initiative"))
    except Invalid as trouble:
        form.offer(initiatives.choices(visit(), found.plan.agreement)).refuse(trouble)
        return page(found, form, link=form), 422
    flash(_("Se guardó a qué iniciativa pertenece la acción."))
    return redirect(url_for("actions.show", code=code))
