"""Organisations: the directory with its facets, and the profile of each."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.section import Section, anyone
from portal.viewer import visit
from toolkit import access, applications, catalogue, joining, news, organizations, spaces, units
from toolkit.errors import NotFound

section = Section("organizations", __name__)


@section.route("/organizaciones", access=anyone)
def index() -> ResponseReturnValue:
    """The organisations of the portal, all or those of a country and a region."""
    every = organizations.browse(visit())
    country = request.args.get("pais", "")
    country = country if country in every.countries else ""
    found = organizations.browse(visit(), country) if country else every
    region = request.args.get("region", "")
    region = region if region in found.regions else ""
    if region:
        found = organizations.browse(visit(), country, region)
    return render_template("organizations/index.html", found=found, total=len(every.organizations),
                           country=country, region=region)  # fmt: skip


@section.route("/organizaciones/<slug>", access=anyone)
def show(slug: str) -> ResponseReturnValue:
    """What an organisation says of itself, and its materials that this reader sees. A joint space has no
    profile."""
    organization = organizations.find(visit().session, slug)
    if organization is None or not organization.active or organization.kind == "joint":
        raise NotFound
    shown = catalogue.browse_of(visit(), organization, request.args.get("pagina", 1, int))
    return render_template(
        "organizations/show.html", organization=organization, shown=shown,
        fellows=spaces.fellows(visit(), organization), may_join=joining.may_ask(visit(), organization),
        units=units.browse(visit(), organization), articles=news.about_organization(visit(), organization),
        applied=applications.of_organization(visit(), organization),
        may_write_units=access.may_write_units(visit().viewer, organization.id),
    )  # fmt: skip
