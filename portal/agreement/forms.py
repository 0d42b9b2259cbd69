"""The forms of an agreement: its facts, one form for each sort of part, amendments."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from portal.contributions.forms import Sheet
from toolkit.agreement import Facts, Proposal
from toolkit.errors import N_, Invalid
from toolkit.records import AgreementParty, Milestone

_RESOURCE = re.compile(r"(?:^|/recursos/)([a-z0-9]{20})(?![a-z0-9])")
_ARTICLE = re.compile(r"/noticias/([0-9]{1,4})/([a-z0-9-]+)")
_DAY = N_("Escriba el día, por ejemplo 2015-09-15.")


def _day(label: Any) -> StringField:
    """A field for a day, which browsers offer a calendar for."""
    return StringField(label, render_kw={"type": "date"})


class AgreementSheet(Sheet):
    """What the fields of these forms hold, read as what it means."""

    def said(self, name: str) -> str:
        """What was typed."""
        return (self[name].data or "").strip()

    def day_of(self, name: str) -> dt.date | None:
        """A day, None for none; Invalid for what is no day."""
        typed = self.said(name)
        try:
            return dt.date.fromisoformat(typed) if typed else None
        except ValueError:
            raise Invalid(_DAY, field=name) from None

    def number_of(self, name: str) -> int | None:
        """The number of a version, None for none; Invalid for what is none."""
        said = self.said(name)
        if not said:
            return None
        if not (said.isascii() and said.isdecimal() and int(said[:9]) > 0 and len(said) < 7):
            raise Invalid(N_("Escriba un número, por ejemplo 2."), field=name)
        return int(said)

    def material_of(self, name: str = "resource") -> str:
        """The public id of a material, by its address; empty for none."""
        said = self.said(name)
        found = _RESOURCE.search(said)
        if said and found is None:
            raise Invalid(N_("«%(line)s» no es la dirección de un material."), field=name, line=said[:80])
        return found[1] if found else ""


class PartForm(AgreementSheet):
    """The form of a part: `values` gives what it says as the toolkit takes it."""

    def values(self) -> dict[str, Any]:
        """What the form says; raises Invalid naming the field that cannot be read."""
        raise NotImplementedError

    @classmethod
    def of(cls, part: Any) -> PartForm:
        """The form as a part stands, whatever was sent."""
        data = {name: said for name, said in vars(part).items() if isinstance(said, str | bool | dt.date)}
        if getattr(part, "resource", None):
            data["resource"] = part.resource.public_id
        if isinstance(part, AgreementParty):
            data["organization"] = part.organization.slug if part.organization else ""
        if isinstance(part, Milestone):
            data["when"] = part.day.isoformat()[: 7 if part.precision == "month" else 10]
            if part.article:
                data["article"] = f"/noticias/{part.article.year}/{part.article.slug}"
        return cls(formdata=None, data=data)


class FactsForm(AgreementSheet):
    """What is said of an agreement."""

    title = StringField(_l("Título"))
    object = TextAreaField(_l("Objeto"))
    objective = TextAreaField(_l("Objetivo general"))
    signed_on = _day(_l("Día de la firma"))
    valid_from = _day(_l("Vigente desde"))
    valid_until = _day(_l("Vigente hasta"))
    text = StringField(_l("Material que contiene el texto completo"))
    text_version = StringField(_l("Versión vigente de ese material"), default="1")
    revision = HiddenField()

    @classmethod
    def of(cls, facts: Facts, revision: int) -> FactsForm:
        """The form as it stands, whatever was sent."""
        return cls(formdata=None, data={**vars(facts), "revision": str(revision)})

    def facts(self) -> Facts:
        """What the form says."""
        return Facts(
            self.said("title"), self.said("object"), self.said("objective"), self.day_of("signed_on"),
            self.day_of("valid_from"), self.day_of("valid_until"), self.material_of("text"),
            self.number_of("text_version") or 1,
        )  # fmt: skip

    def number(self) -> int:
        """The revision from which the person began; 0, which is none, where that was tampered with."""
        said = self.said("revision")
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


class PartyForm(PartForm):
    """An organisation and what it does."""

    organization = SelectField(_l("Organización"), validate_choice=False)
    role = TextAreaField(_l("Qué le toca en el convenio"))

    def values(self) -> dict[str, Any]:
        return {"organization": self.said("organization"), "role": self.said("role")}


class ObjectiveForm(PartForm):
    """An objective; its number is given."""

    words = TextAreaField(_l("Objetivo"))

    def values(self) -> dict[str, Any]:
        return {"words": self.said("words")}


class SignatoryForm(PartForm):
    """Who signed."""

    name = StringField(_l("Nombre"))
    post = StringField(_l("Cargo al firmar"))
    organization = StringField(_l("Organización"))
    signed_on = _day(_l("Día de la firma"))

    def values(self) -> dict[str, Any]:
        said = {name: self.said(name) for name in ("name", "post", "organization")}
        return {**said, "signed_on": self.day_of("signed_on")}


class MilestoneForm(PartForm):
    """What happened, and where it is told."""

    when = StringField(_l("Día o mes"))
    words = TextAreaField(_l("Qué pasó"))
    article = StringField(_l("Noticia que lo cuenta"))
    resource = StringField(_l("Material que lo documenta"))

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

    def values(self) -> dict[str, Any]:
        return {"title": self.said("title"), "resource": self.material_of(), "internal": self.internal.data}


class ProcedureForm(PartForm):
    """A procedure of coordination."""

    code = StringField(_l("Código"))
    title = StringField(_l("Título"))
    version = StringField(_l("Versión"), default="1")
    dated = _day(_l("Fecha"))
    words = TextAreaField(_l("Cómo se hace"))
    counterpart_verifies = BooleanField(
        _l("La contraparte verifica: quien es responsable no verifica lo suyo")
    )

    def values(self) -> dict[str, Any]:
        said = {name: self.said(name) for name in ("code", "title", "version", "words")}
        return {**said, "dated": self.day_of("dated"), "counterpart_verifies": self.counterpart_verifies.data}


class AmendmentForm(AgreementSheet):
    """What is proposed to change."""

    title = StringField(_l("Título"))
    words = TextAreaField(_l("Texto de la adenda"))
    dated = _day(_l("Fecha"))
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
