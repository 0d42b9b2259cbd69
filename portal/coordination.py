"""Coordinación: what waits for each party of the agreement, and the dates to come. It exists for the
coordinations of the parties and for editors; for everybody else who signed in there is no such page."""

from __future__ import annotations

import logging
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.section import Section, signed_in
from portal.viewer import viewer, visit
from toolkit import coordination
from toolkit.coordination import Overview
from toolkit.errors import Conflict, Invalid

log = logging.getLogger(__name__)
section = Section("coordination", __name__)
WAYS = {"amendment": ("agreement.amendment", "id"), "proposal": ("actions.show", "code"),
        "verification": ("actions.show", "code"), "due": ("actions.show", "code"),
        "plan": ("workplan.show", "year"), "publish": ("workplan.show", "year"),
        "change": ("workplan.change", "id"), "acta": ("meetings.show", "id")}  # fmt: skip
"""What waits → the page where it is done, and what names it there."""


@section.app_template_global()
def way_to(kind: str, key: str) -> tuple[str, dict[str, Any]]:
    """Endpoint and values of the page where something that waits is done; for a task this one."""
    endpoint, name = WAYS.get(kind, ("coordination.index", ""))
    return endpoint, {name: int(key) if name == "year" else key} if name else {}


@section.app_template_global()
def address_of(kind: str, key: str) -> str:
    """The same as an address within the portal."""
    endpoint, values = way_to(kind, key)
    return url_for(endpoint, **values)


@section.app_template_global()
def opens_coordination() -> bool:
    """Does the page exist for this person? The menu of every page asks, also of one that tells of a fault."""
    if not viewer().coordinates and not viewer().editor:
        return False
    if "opens_coordination" not in g:
        try:
            g.opens_coordination = coordination.opens(visit())
        except Exception:
            log.exception("whether there is a coordination could not be told")
            g.opens_coordination = False
    return bool(g.opens_coordination)


@section.route("/coordinacion", access=signed_in)
def index() -> ResponseReturnValue:
    """What waits for one's party, what for the others, dates, meetings."""
    return _page(coordination.look(visit()))


def _page(overview: Overview, trouble: Conflict | Invalid | None = None) -> str:
    return render_template("coordination/index.html", overview=overview, trouble=trouble,
                           days_late=coordination.days_late)  # fmt: skip


@section.route("/coordinacion/tareas/<public_id:id>", access=signed_in, methods=["POST"])
def finish(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Say that a task of one's party is done."""
    overview = coordination.look(visit())
    try:
        coordination.finish(visit(), id)
    except (Conflict, Invalid) as trouble:
        return _page(overview, trouble), 409
    flash(_("La tarea quedó como hecha."))
    return redirect(url_for("coordination.index"))
