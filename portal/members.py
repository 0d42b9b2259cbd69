"""The people of an organisation: who they are, what each may do, coming in and leaving."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField

from portal.languages import say
from portal.section import Section, signed_in
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import access, invitations, joining, memberships, organizations, people, spaces, terms
from toolkit.errors import Conflict, Invalid, NotFound
from toolkit.records import Membership, Organization, Person
from toolkit.spaces import joint

section = Section("members", __name__)

ROLES = (("member", _l("Integrante"), _l("Lee lo que la organización guarda y recibe.")),
         ("promoter", _l("Promoción"), _l("Además crea materiales, los sube y los publica."),))  # fmt: skip
"""What somebody may be in an organisation, with the words that say so."""


class RoleForm(Sheet):
    """What a person may do in the organisation."""

    role = StringField(_l("¿Qué podrá hacer?"))
    trusted = BooleanField(_l("De confianza"))


class MessageForm(Sheet):
    """Why somebody asks to be let in."""

    message = TextAreaField(_l("Mensaje para la coordinación"))


@section.route("/espacios/<slug>/personas", access=signed_in)
def index(slug: str) -> ResponseReturnValue:
    """The people of the organisation and, for its coordination, the invitations that wait."""
    organization = spaces.get(visit(), slug)
    leads = access.leads(visit().viewer, organization.id)
    heads = joint.leading(visit(), organization) if organization.kind == "joint" else []
    by_post = {person.id for person, _party in heads}
    members = [
        one for one in memberships.browse(visit(), organization) if one.person.id not in by_post
    ]  # fmt: skip
    return render_template(
        "members/index.html", organization=organization, leads=leads, heads=heads, members=members,
        count=len(by_post) + len(members), expired=invitations.expired,
        sent=invitations.browse(visit(), organization) if leads else [],
    )  # fmt: skip


def _member(slug: str, id: str) -> tuple[Organization, Membership]:
    """The organisation that the viewer leads and somebody's membership in it; 404 for people of others."""
    organization = spaces.get_to_lead(visit(), slug)
    return organization, memberships.get(visit(), organization, id)


@section.route("/espacios/<slug>/personas/<id>", access=signed_in, methods=["GET", "POST"])
def edit(slug: str, id: str) -> ResponseReturnValue:
    """Give somebody another role, or «de confianza»."""
    organization, member = _member(slug, id)
    form = RoleForm(data={"role": member.role, "trusted": member.trusted})
    if request.method == "POST":
        try:
            memberships.change(visit(), member, form.role.data or "", trusted=bool(form.trusted.data))
        except (Invalid, Conflict) as trouble:
            form.refuse(trouble)
            return _edit(form, organization, member), 422
        flash(_("Se guardó lo que puede hacer %(name)s.", name=member.person.name), "success")
        return redirect(url_for("members.index", slug=slug))
    return _edit(form, organization, member)


def _edit(form: RoleForm, organization: Organization, member: Membership) -> str:
    return render_template("members/edit.html", form=form, roles=ROLES, organization=organization,
                           person=member.person)  # fmt: skip


@section.route("/espacios/<slug>/personas/<id>/quitar", access=signed_in, methods=["GET", "POST"])
def remove(slug: str, id: str) -> ResponseReturnValue:
    """Take somebody out of the organisation, after a page that says what follows, or why it cannot be."""
    organization, member = _member(slug, id)
    form = Sheet()
    if request.method == "POST":
        name = member.person.name
        try:
            memberships.remove(visit(), member)
        except Conflict as trouble:
            form.refuse(trouble)
            return render_template("members/remove.html", form=form, organization=organization,
                                   person=member.person), 409  # fmt: skip
        flash(_("%(name)s ya no pertenece a la organización.", name=name), "success")
        return redirect(url_for("members.index", slug=slug))
    return render_template("members/remove.html", form=form, organization=organization, person=member.person,
                           why=_held_back(member.person, organization))  # fmt: skip


def _held_back(person: Person, organization: Organization) -> str:
    """Why somebody cannot leave today, to be said before the button; empty where they can."""
    oneself = person.id == visit().viewer.person_id
    try:
        terms.check_free(visit().session, person, organization, oneself=oneself)
    except Conflict as trouble:
        return say(trouble.message)
    return ""


@section.route("/espacios/<slug>/salir", access=signed_in, methods=["GET", "POST"])
def leave(slug: str) -> ResponseReturnValue:
    """Leave the organisation oneself, after a page that says what follows, or why it cannot be."""
    organization = spaces.get(visit(), slug)
    form, me = Sheet(), people.oneself(visit().session, visit().viewer)
    if request.method == "POST":
        try:
            memberships.leave(visit().session, me, organization, viewer=visit().viewer)
        except Conflict as trouble:
            form.refuse(trouble)
            return render_template("members/leave.html", form=form, organization=organization,
                                   heir=None), 409  # fmt: skip
        flash(_("Usted ya no pertenece a %(organization)s.", organization=organization.name), "success")
        return redirect(url_for("spaces.index"))
    heir = terms.acting(visit().session, organization.id)
    return render_template("members/leave.html", form=form, organization=organization, heir=heir,
                           why=_held_back(me, organization))  # fmt: skip


@section.route("/organizaciones/<slug>/unirse", access=signed_in, methods=["GET", "POST"])
def join(slug: str) -> ResponseReturnValue:
    """Ask an organisation to be let in."""
    organization = organizations.find(visit().session, slug)
    if organization is None or not organization.active or organization.kind != "organization":
        raise NotFound
    form = MessageForm()
    if request.method == "POST":
        try:
            joining.ask(visit(), organization, form.message.data or "")
        except Invalid as trouble:
            form.refuse(trouble)
            return render_template("members/join.html", form=form, organization=organization), 422
        flash(_("Su solicitud llegó a la coordinación. Le avisaremos por correo lo que decida."), "success")
        return redirect(url_for("organizations.show", slug=slug))
    joining.check(visit(), organization)
    return render_template("members/join.html", form=form, organization=organization)
