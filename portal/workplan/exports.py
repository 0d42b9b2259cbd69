"""The plan for paper and for other programs: its report, as a page and as a file, tables, a calendar."""

from __future__ import annotations

import datetime as dt

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.actions import wording
from portal.languages import gettext as _
from portal.languages import language
from portal.limits import limiter
from portal.resources.files import promise
from portal.section import anyone
from portal.statistics import amount
from portal.tables import sheet
from portal.viewer import instance, visit
from portal.workplan import (
    making,
    section,
    timeline,  # noqa: F401 - its name in templates
)
from portal.workplan import report as words
from toolkit import access, workplan
from toolkit.exports import tray
from toolkit.exports.calendars import Event, events_as_calendar
from toolkit.exports.outline import Link, pieces
from toolkit.exports.spreadsheets import Cell
from toolkit.records import Action, Plan
from toolkit.workplan import report
from toolkit.workplan.report import Report

ODT = "application/vnd.oasis.opendocument.text"
LOOKS = 150
"""How often the page comes back for a report, every two seconds, before it gives up."""


section.app_template_global()(pieces)
section.app_template_global("party_name")(words.organization)


@section.app_template_global()
def link_address(link: Link) -> str:
    """Where a link of an outline leads."""
    return url_for(link.endpoint, **link.values)


@section.route("/plan-de-trabajo/<whole:year>/informe", access=anyone)
def report_of(year: int) -> ResponseReturnValue:
    """What was planned and what came of it, as far as this reader sees it."""
    found = report.gather(visit(), year)
    return render_template("workplan/report.html", plan=found.plan, title=words.title(found),
                           blocks=list(words.outline(found))[1:])  # fmt: skip


@section.route("/plan-de-trabajo/<whole:year>/informe/archivo", access=anyone, methods=["POST"])
@limiter.limit("20 per minute")
def ask_report(year: int) -> ResponseReturnValue:
    """Have the report made as a file, unless it is there or being made."""
    found = report.gather(visit(), year)
    name = making.name_of(found, visit().viewer)
    if instance().tray.find(name) is None:
        tray.ask(visit(), making.KIND, name, year=year, person_id=visit().viewer.person_id,
                 language=language())  # fmt: skip
    return redirect(url_for("workplan.report_file", year=year, intento=1))


@section.route("/plan-de-trabajo/<whole:year>/informe/archivo", access=anyone)
def report_file(year: int) -> ResponseReturnValue:
    """The way to the file; while it is being made, how far it is, and the page comes back by itself."""
    found = report.gather(visit(), year)
    name = making.name_of(found, visit().viewer)
    made = instance().tray.find(name)
    waits = made is None and tray.awaited(visit(), making.KIND, name)
    attempt = request.args.get("intento", 0, int)
    again = attempt + 1 if waits and 0 < attempt < LOOKS else None
    done, total = (waits and instance().tray.progress(name)) or (0, len(found.actions))
    page = render_template("workplan/preparing.html", plan=found.plan, waits=waits, again=again, done=done,
                           total=total, size=made.stat().st_size if made else 0)  # fmt: skip
    return promise(page, url_for("workplan.report_file", year=year, intento=again) if again else None)


@section.route("/plan-de-trabajo/<whole:year>/informe.odt", access=anyone)
def download_report(year: int) -> ResponseReturnValue:
    """The file, where it is made and still says what this reader would read."""
    found: Report = report.gather(visit(), year)
    made = instance().tray.find(making.name_of(found, visit().viewer))
    if made is None:
        return redirect(url_for("workplan.report_file", year=year))
    answer = send_file(made, ODT, as_attachment=True, download_name=f"informe-{year}.odt", etag=False)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@section.route("/plan-de-trabajo/<whole:year>/acciones.csv", access=anyone)
