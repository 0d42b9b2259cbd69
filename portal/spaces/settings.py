"""What a coordination decides about its organisation: the public profile and two rules of the space."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField, URLField

from portal.section import signed_in
from portal.sheets import Sheet
from portal.spaces import section
from portal.templating import label
from portal.viewer import visit
from toolkit import spaces, vocabulary
from toolkit.errors import Invalid
from toolkit.records import Organization
from toolkit.spaces import joint, profile

OF_A_JOINT_SPACE = ("name", "summary", "approves_own")
"""What can be said of a joint space: it stands in no directory and takes no requests."""


class SettingsForm(Sheet):
    """The profile of an organisation and the rules of its space."""

    name = StringField(_l("Nombre"), render_kw={"maxlength": 200})
    acronym = StringField(_l("Sigla"), render_kw={"maxlength": 40})
    summary = TextAreaField(_l("Presentación"), render_kw={"maxlength": 1000, "rows": 4})
    country = SelectField(_l("País"), validate_choice=False)
    region = SelectField(_l("Región del Perú"), validate_choice=False)
    sector = SelectField(_l("Sector"), validate_choice=False)
    website = URLField(_l("Sitio web"), render_kw={"maxlength": 300})
    approves_own = BooleanField(_l("Pedir aprobación también para lo que solo ve la organización"))
    takes_requests = BooleanField(_l("Recibir solicitudes para unirse"))

    def __init__(self, organization: Organization, **given: Any) -> None:
        values = {name: getattr(organization, name) for name in profile.FIELDS}
        super().__init__(data=values, **given)
        self.country.choices = [("", _("Sin indicar")), *_labels("countries")]
        regions = vocabulary.regions_of("PE")
        self.region.choices = [("", _("Sin indicar")), *((code, label("regions", code)) for code in regions)]
        if organization.region and organization.region not in regions:
            kept = organization.region
            self.region.choices.append((kept, label("regions", kept)))
        self.sector.choices = [("", _("Sin indicar")), *_labels("sectors")]


def _labels(words: str) -> list[tuple[str, str]]:
    return [(code, label(words, code)) for code in vocabulary.load(words)]


@section.route("/espacios/<slug>/ajustes", access=signed_in, methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Change the profile and the rules, for the coordination."""
    organization = spaces.get_to_lead(visit(), slug)
    form = SettingsForm(organization)
    if request.method == "GET":
        return _page(form, organization)
    names = OF_A_JOINT_SPACE if organization.kind == "joint" else profile.FIELDS
    try:
        profile.change(visit(), organization, **{name: form[name].data or _empty(name) for name in names})
    except Invalid as trouble:
        form.refuse(trouble)
        return _page(form, organization), 422
    flash(_("Se guardaron los ajustes."), "success")
    return redirect(url_for("spaces.show", slug=slug))


def _empty(name: str) -> str | bool:
    return False if name in ("approves_own", "takes_requests") else ""


def _page(form: SettingsForm, organization: Organization) -> str:
    parties = joint.parties(visit(), organization) if organization.kind == "joint" else []
    return render_template("spaces/settings.html", form=form, organization=organization, parties=parties)
