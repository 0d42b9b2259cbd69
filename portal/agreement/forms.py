"""The forms of an agreement: its facts, one form for each sort of part, amendments."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from portal.sheets import DayField, Sheet
from toolkit.agreement import Facts, Proposal
from toolkit.errors import N_, Invalid, Overtaken
from toolkit.records import AgreementParty, Milestone

_ARTICLE = re.compile(r"/noticias/([0-9]{1,4})/([a-z0-9-]+)")


WHEN = {"day": "when", "precision": "when"}
"""The field in which what the toolkit calls so is typed."""


class PartForm(Sheet):
    """The form of a part; its fields are called as in the toolkit."""

    revision = HiddenField()

    def values(self) -> dict[str, Any]:
        """What the form says, as the toolkit takes it; Invalid naming the field that cannot be read."""
        return {field.name: self.read(field.name) for field in self if field.name != "revision"}

    @classmethod
    def of(cls, part: Any) -> PartForm:
        """The form as a part stands, whatever was sent."""
        data = {name: said for name, said in vars(part).items() if isinstance(said, str | bool | dt.date)}
        data["revision"] = str(part.revision)
        if getattr(part, "resource", None):
            data["resource"] = url_for("resources.show", id=part.resource.public_id)
        if isinstance(part, AgreementParty):
            data["organization"] = part.organization.slug if part.organization else ""
        if isinstance(part, Milestone):
            data["when"] = part.day.isoformat()[: 7 if part.precision == "month" else 10]
            if part.article:
                data["article"] = f"/noticias/{part.article.year}/{part.article.slug}"
        return cls(formdata=None, data=data)


class FactsForm(Sheet):
    """What is said of an agreement."""

    title = StringField(_l("Título"))
    object = TextAreaField(_l("Objeto"))
    objective = TextAreaField(_l("Objetivo general"))
    signed_on = DayField(_l("Día de la firma"))
    valid_from = DayField(_l("Vigente desde"))
    valid_until = DayField(_l("Vigente hasta"))
    text = StringField(_l("Material que contiene el texto completo"))
    text_version = StringField(_l("Versión vigente de ese material"), default="1")
    revision = HiddenField()

    @classmethod
    def of(cls, facts: Facts, revision: int) -> FactsForm:
        """The form as it stands, whatever was sent."""
        text = url_for("resources.show", id=facts.text) if facts.text else ""
        return cls(formdata=None, data={**vars(facts), "text": text, "revision": str(revision)})

    def facts(self) -> Facts:
        """What the form says."""
        return Facts(
            self.said("title"), self.said("object"), self.said("objective"), self.day_of("signed_on"),
            self.day_of("valid_from"), self.day_of("valid_until"), self.material_of("text"),
            self.number_of("text_version") or 1,
        )  # fmt: skip


class PartyForm(PartForm):
    """An organisation and what it does."""

    organization = SelectField(_l("Organización"), validate_choice=False)
    role = TextAreaField(_l("Qué le toca en el convenio"))


class ObjectiveForm(PartForm):
    """An objective; its number is given."""

    words = TextAreaField(_l("Objetivo"))


class SignatoryForm(PartForm):
    """Who signed."""

    name = StringField(_l("Nombre"))
    post = StringField(_l("Cargo al firmar"))
    organization = StringField(_l("Organización"))
    signed_on = DayField(_l("Día de la firma"))


class MilestoneForm(PartForm):
    """What happened, and where it is told."""

    when = StringField(_l("Día o mes"))
    words = TextAreaField(_l("Qué pasó"))
    article = StringField(_l("Noticia que lo cuenta"))
    resource = StringField(_l("Material que lo documenta"))

    def set_beside(self, theirs: Sheet, trouble: Overtaken) -> None:
        names = dict.fromkeys(WHEN.get(name, name) for name in trouble.fields)
        super().set_beside(theirs, Overtaken(trouble.theirs, trouble.revision, list(names)))

    def values(self) -> dict[str, Any]:
        said = self.said("when")
        month = re.fullmatch(r"(\d{4})-(\d{2})", said)
        try:
            day = dt.date(int(month[1]), int(month[2]), 1) if month else dt.date.fromisoformat(said)
        except ValueError:
            raise Invalid(N_("Escriba un día (2015-09-15) o un mes (2015-03)."), field="when") from None
        told = self.said("article")
        article = _ARTICLE.search(told)
        if told and article is None:
            raise Invalid(
                N_("«%(line)s» no es la dirección de una noticia."), field="article", line=told[:80]
            )
        return {
            "day": day, "precision": "month" if month else "day", "words": self.said("words"),
            "article": (int(article[1]), article[2]) if article else None, "resource": self.material_of(),
        }  # fmt: skip


class AnnexForm(PartForm):
    """An annex; without a material it is still to be published."""

    title = StringField(_l("Título"))
    resource = StringField(_l("Material"))
    internal = BooleanField(_l("Interno: solo para las coordinaciones de las partes y la edición"))


class ProcedureForm(PartForm):
    """A procedure of coordination."""

    code = StringField(_l("Código"))
    title = StringField(_l("Título"))
    version = StringField(_l("Versión"), default="1")
    dated = DayField(_l("Fecha"))
    words = TextAreaField(_l("Cómo se hace"))
    counterpart_verifies = BooleanField(
        _l("La contraparte verifica: quien es responsable no verifica lo suyo")
    )


class AmendmentForm(Sheet):
    """What is proposed to change."""

    needed = {"title": N_("Escriba un título."), "words": N_("Escriba el texto de la adenda."),
              "dated": N_("Escriba el día, por ejemplo 2015-09-15.")}  # fmt: skip
    title = StringField(_l("Título"))
    words = TextAreaField(_l("Texto de la adenda"))
    dated = DayField(_l("Fecha"))
    version = StringField(_l("Versión del texto completo que resulta"))

    def proposal(self) -> Proposal:
        """What the form says."""
        return Proposal(
            self.said("title"), self.said("words"), self.day_of("dated"), self.number_of("version")
        )


FORMS: dict[str, tuple[type[PartForm], Any, Any]] = {
    "partes": (PartyForm, "parties", _l("Partes")),
    "objetivos": (ObjectiveForm, "objectives", _l("Objetivos")),
    "firmantes": (SignatoryForm, "signatories", _l("Firmantes")),
    "hitos": (MilestoneForm, "milestones", _l("Hitos")),
    "anexos": (AnnexForm, "annexes", _l("Anexos")),
    "procedimientos": (ProcedureForm, "procedures", _l("Procedimientos")),
}
"""The parts by the word in their addresses: form, name in the toolkit, heading."""
