"""Choosing who sees a material: that publishes a draft, moves what is published, or asks the coordination.

For chosen organisations a second page says how many people would read it, before anything is kept.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.contributions import section
from portal.contributions.forms import LEVELS, SightForm
from portal.contributions.sight import choices
from portal.contributions.views import done
from portal.reach import reach
from portal.section import signed_in
from portal.viewer import visit
from toolkit import access, catalogue, moderation, publication, sharing
from toolkit.catalogue import deliveries
from toolkit.errors import Conflict, Invalid
from toolkit.publication import Sight
from toolkit.records import Resource


@section.route("/mis-aportes/<id>/visibilidad", access=signed_in, methods=["GET", "POST"])
def visibility(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Choose who sees it. An address with `level` and `organizations` leads straight to the second page."""
    resource = catalogue.get_to(visit(), id, access.may_change, access.may_moderate)
    form = SightForm(request.form if request.method == "POST" else _said() or _standing(resource))
    form.offer_others(sharing.candidates(visit(), resource.organization_id))
    if request.method == "GET" and not _said():
        return _ask(form, resource)
    try:
        sight = form.sight()
        if request.method == "GET" or (sight.level == access.CHOSEN and "confirmed" not in request.form):
            return _confirm(form, resource, sight)
        return _save(form, resource, sight)
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _ask(form, resource), 422


def _said() -> MultiDict[str, str]:
    return request.args if "level" in request.args else MultiDict()


def _standing(resource: Resource) -> MultiDict[str, str]:
    """The form as it stands: the level that is, or that was meant for a draft, and who has it."""
    known = [
        share.organization.slug for share in deliveries.standing(visit(), resource) if share.organization
    ]
    said = [("level", str(resource.level)), *(("organizations", slug) for slug in known)]
    return MultiDict([*said, ("show_card", "y")] if resource.show_card else said)


def _ask(form: SightForm, resource: Resource) -> str:
    return render_template("contributions/visibility.html", form=form, resource=resource,
                           choices=choices(resource),
                           moderated=access.may_moderate(visit().viewer, resource))  # fmt: skip


def _confirm(form: SightForm, resource: Resource, sight: Sight) -> str:
    chosen = deliveries.known(visit(), resource, sight.organizations) if sight.organizations else []
    return render_template(
        "contributions/confirm.html", form=form, resource=resource, sight=sight, chosen=chosen,
        asks=publication.needs_approval(visit(), resource, sight), who=words(sight.level),
        reach=reach(sight.level, [resource.organization, *chosen]),
    )  # fmt: skip


def _save(form: SightForm, resource: Resource, sight: Sight) -> ResponseReturnValue:
    draft = resource.state == "draft"
    if access.may_moderate(visit().viewer, resource):
        moderation.narrow(visit(), resource, sight.level, form.reason.data or "")
    elif publication.offer(visit(), resource, sight, message=form.message.data or ""):
        return asked(resource)
    who = words(resource.level)
    said = _("Se publicó. Lo ve: %(who)s.", who=who) if draft else _("Ahora lo ve: %(who)s.", who=who)
    return done(said, resource)


def words(level: int) -> str:
    """What a level is called."""
    return next(str(name) for one, name, _hint in LEVELS if one == level)


def asked(resource: Resource) -> ResponseReturnValue:
    """Say that the coordination was asked, and what holds until it answers."""
    if resource.state == "draft":
        flash(_("Se pidió a la coordinación que lo publique. Mientras tanto queda como borrador."), "success")
    else:
        flash(_("Se pidió a la coordinación. Mientras tanto lo ve quien ya lo veía."), "success")
    return redirect(url_for("contributions.show", id=resource.public_id))
