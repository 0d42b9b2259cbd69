"""The forms of administration, and the one page on which a single act is asked and said."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.posts import Day
from portal.sheets import Sheet, Ticks
from portal.spaces.settings import SettingsForm


class ReasonForm(Sheet):
    """An act that needs a reason."""

    reason = TextAreaField(_l("Motivo"), description=_l("Queda en la auditoría, con su nombre."),
                           render_kw={"rows": 3, "maxlength": 500})  # fmt: skip


class RoleForm(Sheet):
    """What somebody is in the portal."""

    role = RadioField(
        _l("Papel en el portal"), validate_choice=False,
        choices=[("", _l("Ninguno")), ("editor", _l("Edita el portal")),
                 ("administrator", _l("Administra el portal"))],
    )  # fmt: skip


class ProfileForm(SettingsForm):
    """The profile of an organisation, without the rules of its space."""

    approves_own = None
    takes_requests = None


class NewForm(Sheet):
    """A new organisation, and its first promoter."""

    name = StringField(_l("Nombre"), render_kw={"maxlength": 200})
    slug = StringField(
        _l("Identificador"), render_kw={"maxlength": 80, "autocapitalize": "none", "class": "short"},
        description=_l("Va en la dirección de la página: letras sin tilde, números y guiones. No se cambia."),
    )  # fmt: skip
    acronym = StringField(_l("Sigla"), render_kw={"maxlength": 40, "class": "short"})
    email = EmailField(
        _l("Correo de la primera promotora o promotor"), render_kw={"maxlength": 254},
        description=_l("Recibe una invitación que sirve catorce días. También puede invitar después."),
    )  # fmt: skip


class InvitationForm(Sheet):
    """Whom to invite as a promoter."""

    email = EmailField(_l("Correo electrónico"), render_kw={"maxlength": 254})


class JointForm(Sheet):
    """A joint space and its parties."""

    name = StringField(_l("Nombre del espacio"), render_kw={"maxlength": 200})
    slug = StringField(_l("Identificador"), render_kw={"maxlength": 80, "autocapitalize": "none"},
                       description=_l("Letras sin tilde, números y guiones."))  # fmt: skip
    organizations = Ticks(_l("Organizaciones que toman parte"), validate_choice=False)


class TermForm(Sheet):
    """A term of the post, as the signed request has it."""

    email = EmailField(_l("Correo de quien asume"), render_kw={"maxlength": 254})
    name = StringField(_l("Nombre y apellidos"), render_kw={"maxlength": 200},
                       description=_l("Solo si todavía no está en el portal."))  # fmt: skip
    since = Day(_l("Primer día"), [Optional()])
    until = Day(_l("Último día"), [Optional()], description=_l("Vacío si no tiene fecha."))
    alternate = SelectField(_l("¿Quién suple?"), validate_choice=False)


class SettlementForm(Sheet):
    """What an administrator records of a succession that a coordination proposed."""

    since = Day(_l("Primer día"), [Optional()])
    until = Day(_l("Último día"), [Optional()], description=_l("Vacío si no tiene fecha."))
    alternate = SelectField(_l("¿Quién suple?"), validate_choice=False)


class EndForm(Sheet):
    """The last day of a term."""

    until = Day(_l("Último día"), [Optional()])


def page(
    form: Sheet, title: str, sentence: str, button: str, steps: list[tuple[str, str]], **more: Any
) -> ResponseReturnValue:
    """One act: what it does in a sentence, its form, its button, and the way back, which is the last of the
    `steps` that lead here. 422 when the form says what is wrong."""
    shown = render_template("administration/act.html", form=form, title=title, sentence=sentence,
                            button=button, steps=steps, **more)  # fmt: skip
    return shown, 422 if form.errors else 200
