"""Organisations: add, find, browse with counts, change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from toolkit import audit, records, vocabulary
from toolkit.access import VISITOR, Viewer
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Invalid, NotFound
from toolkit.jobs import enqueue
from toolkit.records import Organization
from toolkit.search import spanish

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = {"name": 200, "acronym": 40, "website": 300, "slug": 80}


class SlugTaken(Conflict):
    """Another organisation has this slug."""

    default = N_("Ya existe una organización con el identificador «%(slug)s».")


class UnknownOrganization(NotFound):
    """No organisation has this slug; the sentence lists those that exist."""

    default = N_("No existe la organización «%(slug)s». Las que existen: %(known)s.")


class NoOrganizations(NotFound):
    """No organisation has this slug, because there is none."""

    default = N_("No existe la organización «%(slug)s»: todavía no hay ninguna.")


@dataclass(frozen=True)
class Directory:
    """Organisations for a page, and how many each choice of country and region would show."""

    organizations: list[Organization] = field(default_factory=list)
    countries: dict[str, int] = field(default_factory=dict)
    regions: dict[str, int] = field(default_factory=dict)


def _one_line(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _text(name: str, value: str, *, needed: bool = False) -> str:
    cleaned = _one_line(value)
    if needed and not cleaned:
        raise Invalid(N_("Escriba el nombre de la organización."), field=name)
    if len(cleaned) > LONGEST[name]:
        raise Invalid(N_("Use como máximo %(n)s caracteres."), field=name, n=LONGEST[name])
    return cleaned


def _place(country: str, region: str) -> tuple[str, str]:
    """The codes that two words (codes or labels) name; the region must lie in the country."""
    code = vocabulary.load("countries").find(country) if country else ""
    if code is None:
        raise Invalid(N_("No conocemos el país «%(value)s»."), field="country", value=country)
    if not region:
        return code, ""
    found = vocabulary.load("regions").find(region)
    if found is None:
        raise Invalid(N_("No conocemos la región «%(value)s»."), field="region", value=region)
    if code and not found.startswith(f"{code}-"):
        raise Invalid(N_("La región «%(value)s» no es de ese país."), field="region", value=region)
    return code or found.split("-")[0], found


def _website(value: str) -> str:
    address = _text("website", value)
    if address and not re.fullmatch(r"https?://\S+", address):
        raise Invalid(N_("Escriba la dirección completa, que empieza con «https://»."), field="website")
    return address


def add(
    session: Session, slug: str, name: str, *, acronym: str = "", summary: str = "", country: str = "",
    region: str = "", sector: str = "", website: str = "", viewer: Viewer = VISITOR,
) -> Organization:  # fmt: skip
    """Add an organisation in a maintenance session and give it back.

    `country`, `region` and `sector` are codes or labels. Raises `Invalid` with the field, `SlugTaken`.
    """
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST["slug"]:
        raise Invalid(
            N_("El identificador «%(slug)s» no sirve: use letras sin tilde, números y guiones."),
            field="slug", slug=slug,
        )  # fmt: skip
    if find(session, slug) is not None:
        raise SlugTaken(slug=slug)
    code, region_code = _place(country, region)
    organization = Organization(
        slug=slug, name=_text("name", name, needed=True), acronym=_text("acronym", acronym), summary=summary,
        country=code, region=region_code, sector=_sector(sector), website=_website(website),
    )  # fmt: skip
    session.add(organization)
    session.flush()
    audit.record(session, viewer, "add", "organization", slug, organization_id=organization.id,
                 name=organization.name)  # fmt: skip
    return organization


def _sector(sector: str) -> str:
    code = vocabulary.load("sectors").find(sector) if sector else ""
    if code is None:
        raise Invalid(N_("No conocemos el sector «%(value)s»."), field="sector", value=sector)
    return code


def find(session: Session, slug: str) -> Organization | None:
    """The organisation with this slug among those that the session sees, or None."""
    return session.scalar(select(Organization).where(Organization.slug == slug))


def get(session: Session, slug: str) -> Organization:
    """The organisation with this slug; raises `UnknownOrganization`, which lists those there are."""
    organization = find(session, slug)
    if organization is None:
        known = session.scalars(select(Organization.slug).order_by(Organization.slug)).all()
        raise UnknownOrganization(slug=slug, known=", ".join(known)) if known else NoOrganizations(slug=slug)
    return organization


def change(
    session: Session, organization: Organization, *, viewer: Viewer = VISITOR, **fields: str | bool
) -> None:
    """Change fields of `add` (not the slug), `active`, or a rule of the space (`approves_own`,
    `takes_requests`); what stays the same is not recorded. What the shelves say of it follows."""
    if "country" in fields or "region" in fields:
        country = str(fields.get("country", organization.country))
        kept = organization.region if country == organization.country else ""
        fields["country"], fields["region"] = _place(country, str(fields.get("region", kept)))
    changed: dict[str, str | bool] = {}
    for name, value in fields.items():
        cleaned = _cleaned(name, value)
        if getattr(organization, name) != cleaned:
            setattr(organization, name, cleaned)
            changed[name] = cleaned
    if changed:
        audit.record(session, viewer, "change", "organization", organization.slug,
                     organization_id=organization.id, fields=sorted(changed),
                     active=organization.active)  # fmt: skip
        session.flush()
    if changed.keys() & {"name", "acronym", "active"}:  # which stand in the documents of all that names it
        enqueue(session, "index", "index_organization", str(organization.id))


def _cleaned(name: str, value: str | bool) -> str | bool:
    if name in ("active", "approves_own", "takes_requests"):
        return bool(value)
    words = str(value)
    if name in ("name", "acronym"):
        return _text(name, words, needed=name == "name")
    if name == "website":
        return _website(words)
    if name == "sector":
        return _sector(words)
    if name in ("country", "region", "summary"):
        return words
    raise TypeError(f"an organisation has no field {name} to change")


def alphabetical(organization: Organization) -> str:
    """The key by which organisations stand in a list."""
    return records.alphabetical(organization.name)


def _counted(codes: Iterable[str], order: Iterable[str]) -> dict[str, int]:
    counts = Counter(code for code in codes if code)
    places = {code: n for n, code in enumerate(order)}
    return {code: counts[code] for code in sorted(counts, key=lambda code: places.get(code, len(places)))}


def names(visit: Visit) -> dict[str, str]:
    """Slug and name of all organisations, as a facet shows them."""
    rows = visit.session.execute(select(Organization.slug, Organization.name))
    return {row.slug: row.name for row in rows}


def named_by(visit: Visit, text: str) -> Organization | None:
    """The organisation that these words name: its acronym, or all the words that say something of its name,
    whatever their accents; of several the one with the shortest name."""
    if len(text) > 200 or not (wanted := _stems(text)):
        return None
    rows = visit.session.execute(_NAMED).all()
    found = [
        (len(name), slug) for slug, name, acronym in rows
        if acronym and text.strip().casefold() == acronym.casefold()
        or len(wanted) > 1 and wanted <= _stems_of_name(name)
    ]  # fmt: skip
    return find(visit.session, min(found)[1]) if found else None


def _stems(words: str) -> frozenset[str]:
    return frozenset(spanish.stem(word) for word in spanish.split(words)) - {""}


_stems_of_name = lru_cache(maxsize=4096)(_stems)
"""Names of organisations, which everybody sees; what somebody looks for is not remembered."""


_NAMED = select(Organization.slug, Organization.name, Organization.acronym).where(
    Organization.active, Organization.kind == "organization"
)


def browse(visit: Visit, country: str | None = None, region: str | None = None) -> Directory:
    """Active organisations by name, those of a country and a region where these are given.

    Countries are counted over all; regions over the chosen country, and only for a country that has
    regions in the vocabulary.
    """
    everyone = sorted(
        visit.session.scalars(
            select(Organization).where(Organization.active.is_(True), Organization.kind == "organization")
        ),
        key=alphabetical,
    )
    countries = _counted((one.country for one in everyone), vocabulary.load("countries"))
    chosen = [one for one in everyone if not country or one.country == country]
    official = vocabulary.regions_of(country) if country else []
    regions = _counted((one.region for one in chosen if one.region in official), official)
    if region:
        chosen = [one for one in chosen if one.region == region]
    return Directory(chosen, countries, regions)
