"""The form of an initiative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from portal.languages import gettext as _
from portal.sheets import Sheet
from toolkit.errors import Overtaken
from toolkit.initiatives import Facts
from toolkit.records import Agreement


class InitiativeForm(Sheet):
    """What an initiative says. `form_for` adds two fields for each party: what it gains, and why nothing."""

    title = StringField(_l("Título"))
    words = TextAreaField(_l("De qué trata"))
    beneficiaries = TextAreaField(_l("Quién se beneficia"))
    cooperatives = TextAreaField(_l("Beneficio para las cooperativas"))
    revision = HiddenField()
    parties: Sequence[str] = ()
    """The slugs of the parties."""

    def facts(self) -> Facts:
        """What the form says."""
        return Facts(
            self.said("title"), self.said("words"), self.said("beneficiaries"), self.said("cooperatives"),
            {slug: self.said(f"benefit_{slug}") for slug in self.parties},
            {slug: self.said(f"reason_{slug}") for slug in self.parties},
        )  # fmt: skip

    def gains(self) -> list[tuple[Any, Any]]:
        """For each party the field for what it gains, and the one for why it gains nothing."""
        return [(self[f"benefit_{slug}"], self[f"reason_{slug}"]) for slug in self.parties]

    def set_beside(self, theirs: Sheet, trouble: Overtaken) -> None:
        """As of every form; what the parties gain stands in fields of their own."""
        names = [one for one in trouble.fields if one in self]
        for each in (field.name for pair in self.gains() for field in pair):
            if (self[each].data or "") != (theirs[each].data or ""):
                names.append(each)
        super().set_beside(theirs, Overtaken(trouble.theirs, trouble.revision, names))


def form_for(agreement: Agreement, facts: Facts | None = None, revision: int = 0) -> InitiativeForm:
    """The form of an initiative under this agreement: as it was sent, or else as `facts` stand."""
    known = [one.organization for one in agreement.parties if one.organization is not None]
    fields: dict[str, Any] = {"parties": [one.slug for one in known]}
    for one in known:
        party = one.acronym or one.name
        fields[f"benefit_{one.slug}"] = TextAreaField(_("Beneficio para %(party)s", party=party))
        fields[f"reason_{one.slug}"] = TextAreaField(
            _("O por qué no hay beneficio para %(party)s", party=party)
        )
    kind = type("InitiativeForm", (InitiativeForm,), fields)
    if facts is None:
        return kind()
    said = {**vars(facts), "revision": str(revision)}
    said |= {f"benefit_{slug}": words for slug, words in facts.benefits.items()}
    said |= {f"reason_{slug}": words for slug, words in facts.reasons.items()}
    return kind(formdata=None, data=said)
