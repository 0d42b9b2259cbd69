"""The form of an article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, StringField, TextAreaField

from portal.sheets import Sheet, Ticks
from portal.templating import label
from toolkit import vocabulary
from toolkit.access import LIMA
from toolkit.errors import N_, Invalid
from toolkit.news import Piece


class ArticleForm(Sheet):
    """What an article says. Only the title is needed to keep a draft."""

    title = StringField(_l("Título"))
    summary = TextAreaField(_l("Resumen"))
    body = TextAreaField(_l("Texto"))
    photo = FileField(_l("Foto"))
    without_photo = BooleanField(_l("Quitar la foto"))
    alternative = TextAreaField(_l("Qué se ve en la foto"))
    caption = TextAreaField(_l("Pie de foto"))
    credit = StringField(_l("De quién es la foto"))
    topics = Ticks(_l("Temas"), validate_choice=False)
    organizations = Ticks(_l("Organizaciones"), validate_choice=False)
    resources = TextAreaField(_l("Materiales"))
    actions = StringField(_l("Acciones conjuntas"))
    revision = HiddenField()

    def offer(self, organizations: Mapping[str, str]) -> None:
        """Offer all topics, and these organisations (slug: name)."""
        self.topics.choices = [(code, label("topics", code)) for code in vocabulary.load("topics")]
        self.organizations.choices = list(organizations.items())

    @classmethod
    def of(cls, piece: Piece, revision: int) -> ArticleForm:
        """The form as it stands for what is written, whatever was sent."""
        values = {
            **vars(piece),
            "resources": "\n".join(piece.resources),
            "actions": ", ".join(piece.actions),
            "revision": str(revision),
        }
        return cls(formdata=None, data=values)

    def piece(self) -> Piece:
        """What the form says; Invalid for a line that names no material."""
        return Piece(
            self.title.data or "", self.summary.data or "", self.body.data or "", self.topics.data or [],
            self.materials_of(), self.organizations.data or [],
            self.said("actions").replace(",", " ").split(), self.alternative.data or "",
            self.caption.data or "", self.credit.data or "",
        )  # fmt: skip


class MomentForm(Sheet):
    """When an article comes out: at once where nothing is said."""

    day = StringField(_l("Día"))
    time = StringField(_l("Hora"), default="09:00")

    def moment(self) -> dt.datetime | None:
        """The moment that is said, in Lima's time; None for at once. Raises Invalid for one that is none."""
        if not (self.day.data or "").strip():
            return None
        try:
            day = dt.date.fromisoformat((self.day.data or "").strip())
            time = dt.time.fromisoformat((self.time.data or "").strip() or "00:00")
            return dt.datetime.combine(day, time.replace(tzinfo=None), LIMA).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise Invalid(
                N_("Escriba el día y la hora, por ejemplo 2027-03-31 y 09:00."), field="day"
            ) from None
