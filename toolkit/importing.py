"""Taking in a folder: one resource per file, told apart by owner and content, so that a second run changes
nothing but what its table says."""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from toolkit import access, catalogue, extraction, vocabulary
from toolkit.catalogue import Card
from toolkit.database import Database, Visit
from toolkit.errors import N_, Fault, Invalid, Message
from toolkit.files.admission import recognise
from toolkit.files.names import clean_name
from toolkit.files.store import Store
from toolkit.records import File, Organization, Resource, Version

COLUMNS = {
    "file": ("file", "archivo", "fichero"),
    "title": ("title", "titulo"),
    "summary": ("summary", "resumen"),
    "kind": ("kind", "tipo"),
    "topics": ("topics", "topic", "temas", "tema"),
    "sectors": ("sectors", "sector", "sectores"),
    "audiences": ("audiences", "for whom", "para quien", "publico"),
    "principles": ("principles", "principle", "principios", "principio"),
    "country": ("country", "pais"),
    "region": ("region", "departamento"),
    "language": ("language", "idioma"),
    "year": ("year", "ano", "anio"),
    "authors": ("authors", "author", "autores", "autoras", "autor", "autora"),
    "licence": ("licence", "license", "licencia"),
    "show_card": ("show card", "show_card", "mostrar ficha"),
}
"""Fields of a table and the headings, without accents, that name them."""
LEVELS = {"public": access.PUBLIC, "members": access.MEMBERS, "organization": access.OWN}
"""Audiences for which a folder can be taken in, and their levels."""
_LISTS = {"kind": "kinds", "topics": "topics", "sectors": "sectors", "audiences": "audiences",
          "principles": "principles", "country": "countries", "region": "regions", "language": "languages",
          "licence": "licences"}  # fmt: skip
_SEVERAL = ("topics", "sectors", "audiences", "principles", "authors")
_YES = ("1", "si", "true", "yes", "x")


@dataclass
class Taken:
    """What became of one file: `state` is queued, ready, unreadable, refused or duplicate."""

    file: str
    state: str
    id: str | None = None
    file_id: int | None = None
    reason: Message | None = None


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFD", word.strip().casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """A CSV table as {file: {field: text}}. The header is Spanish or English; `,` or `;` between cells.

    UTF-8, or Windows-1252 as older spreadsheets write it. A column without a heading is passed over.
    Raises Invalid for a table without a column that names the file, or with a heading nobody knows.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = []
    for heading in next(rows, []):
        if not heading.strip():
            names.append("")
            continue
        known = [name for name, words in COLUMNS.items() if _plain(heading) in words]
        if not known:
            raise Invalid(N_("La tabla tiene una columna desconocida: «%(heading)s»."), heading=heading)
        names.append(known[0])
    if "file" not in names:
        raise Invalid(N_("La tabla necesita una columna «archivo» con el nombre de cada archivo."))
    table = {}
    try:
        for row in rows:
            cells = {name: cell for name, cell in zip(names, row, strict=False) if name}
            if cells.get("file", "").strip():
                table[place(cells.pop("file").strip().replace("\\", "/"))] = cells
    except csv.Error as broken:
        raise Invalid(N_("La tabla no se puede leer: %(trouble)s."), trouble=str(broken)) from broken
    return table


def place(name: str) -> str:
    """The name of a file in the form in which tables and folders are compared: composed (some systems take
    letters and accents apart), and fit to be printed whatever bytes the name is made of."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def fields_of(cells: Mapping[str, str]) -> dict[str, object]:
    """The fields of a card that a row gives; an empty cell gives none. Several values stand between `;` or
    `|`; a value is a code or its label in any language. Raises Invalid for a value that is on no list."""
    given: dict[str, object] = {}
    for name, cell in cells.items():
        values = [part.strip() for part in cell.replace("|", ";").split(";") if part.strip()]
        if not values:
            continue
        if name in _LISTS:
            values = [_code(_LISTS[name], value) for value in values]
        if name == "year":
            if not values[0].isdecimal():
                raise Invalid(N_("El año «%(year)s» no es un número."), year=values[0])
            given[name] = int(values[0])
        elif name == "show_card":
            given[name] = _plain(values[0]) in _YES
        elif name in _SEVERAL:
            given[name] = values
        else:
            given[name] = values[0] if name in _LISTS else cell.strip()
    if "region" in given and "country" not in given:
        given["country"] = str(given["region"]).split("-")[0]
    return given


def _code(list_name: str, value: str) -> str:
    known = vocabulary.load(list_name)
    code = known.find(value) or (known.find(f"PE-{value:0>2}") if list_name == "regions" else None)
    if code is None:
        raise Invalid(N_("«%(value)s» no está en la lista de valores."), value=value)
    return code


def files_in(folder: Path) -> Iterator[Path]:
    """The files of a folder and of those below, in order; hidden ones and symbolic links are passed over."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


