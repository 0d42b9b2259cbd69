"""The acta of a meeting in the browser: one form for words, attendance and commitments, which whatever button
keeps as a whole; and the approval of each party."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.meetings import page, section, to
from portal.meetings.desk import get_to_write
from portal.meetings.forms import ActaForm
from portal.section import signed_in
from portal.viewer import visit
from toolkit import meetings
from toolkit.errors import Conflict, Invalid, Overtaken
from toolkit.records import Attendance, Meeting


def _sheet(form: ActaForm, found: Meeting) -> str:
    """The page on which an acta is written, the form as it was filled in."""
    return render_template("meetings/acta.html", meeting=found, form=_with_choices(form, found),
                           past=meetings.has_come(found))  # fmt: skip


def _with_choices(form: ActaForm, found: Meeting) -> ActaForm:
    listed = [(one.public_id, _named(one)) for one in found.attendance]
    form.present.choices, form.leaving.choices = listed, listed
    form.dropped.choices = [(one.public_id, one.words) for one in found.commitments]
    here = {one.person_id for one in found.attendance}
    known = [one for one in meetings.people_of(visit(), found.agreement) if one.id not in here]
    form.person.choices = [("", _("Elija a una persona")), *((one.public_id, one.name) for one in known)]
    parties = [one.organization for one in found.agreement.parties if one.organization]
    form.party.choices = [("", _("Elija una parte")), *((one.slug, one.name) for one in parties)]
    actions = meetings.actions_of(visit(), found.agreement)
    form.action.choices = [("", _("Ninguna")), *((one.code, f"{one.code} {one.title}") for one in actions)]
    return form


def _named(one: Attendance) -> str:
    return ", ".join(word for word in (one.name, one.organization) if word)


@section.route("/coordinacion/encuentros/<public_id:id>/acta", access=signed_in, methods=["GET", "POST"])
def acta(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Write the acta. When somebody else wrote it meanwhile, both texts are shown and neither is lost."""
    found = get_to_write(id)
    if request.method == "GET":
        form = ActaForm.of(meetings.minutes(found), found.revision)
        return _sheet(form, found) if found.state in ("called", "held") else to(found)
    form = ActaForm()
    try:
        meetings.record(visit(), found, form.minutes(), revision=form.begun(), newcomer=form.newcomer(),
                        promise=form.promise(), without=form.without(), began=form.said("began"))  # fmt: skip
    except Overtaken as trouble:
        kept = _with_choices(ActaForm.of(trouble.theirs, trouble.revision), found)
        _with_choices(form, found).set_beside(kept, trouble)
        form.go_on_from(kept, trouble.fields)
        return _sheet(form, found), 409
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _sheet(form, found), 422
    return _after(form, found)


def _after(form: ActaForm, found: Meeting) -> ResponseReturnValue:
    """Back to the meeting, or on with the acta where something was added and more may follow."""
    if request.form.get("act") == "more":
        flash(_("Se guardó todo lo escrito. Puede seguir."))
        place = "compromisos" if form.said("words") else "asistencia"
        return redirect(url_for("meetings.acta", id=found.public_id, _anchor=place))
    if found.acta:
        flash(_("Se guardó el acta. Cuando esté completa, cada parte da su conformidad."))
    else:
        flash(_("Se guardó. El acta todavía no tiene texto."))
    return to(found)


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
