"""The forms of a norm: what it says of itself, and what it does to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from portal.norms.wording import DOES, KINDS, STATES
from portal.sheets import Sheet, Ticks
from portal.templating import label
from toolkit import partial_dates, vocabulary
from toolkit.errors import N_
from toolkit.norms import Entry
from toolkit.records import Norm


class NormForm(Sheet):
    """What is said of a norm."""

    needed = {"kind": N_("Elija de qué tipo es la norma."),
              "number": N_("Escriba el número de la norma, por ejemplo DS 074-90-TR."),
              "title": N_("Escriba un título.")}  # fmt: skip
    kind = SelectField(_l("Tipo"), validate_choice=False, choices=[("", _l("Elija un tipo")), *KINDS.items()])
    number = StringField(_l("Número"))
    title = StringField(_l("Título"))
    issuer = StringField(_l("Quién la dio"))
    dated = StringField(_l("Fecha"))
    state = SelectField(_l("Estado"), validate_choice=False, choices=list(STATES.items()))
    summary = TextAreaField(_l("Resumen"))
    link = StringField(_l("Enlace oficial"))
    text = StringField(_l("Material que contiene el texto"))
    aliases = TextAreaField(_l("También se cita como"))
    topics = Ticks(_l("Temas"), validate_choice=False)
    revision = HiddenField()

    def read(self, name: str) -> Any:
        """As of every form; the date may be known in part, and the text is a material."""
        if name == "dated":
            return partial_dates.check(self.said(name), name)
        return self.material_of(name) if name == "text" else super().read(name)

    def offer(self) -> NormForm:
        """Offer all topics."""
        self.topics.choices = [(code, label("topics", code)) for code in vocabulary.load("topics")]
        return self

    @classmethod
    def of(cls, entry: Entry, revision: int) -> NormForm:
        """The form as it stands, whatever was sent."""
        return cls(formdata=None, data={**vars(entry), "revision": str(revision)}).offer()

    def entry(self) -> Entry:
        """What the form says."""
        return Entry(
            self.said("kind"), self.said("number"), self.said("title"), self.said("issuer"),
            self.said("dated"), self.said("link"), self.said("state"), self.said("summary"),
            self.said("aliases"), self.topics.data or [], self.material_of("text"),
        )  # fmt: skip


class RelationForm(Sheet):
    """What the norm does to another."""

    needed = {"other": N_("Elija otra norma de la lista.")}
    deed = SelectField(_l("Qué hace"), validate_choice=False, choices=list(DOES.items()))
    other = SelectField(_l("A qué norma"), validate_choice=False)
    since = StringField(_l("Desde cuándo"))

    def read(self, name: str) -> Any:
        """As of every form; the date may be known in part."""
        return partial_dates.check(self.said(name), name) if name == "since" else super().read(name)

    def offer(self, others: Sequence[Norm]) -> RelationForm:
        """Offer these norms."""
        self.other.choices = [("", _l("Elija una norma")), *((one.slug, one.number) for one in others)]
        return self
