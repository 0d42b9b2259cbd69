"""The forms of a plan: its beginning, its indicators, their values."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from portal.sheets import DayField, Sheet
from portal.templating import cut
from toolkit.errors import N_, Invalid
from toolkit.records import Plan
from toolkit.workplan import Aim

_TWO_WAYS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_GROUPED = r"-?([0-9]{1,15}|[1-9][0-9]{0,2}(T[0-9]{3}){1,4})(D[0-9]{1,4})?"
"""A number of at most fifteen digits and four decimals; T separates thousands, D the decimals."""


def _typed(number: Decimal) -> str:
    """A number as it can be typed in one way only."""
    said = f"{number.normalize():f}"
    return f"{number:.4f}" if _TWO_WAYS.fullmatch(said) else said


COUNTS: dict[str, Any] = {
    "": _l("Lo escriben las coordinaciones"),
    "materials": _l("Lo cuenta el portal: materiales de las partes publicados en el año"),
    "practices": _l("Lo cuenta el portal: buenas prácticas de las partes publicadas en el año"),
    "deliveries": _l("Lo cuenta el portal: entregas entre organizaciones en el año"),
    "applications": _l("Lo cuenta el portal: materiales públicos que alguien aplicó en el año"),
}
"""Where the value of an indicator comes from, in words."""


class PlanForm(Sheet):
    """The year of a plan and what it says first."""

    year = StringField(_l("Año"))
    words = TextAreaField(_l("Presentación"))
    revision = HiddenField()
    reason = TextAreaField(_l("Por qué cambia"))


class MeasuredSheet(Sheet):
    """A form with numbers, written as people write them."""

    def decimal_of(self, name: str) -> Decimal | None:
        """A number, None for none: «1500», «1 500,5», «1,500.50» and «1500.5» are read. Invalid for what is
        none, has more than four decimals, or is read in two ways, like «1.500»."""
        said = "".join(self.said(name).split())
        if not said:
            return None
        if _TWO_WAYS.fullmatch(said):
            raise Invalid(N_("«%(said)s» se lee de dos maneras: escríbalo sin separar los miles."),
                          field=name, said=said)  # fmt: skip
        for thousands, decimals in ((",", "."), (".", ",")):
            if re.fullmatch(
                _GROUPED.replace("T", re.escape(thousands)).replace("D", re.escape(decimals)), said
            ):
                return Decimal(said.replace(thousands, "").replace(decimals, "."))
        raise Invalid(N_("Escriba un número, por ejemplo 25 o 12.5, con hasta cuatro decimales."), field=name)


class AimForm(MeasuredSheet):
    """An indicator."""

    needed = {"name": N_("Escriba qué se mide."), "objective": N_("Elija el objetivo al que sirve."),
              "target": N_("Escriba la meta como un número."),
              "reason": N_("Escriba por qué cambia el plan.")}  # fmt: skip
    name = StringField(_l("Qué se mide"))
    definition = TextAreaField(_l("Definición"))
    unit = StringField(_l("Unidad"))
    baseline = StringField(_l("Línea de base"))
    target = StringField(_l("Meta"))
    objective = SelectField(_l("Objetivo"), validate_choice=False)
    counts = SelectField(_l("De dónde sale el valor"), validate_choice=False, choices=list(COUNTS.items()))
    revision = HiddenField()
    reason = TextAreaField(_l("Por qué cambia"))

    def read(self, name: str) -> Any:
        """As of every form; some fields are numbers."""
        return self.decimal_of(name) if name in ("baseline", "target") else super().read(name)

    def offer(self, plan: Plan) -> None:
        """Offer the objectives of the agreement."""
        known = [(str(one.number), cut(f"{one.code}. {one.words}")) for one in plan.agreement.objectives]
        self.objective.choices = [("", ""), *known]

    @classmethod
    def of(cls, aim: Aim, revision: int) -> AimForm:
        """The form as an indicator stands."""
        said = {**vars(aim), "objective": str(aim.objective or ""), "revision": str(revision)}
        for name in ("baseline", "target"):
            said[name] = "" if said[name] is None else _typed(said[name])
        return cls(formdata=None, data=said)

    def aim(self) -> Aim:
        """What the form says; Invalid for what is no number."""
        return Aim(self.said("name"), self.said("definition"), self.said("unit"), self.decimal_of("baseline"),
                   self.decimal_of("target"), self.number_of("objective"), self.said("counts"))  # fmt: skip


class MeasureForm(MeasuredSheet):
    """A value of an indicator."""

    needed = {"value": N_("Escriba el valor como un número."),
              "day": N_("Escriba el día, por ejemplo 2027-06-30."),
              "source": N_("Escriba de dónde sale el valor.")}  # fmt: skip
    value = StringField(_l("Valor"))
    day = DayField(_l("Día"))
    source = StringField(_l("Fuente"))

    def read(self, name: str) -> Any:
        """As of every form; the value is a number."""
        return self.decimal_of(name) if name == "value" else super().read(name)
