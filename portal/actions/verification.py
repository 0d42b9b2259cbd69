"""From one state to the next, and the verification by the counterpart."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import page, section
from portal.actions.wording import STATES
from portal.languages import gettext as _
from portal.languages import say
from portal.section import signed_in
from portal.sheets import ReasonForm, Sheet
from portal.viewer import visit
from toolkit import actions
from toolkit.errors import Conflict, Forbidden, Invalid
from toolkit.records import Action


@section.route("/acciones/<code>/estado", access=signed_in, methods=["POST"])
def advance(code: str) -> ResponseReturnValue:
    """Begin, pause, resume, send to be verified, or take that back: for the responsible party."""
    found, form = actions.get(visit(), code), ReasonForm()
    act = request.form.get("act", "")
    if act not in actions.MOVES:
        raise Forbidden
    try:
        actions.advance(visit(), found, act, form.said("reason"))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return page(found, form, why=form if act == "pause" else None), 422
    flash(_("Estado de la acción: %(state)s.", state=STATES[found.state]))
    return redirect(url_for("actions.show", code=code))


@section.route("/acciones/<code>/verificar", access=signed_in, methods=["GET", "POST"])
def verify(code: str) -> ResponseReturnValue:
    """The checklist of the counterpart: verify it, or give it back with an observation. Who is responsible
    gets no checklist, but the reason."""
    found, form = actions.get(visit(), code), ReasonForm()
    trouble = actions.why_not_verify(visit(), found)
    if trouble is not None:
        raise Forbidden(trouble.text, **trouble.values)
    if request.method == "GET":
        return _checklist(found, form)
    checked = {
        number for number in range(len(found.outputs)) if str(number) in request.form.getlist("checked")
    }
    read = request.form.get("revision", 0, int)
    try:
        if request.form.get("act") == "observe":
            actions.observe(visit(), found, form.said("reason"), revision=read)
        else:
            actions.verify(visit(), found, checked, "seen" in request.form, revision=read)
    except (Invalid, Conflict) as refusal:
        form.refuse(refusal)
        return _checklist(found, form, checked), 409 if isinstance(refusal, Conflict) else 422
    done = found.state == "verified"
    flash(_("La acción está verificada.") if done else _("La acción volvió a la parte responsable."))
    return redirect(url_for("actions.show", code=code))


def _checklist(found: Action, form: Sheet, checked: set[int] = frozenset()) -> str:  # type: ignore[assignment]
    return render_template(
        "actions/verify.html", action=found, form=form, checked=checked, seen="seen" in request.form,
        missing=[say(one) for one in actions.lacking(visit(), found)],
    )  # fmt: skip
