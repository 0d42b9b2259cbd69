"""A joint space: whose it is, and the agreement of each party to its opening and closing."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.section import signed_in
from portal.spaces import section
from portal.viewer import visit
from toolkit.spaces import joint


@section.route("/espacios/<slug>/acuerdo", access=signed_in)
def agreement(slug: str) -> ResponseReturnValue:
    """Who has agreed to what, for the coordinations of the parties."""
    found = joint.get_to_agree(visit(), slug)
    parties = joint.parties(visit(), found)
    own = [one for one in parties if one.organization_id in visit().viewer.coordinates]
    return render_template("spaces/agreement.html", joint=found, parties=parties, own=own)


@section.route("/espacios/<slug>/acuerdo", access=signed_in, methods=["POST"])
def agree(slug: str) -> ResponseReturnValue:
    """Agree to the opening or the closing, or take that back."""
    found = joint.get_to_agree(visit(), slug)
    act = request.form.get("act", "")
    if act == "keep":
        joint.keep_open(visit(), found)
    elif act in ("open", "close"):
        done = joint.open_up(visit(), found) if act == "open" else joint.close_down(visit(), found)
        act = {"open": "opened", "close": "closed"}[act] if done else act
    else:
        abort(400)
    flash(_said(act), "success")
    return redirect(url_for("spaces.show" if act == "opened" else "spaces.agreement", slug=slug))


def _said(act: str) -> str:
    return {
        "open": _("Su conformidad quedó anotada: falta la de las demás partes."),
        "opened": _("El espacio conjunto está abierto."),
        "close": _("Su conformidad quedó anotada: se cerrará cuando la den las demás partes."),
        "closed": _("El espacio conjunto se cerró."),
        "keep": _("Se retiró su conformidad con el cierre."),
    }[act]