class Import:
    """One run: files go to `organization_id` at `level` (0 public, 1 members, 3 the organisation)."""

    def __init__(
        self, database: Database, store: Store, scratch: Path, organization_id: int, level: int
    ) -> None:
        self.database, self.store, self.scratch = database, store, scratch
        self.organization_id, self.level = organization_id, level
        self._seen: dict[str, str] = {}

    def take(self, path: Path, name: str, fields: Mapping[str, object] | None = None) -> Taken:
        """Take in one file under the name relative to its folder; `fields` are what a table gives."""
        try:
            format = recognise(path, path.name)
            extraction.inspect(path, format.code, scratch=self.scratch)
            with path.open("rb") as stream:
                received = self.store.receive(stream, limit=2**40)
        except Fault as refused:
            return Taken(name, "refused", reason=refused.message)
        except (PermissionError, FileNotFoundError):
            return Taken(name, "refused", reason=Message(N_("No se pudo abrir el archivo.")))
        try:
            with self.database.visit(access.steward_of(self.organization_id), writing=True) as visit:
                known = self._known(visit, received.sha256)
                if known is None:
                    resource = self._add(visit, path, fields or {})
                    version = catalogue.add_version(visit, resource)
                    file = catalogue.add_file(visit, version, received, clean_name(path.name), format)
                    visit.session.expire(resource, ["versions"])
                    catalogue.publish(visit, resource, self.level)
                    self.store.keep(received)  # the last thing before the commit: no row without contents
                else:
                    file, resource = known
                    if received.sha256 in self._seen:
                        return Taken(name, "duplicate", resource.public_id, file.id,
                                     Message(N_("Tiene el mismo contenido que «%(other)s»."),
                                             {"other": self._seen[received.sha256]}))  # fmt: skip
                    self._change(visit, resource, fields or {})
                self._seen[received.sha256] = name
                return Taken(name, "queued", resource.public_id, file.id)
        except Fault as refused:
            return Taken(name, "refused", reason=refused.message)
        finally:
            self.store.discard(received)

    def _known(self, visit: Visit, sha256: str) -> tuple[File, Resource] | None:
        row = visit.session.execute(
            select(File, Resource)
            .join(Version, Version.id == File.version_id)
            .join(Resource, Resource.id == Version.resource_id)
            .where(File.sha256 == sha256, Resource.organization_id == self.organization_id)
            .order_by(Resource.id)
            .limit(1)
        ).first()
        return None if row is None else (row[0], row[1])

    def _add(self, visit: Visit, path: Path, fields: Mapping[str, object]) -> Resource:
        title = clean_name(path.stem) or path.stem
        return catalogue.add(visit, self.organization_id, Card(**{"title": title[:300], **fields}))  # type: ignore[arg-type]

    def _change(self, visit: Visit, resource: Resource, fields: Mapping[str, object]) -> None:
        card = catalogue.describe(resource)
        for name, value in fields.items():
            setattr(card, name, value)
        if card != catalogue.describe(resource):
            catalogue.change(visit, resource, card, revision=resource.revision)


def owner(database: Database, slug: str | None) -> int:
    """The id of the organisation that will hold what is taken in: the one called `slug`; without a slug the
    only one, or a new one called `biblioteca` where there is none. Raises Invalid, listing them, else."""
    with database.open_for_maintenance() as session:
        known = {
            one.slug: one.id for one in session.scalars(select(Organization).order_by(Organization.slug))
        }
        if slug is not None:
            if slug not in known:
                raise Invalid(N_("No existe la organización «%(slug)s». Las que hay: %(known)s."), slug=slug,
                              known=", ".join(known) or "–")  # fmt: skip
            return known[slug]
        if len(known) == 1:
            return next(iter(known.values()))
        if known:
            raise Invalid(N_("Diga con --owner de qué organización son: %(known)s."), known=", ".join(known))
        made = Organization(slug="biblioteca", name="Biblioteca")
        session.add(made)
        session.flush()
        return made.id
