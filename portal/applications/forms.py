"""The form of «la aplicamos»."""

from __future__ import annotations

import datetime as dt
import re

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from portal.contributions.forms import Sheet
from portal.languages import gettext as _
from portal.templating import day, label
from toolkit import vocabulary
from toolkit.applications import Report
from toolkit.errors import N_, Invalid, Overtaken
from toolkit.records import Organization, Resource

HOW = {"used": _l("La usaron como está"), "adapted": _l("La adaptaron")}
RESULTS = {"worked": _l("Funcionó"), "partly": _l("Funcionó en parte"), "failed": _l("No funcionó")}
_MONTH = re.compile(r"(\d{4})-(\d{2})")


class ApplicationForm(Sheet):
    """What an organisation did with a material."""

    needed = {"when": N_("Escriba el mes o el día, por ejemplo 2027-03 o 2027-03-15."),
              "country": N_("Elija el país donde la aplicaron."),
              "words": N_("Cuente qué cambió: una o dos frases bastan.")}  # fmt: skip
    organization = SelectField(_l("Organización"), validate_choice=False)
    version = SelectField(_l("Versión"), validate_choice=False)
    when = StringField(_l("Mes o día"))
    country = SelectField(_l("País"), validate_choice=False)
    region = SelectField(_l("Región del Perú"), validate_choice=False)
    how = RadioField(_l("¿Cómo la usaron?"), validate_choice=False)
    result = RadioField(_l("¿Cómo les fue?"), validate_choice=False)
    words = TextAreaField(_l("¿Qué cambió?"))
    people = StringField(_l("¿Cuántas personas participaron?"))
    public = BooleanField(_l("Que lo lea quien pueda ver este material"))
    revision = HiddenField()

    def offer(self, resource: Resource, places: list[Organization]) -> None:
        """Offer the versions that this reader opens, these organisations, all countries and regions."""
        self.places = places
        self.how.choices, self.result.choices = list(HOW.items()), list(RESULTS.items())
        self.organization.choices = [(one.slug, one.name) for one in places]
        self.version.choices = [
            (str(one.number), _("Versión %(n)s, %(day)s", n=one.number, day=day(one.created_at)))
            for one in reversed(resource.versions)
        ]
        self.country.choices = [
            ("", _("Sin indicar")),
            *_labels("countries", list(vocabulary.load("countries"))),
        ]
        self.region.choices = [("", _("Sin indicar")), *_labels("regions", vocabulary.regions_of("PE"))]

    def suggest(self) -> None:
        """The place of the only organisation, which is where most apply things."""
        if len(self.places) == 1:
            self.country.data, self.region.data = self.places[0].country, self.places[0].region

    @classmethod
    def of(cls, report: Report, revision: int) -> ApplicationForm:
        """The form as it stands for what is told, whatever was sent."""
        when = report.day.isoformat()[: 7 if report.precision == "month" else 10] if report.day else ""
        said = {**vars(report), "version": str(report.version), "when": when, "revision": str(revision)}
        return cls(formdata=None, data={**said, "people": str(report.people or "")})

    def place(self) -> Organization:
        """The organisation that was chosen; Invalid for none of the list."""
        chosen = self.organization.data or (self.places[0].slug if len(self.places) == 1 else "")
        for one in self.places:
            if one.slug == chosen:
                return one
        raise Invalid(N_("Elija una organización de la lista."), field="organization")

    def report(self) -> Report:
        """What the form says; Invalid naming the field that cannot be read."""
        when, precision = self._when()
        region = self.region.data or ""
        return Report(
            version=_whole(self.version.data), day=when, precision=precision, region=region,
            country=self.country.data or region.split("-")[0], how=self.how.data or "",
            result=self.result.data or "", words=self.words.data or "", people=self._people(),
            public=bool(self.public.data),
        )  # fmt: skip

    def _when(self) -> tuple[dt.date | None, str]:
        said = (self.when.data or "").strip()
        month = _MONTH.fullmatch(said)
        try:
            if month:
                return dt.date(int(month[1]), int(month[2]), 1), "month"
            return (dt.date.fromisoformat(said) if said else None), "day"
        except ValueError:
            return None, "day"

    def _people(self) -> int | None:
        said = (self.people.data or "").strip()
        return (_whole(said) or -1) if said else None

    def set_beside(self, theirs: Sheet, trouble: Overtaken) -> None:
        """Likewise; the day and how exactly it is known are one field here."""
        told = dict.fromkeys("when" if name in ("day", "precision") else name for name in trouble.fields)
        super().set_beside(theirs, Overtaken(trouble.theirs, trouble.revision, list(told)))


def _whole(said: str | None) -> int:
    """A whole number; 0 for what is none."""
    words = (said or "").strip()
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else 0


def _labels(words: str, codes: list[str]) -> list[tuple[str, str]]:
    return [(code, label(words, code)) for code in codes]
