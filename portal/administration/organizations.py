"""Organisations and joint spaces: adding, editing, suspending, inviting the first promoter."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.freshness import fresh
from portal.administration import section
from portal.administration.forms import InvitationForm, JointForm, NewForm, ProfileForm, ReasonForm, page
from portal.languages import gettext
from portal.section import administrators
from portal.viewer import visit
from toolkit import administration, invitations, posts, terms
from toolkit.errors import Conflict, Fault, Invalid
from toolkit.records import Organization
from toolkit.spaces import joint

PROFILE = ("name", "acronym", "summary", "country", "region", "sector", "website")


@section.route("/administracion/organizaciones", access=administrators)
def organizations() -> ResponseReturnValue:
    """All of them, suspended ones and joint spaces too."""
    every = administration.every_organization(visit())
    return render_template("administration/organizations.html", every=every,
                           without=administration.without_coordination(visit()))  # fmt: skip


@section.route("/administracion/organizaciones/<slug>", access=administrators)
def organization(slug: str) -> ResponseReturnValue:
    """One organisation: state, people, post, invitations."""
    one = administration.organization(visit(), slug)
    known = terms.of(visit().session, one.id)
    heads = joint.leading(visit(), one) if one.kind == "joint" else []
    by_post = {person.id for person, _party in heads}
    members = [
        member for member in administration.members(visit(), one) if member.person_id not in by_post
    ]  # fmt: skip
    return render_template(
        "administration/organization.html", organization=one, terms=known,
        term=terms.current(known, terms.today()), acting=terms.acting(visit().session, one.id),
        heads=heads, members=members, count=len(by_post) + len(members),
        invitations=invitations.browse(visit(), one),
        proposed=posts.proposed(visit(), one),
    )  # fmt: skip


def steps(one: Organization | None = None) -> list[tuple[str, str]]:
    """The way to an act on this organisation."""
    way = [(gettext("Organizaciones"), url_for("administration.organizations"))]
    return way if one is None else [*way, (one.name, url_for("administration.organization", slug=one.slug))]


def done(slug: str, sentence: str) -> ResponseReturnValue:
    """Say so, and go to the page of the organisation."""
    flash(sentence, "success")
    return redirect(url_for("administration.organization", slug=slug))


@section.route("/administracion/nueva-organizacion", access=administrators, methods=["GET", "POST"])
@fresh
def create_organization() -> ResponseReturnValue:
    """Add an organisation and invite its first promoter."""
    form = NewForm()
    if request.method == "POST":
        try:
            made = administration.add_organization(
                visit(), (form.slug.data or "").strip(), form.name.data or "",
                (form.email.data or "").strip(), acronym=form.acronym.data or "",
            )  # fmt: skip
            return done(made.slug, gettext("La organización quedó agregada."))
        except Fault as trouble:
            form.refuse(trouble)
    return page(form, gettext("Agregar una organización"),
                gettext("Tendrá perfil público y espacio privado. Lo demás del perfil se completa después."),
                gettext("Agregar la organización"), steps(), optional=("acronym", "email"))  # fmt: skip


@section.route("/administracion/organizaciones/<slug>/editar", access=administrators,
               methods=["GET", "POST"])  # fmt: skip
@fresh
def edit_organization(slug: str) -> ResponseReturnValue:
    """Change the profile."""
    one = administration.organization(visit(), slug)
    form = ProfileForm(one)
    if request.method == "POST":
        try:
            fields = {name: form[name].data or "" for name in PROFILE}
            administration.change_organization(visit(), one, **fields)
            return done(slug, gettext("El perfil quedó guardado."))
        except Invalid as trouble:
            form.refuse(trouble)
    return page(form, gettext("Perfil de %(name)s", name=one.name),
                gettext("Lo ve cualquier persona en la lista de organizaciones."),
                gettext("Guardar el perfil"), steps(one), optional=PROFILE[1:])  # fmt: skip


@section.route("/administracion/organizaciones/<slug>/suspender", access=administrators,
               methods=["GET", "POST"])  # fmt: skip
@fresh
def suspend_organization(slug: str) -> ResponseReturnValue:
    """Close an organisation, with a reason."""
    one, form = administration.organization(visit(), slug), ReasonForm()
    if request.method == "POST":
        try:
            administration.suspend_organization(visit(), one, form.reason.data or "")
            return done(slug, gettext("La organización quedó suspendida."))
        except (Invalid, Conflict) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Suspender %(name)s", name=one.name),
                gettext("Su espacio privado se cierra desde ahora y su gente deja de contar como miembro por "
                        "ella. Nada se borra; lo que publicó para todos sigue en la biblioteca."),
                gettext("Suspender la organización"), steps(one))  # fmt: skip


@section.route("/administracion/organizaciones/<slug>/restablecer", access=administrators,
               methods=["GET", "POST"])  # fmt: skip
@fresh
def restore_organization(slug: str) -> ResponseReturnValue:
    """Open it again."""
    one, form = administration.organization(visit(), slug), ReasonForm()
    if request.method == "POST":
        try:
            administration.restore_organization(visit(), one, form.reason.data or "")
            return done(slug, gettext("La organización quedó restablecida."))
        except (Invalid, Conflict) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Restablecer %(name)s", name=one.name),
                gettext("Su espacio privado se abre otra vez, con la misma gente y los mismos documentos."),
                gettext("Restablecer la organización"), steps(one))  # fmt: skip


@section.route("/administracion/organizaciones/<slug>/invitar", access=administrators,
               methods=["GET", "POST"])  # fmt: skip
@fresh
def invite(slug: str) -> ResponseReturnValue:
    """Invite somebody as a promoter."""
    one, form = administration.organization(visit(), slug), InvitationForm()
    if request.method == "POST":
        try:
            invitations.invite(visit(), one, form.email.data or "", "promoter")
            return done(slug, gettext("La invitación va en camino por correo."))
        except (Invalid, Conflict) as trouble:
            form.refuse(trouble)
    return page(form, gettext("Invitar a %(name)s", name=one.name),
                gettext("Entrará como promotora o promotor: podrá crear y publicar materiales."),
                gettext("Enviar la invitación"), steps(one))  # fmt: skip


@section.route("/administracion/espacios-conjuntos/nuevo", access=administrators, methods=["GET", "POST"])
@fresh
def create_joint() -> ResponseReturnValue:
    """Propose a joint space to several organisations."""
    form = JointForm()
    form.organizations.choices = [
        (one.slug, one.name) for one in administration.every_organization(visit())
        if one.active and one.kind == "organization"
    ]  # fmt: skip
    if request.method == "POST":
        try:
            made = administration.propose_joint(visit(), (form.slug.data or "").strip(), form.name.data or "",
                                                form.organizations.data or [])  # fmt: skip
            return done(made.slug, gettext("El espacio quedó propuesto. Se abre cuando todas las partes den "
                                           "su conformidad."))  # fmt: skip
        except Fault as trouble:
            form.refuse(trouble)
    return page(form, gettext("Proponer un espacio conjunto"),
                gettext("Un espacio privado de dos o más organizaciones. Se abre y se cierra con la "
                        "conformidad de la coordinación de cada una."),
                gettext("Proponer el espacio"), steps())  # fmt: skip
