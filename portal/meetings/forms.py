"""The forms of a meeting: its call, and its acta with all that belongs to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.widgets import TimeInput

from portal.sheets import DayField, Sheet, Ticks
from toolkit.errors import N_, Invalid
from toolkit.meetings import Call, Minutes, Newcomer, Promise, traces


class HourField(StringField):
    """An hour, for which browsers offer a clock."""

    widget = TimeInput()


class CallForm(Sheet):
    """What is said of a meeting."""

    needed = {"title": N_("Escriba un título."), "day": N_("Escriba el día, por ejemplo 2027-06-30."),
              "hour": N_("Escriba la hora, por ejemplo 10:30.")}  # fmt: skip
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


class CancelForm(Sheet):
    """Why a meeting does not take place."""

    reason = TextAreaField(_l("Por qué se cancela"))


class ActaForm(Sheet):
    """The page of an acta: its words, who was there, somebody more, a commitment more, what is taken out."""

    acta = TextAreaField(_l("Texto del acta"))
    present = Ticks(_l("Quiénes asistieron"), validate_choice=False)
    leaving = Ticks(_l("A quiénes quitar"), validate_choice=False)
    person = SelectField(_l("Persona del portal"), validate_choice=False)
    name = StringField(_l("O su nombre"))
    organization = StringField(_l("Organización"))
    dropped = Ticks(_l("Compromisos que se quitan"), validate_choice=False)
    words = StringField(_l("Un compromiso más"))
    party = SelectField(_l("Quién lo cumple"), validate_choice=False)
    due_on = DayField(_l("Para cuándo"))
    action = SelectField(_l("Acción del plan"), validate_choice=False)
    revision = HiddenField()
    began = HiddenField()

    @classmethod
    def of(cls, kept: Minutes, revision: int) -> ActaForm:
        """The form as an acta stands, whatever was sent."""
        said = {**vars(kept), "revision": str(revision), "began": traces(kept)}
        return cls(formdata=None, data=said)

    def go_on_from(self, kept: ActaForm, fields: Sequence[str]) -> None:
        """Show what is kept now, but in these fields, where something else was typed."""
        for name in {"acta", "present"}.difference(fields):
            self[name].data = kept[name].data
        self.began.data = kept.began.data

    def minutes(self) -> Minutes:
        """The words, and who was there."""
        return Minutes(self.said("acta"), self.present.data or [])

    def newcomer(self) -> Newcomer:
        """Somebody more."""
        return Newcomer(self.said("person"), self.said("name"), self.said("organization"))

    def promise(self) -> Promise:
        """A commitment more; Invalid for a day that is none."""
        return Promise(self.said("words"), self.said("party"), self.day_of("due_on"), self.said("action"))

    def without(self) -> list[str]:
        """What is taken out, by public id."""
        return [*(self.leaving.data or []), *(self.dropped.data or [])]
