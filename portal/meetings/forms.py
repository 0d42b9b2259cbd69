"""The forms of a meeting: its call, its acta, somebody who attends, a commitment."""

from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.widgets import TimeInput

from portal.sheets import DayField, Sheet, Ticks
from toolkit.errors import N_, Invalid
from toolkit.meetings import Call


class HourField(StringField):
    """An hour, for which browsers offer a clock."""

    widget = TimeInput()


class CallForm(Sheet):
    """What is said of a meeting."""

    agreement = SelectField(_l("Convenio"), validate_choice=False)
    title = StringField(_l("Título"))
    day = DayField(_l("Día"))
    hour = HourField(_l("Hora de Lima"))
    place = StringField(_l("Lugar"))
    agenda = TextAreaField(_l("Agenda"))
    revision = HiddenField()

    @classmethod
    def of(cls, said: Call, revision: int) -> CallForm:
        """The form as a meeting stands, whatever was sent."""
        hour = f"{said.hour:%H:%M}" if said.hour else ""
        return cls(formdata=None, data={**vars(said), "hour": hour, "revision": str(revision)})

    def call(self) -> Call:
        """What the form says; Invalid with the field that cannot be read."""
        return Call(self.said("title"), self.day_of("day"), self._hour(), self.said("place"),
                    self.said("agenda"))  # fmt: skip

    def _hour(self) -> dt.time | None:
        typed = self.said("hour")
        try:
            return (
                dt.time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None) if typed else None
            )
        except ValueError:
            raise Invalid(N_("Escriba la hora, por ejemplo 10:30."), field="hour") from None


class ActaForm(Sheet):
    """The words of the acta."""

    acta = TextAreaField(_l("Acta"))
    revision = HiddenField()


class AttendanceForm(Sheet):
    """Who was there."""

    present = Ticks(_l("Quiénes asistieron"), validate_choice=False)


class AttendeeForm(Sheet):
    """Somebody more."""

    person = SelectField(_l("Persona del portal"), validate_choice=False)
    name = StringField(_l("O su nombre"))
    organization = StringField(_l("Organización"))


class CommitmentForm(Sheet):
    """What a party commits itself to."""

    words = StringField(_l("Compromiso"))
    party = SelectField(_l("Quién lo cumple"), validate_choice=False)
    due_on = DayField(_l("Hasta cuándo"))
    action = SelectField(_l("Acción del plan"), validate_choice=False)
