"""The page of a person: name, language, text size, and the way to everything else about the account."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_percent
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length

from portal import preferences
from portal.account import section
from portal.languages import LANGUAGES, gettext, say
from portal.section import signed_in
from portal.templating import TEXT_SIZES
from portal.viewer import visit
from toolkit import people, spaces
from toolkit.errors import Invalid


class AccountForm(FlaskForm):
    """What a person may change about themselves."""

    name = StringField(
        _l("Nombre y apellidos"),
        [DataRequired(_l("Escriba su nombre.")),
         Length(max=200, message=_l("Use como máximo 200 caracteres."))],
        description=_l("Así figura en lo que usted publica."),
        render_kw={"autocomplete": "name", "maxlength": 200},
    )  # fmt: skip
    language = RadioField(_l("Idioma"), choices=sorted(LANGUAGES.items(), key=lambda pair: pair[1]))
    text_size = RadioField(_l("Tamaño del texto"), coerce=int)

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.text_size.choices = [(int(size), format_percent(size / 100, "#,##0.#%")) for size in TEXT_SIZES]


def _page(form: AccountForm, status: int = 200) -> ResponseReturnValue:
    person = people.oneself(visit().session, visit().viewer)
    return render_template("accounts/account.html", form=form, person=person, has_factor=g.has_factor,
                           organizations=spaces.browse(visit())), status  # fmt: skip


@section.route("/cuenta", access=signed_in)
def show() -> ResponseReturnValue:
    """The person's own page."""
    return _page(AccountForm(obj=people.oneself(visit().session, visit().viewer)))


@section.route("/cuenta", access=signed_in, methods=["POST"])
def update() -> ResponseReturnValue:
    """Save what was changed, and go on in the language chosen."""
    form, session = AccountForm(), visit().session
    if not form.validate():
        return _page(form, 422)
    person = people.oneself(session, visit().viewer)
    try:
        people.change(session, person, name=form.name.data, language=form.language.data,
                      text_size=form.text_size.data, viewer=visit().viewer)  # fmt: skip
    except Invalid as trouble:
        form[trouble.field or "name"].errors = [say(trouble.message)]
        return _page(form, 422)
    flash(gettext("Sus datos quedaron guardados."), "success")
    response = redirect(_in(form.language.data))
    preferences.keep(response, "texto", f"{preferences.size_of(form.text_size.data):g}")
    return response


def _in(language: str) -> str:
    """The address of this page in a language."""
    path = url_for("account.show").removeprefix(request.script_root)
    return path if language == "es" else f"/{language}{path}"
