"""Encuentros: what the parties of the agreement read of their meetings."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.section import Section, signed_in
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import access, consents, meetings
from toolkit.errors import NotFound
from toolkit.records import Meeting

section = Section("meetings", __name__)


@section.route("/coordinacion/encuentros", access=signed_in)
def index() -> ResponseReturnValue:
    """The meetings of the parties, the last first: for those who read any, or may call one."""
    found, called = meetings.browse(visit()), meetings.agreements(visit())
    viewer = visit().viewer
    if not found and not called and not viewer.editor:
        raise NotFound
    return render_template("meetings/index.html", meetings=found, inside=called or viewer.editor,
                           may_call=any(access.may_meet(viewer, one) for one in called))  # fmt: skip


@section.route("/coordinacion/encuentros/<public_id:id>", access=signed_in)
def show(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """One meeting: agenda, attendance, acta, commitments, who approved."""
    return page(meetings.get(visit(), id), Sheet())


section.add_app_template_global(meetings.is_past, "meeting_is_past")


def page(found: Meeting, form: Sheet) -> str:
    """The page of a meeting, as this reader sees it; `form` holds what went wrong."""
    viewer = visit().viewer
    agreement = found.agreement
    return render_template(
        "meetings/show.html", meeting=found, form=form, waiting=meetings.still_to_agree(found),
        points=meetings.points(found), inside=access.may_plan(viewer, agreement),
        may_write=access.may_meet(viewer, agreement),
        may_agree=found.state == "held" and consents.may_give(visit(), found, agreement),
    )  # fmt: skip


def to(found: Meeting) -> ResponseReturnValue:
    """Back to the page of a meeting."""
    return redirect(url_for("meetings.show", id=found.public_id))


from portal.meetings import acta, desk  # noqa: E402, F401 - their routes
