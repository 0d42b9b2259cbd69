"""Requests: what a coordination is asked for and its answers, what one asked for, asking for access."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from portal.accounts import interruption
from portal.contributions.visibility import words
from portal.languages import language
from portal.limits import limiter
from portal.reach import Reach, reach
from portal.resources.wording import address
from portal.section import Section, anyone, signed_in
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import access, catalogue, exchange, requests, sharing, spaces, visitors
from toolkit.errors import Conflict, Fault, Invalid, NotFound
from toolkit.records import Organization, Request, Resource

section = Section("requests", __name__)
section.add_app_template_global(requests.deed, "deed_of")
PER_HOUR = "10 per hour"
"""How many access requests, or tries of a link, one network makes."""


class AnswerForm(Sheet):
    """The answer of a coordination."""

    reason = TextAreaField(_l("Motivo"))


class AccessForm(Sheet):
    """Asking for the contents of a card: for which organisation, or at which address, and what for."""

    asker = SelectField(_l("¿Para qué organización?"), validate_choice=False)
    email = StringField(_l("Su correo electrónico"))
    message = TextAreaField(_l("¿Para qué lo necesita?"))

    def offer(self, organizations: list[Organization]) -> None:
        """Offer the asker's organisations."""
        self.mine = {one.slug: one.id for one in organizations}
        self.asker.choices = [(one.slug, one.name) for one in organizations]

    def asking(self) -> int | None:
        """The organisation that would read; None for somebody without one. Of several one has to be said."""
        if len(self.mine) == 1:
            return next(iter(self.mine.values()))
        return self.mine.get(self.asker.data or "")


@section.route("/espacios/<slug>/pendientes", access=signed_in)
def index(slug: str) -> ResponseReturnValue:
    """What this organisation's coordination is asked for; its own pages for whoever asked."""
    organization = spaces.get(visit(), slug)
    if not access.leads(visit().viewer, organization.id):
        return redirect(url_for("requests.mine"))
    answered = request.args.get("estado") == "respondidas"
    every = requests.browse(visit(), organization.id, waiting=not answered)
    shown = [one for one in every if (one.state == "waiting") != answered]
    receipts = exchange.unacknowledged(visit(), organization)
    return render_template("requests/index.html", organization=organization, requests=shown,
                           answered=answered, receipts=len(receipts))  # fmt: skip


