"""The forms of sign-in: our labels on Flask-Security's, and its sign-in check outside the write lock."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import forms as stock
from flask_security.proxies import _datastore
from flask_security.utils import get_message, validate_redirect_url
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, EmailField, Field, PasswordField
from wtforms.validators import DataRequired, Length, ValidationError

from portal import viewer
from portal.accounts import passwords
from portal.accounts.records import Account
from portal.languages import say
from toolkit import people
from toolkit.errors import Invalid
from toolkit.records import Person, email_key

NEW_PASSWORD_HINT = _l("Al menos 10 caracteres. Tres o cuatro palabras que no vayan juntas sirven bien.")


def _kept(email: str) -> tuple[str | None, bool]:
    """The password hash and whether the account is active, read in a short transaction."""
    with viewer.instance().database.connect() as short:
        row = short.execute(
            select(Account.password, Account.active)
            .join(Person, Person.id == Account.person_id)
            .where(Person.email_key == email_key(email))
        ).first()
    return (row.password, row.active) if row else (None, False)


class HomeIsEnough:
    """A foreign address to go on to is forgotten, so that it does not stop anybody from signing in."""

    def validate_next(self, field: Field) -> None:
        """In place of Flask-Security's, which fails on a hidden field and so without a word."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""


class LoginForm(HomeIsEnough, stock.LoginForm):
    """Sign-in. One answer, after the same time, for every wrong word and for a suspended account."""

    email = EmailField(
        _l("Correo electrónico"), [DataRequired(), Length(max=254)],
        render_kw={"autocomplete": "username", "maxlength": 254},
    )  # fmt: skip
    password = PasswordField(
        _l("Contraseña"), [DataRequired()], render_kw={"autocomplete": "current-password"}
    )
    remember = BooleanField(_l("Recordarme en este equipo"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""

    def validate(self, **kwargs: Any) -> bool:
        """Compare first, with no transaction open, and only then open one that writes."""
        if not super(stock.LoginForm, self).validate(**kwargs):
            return False
        email, password = self.email.data or "", self.password.data or ""
        kept, active = _kept(email)
        if passwords.matches(password, kept) and active:
            account = _datastore.find_user(email=email)
            if isinstance(account, Account) and account.active and account.password == kept:
                account.remembering = bool(self.remember.data)
                self.user = account
                return True
        self.form_errors.append(get_message("GENERIC_AUTHN_FAILED")[0])
        return False


class ForgotForm(FlaskForm):
    """The address that forgot its password. Nothing here looks at the accounts."""

    email = EmailField(
        _l("Correo electrónico"), [DataRequired(_l("Escriba su correo electrónico."))],
        render_kw={"autocomplete": "username", "maxlength": 254},
    )  # fmt: skip

    def validate_email(self, field: Field) -> None:
        """Is it an address at all?"""
        try:
            field.data = people.address(field.data or "")
        except Invalid as trouble:
            raise ValidationError(say(trouble.message)) from trouble


class NewAddressForm(ForgotForm):
    """The address that a person wants from now on."""

    email = EmailField(
        _l("Correo electrónico nuevo"), [DataRequired(_l("Escriba su correo electrónico."))],
        render_kw={"autocomplete": "email", "maxlength": 254},
    )  # fmt: skip


def _alike(words: str | None) -> str | None:
    """Normalised at once, so that two fields are the same whatever keyboard they were typed on."""
    return words and passwords.normalise(words)


class ResetForm(stock.ResetPasswordForm):
    """A new password for whoever has the link."""

    password = PasswordField(
        _l("Contraseña nueva"), [stock.password_required], filters=[_alike], description=NEW_PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip
    password_confirm = PasswordField(
        _l("La contraseña nueva, otra vez"),
        [stock.EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH"), stock.password_required],
        filters=[_alike],
        render_kw={"autocomplete": "new-password"},
    )


class ChangeForm(stock.ChangePasswordForm):
    """Another password, for whoever knows the one there is; a first one, for whoever came in by a link."""

    password = PasswordField(_l("Contraseña actual"), render_kw={"autocomplete": "current-password"})
    new_password = PasswordField(
        _l("Contraseña nueva"), [stock.password_required], filters=[_alike], description=NEW_PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip
    new_password_confirm = PasswordField(
        _l("La contraseña nueva, otra vez"),
        [stock.EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH"), stock.password_required],
        filters=[_alike],
        render_kw={"autocomplete": "new-password"},
    )


class VerifyForm(HomeIsEnough, stock.VerifyForm):
    """The password once more, before something that matters."""

    password = PasswordField(
        _l("Contraseña"), [stock.password_required], render_kw={"autocomplete": "current-password"}
    )
