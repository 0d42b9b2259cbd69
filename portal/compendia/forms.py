"""The forms of a compendium: its words, and a material with the reason why it stands there."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from portal.sheets import Sheet
from toolkit.errors import N_, Invalid
from toolkit.records import Compendium


class CompendiumForm(Sheet):
    """What is said of a compendium."""

    title = StringField(_l("Título"))
    words = TextAreaField(_l("Para quién es y para qué sirve"))
    revision = HiddenField()

    @classmethod
    def of(cls, compendium: Compendium) -> CompendiumForm:
        """The form as it stands, whatever was sent."""
        data = {"title": compendium.title, "words": compendium.words, "revision": str(compendium.revision)}
        return cls(formdata=None, data=data)


class ItemForm(Sheet):
    """A material by its address, and why it stands there."""

    needed = {"resource": N_("Pegue aquí la dirección de la ficha del material."),
              "reason": N_("Diga por qué conviene leerlo.")}  # fmt: skip
    resource = StringField(_l("Dirección del material"))
    reason = TextAreaField(_l("Por qué conviene leerlo"))

    def wanted(self) -> str:
        """The public id of the material; Invalid where none is named."""
        found = self.material_of()
        if not found:
            raise Invalid(N_("Pegue aquí la dirección de la ficha del material."), field="resource")
        return found
