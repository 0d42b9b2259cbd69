"""The forms of what people contribute: the card, who sees it, files, the reason of a withdrawal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from portal.contributions.receiving import Arrival
from portal.languages import say
from portal.sheets import Sheet, Ticks
from portal.templating import label
from toolkit import access, vocabulary
from toolkit.catalogue import Card
from toolkit.errors import N_, Invalid
from toolkit.publication import Sight
from toolkit.records import Folder, Organization

DEEDS = (
    (_l("La llena o la calcula"), ("R01",)),
    (_l("Mide o diagnostica con ella"), ("R02",)),
    (_l("Organiza algo entre varias partes"), ("R03",)),
    (_l("Aprende a hacerlo bien"), ("R04", "R06", "R10")),
    (_l("Lo copia y lo adapta"), ("R08",)),
    (_l("La cumple"), ("R09",)),
    (_l("Conoce una experiencia"), ("R05", "R07")),
    (_l("Se informa"), ("R11", "R12", "R13", "R14", "R15")),
)
"""What a person will do with a material, and the kinds that serve it (product.md 2.1)."""
LEVELS = (
    (access.PUBLIC, _l("Público"), _l("Lo lee cualquier persona, sin ingresar.")),
    (access.MEMBERS, _l("Todos los miembros"),
     _l("Lo leen, después de ingresar, las personas de todas las organizaciones miembro.")),
    (access.CHOSEN, _l("Organizaciones elegidas"),
     _l("Lo leen las personas de su organización y las de las organizaciones que usted elija.")),
    (access.OWN, _l("Solo mi organización"),
     _l("Lo leen las personas de su organización. Para las demás no existe.")),
)  # fmt: skip
"""Who may read a material, narrowing, with the words that say so."""


class CardForm(Sheet):
    """What a resource says of itself. Only the title is needed."""

    title = StringField(_l("Título"))
    kind = SelectField(_l("¿Qué hará la persona con esto?"), validate_choice=False)
    summary = TextAreaField(_l("Resumen"))
    topics = Ticks(_l("Temas"), validate_choice=False)
    sectors = Ticks(_l("Sector"), validate_choice=False)
    audiences = Ticks(_l("Para quién"), validate_choice=False)
    principles = Ticks(_l("Principios cooperativos"), validate_choice=False)
    country = SelectField(_l("País"), validate_choice=False)
    region = SelectField(_l("Región del Perú"), validate_choice=False)
    language = SelectField(_l("Idioma del material"), default="es", validate_choice=False)
    year = StringField(_l("Año"))
    authors = TextAreaField(_l("Autoras y autores"))
    licence = SelectField(_l("¿Puedo usarlo?"), default="ask", validate_choice=False)
    revision = HiddenField()

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.kind.choices = {
            "": [("", _("Sin indicar"))],
            **{str(deed): [(code, label("kinds", code)) for code in codes] for deed, codes in DEEDS},
        }
        for name, words in (("topics", "topics"), ("sectors", "sectors"), ("audiences", "audiences"),
                            ("principles", "principles"), ("language", "languages"),
                            ("licence", "licences")):  # fmt: skip
            self[name].choices = _choices(words)
        self.country.choices = [("", _("Sin indicar")), *_choices("countries")]
        regions = vocabulary.regions_of("PE")
        self.region.choices = [("", _("Sin indicar")), *((code, label("regions", code)) for code in regions)]

    @classmethod
    def of(cls, card: Card, revision: int) -> CardForm:
        """The form as it stands for a card, whatever was sent."""
        values: dict[str, Any] = {one.name: getattr(card, one.name) for one in fields(Card)}
        values.update(authors="\n".join(card.authors), year=str(card.year or ""), revision=str(revision))
        return cls(formdata=None, data=values)

    def card(self, **more: Any) -> Card:
        """The card that the form describes; `catalogue.check` says whether it can be taken."""
        country = self.country.data or ""
        if self.region.data and not country:
            country = self.region.data.split("-")[0]
        return Card(
            title=self.title.data or "", kind=self.kind.data or "", summary=self.summary.data or "",
            topics=self.topics.data or [], sectors=self.sectors.data or [],
            audiences=self.audiences.data or [], principles=self.principles.data or [],
            country=country, region=self.region.data or "", language=self.language.data or "es",
            year=_year(self.year.data or ""), authors=(self.authors.data or "").splitlines(),
            licence=self.licence.data or "ask", **more,
        )  # fmt: skip


def named(organization: Organization) -> str:
    """Name and acronym of an organisation, as a list offers it."""
    if organization.acronym and organization.acronym != organization.name:
        return f"{organization.name} ({organization.acronym})"
    return organization.name


class SightForm(Sheet):
    """Who sees a resource; at level 2 the organisations, by their slugs."""

    level = RadioField(_l("¿Quién podrá verlo?"), validate_choice=False, default=str(access.OWN))
    show_card = BooleanField(_l("Mostrar la ficha al público"))
    organizations = Ticks(_l("¿Con qué organizaciones?"), validate_choice=False)
    message = TextAreaField(_l("Mensaje para la coordinación"))
    reason = TextAreaField(_l("Motivo"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.level.choices = [(str(level), words) for level, words, _hint in LEVELS]
        self.organizations.choices = []
        self.others: dict[str, int] = {}

    def offer_others(self, organizations: Iterable[Organization]) -> None:
        """Offer these organisations for level 2."""
        every = list(organizations)
        self.others = {one.slug: one.id for one in every}
        self.organizations.choices = [(one.slug, named(one)) for one in every]

    def chosen(self) -> int:
        """The level that was chosen. Raises Invalid for one that is not offered."""
        if self.level.data not in [str(level) for level, *_words in LEVELS]:
            raise Invalid(N_("Elija quién podrá verlo."), field="level")
        return int(self.level.data)

    def showing(self) -> bool:
        """Is the card to be shown to everybody? That makes sense where not everybody reads the contents."""
        return bool(self.show_card.data) and self.level.data in (str(access.MEMBERS), str(access.CHOSEN))

    def sight(self) -> Sight:
        """Who shall see it. Raises Invalid for a level or an organisation that is not offered."""
        level = self.chosen()
        said = self.organizations.data or []
        if level == access.CHOSEN and (not said or any(slug not in self.others for slug in said)):
            raise Invalid(N_("Elija al menos una organización de la lista."), field="organizations")
        ids = tuple(self.others[slug] for slug in said) if level == access.CHOSEN else ()
        return Sight(level, self.showing(), ids)


class FilesForm(Sheet):
    """Files, and for a new version what is new in it."""

    note = StringField(_l("¿Qué cambió?"))
    file = MultipleFileField(_l("Archivos"))

    def refuse_files(self, arrivals: Iterable[Arrival]) -> bool:
        """Say of each file that was refused why; gives whether there was any."""
        self.file.errors = [f"{one.name}: {say(one.trouble)}" for one in arrivals if one.trouble]
        return bool(self.file.errors)


class FolderForm(Sheet):
    """In which folder of its space a material stands."""

    folder = SelectField(_l("Carpeta"), validate_choice=False)

    def offer_folders(self, folders: Sequence[Folder], chosen: int | None = None) -> None:
        """Offer these folders, under the names of their organisations where there are several; the one with
        the id `chosen` is chosen until the person chooses."""
        self.folders = {one.public_id: one for one in folders}
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in folders:
            groups.setdefault(one.organization.name, []).append((one.public_id, one.name))
        none = ("", _("En ninguna"))
        named = {"": [none], **groups} if len(groups) > 1 else [none, *next(iter(groups.values()), [])]
        self.folder.choices = named
        if self.folder.data is None:
            self.folder.data = next((one.public_id for one in folders if one.id == chosen), "")

    def into(self, organization_id: int) -> Folder | None:
        """The folder that was chosen. Raises Invalid for one that is not a folder of this organisation."""
        folder = self.folders.get(self.folder.data or "")
        if self.folder.data and (folder is None or folder.organization_id != organization_id):
            raise Invalid(N_("Elija una carpeta de la organización que lo publica."), field="folder")
        return folder


class EditForm(CardForm, FolderForm):
    """The card of a resource, and its folder."""


class UploadForm(CardForm, SightForm, FilesForm, FolderForm):
    """One plain form: files and everything that is said of them."""

    organization = SelectField(_l("Organización que lo publica"), validate_choice=False)

    def offer(self, organizations: Sequence[Organization]) -> None:
        """Offer these organisations by their slugs, since the numbers of rows count hidden ones too; the
        first is chosen until the person chooses."""
        self.offered = {one.slug: one.id for one in organizations}
        self.organization.choices = [(one.slug, one.name) for one in organizations]
        if not self.organization.data:
            self.organization.data = self.organization.choices[0][0]

    def owner(self) -> int:
        """The organisation that was chosen. Raises Invalid for one that was not offered."""
        if self.organization.data not in self.offered:
            raise Invalid(N_("Elija una organización de la lista."), field="organization")
        return self.offered[self.organization.data]


class ReasonForm(Sheet):
    """Why a resource is withdrawn, and for an administrator by which order."""

    reason = TextAreaField(_l("Motivo"))
    order = StringField(_l("Orden legal"))


def _choices(words: str) -> list[tuple[str, str]]:
    return [(code, label(words, code)) for code in vocabulary.load(words)]


def _year(words: str) -> int | None:
    """The number that was written; 0, which no card takes, where it is none."""
    words = words.strip()
    if not words:
        return None
    return int(words) if words.isdecimal() and len(words) <= 4 else 0
