"""The acta of a meeting in the browser: words, attendance, commitments, and the approval of each party."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.meetings import page, section, to
from portal.meetings.desk import get_to_write
from portal.meetings.forms import ActaForm, AttendanceForm, AttendeeForm, CommitmentForm
from portal.section import signed_in
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import access, meetings, terms
from toolkit.errors import Conflict, Invalid, Overtaken
from toolkit.records import Meeting


def _sheet(
    found: Meeting, *, acta: ActaForm | None = None, attendance: AttendanceForm | None = None,
    attendee: AttendeeForm | None = None, commitment: CommitmentForm | None = None,
) -> str:  # fmt: skip
    """The page on which an acta is written: its four forms, those given as they were filled in."""
    kept = {"acta": found.acta, "revision": str(found.revision)}
    attendance = attendance or AttendanceForm(formdata=None)
    attendance.present.choices = [(one.public_id, _named(one)) for one in found.attendance]
    attendance.present.data = [one.public_id for one in found.attendance if one.present]
    return render_template(
        "meetings/acta.html", meeting=found, acta=acta or ActaForm(formdata=None, data=kept),
        attendance=attendance, attendee=_with_people(attendee or AttendeeForm(formdata=None), found),
        commitment=_with_choices(commitment or CommitmentForm(formdata=None), found),
        past=access.lima_day(found.at) <= terms.today(),
    )  # fmt: skip


def _named(one: object) -> str:
    return ", ".join(word for word in (one.name, one.organization) if word)  # type: ignore[attr-defined]


def _with_people(form: AttendeeForm, found: Meeting) -> AttendeeForm:
    listed = {one.person_id for one in found.attendance}
    known = [one for one in meetings.people_of(visit(), found.agreement) if one.id not in listed]
    form.person.choices = [("", _("Elija a una persona")), *((one.public_id, one.name) for one in known)]
    return form


def _with_choices(form: CommitmentForm, found: Meeting) -> CommitmentForm:
    parties = [one.organization for one in found.agreement.parties if one.organization]
    actions = meetings.actions_of(visit(), found.agreement)
    form.party.choices = [("", _("Elija una parte")), *((one.slug, one.name) for one in parties)]
    form.action.choices = [("", _("Ninguna")), *((one.code, f"{one.code} {one.title}") for one in actions)]
    return form


def _to_acta(found: Meeting, part: str) -> ResponseReturnValue:
    return redirect(url_for("meetings.acta", id=found.public_id, _anchor=part))


@section.route("/coordinacion/encuentros/<public_id:id>/acta", access=signed_in, methods=["GET", "POST"])
def acta(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Write the acta. When somebody else wrote it meanwhile, both texts are shown and neither is lost."""
    found = get_to_write(id)
    if request.method == "GET":
        return _sheet(found) if found.state in ("called", "held") else to(found)
    form = ActaForm()
    try:
        meetings.write(visit(), found, form.said("acta"), revision=form.begun())
    except Overtaken as trouble:
        kept = {"acta": trouble.theirs.acta, "revision": str(trouble.revision)}
        form.set_beside(ActaForm(formdata=None, data=kept), trouble)
        return _sheet(found, acta=form), 409
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(found, acta=form), 422
    flash(_("Se guardó el acta. Cuando esté completa, cada parte da su conformidad."))
    return to(found)


@section.route("/coordinacion/encuentros/<public_id:id>/asistentes", access=signed_in, methods=["POST"])
def add_attendee(id: str) -> ResponseReturnValue:  # noqa: A002
    """Add somebody to the list."""
    found, form = get_to_write(id), AttendeeForm()
    try:
        meetings.add_attendee(visit(), found, form.said("person"), form.said("name"),
                              form.said("organization"))  # fmt: skip
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(found, attendee=form), 422
    return _to_acta(found, "asistencia")


@section.route("/coordinacion/encuentros/<public_id:id>/asistencia", access=signed_in, methods=["POST"])
def mark(id: str) -> ResponseReturnValue:  # noqa: A002
    """Say who was there."""
    found, form = get_to_write(id), AttendanceForm()
    try:
        meetings.mark(visit(), found, form.present.data or [])
    except Conflict as trouble:
        form.refuse(trouble)
        return _sheet(found, attendance=form), 409
    flash(_("Se guardó la asistencia."))
    return _to_acta(found, "asistencia")


@section.route("/coordinacion/encuentros/<public_id:id>/compromisos", access=signed_in, methods=["POST"])
def commit(id: str) -> ResponseReturnValue:  # noqa: A002
    """Add a commitment."""
    found, form = get_to_write(id), CommitmentForm()
    try:
        meetings.commit(visit(), found, form.said("words"), form.said("party"), form.day_of("due_on"),
                        form.said("action"))  # fmt: skip
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(found, commitment=form), 422
    return _to_acta(found, "compromisos")


def _take_away(id: str, act: Callable[[Meeting, str], None], part: str) -> ResponseReturnValue:  # noqa: A002
    found, form = get_to_write(id), Sheet()
    try:
        act(found, request.form.get("cual", ""))
    except Conflict as trouble:
        form.refuse(trouble)
        return page(found, form), 409
    return _to_acta(found, part)


@section.route(
    "/coordinacion/encuentros/<public_id:id>/asistentes/quitar", access=signed_in, methods=["POST"]
)
def remove_attendee(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take somebody off the list."""
    return _take_away(id, lambda found, one: meetings.remove_attendee(visit(), found, one), "asistencia")


@section.route(
    "/coordinacion/encuentros/<public_id:id>/compromisos/quitar", access=signed_in, methods=["POST"]
)
def drop(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take a commitment out."""
    return _take_away(id, lambda found, one: meetings.drop(visit(), found, one), "compromisos")


@section.route("/coordinacion/encuentros/<public_id:id>/conformidad", access=signed_in, methods=["POST"])
def agree(id: str) -> ResponseReturnValue:  # noqa: A002
    """Approve the acta for one's party, as it was read."""
    found, form = meetings.get(visit(), id), ActaForm()
    try:
        meetings.agree(visit(), found, revision=form.begun())
    except Conflict as trouble:
        form.refuse(trouble)
        return page(found, form), 409
    flash(_("El acta está aprobada por todas las partes. Sus compromisos ya son tareas.")
          if found.state == "agreed" else _("Se anotó la conformidad de su organización."))  # fmt: skip
    return to(found)
