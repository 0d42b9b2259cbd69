"""How places in a file, files and addresses of resources are written."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from portal.languages import gettext, language, ngettext
from portal.templating import number, size
from portal.viewer import instance, viewer
from toolkit import slugs
from toolkit.access import CHOSEN
from toolkit.files.formats import FORMATS
from toolkit.records import File, Resource, Version


def slug(title: str) -> str:
    """The readable end of the address of a resource."""
    return slugs.slug(title, "material")


def address(resource: Resource) -> str:
    """The address of the card of a resource."""
    return url_for("resources.show", id=resource.public_id, slug=slug(resource.title))


def place(unit: str, page: int, label: str = "") -> str:
    """A place in a file, short: «p. 37», «hoja «Presupuesto»», «parte 3», «diapositiva 4»."""
    if unit == "sheet":
        return gettext("hoja «%(name)s»", name=label) if label else gettext("hoja %(n)s", n=page)
    if unit == "part":
        return gettext("parte %(n)s", n=page)
    if unit == "slide":
        return gettext("diapositiva %(n)s", n=page)
    return gettext("p. %(n)s", n=page)


def unit_name(unit: str) -> str:
    """What one page of a file is called, with a capital: «Página», «Hoja», «Parte», «Diapositiva»."""
    return {"sheet": gettext("Hoja"), "part": gettext("Parte"), "slide": gettext("Diapositiva")}.get(
        unit, gettext("Página")
    )


def extent(file: File) -> str:
    """How many pages a file has: «84 págs.», «3 hojas»; empty while it has not been read."""
    count, shown = file.page_count, number(file.page_count)
    if not count:
        return ""
    if file.unit == "sheet":
        return ngettext("%(shown)s hoja", "%(shown)s hojas", count, shown=shown)
    if file.unit == "part":
        return ngettext("%(shown)s parte", "%(shown)s partes", count, shown=shown)
    if file.unit == "slide":
        return ngettext("%(shown)s diapositiva", "%(shown)s diapositivas", count, shown=shown)
    return ngettext("%(shown)s pág.", "%(shown)s págs.", count, shown=shown)


def format_name(file: File) -> str:
    """What people call the format of a file: «PDF», «Word»."""
    return gettext(FORMATS[file.format].label) if file.format in FORMATS else file.format.upper()


def weight(files: Sequence[File]) -> str:
    """What a reader would download: «PDF, 1.2 MB, 84 págs.», or «3 archivos, 2.4 MB»; empty without files."""
    if not files:
        return ""
    if len(files) > 1:
        total = size(sum(file.size for file in files))
        return gettext("%(n)s archivos, %(size)s", n=len(files), size=total)
    one = files[0]
    return ", ".join(part for part in (format_name(one), size(one.size), extent(one)) if part)


def other_language(resource: Resource) -> str:
    """The language of a resource where it is not that of the page; empty where it is."""
    return resource.language if resource.language and resource.language != language() else ""


def thumbnail_made(file: File) -> bool:
    """Is there a small picture of the first page?"""
    return instance().store.picture(file.sha256, "thumb.webp") is not None


def side(resource: Resource, version: Version | None) -> str:
    """On which side of a sharing with chosen organisations this reader stands: `given` where their own
    organisation shares it, `received` where they open it because it was handed to one of theirs, else
    neither."""
    mine = viewer().organizations
    if resource.level != CHOSEN or not mine:
        return ""
    if resource.organization_id in mine:
        return "given"
    return "received" if version is not None else ""
