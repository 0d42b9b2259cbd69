"""What happens on the way: notes, evidence, tasks, materials, people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import errors
from portal.actions import page, section
from portal.actions.forms import EvidenceForm, NoteForm, TaskForm
from portal.contributions.receiving import Arrival, examine
from portal.languages import gettext as _
from portal.resources.files import NEVER_SHOWN, lost_contents, send
from portal.section import anyone, signed_in
from portal.sheets import ReasonForm, Sheet
from portal.viewer import instance, visit
from toolkit import access, actions
from toolkit.errors import Conflict, Fault, Forbidden, Invalid
from toolkit.files.formats import FORMATS
from toolkit.files.names import clean_name
from toolkit.records import Action


def _to_report(code: str) -> Action:
    found = actions.get(visit(), code)
    if not access.may_report(visit().viewer, found):
        raise Forbidden
    return found


def _arrival() -> Arrival | None:
    """The file that came with the form, looked into before the visit is opened."""
    if request.method == "GET":
        return None
    try:
        return next(iter(examine()), None)
    except Invalid as trouble:  # more came than is taken
        return Arrival("", trouble=trouble.message)


def _prove(found: Action, form: NoteForm | EvidenceForm, arrival: Arrival | None, resource: str = "") -> None:
    """Keep what came as evidence; raises Invalid for a file that was refused."""
    if arrival is not None and arrival.trouble:
        raise Invalid(arrival.trouble.text, field="file", **arrival.trouble.values)
    actions.prove(
        visit(), found, form.said("title"), public=form.public.data, resource=resource,
        received=arrival.received if arrival else None, format=arrival.format if arrival else None,
        name=arrival.name if arrival else "",
    )  # fmt: skip


def _may_expose(found: Action) -> bool:
    viewer = visit().viewer
    return any(one in viewer.coordinates for one in access.reports_for(viewer, found)[:1])


def _keep(arrival: Arrival | None) -> None:
    if arrival is not None and arrival.received is not None:
        instance().store.keep(arrival.received)


@section.route("/acciones/<code>/avance", access=signed_in, methods=["GET", "POST"])
def report(code: str) -> ResponseReturnValue:
    """Write how far it has come, with evidence if there is some; and send it to be verified if that is
    said."""
    arrival = _arrival()
    found, form = _to_report(code), NoteForm()
    may_send = access.may_lead(visit().viewer, found)
    may_expose = _may_expose(found)
    if request.method == "GET":
        return render_template("actions/report.html", action=found, form=form, may_send=may_send,
                               may_expose=may_expose)  # fmt: skip
    sends = request.form.get("act") == "send"
    try:
        actions.report(visit(), found, form.said("words"), form.share(), form.day_of("next_on"))
        if arrival is not None:
            _prove(found, form, arrival)
        if sends and found.state != "to_verify":  # a double click has sent it
            actions.advance(visit(), found, "send")
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("actions/report.html", action=found, form=form, may_send=may_send,
                               may_expose=may_expose), 422  # fmt: skip
    _keep(arrival)
    flash(_("Se anotó el avance y se envió a verificar.") if sends else _("Se anotó el avance."))
    return redirect(url_for("actions.show", code=code))


@section.route("/acciones/<code>/evidencias/nueva", access=signed_in, methods=["GET", "POST"])
def prove(code: str) -> ResponseReturnValue:
    """Add evidence: a file, or a material of the library."""
    arrival = _arrival()
    found, form = _to_report(code), EvidenceForm()
    may_expose = _may_expose(found)
    if request.method == "GET":
        return render_template("actions/prove.html", action=found, form=form, may_expose=may_expose)
    try:
        _prove(found, form, arrival, form.material_of() if arrival is None else "")
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("actions/prove.html", action=found, form=form, may_expose=may_expose), 422
    _keep(arrival)
    flash(_("Se agregó la evidencia."))
    return redirect(url_for("actions.show", code=code, _anchor="evidencias"))


@section.route("/acciones/evidencias/<public_id:id>/archivo", access=anyone)
def evidence(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """The file of a piece of evidence, as it was sent; 410 once it was withdrawn."""
    found = actions.get_evidence(visit(), id)
    if not found.sha256:
        return errors.page(404)
    if not actions.may_open(visit(), found):
        return errors.page(410)
    path = instance().store.path(found.sha256)
    if not path.is_file() or path.stat().st_size != found.size:
        return lost_contents(f"evidence {found.id}", found.sha256)
    kind = FORMATS[found.format]
    media_type = NEVER_SHOWN if kind.code in ("html", "md") else kind.media_type
    return send(path, media_type, found.sha256, found.added_at, name=clean_name(found.name))


@section.route("/acciones/evidencias/<public_id:id>/publico", access=signed_in, methods=["POST"])
def expose(id: str) -> ResponseReturnValue:  # noqa: A002
    """Show evidence to everybody, or to the parties only."""
    found, form = actions.get_evidence(visit(), id), Sheet()
    public = request.form.get("public") == "yes"
    try:
        actions.expose(visit(), found, public)
    except Conflict as trouble:
        form.refuse(trouble)
        return page(actions.get(visit(), found.action.code), form), 409
    flash(
        _("La evidencia está a la vista de todos.") if public else _("La evidencia la ven solo las partes.")
    )
    return redirect(url_for("actions.show", code=found.action.code, _anchor="evidencias"))


@section.route("/acciones/evidencias/<public_id:id>/retirar", access=signed_in, methods=["GET", "POST"])
def take_back(id: str) -> ResponseReturnValue:  # noqa: A002
    """Withdraw evidence, with a reason that stays written."""
    found, form = actions.get_evidence(visit(), id), ReasonForm()
    if found.organization_id not in visit().viewer.coordinates:
        raise Forbidden
    if request.method == "GET":
        return render_template("actions/take_back.html", evidence=found, action=found.action, form=form)
    try:
        actions.take_back(visit(), found, form.said("reason"))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("actions/take_back.html", evidence=found, action=found.action, form=form), 422
    flash(_("La evidencia quedó retirada, con su motivo."))
    return redirect(url_for("actions.show", code=found.action.code, _anchor="evidencias"))


def _act(
    found: Action, form: Sheet, act: Callable[[], Any], done: str, **forms: Sheet
) -> ResponseReturnValue:
    try:
        act()
    except (Invalid, Conflict) as trouble:
        return _refused(found, form, trouble, forms)
    flash(done)
    return redirect(url_for("actions.show", code=found.code))


def _refused(found: Action, form: Sheet, trouble: Fault, forms: dict[str, Sheet]) -> ResponseReturnValue:
    form.refuse(trouble)
    return page(found, form, **forms), 422


@section.route("/acciones/<code>/tareas", access=signed_in, methods=["POST"])
def add_task(code: str) -> ResponseReturnValue:
    """Write down a task."""
    found, form = _to_report(code), TaskForm()

    def act() -> None:
        actions.add_task(visit(), found, form.said("words"), form.said("party"), form.day_of("due_on"))

    return _act(found, form, act, _("Se agregó la tarea."), task=form)


@section.route("/acciones/tareas/<public_id:id>", access=signed_in, methods=["POST"])
def finish_task(id: str) -> ResponseReturnValue:  # noqa: A002
    """Say that a task is done, or not done after all."""
    task = actions.get_task(visit(), id)
    actions.finish_task(visit(), task, request.form.get("done") != "no")
    flash(_("La tarea está hecha.") if task.done_at else _("La tarea vuelve a estar pendiente."))
    place = url_for("actions.show", code=task.action.code) if task.action else url_for("workplan.index")
    return redirect(place)


@section.route("/acciones/<code>/materiales", access=signed_in, methods=["POST"])
def use(code: str) -> ResponseReturnValue:
    """Link a material that the action uses, or take one away."""
    found, form = _to_report(code), EvidenceForm()
    if dropped := request.form.get("drop"):
        return _act(found, form, lambda: actions.drop(visit(), found, dropped), _("Se quitó el material."))
    return _act(found, form, lambda: actions.use(visit(), found, form.material_of()),
                _("Se agregó el material, en su versión de hoy."), material=form)  # fmt: skip


@section.route("/acciones/<code>/personas", access=signed_in, methods=["GET", "POST"])
def assign(code: str) -> ResponseReturnValue:
    """Who may write notes besides the coordinations: people of one's own party."""
    found, form = actions.get(visit(), code), Sheet()
    if not access.speaks_for(visit().viewer, found.plan.agreement):
        raise Forbidden
    if request.method == "GET":
        return _people(found, form)
    try:
        if released := request.form.get("drop"):
            actions.release(visit(), found, released)
        else:
            actions.assign(visit(), found, request.form.get("person", ""))
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _people(found, form), 422
    flash(_("Se guardó quién puede anotar avances."))
    return redirect(url_for("actions.assign", code=code))


def _people(found: Action, form: Sheet) -> str:
    return render_template("actions/people.html", action=found, form=form,
                           candidates=actions.candidates(visit(), found))  # fmt: skip
