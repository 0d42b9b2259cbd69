"""Sharing: handing a version of a material to other organisations, and ending that."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import SelectField, StringField, TextAreaField

from portal.contributions.forms import named
from portal.reach import reach
from portal.resources.wording import address
from portal.section import Section, signed_in
from portal.sheets import Sheet, Ticks
from portal.templating import day
from portal.viewer import visit
from toolkit import access, catalogue, sharing, terms
from toolkit.access import LIMA
from toolkit.catalogue import deliveries
from toolkit.errors import N_, Conflict, Invalid
from toolkit.records import Organization, Resource

section = Section("sharing", __name__)


class ShareForm(Sheet):
    """Which version goes to whom, and until when."""

    version = SelectField(_l("Versión"), validate_choice=False)
    organizations = Ticks(_l("¿Con qué organizaciones?"), validate_choice=False)
    until = StringField(_l("Hasta"))
    message = TextAreaField(_l("Mensaje para la coordinación"))

    def __init__(self, resource: Resource, others: list[Organization], *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.others = {one.slug: one for one in others}
        self.organizations.choices = [(one.slug, named(one)) for one in others]
        with_files = [version for version in reversed(resource.versions) if version.files]
        self.version.choices = [
            (str(version.number), _("Versión %(n)s, %(day)s", n=version.number, day=day(version.created_at)))
            for version in with_files
        ]
        if not self.version.data and with_files:
            self.version.data = str(with_files[0].number)

    def number(self) -> int:
        """The version that was chosen. Raises Invalid for none of the list."""
        if self.version.data not in [value for value, _words in self.version.choices]:
            raise Invalid(N_("Elija una versión de la lista."), field="version")
        return int(self.version.data)

    def receivers(self) -> list[Organization]:
        """The organisations that were chosen. Raises Invalid for none, or one that is not offered."""
        said = self.organizations.data or []
        if not said or any(slug not in self.others for slug in said):
            raise Invalid(N_("Elija al menos una organización de la lista."), field="organizations")
        return [self.others[slug] for slug in said]

    def end(self) -> dt.datetime | None:
        """The end of the last day, in Lima; None without one. Raises Invalid for what is no date, or over."""
        said = (self.until.data or "").strip()
        if not said:
            return None
        try:
            last = dt.date.fromisoformat(said)
            until = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), LIMA)
        except (ValueError, OverflowError):
            raise Invalid(N_("Escriba la fecha así: 2027-03-31."), field="until") from None
        sharing.check_end(until)
        return until


@section.route("/recursos/<public_id:id>/compartir", access=signed_in, methods=["GET", "POST"])
def create(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """Choose a version and organisations; a second page says who will see it, and shares."""
    resource = catalogue.get_to(visit(), id, access.may_share, access.may_propose_share)
    form = ShareForm(resource, sharing.candidates(visit(), resource.organization_id))
    try:
        if request.method == "GET":
            return _ask(form, resource)
        if "confirmed" not in request.form:
            return _confirm(form, resource)
        return _save(form, resource)
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _ask(form, resource), 422


def _ask(form: ShareForm, resource: Resource) -> str:
    return render_template("sharing/create.html", form=form, resource=resource,
                           may_share=access.may_share(visit().viewer, resource), today=terms.today(),
                           standing=deliveries.standing(visit(), resource))  # fmt: skip


def _confirm(form: ShareForm, resource: Resource) -> str:
    receivers = form.receivers()
    return render_template(
        "sharing/confirm.html", form=form, resource=resource, number=form.number(), until=form.end(),
        receivers=receivers, reach=reach(access.CHOSEN, receivers),
        may_share=access.may_share(visit().viewer, resource),
    )  # fmt: skip


def _save(form: ShareForm, resource: Resource) -> ResponseReturnValue:
    number, until = form.number(), form.end()
    ids = [one.id for one in form.receivers()]
    if access.may_share(visit().viewer, resource):
        made = sharing.share(visit(), resource, number, ids, until=until)
        if made:
            flash(ngettext("Se entregó la versión %(version)s a %(num)s organización.",
                           "Se entregó la versión %(version)s a %(num)s organizaciones.", len(made),
                           version=number), "success")  # fmt: skip
        else:
            flash(_("Ya tenían esa versión: no cambió nada."), "success")
    else:
        sharing.propose(visit(), resource, number, ids, until=until, message=form.message.data or "")
        flash(_("Se pidió a la coordinación que lo comparta. Le avisaremos de su respuesta."), "success")
    return redirect(address(resource))


@section.route("/recursos/<public_id:id>/compartir/<share>/terminar", access=signed_in,
               methods=["GET", "POST"])  # fmt: skip
def end(id: str, share: str) -> ResponseReturnValue:  # noqa: A002
    """End a delivery, after a page that says what that does and what it cannot do."""
    resource = catalogue.get_to(visit(), id, access.may_end_share)
    delivery = sharing.get(visit(), resource, share)
    if request.method == "GET":
        return render_template("sharing/end.html", resource=resource, share=delivery)
    sharing.end(visit(), resource, [delivery])
    flash(_("Dejó de compartirse. La entrega sigue anotada en el registro."), "success")
    return redirect(url_for("sharing.create", id=id) if access.may_share(visit().viewer, resource)
                    else address(resource))  # fmt: skip