@section.route("/espacios/<slug>/pendientes/<id>", access=signed_in, methods=["GET", "POST"])
def show(slug: str, id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """One request: for the coordination with the buttons that answer it, for whoever asked with its state."""
    asked = _get(slug, id)
    if asked.kind == "succession" and requests.may_decide(visit(), asked):
        return redirect(url_for("administration.succession", id=id))  # which asks for the password again
    form = AnswerForm()
    if request.method == "GET":
        return _page(asked, form)
    granted = request.form.get("action") == "grant"
    try:
        requests.decide(visit(), asked, granted=granted, reason=form.reason.data or "",
                        seen=request.form.get("seen"))  # fmt: skip
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _page(asked, form), 422
    flash(_done(asked), "success")
    return redirect(url_for("requests.index", slug=slug))


def _done(asked: Request) -> str:
    if asked.state == "refused":
        return _("Se rechazó, con el motivo.")
    if asked.kind == "access" and asked.asker_id is None:
        return _("Se le envió una invitación para unirse como miembro.")
    return _("Ya es miembro.") if asked.kind == "join" else _("Se concedió.")


def _get(slug: str, id: str) -> Request:
    asked = requests.get(visit(), id)
    if asked.organization is None or asked.organization.slug != slug:
        raise NotFound
    return asked


def _page(asked: Request, form: AnswerForm) -> str:
    receivers = _receivers(asked)
    return render_template(
        "requests/show.html", asked=asked, form=form, seen=requests.mark(asked),
        may_decide=requests.may_decide(visit(), asked),
        level=words(asked.values["level"]) if "level" in asked.values else "", receivers=receivers,
        reach=_reach(asked, receivers), mine=asked.person_id == visit().viewer.person_id,
        readable=asked.resource is not None
        and catalogue.newest_version(visit(), asked.resource) is not None,
    )  # fmt: skip


def _receivers(asked: Request) -> list[Organization]:
    """The organisations for which something is asked."""
    wanted = set(asked.values.get("organizations", ()))
    return [one for one in sharing.candidates(visit()) if one.id in wanted]


def _reach(asked: Request, receivers: list[Organization]) -> Reach | None:
    """Who would see it; None where that is not the question."""
    if asked.kind == "publish":
        owner = [asked.organization] if asked.organization else []
        return reach(asked.values["level"], [*owner, *receivers])
    if asked.kind == "share":
        return reach(access.CHOSEN, receivers)
    return reach(access.CHOSEN, [asked.asker]) if asked.asker else None


@section.route("/mis-solicitudes", access=signed_in)
def mine() -> ResponseReturnValue:
    """What this person asked for, and the answers."""
    return render_template("requests/mine.html", requests=requests.mine(visit()))


@section.route("/mis-solicitudes/<id>/desistir", access=signed_in, methods=["POST"])
def take_back(id: str) -> ResponseReturnValue:  # noqa: A002
    """Whoever asked wants it no more."""
    asked = requests.get(visit(), id)
    requests.take_back(visit(), asked)
    flash(_("Su solicitud quedó sin efecto."), "success")
    if asked.kind == "succession" and access.leads(visit().viewer, asked.organization_id):
        return redirect(url_for("posts.show", slug=asked.organization.slug))
    return redirect(url_for("requests.mine"))


@section.route("/recursos/<public_id:id>/solicitar-acceso", access=anyone, methods=["GET", "POST"])
@limiter.limit(PER_HOUR, methods=["POST"])
def create(id: str) -> ResponseReturnValue:  # noqa: A002
    """Ask for the contents of a card: signed in for one's organisation, as a visitor by e-mail."""
    if request.method == "POST" and interruption.ended():
        return interruption.ask()
    resource = catalogue.get(visit(), id)
    if catalogue.newest_version(visit(), resource) is not None:
        return redirect(address(resource))
    if not access.may_ask_access(visit().viewer, resource):
        raise NotFound
    form = AccessForm()
    form.offer(spaces.browse(visit()))
    if request.method == "GET":
        return render_template("requests/create.html", form=form, resource=resource)
    try:
        return _asked(form, resource)
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return render_template("requests/create.html", form=form, resource=resource), 422


def _asked(form: AccessForm, resource: Resource) -> ResponseReturnValue:
    message = form.message.data or ""
    if not visit().viewer.signed_in:
        visitors.ask(visit(), resource, form.email.data or "", message, language())
        flash(_("Le enviamos un correo. Abra su enlace para confirmar: recién entonces la coordinación verá "
                "su solicitud."), "success")  # fmt: skip
        return redirect(address(resource))
    sharing.ask_access(visit(), resource, form.asking(), message)
    flash(_("Se envió su solicitud a la coordinación. Le avisaremos por correo de su respuesta."), "success")
    return redirect(url_for("requests.mine"))


@section.route("/solicitud-de-acceso/<key>", access=anyone, methods=["GET", "POST"])
@limiter.limit(PER_HOUR, methods=["POST"])
def confirm(key: str) -> ResponseReturnValue:
    """The link that was mailed to a visitor: a button, because mail programs open links by themselves."""
    trouble: Fault | None = None
    done = False
    if request.method == "POST":
        try:
            with visit().open_for_maintenance() as session:  # to a visitor no requests exist
                visitors.confirm(session, key)
            done = True
        except (visitors.Useless, visitors.Expired) as refused:
            trouble = refused
    page = render_template("requests/confirm.html", done=done, trouble=trouble and trouble.message)
    return page, 422 if trouble else 200, {"Referrer-Policy": "no-referrer"}
