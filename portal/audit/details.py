"""What is said beside an act: every detail in words, and the way to the thing it was done to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from portal.audit.wording import page
from portal.languages import gettext
from portal.resources.wording import address as resource_address
from portal.templating import day
from portal.viewer import viewer
from toolkit.access import leads
from toolkit.audit.reading import Line
from toolkit.records import Meeting, Organization, Resource

LEVELS = {0: _l("Público"), 1: _l("Todos los miembros"), 2: _l("Organizaciones elegidas"),
          3: _l("Solo la organización")}  # fmt: skip
ROLES = {"member": _l("Integrante"), "promoter": _l("Promoción"), "editor": _l("Edita el portal"),
         "administrator": _l("Administra el portal"), "none": _l("Ninguno")}  # fmt: skip
CHANGES = {"on": _l("Se activó"), "off": _l("Se quitó"), "replaced": _l("Pasó a otra aplicación"),
           "key_on": _l("Se agregó una llave"), "key_off": _l("Se quitó una llave"),
           "codes": _l("Códigos de respaldo nuevos"),
           "code_used": _l("Se usó un código de respaldo")}  # fmt: skip
FIELDS = {"title": _l("título"), "summary": _l("resumen"), "kind": _l("tipo"), "topics": _l("temas"),
          "sectors": _l("sectores"), "sector": _l("sector"), "audiences": _l("público"),
          "principles": _l("principios"), "country": _l("país"), "region": _l("región"),
          "language": _l("idioma"), "year": _l("año"), "authors": _l("autoría"), "licence": _l("licencia"),
          "show_card": _l("ficha a la vista de todos"), "name": _l("nombre"), "acronym": _l("sigla"),
          "website": _l("sitio web"), "approves_own": _l("aprobación de lo propio"),
          "takes_requests": _l("solicitudes para unirse"), "email": _l("correo"),
          "portal_role": _l("papel en el portal"), "text_size": _l("tamaño del texto"),
          "active": _l("estado"), "state": _l("estado"), "number": _l("número"), "text": _l("texto"),
          "issuer": _l("quién la dio"), "dated": _l("fecha"), "link": _l("enlace oficial"),
          "aliases": _l("otros nombres"), "day": _l("día"), "hour": _l("hora"),
          "place": _l("lugar"), "agenda": _l("agenda")}  # fmt: skip
"""What was changed, by the name of its field."""


def _level(value: Any, line: Line) -> str:
    return str(LEVELS.get(value, value)) if isinstance(value, int) else _role(value, line)


def _role(value: Any, line: Line) -> str:
    return str(ROLES.get(value, value))


def _day(value: Any, line: Line) -> str:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return day(moment if moment.tzinfo else moment.date())


def _names(value: Any, line: Line) -> str:
    """People and organisations by name; those whom this reader does not know are counted."""
    several = value if isinstance(value, list) else [value]
    known = [line.names[one] for one in several if one in line.names]
    if len(known) < len(several):
        known.append(gettext("%(n)s que usted no ve", n=len(several) - len(known)))
    return ", ".join(known)


def _fields(value: Any, line: Line) -> str:
    return ", ".join(str(FIELDS.get(one, one)) for one in value)


def _plain(value: Any, line: Line) -> str:
    return str(value)


Words = Callable[[Any, Line], str]
DETAILS: dict[str, tuple[Any, Words]] = {
    "page": (_l("abrió"), lambda value, line: page(str(value))),
    "level": (_l("lo ve"), _level),
    "was": (_l("antes"), _level),
    "role": (_l("papel"), _role),
    "portal_role": (_l("papel en el portal"), _role),
    "version": (_l("versión"), _plain),
    "number": (_l("versión"), _plain),
    "file": (_l("archivo"), _plain),
    "leaf": (_l("página"), _plain),
    "receiver": (_l("a"), _names),
    "organizations": (_l("organizaciones"), _names),
    "parties": (_l("partes"), _names),
    "holder": (_l("titular"), _names),
    "person": (_l("persona"), _names),
    "people": (_l("personas"), _names),
    "alternate": (_l("suplente"), _names),
    "author": (_l("de"), _names),
    "heir": (_l("a"), _names),
    "since": (_l("desde"), _day),
    "until": (_l("hasta"), _day),
    "fields": (_l("cambió"), _fields),
    "change": (_l("cambio"), lambda value, line: str(CHANGES.get(value, value))),
    "count": (_l("veces en una hora"), _plain),
    "order": (_l("orden"), _plain),
    "reason": (_l("motivo"), _plain),
}
"""What each detail is called and how its value is said, on the page; the table for spreadsheets has all of
them as they are."""


def details(line: Line) -> list[str]:
    """The rest, piece by piece."""
    shown = dict(line.values)
    if line.noun == "page":
        shown.pop("page", None)
    if line.noun == "emergency" and line.thing is not None:
        shown["reason"] = line.thing.reason
    said = ((name, shown.get(name)) for name in DETAILS)
    return [f"{DETAILS[name][0]}: {DETAILS[name][1](value, line)}" for name, value in said
            if value not in (None, "", [])]  # fmt: skip


def address(line: Line) -> str:
    """The page of the thing, where this reader has one; empty if not."""
    who, thing = viewer(), line.thing
    if line.noun in ("person", "account"):
        return url_for("administration.person", id=line.noun_id) if who.administrator and line.about else ""
    if isinstance(thing, Resource):
        return resource_address(thing)
    if isinstance(thing, Organization):
        return _of_organization(line.noun, thing)
    if isinstance(thing, Meeting):
        return url_for("meetings.show", id=line.noun_id)
    if thing is None:
        return ""
    if line.noun == "emergency" and (who.administrator or who.editor):
        return url_for("emergencies.show", id=line.noun_id)
    if line.noun == "request" and thing.organization and leads(who, thing.organization_id):
        return url_for("requests.show", slug=thing.organization.slug, id=line.noun_id)
    return ""


def _of_organization(noun: str, organization: Organization) -> str:
    if viewer().administrator:
        return url_for("administration.organization", slug=organization.slug)
    if noun == "post" and organization.id in viewer().organizations:
        return url_for("posts.show", slug=organization.slug)
    return url_for("organizations.show", slug=organization.slug) if noun == "organization" else ""
