"""Forms as ours are: what was typed is kept, and read as what it means; a fault stands beside its field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, DateInput, ListWidget

from portal.languages import say
from toolkit.errors import N_, Fault, Invalid, Overtaken

_MATERIAL = re.compile(r"(?:^|/recursos/)([a-z0-9]{20})(?![a-z0-9])")


class Ticks(SelectMultipleField):
    """Several values of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DayField(StringField):
    """A day, for which browsers offer a calendar."""

    widget = DateInput()


class Sheet(FlaskForm):
    """A form of ours. Its token is checked for the whole request, before the form is looked at."""

    class Meta(FlaskForm.Meta):
        csrf = False

    differing: Sequence[tuple[str, str, str]] = ()
    """What somebody else saved meanwhile: the label of a field, what is kept, what was typed here."""

    needed: Mapping[str, str] = {}
    """The fields that must say something, where the page asks for them, each with the sentence (marked by
    `N_`) for where it does not."""

    def refuse(self, trouble: Fault) -> None:
        """Say a fault beside its field, or above the form where it has none; and all others that the form
        sees by itself, so that nobody sends it again to learn the next."""
        self._say(trouble)
        if isinstance(trouble, Invalid):
            for other in self._faults():
                if other.field in self and not self[other.field].errors:
                    self._say(other)

    def _faults(self) -> Iterator[Invalid]:
        """What is empty and must not be, and what cannot be read."""
        for name, sentence in self.needed.items():
            if self[name].raw_data and not self.said(name):
                yield Invalid(sentence, field=name)
        for field in self:
            try:
                if isinstance(field, StringField) and field.raw_data:
                    self.read(field.name)
            except Invalid as trouble:
                yield trouble

    def _say(self, trouble: Fault) -> None:
        name = trouble.field if isinstance(trouble, Invalid) else None
        if name in self:
            self[name].errors = [*self[name].errors, say(trouble.message)]
        else:
            self.form_errors.append(say(trouble.message))

    def set_beside(self, theirs: Sheet, trouble: Overtaken) -> None:
        """Keep what was typed, with `theirs`, the form as it is kept now, beside it where they differ: saved
        once more, what this form says holds."""
        self["revision"].data = str(trouble.revision)
        self.differing = [
            (self[name].label.text, _in_words(theirs[name]), _in_words(self[name]))
            for name in trouble.fields if name in self
        ]  # fmt: skip

    def begun(self) -> int:
        """The revision from which the person began; 0, which is none, where that was tampered with."""
        said = self.said("revision")
        return int(said) if said.isdecimal() and len(said) < 10 else 0

    def read(self, name: str) -> Any:
        """What a field says, by its kind: a day, yes or no, a material where it is called `resource`, or else
        words. Raises Invalid for what cannot be read."""
        if isinstance(self[name], DayField):
            return self.day_of(name)
        if isinstance(self[name], BooleanField):
            return self[name].data
        return self.material_of(name) if name == "resource" else self.said(name)

    def said(self, name: str) -> str:
        """What was typed."""
        return (self[name].data or "").strip()

    def day_of(self, name: str) -> dt.date | None:
        """A day, None for none; Invalid for what is no day."""
        typed = self.said(name)
        try:
            return dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            raise Invalid(N_("Escriba el día, por ejemplo 2015-09-15."), field=name) from None

    def number_of(self, name: str) -> int | None:
        """A number from 1 on, None for none; Invalid for what is none."""
        said = self.said(name)
        if not said:
            return None
        if not (said.isascii() and said.isdecimal() and int(said[:9]) > 0 and len(said) < 7):
            raise Invalid(N_("Escriba un número, por ejemplo 2."), field=name)
        return int(said)

    def numbers_of(self, name: str) -> list[int]:
        """The numbers that were ticked; what is no number that we offer is left out."""
        return [
            int(one) for one in self[name].data or [] if one.isascii() and one.isdecimal() and len(one) < 7
        ]

    def material_of(self, name: str = "resource") -> str:
        """The public id of a material, by its address; empty for none. Invalid for what is no address."""
        return _material(said, name) if (said := self.said(name)) else ""

    def materials_of(self, name: str = "resources") -> list[str]:
        """The public ids of several materials, by their addresses; Invalid likewise."""
        return [_material(address, name) for address in self.said(name).split()]


class ReasonForm(Sheet):
    """Why something is done."""

    reason = TextAreaField(_l("Por qué"))


def _in_words(field: Field) -> str:
    """What a field holds: the labels of what was chosen, yes or no, or the text."""
    if isinstance(field, BooleanField):
        return _("sí") if field.data else _("no")
    if not isinstance(field, SelectField | SelectMultipleField):
        return str(field.data or "").strip() or _("(vacío)")
    chosen = field.data if isinstance(field.data, list) else [field.data]
    said = [str(words) for value, words, *_more in field.iter_choices() if value and value in chosen]
    return ", ".join(said) or _("(vacío)")


def _material(address: str, field: str) -> str:
    found = _MATERIAL.search(address)
    if found is None:
        raise Invalid(N_("«%(line)s» no es la dirección de un material."), field=field, line=address[:80])
    return found[1]