def actions_as_table(year: int) -> Response:
    """The actions as a table; what is internal stands in columns that only the parties get."""
    plan = workplan.get(visit(), year)
    titles = [_("Código"), _("Acción"), _("Estado"), _("Atraso"), _("Responsable"), _("Cargo responsable"),
              _("Contraparte"), _("Empieza"), _("Termina"), _("Avance (%)"), _("Próxima fecha"),
              _("Verificada"), _("Objetivos"), _("Productos"), _("Resumen"), _("Dirección")]  # fmt: skip
    inside = access.may_read_inside(visit().viewer, plan.agreement)
    if inside:
        titles += [_("Prioridades"), _("Línea de presupuesto")]
    rows = [_cells(one) + (_inner_cells(one) if inside else []) for one in _shown(plan)]
    return sheet(f"acciones-{year}", titles, rows)


def _shown(plan: Plan) -> list[Action]:
    return [one for one in plan.actions if one.state != "withdrawn"]


def _cells(action: Action) -> list[Cell]:
    return [
        action.code, action.title, str(wording.STATES[action.state]), wording.late(action),
        words.organization(action.responsible), action.post, words.organization(action.counterpart),
        _plain(action.starts_on), _plain(action.due_on), workplan.far(action), _plain(action.next_on),
        _plain(action.verified_at and access.lima_day(action.verified_at)),
        ", ".join(one.objective.code for one in action.objectives),
        "; ".join(one.words for one in action.outputs), action.summary, _there(action),
    ]  # fmt: skip


def _inner_cells(action: Action) -> list[Cell]:
    said = "; ".join(f"{words.organization(one.organization)}: {one.words}" for one in action.priorities)
    return [said, action.detail.budget if action.detail else ""]


def _plain(day: dt.date | None) -> str:
    """A day as tables write it."""
    return day.isoformat() if day else ""


def _there(action: Action) -> str:
    return url_for("actions.show", code=action.code, _external=True)


@section.route("/plan-de-trabajo/<whole:year>/indicadores.csv", access=anyone)
def indicators_as_table(year: int) -> Response:
    """The indicators with their values, as a table."""
    plan = workplan.get(visit(), year)
    titles = [_("Código"), _("Indicador"), _("Definición"), _("Unidad"), _("Objetivo"), _("Línea de base"),
              _("Meta"), _("Valor"), _("Avance (%)"), _("Día"), _("Fuente")]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in workplan.figures(visit(), plan):
        told, value = one.indicator, amount(None) if one.few else one.value
        rows.append([
            told.code, told.name, told.definition, told.unit, told.objective.code if told.objective else "",
            told.baseline, told.target, value, one.percent, _plain(one.day), words.source(one),
        ])  # fmt: skip
    return sheet(f"indicadores-{year}", titles, rows)


@section.route("/plan-de-trabajo/<whole:year>/calendario.ics", access=anyone)
def calendar(year: int) -> Response:
    """The actions that this reader sees, as days in a calendar; nothing of what is internal."""
    plan = workplan.get(visit(), year)
    events = [event for one in _shown(plan) if one.due_on for event in _events(one, one.due_on)]
    name = _("Plan de trabajo %(year)s", year=year)
    answer = Response(events_as_calendar(name, events), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'inline; filename="plan-{year}.ics"'
    return answer


def _events(action: Action, due: dt.date) -> list[Event]:
    """An action from its first day to its last, and the next date that its last note named."""
    state = str(wording.STATES[action.state])
    who = _("Responsable: %(who)s", who=words.organization(action.responsible))
    said = "\n".join(part for part in (f"{state}. {who}.", action.summary) if part)
    name, title = f"{action.public_id}@ayni", f"{action.code} {action.title}"
    whole = Event(name, action.starts_on or due, due, title, said, _there(action), action.moved_at,
                  action.revision, action.state == "cancelled")  # fmt: skip
    if action.next_on is None:
        return [whole]
    coming = Event(f"siguiente-{name}", action.next_on, action.next_on,
                   _("Próxima fecha: %(title)s", title=title), said, _there(action), action.moved_at,
                   action.revision)  # fmt: skip
    return [whole, coming]
