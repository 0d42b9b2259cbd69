"""The post «Coordinación» of an organisation: who acts, being absent and back, proposing who follows, and the
list of what passes on with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.languages import say
from portal.section import Section, signed_in
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import access, invitations, memberships, posts, relief, spaces, terms
from toolkit.errors import N_, Conflict, Invalid
from toolkit.records import Organization, Request

section = Section("posts", __name__)
NO_DATE = _l("Escriba la fecha como día, mes y año.")


class Day(DateField):
    """A day, as browsers send it; the sentence for any other text is ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as trouble:
            raise ValueError(str(NO_DATE)) from trouble


class AbsenceForm(Sheet):
    """From when until when the holder is away."""

    since = Day(_l("Primer día"), [Optional()])
    until = Day(_l("Último día"), [Optional()])


class SuccessionForm(Sheet):
    """Who follows, who stands in, from when."""

    holder = SelectField(_l("¿Quién asumirá la coordinación?"), validate_choice=False)
    name = StringField(_l("Nombre y apellidos"), render_kw={"maxlength": 200})
    email = EmailField(_l("Correo electrónico"), render_kw={"maxlength": 254})
    alternate = SelectField(_l("¿Quién suple?"), validate_choice=False)
    since = Day(_l("¿Desde qué día?"), [Optional()])
    message = TextAreaField(_l("Mensaje para la administración del portal"))

    def offer(self, organization: Organization) -> None:
        """Offer the people of the organisation, the others before oneself, and somebody else by e-mail."""
        people = [one.person for one in memberships.browse(visit(), organization)]
        people.sort(key=lambda one: one.id == visit().viewer.person_id)
        names = [(one.public_id, one.name) for one in people]
        self.holder.choices = [*names, ("", _("Otra persona, a quien se invita por correo"))]
        self.alternate.choices = [("", _("Nadie por ahora")), *names]

    def send(self, organization: Organization) -> None:
        """Propose what the form says. Raises `Invalid` with the field."""
        if self.since.data is None:
            raise Invalid(N_("Escriba la fecha como día, mes y año."), field="since")
        posts.propose(
            visit(), organization, self.holder.data or "", self.since.data, email=self.email.data or "",
            name=self.name.data or "", alternate=self.alternate.data or "", message=self.message.data or "",
        )  # fmt: skip


@section.route("/espacios/<slug>/coordinacion", access=signed_in)
def show(slug: str) -> ResponseReturnValue:
    """Who holds the post, who stands in, who acts today, and who did before."""
    organization, day = spaces.get(visit(), slug), terms.today()
    if organization.kind == "joint":  # it has no post: its people are those of its parties
        return redirect(url_for("members.index", slug=slug))
    known = terms.of(visit().session, organization.id)
    term = terms.current(known, day)
    return render_template(
        "posts/show.html", organization=organization, term=term, coming=terms.coming(known, day),
        before=[one for one in known if one.since <= day and one is not term], day_today=day,
        acting=terms.acting(visit().session, organization.id), absent=term and terms.absent(term, day),
        over=term and term.until is not None and term.until < day,
        holds=term and term.holder_id == visit().viewer.person_id,
        leads=access.leads(visit().viewer, organization.id),
        proposed=_proposals(organization),
    )  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A succession that waits for the administration, in names; `mine` where the viewer sent it."""

    asked: Request
    holder: str
    alternate: str
    since: dt.date
    mine: bool


def _proposals(organization: Organization) -> list[Proposal]:
    names = {one.person.public_id: one.person.name for one in memberships.browse(visit(), organization)}
    return [
        Proposal(one, names.get(one.values["holder"], "") or one.values.get("name") or one.email,
                 names.get(one.values["alternate"], ""), dt.date.fromisoformat(one.values["since"]),
                 one.person_id == visit().viewer.person_id)
        for one in posts.proposed(visit(), organization)
    ]  # fmt: skip


@section.route("/espacios/<slug>/coordinacion/ausencia", access=signed_in, methods=["GET", "POST"])
def absence(slug: str) -> ResponseReturnValue:
    """The holder says from when until when somebody else acts."""
    organization = spaces.get(visit(), slug)
    form = AbsenceForm(data={"since": terms.today()})
    if request.method == "POST":
        if form.validate():
            try:
                posts.mark_absent(visit(), organization, form.since.data or terms.today(), form.until.data)
            except (Invalid, Conflict) as trouble:
                form.refuse(trouble)
            else:
                flash(_("Su ausencia quedó anotada, y quien le suple ya lo sabe."), "success")
                return redirect(url_for("posts.show", slug=slug))
        return render_template("posts/absence.html", form=form, organization=organization), 422
    why = ""
    try:
        posts.check_alternate(visit(), organization)
    except Conflict as trouble:
        why = say(trouble.message)
    return render_template("posts/absence.html", form=form, organization=organization, why=why)


@section.route("/espacios/<slug>/coordinacion/regreso", access=signed_in, methods=["POST"])
def back(slug: str) -> ResponseReturnValue:
    """The holder is back, or will not be away."""
    posts.mark_back(visit(), spaces.get(visit(), slug))
    flash(_("Desde ahora usted actúa otra vez por la coordinación."), "success")
    return redirect(url_for("posts.show", slug=slug))


@section.route("/espacios/<slug>/coordinacion/proponer", access=signed_in, methods=["GET", "POST"])
def propose(slug: str) -> ResponseReturnValue:
    """Propose who follows; an administrator records it."""
    organization = spaces.get_to_lead(visit(), slug)
    form = SuccessionForm()
    form.offer(organization)
    if request.method == "POST":
        if form.validate():
            try:
                form.send(organization)
            except (Invalid, Conflict) as trouble:
                form.refuse(trouble)
            else:
                flash(_("La propuesta llegó a la administración del portal, que la registra."), "success")
                return redirect(url_for("posts.show", slug=slug))
        return render_template("posts/propose.html", form=form, organization=organization), 422
    return render_template("posts/propose.html", form=form, organization=organization)


@section.route("/espacios/<slug>/relevo", access=signed_in)
def handover(slug: str) -> ResponseReturnValue:
    """«Relevo»: everything that waits for whoever coordinates."""
    organization = spaces.get_to_lead(visit(), slug)
    found = relief.browse(visit(), organization)
    return render_template("posts/handover.html", organization=organization, relief=found,
                           expired=invitations.expired)  # fmt: skip
