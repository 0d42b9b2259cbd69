"""Numbered changes of a frozen plan: read, agree, take back."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.languages import gettext as _
from portal.section import anyone, signed_in
from portal.sheets import ReasonForm
from portal.viewer import visit
from portal.workplan import section
from toolkit import access, consents
from toolkit.database import Visit
from toolkit.errors import Conflict, Invalid
from toolkit.records import PlanChange
from toolkit.workplan import changes


@section.route("/plan-de-trabajo/cambios/<public_id:id>", access=anyone)
def change(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """One change: what it says, why, and who agreed."""
    return _page(changes.get(visit(), id), ReasonForm())


def _page(found: PlanChange, form: ReasonForm) -> str:
    known = found.plan.agreement
    open_ = found.state == "proposed"
    return render_template(
        "workplan/change.html", change=found, plan=found.plan, form=form,
        rows=changes.asked_of(found) if open_ else found.told, missing=consents.missing(found, known),
        may_agree=open_ and consents.may_give(visit(), found, known),
        may_withdraw=access.may_close_proposal(visit().viewer, found, known),
        own=access.proposed_by_own(visit().viewer, found, known),
    )  # fmt: skip


def _act(id: str, act: Callable[[Visit, PlanChange, ReasonForm], None], done: str) -> ResponseReturnValue:  # noqa: A002
    found, form = changes.get(visit(), id), ReasonForm()
    try:
        act(visit(), found, form)
    except (Conflict, Invalid) as trouble:
        form.refuse(trouble)
        return _page(found, form), 409 if isinstance(trouble, Conflict) else 422
    flash(done)
    return redirect(url_for("workplan.change", id=id))


@section.route("/plan-de-trabajo/cambios/<public_id:id>/conformidad", access=signed_in, methods=["POST"])
def agree_to_change(id: str) -> ResponseReturnValue:  # noqa: A002
    """Agree for one's party; with the last consent the change is made."""
    return _act(
        id,
        lambda visit, found, _form: changes.agree(visit, found),
        _("Se anotó la conformidad de su organización."),
    )


@section.route("/plan-de-trabajo/cambios/<public_id:id>/retirar", access=signed_in, methods=["POST"])
def withdraw_change(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take a proposed change back, or decline it."""
    return _act(id, lambda visit, found, form: changes.withdraw(visit, found, form.said("reason")),
                _("El cambio propuesto quedó cerrado."))  # fmt: skip
