"""The page on which a person leaves the portal."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security.utils import logout_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField
from wtforms.validators import InputRequired

from portal.accounts import leaving, passwords
from portal.accounts.freshness import fresh
from portal.accounts.store import Accounts
from portal.languages import gettext, say
from portal.viewer import instance, viewer, visit
from toolkit import erasure, people
from toolkit.errors import Conflict
from toolkit.records import Person


class LeaveForm(FlaskForm):
    """How to leave, and the password once more."""

    how = RadioField(
        _l("Qué hacer"),
        [InputRequired(_l("Elija una de las dos opciones."))],
        choices=[("close", _l("Cerrar mi cuenta")), ("erase", _l("Cerrar mi cuenta y borrar mis datos"))],
    )
    password = PasswordField(_l("Contraseña"), render_kw={"autocomplete": "current-password"})


@fresh
def leave() -> ResponseReturnValue:
    """Close the account, with or without erasing what says who the person was."""
    form, has_password = LeaveForm(), current_user.password is not None
    person = people.oneself(visit().session, visit().viewer)
    if form.validate_on_submit():
        if has_password and not passwords.matches(form.password.data or "", current_user.password):
            form.password.errors = [gettext("Esa contraseña no es la de su cuenta.")]
        else:
            try:
                return _leave(person.id, erase=form.how.data == "erase")
            except Conflict as trouble:
                form.how.errors = [say(trouble.message)]
    return render_template(
        "accounts/leave.html", form=form, has_password=has_password, person=person
    ), 422 if form.errors else 200


def _leave(person_id: int, *, erase: bool) -> ResponseReturnValue:
    store, who = Accounts().session, viewer()
    person = store.get_one(Person, person_id)
    erasure.leave_everything(store, person, who)  # what may be refused comes before the sign-in ends
    logout_user()
    if erase:
        leaving.erase(store, person, instance().erasure_key, who)
    else:
        leaving.close(store, person, who)
    flash(gettext("Sus datos quedaron borrados y su cuenta cerrada.") if erase
          else gettext("Su cuenta quedó cerrada."), "success")  # fmt: skip
    return redirect(url_for("library.home"))
