"""Amendments in the browser: propose, read, agree, publish, withdraw."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.agreement import section
from portal.agreement.forms import AmendmentForm
from portal.languages import gettext as _
from portal.section import anyone, signed_in
from portal.sheets import ReasonForm
from portal.viewer import visit
from toolkit import access, agreement, consents
from toolkit.database import Visit
from toolkit.errors import Conflict, Forbidden, Invalid
from toolkit.records import Amendment


@section.route("/convenio/<slug>/adendas/nueva", access=signed_in, methods=["GET", "POST"])
def propose(slug: str) -> ResponseReturnValue:
    """Propose a change, for the coordinations of the parties and the editors."""
    found, form = agreement.get(visit(), slug), AmendmentForm()
    if not access.may_amend(visit().viewer, found):
        raise Forbidden
    if request.method == "GET":
        return render_template("agreement/propose.html", agreement=found, form=form)
    try:
        made = agreement.propose_amendment(visit(), found, form.proposal())
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("agreement/propose.html", agreement=found, form=form), 422
    flash(_("Se envió la propuesta a las coordinaciones de las partes."))
    return redirect(url_for("agreement.amendment", id=made.public_id))


@section.route("/convenio/adendas/<public_id:id>", access=anyone)
def amendment(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """One amendment: what it says, and who agreed."""
    return _page(agreement.get_amendment(visit(), id), ReasonForm())


def _page(found: Amendment, form: ReasonForm) -> str:
    viewer = visit().viewer
    return render_template(
        "agreement/amendment.html", amendment=found, agreement=found.agreement, form=form,
        waiting=agreement.still_to_agree(found), may_agree=consents.may_give(visit(), found, found.agreement),
        may_publish=access.may_edit_agreement(viewer),
        may_withdraw=access.may_close_proposal(viewer, found, found.agreement),
        own=access.proposed_by_own(viewer, found, found.agreement),
    )  # fmt: skip


def _act(id: str, act: Callable[[Visit, Amendment], None], done: str) -> ResponseReturnValue:  # noqa: A002
    found, form = agreement.get_amendment(visit(), id), ReasonForm()
    try:
        act(visit(), found)
    except (Conflict, Invalid) as trouble:
        form.refuse(trouble)
        return _page(found, form), 409 if isinstance(trouble, Conflict) else 422
    flash(done)
    return redirect(url_for("agreement.amendment", id=id))


@section.route("/convenio/adendas/<public_id:id>/conformidad", access=signed_in, methods=["POST"])
def agree(id: str) -> ResponseReturnValue:  # noqa: A002
    """Agree for one's party."""
    return _act(id, agreement.agree, _("Se anotó la conformidad de su organización."))


@section.route("/convenio/adendas/<public_id:id>/publicar", access=signed_in, methods=["POST"])
def publish_amendment(id: str) -> ResponseReturnValue:  # noqa: A002
    """Publish what every party agreed to."""
    return _act(id, agreement.publish_amendment, _("La adenda está publicada."))


@section.route("/convenio/adendas/<public_id:id>/retirar", access=signed_in, methods=["POST"])
def withdraw_amendment(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take a proposal back, or decline it."""
    reason = ReasonForm().said("reason")
    return _act(id, lambda visit, found: agreement.withdraw_amendment(visit, found, reason),
                _("La propuesta quedó retirada."))  # fmt: skip
