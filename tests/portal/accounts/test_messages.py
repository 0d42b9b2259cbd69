"""Everything that Flask-Security can say is said in our words, in three languages."""

from __future__ import annotations

import inspect
import re

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask_security import decorators, forms, recoverable, utils, views
from flask_security.core import _default_messages
from flask_security.utils import get_message

from portal.accounts.settings import TRANSLATIONS
from portal.languages import speaking
from tests.conftest import token

IN_USE = (
    views.login, views.logout, views.verify, views.reset_password, views.change_password, recoverable,
    forms.LoginForm, forms.VerifyForm, forms.ResetPasswordForm, forms.ChangePasswordForm,
    forms.NextFormMixin, forms.PasswordFormMixin, forms.NewPasswordFormMixin,
    forms.PasswordConfirmFormMixin, forms.EmailValidation,
    forms.IsString, utils.password_length_validator, utils._handle_already_auth, decorators,
)  # fmt: skip
LANGUAGES = ("es", "pt", "en")


def catalogue(language):
    with (TRANSLATIONS / language / "LC_MESSAGES" / "flask_security.po").open("rb") as file:
        return read_po(file, locale=language)


def sayable():
    """Keys of the messages that the code in use names."""
    source = "".join(inspect.getsource(one) for one in IN_USE)
    named = set(re.findall(r'"([A-Z][A-Z_]{3,})"', source))
    return sorted(named & _default_messages.keys())


def test_something_is_looked_at():
    assert {"GENERIC_AUTHN_FAILED", "PASSWORD_CHANGE", "INVALID_RESET_PASSWORD_TOKEN"} <= set(sayable())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_ours(app, language):
    ours = catalogue(language)
    with speaking(language), app.test_request_context("/"):
        for key in sayable():
            english = _default_messages[key][0]
            assert english in ours and ours[english].string, key
            values = dict.fromkeys(re.findall(r"%\((\w+)\)", english), "7")
            assert get_message(key, **values)[0] == str(ours[english].string) % values


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_text(language):
    with (TRANSLATIONS / language / "LC_MESSAGES" / "flask_security.mo").open("rb") as file:
        compiled = {one.id: one.string for one in read_mo(file) if one.id}
    assert compiled == {one.id: one.string for one in catalogue(language) if one.id}


def test_spanish_says_usted_and_does_not_shout():
    intimate = re.compile(r"\b(tú|tu|tus|te|ti|puedes|debes|tienes|inicia|ingresa)\b|[¡!]")
    assert not [one.string for one in catalogue("es") if one.id and intimate.search(str(one.string))]


@pytest.mark.parametrize(("prefix", "words"), [
    ("", "no corresponden a una cuenta en uso"),
    ("/pt", "não correspondem a uma conta em uso"),
    ("/en", "do not match an account in use"),
])  # fmt: skip
def test_a_page_says_it_in_its_language(client, prefix, words):
    key = token(client, f"{prefix}/ingresar")
    page = client.post(
        f"{prefix}/ingresar", data={"email": "a@b.example", "password": "x", "csrf_token": key}
    )
    assert words in page.text
