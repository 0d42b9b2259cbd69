"""Calling a meeting in the browser, changing the call, cancelling it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.meetings import page, section, to
from portal.meetings.forms import CallForm, CancelForm
from portal.section import signed_in
from portal.viewer import visit
from toolkit import access, meetings
from toolkit.errors import Conflict, Forbidden, Invalid, NotFound, Overtaken
from toolkit.records import Meeting


@section.route("/coordinacion/encuentros/nuevo", access=signed_in, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Call a meeting, for the coordinations of the parties."""
    known = meetings.agreements(visit())
    if not known and not visit().viewer.editor:
        raise NotFound
    own = {one.slug: one for one in known if access.may_meet(visit().viewer, one)}
    if not own:
        raise Forbidden
    form = CallForm()
    form.agreement.choices = [(slug, one.title) for slug, one in own.items()]
    if request.method == "GET":
        return _sheet(form)
    try:
        if form.agreement.data not in own and len(own) > 1:
            raise Invalid(field="agreement")
        chosen = own.get(form.agreement.data or "") or next(iter(own.values()))
        made = meetings.call(visit(), chosen, form.call())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(form), 422
    if meetings.is_past(made):
        flash(_("Ya pasó: el encuentro quedó registrado y puede escribir su acta. Las coordinaciones reciben "
                "un correo."))  # fmt: skip
    else:
        flash(_("Se convocó el encuentro. Las coordinaciones de las partes reciben un correo."))
    return to(made)


@section.route("/coordinacion/encuentros/<public_id:id>/editar", access=signed_in, methods=["GET", "POST"])
def edit(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Change what is said of a meeting. When somebody else saved it meanwhile, both texts are shown."""
    found = get_to_write(id)
    if request.method == "GET":
        return _sheet(CallForm.of(meetings.describe(found), found.revision), found)
    form = CallForm()
    try:
        meetings.change(visit(), found, form.call(), revision=form.begun())
    except Overtaken as trouble:
        form.set_beside(CallForm.of(trouble.theirs, trouble.revision), trouble)
        return _sheet(form, found), 409
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(form, found), 422
    flash(_("Se guardó el encuentro."))
    return to(found)


def get_to_write(public_id: str) -> Meeting:
    """A meeting for who writes it; NotFound, or Forbidden for who only reads."""
    found = meetings.get(visit(), public_id)
    if not access.may_meet(visit().viewer, found.agreement):
        raise Forbidden
    return found


def _sheet(form: CallForm, found: Meeting | None = None) -> str:
    back = url_for("meetings.show", id=found.public_id) if found else url_for("meetings.index")
    return render_template("meetings/edit.html", form=form, meeting=found, back=back)


@section.route("/coordinacion/encuentros/<public_id:id>/cancelar", access=signed_in, methods=["GET", "POST"])
def cancel(id: str) -> ResponseReturnValue:  # noqa: A002
    """Ask for the reason, then say that it does not take place."""
    found, form = get_to_write(id), CancelForm()
    try:
        meetings.check_cancellable(visit(), found)
        if request.method == "GET":
            return _cancel_sheet(form, found)
        meetings.cancel(visit(), found, form.said("reason"))
    except Invalid as trouble:
        form.refuse(trouble)
        return _cancel_sheet(form, found), 422
    except Conflict as trouble:
        form.refuse(trouble)
        return page(found, form), 409
    flash(_("El encuentro quedó cancelado. Las coordinaciones reciben un correo."))
    return to(found)


def _cancel_sheet(form: CancelForm, found: Meeting) -> str:
    return render_template("meetings/cancel.html", form=form, meeting=found)
