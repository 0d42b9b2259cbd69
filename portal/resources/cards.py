"""The card of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import counting
from portal.citations import cited
from portal.resources import section
from portal.resources.wording import slug
from portal.section import anyone
from portal.viewer import instance, visit
from toolkit import access, actions, applications, catalogue, news, requests
from toolkit.catalogue import deliveries, outlines
from toolkit.catalogue.outlines import Heading
from toolkit.errors import Forbidden
from toolkit.records import File, Resource, Version

OPEN_HEADINGS = 12
"""Headings of a long file that are shown at once; the others on request."""
APPLIED = 3
"""How many organisations that applied it are named on the card."""


@dataclass(frozen=True)
class Contents:
    """What the newest readable version holds, for its card."""

    version: Version
    headings: Mapping[int, list[Heading]]
    lost: frozenset[int]

    @property
    def readable(self) -> list[File]:
        """The files that can be read on line."""
        return [file for file in self.version.files if file.state == "ready" and file.page_count]


def contents(resource: Resource) -> Contents | None:
    """The newest version that this reader opens; None where only the card may be read."""
    version = catalogue.newest_version(visit(), resource)
    if version is None:
        return None
    ready = [file for file in version.files if file.state == "ready" and file.page_count > 1]
    found = {file.id: _headings(resource, file) for file in ready}
    lost = frozenset(file.id for file in version.files if not instance().store.exists(file.sha256))
    return Contents(version, {id: headings for id, headings in found.items() if headings}, lost)


def _headings(resource: Resource, file: File) -> list[Heading]:
    """The headings of a file but its own title, which stands above them already."""
    title = resource.title.casefold()
    found = [one for one in outlines.outline(visit(), file) if not title.startswith(one.words.casefold())]
    return found if len(found) > 1 else []


@section.route("/recursos/<public_id:id>", access=anyone)
@section.route("/recursos/<public_id:id>-<path:slug>", access=anyone)
def show(id: str, slug: str = "") -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """The card; an address without the title, or with an old one, leads to the one that holds."""
    resource = catalogue.get(visit(), id)
    if slug != (current := slug_of(resource)):
        query = request.query_string.decode("utf-8", "replace")
        there = url_for("resources.show", id=resource.public_id, slug=current)
        return redirect(f"{there}?{query}" if query else there, 302)
    signed_in = visit().viewer.signed_in
    applied = applications.browse(visit(), resource, per_page=APPLIED)
    page = render_template(
        "resources/show.html", resource=resource, card=catalogue.describe(resource),
        contents=contents(resource), deeds=deeds(resource) if signed_in else (), open_headings=OPEN_HEADINGS,
        asked_for=requests.waiting_about(visit(), resource) if signed_in else (),
        may_ask=access.may_ask_access(visit().viewer, resource),
        shares=deliveries.standing(visit(), resource) if visit().viewer.organizations else (),
        actions=actions.using(visit(), resource), articles=news.about_resource(visit(), resource),
        norms=cited("resource", resource.public_id), applied=applied,
        appliers=applications.appliers(visit(), resource) if applied.rows else 0,
    )  # fmt: skip
    counting.used(resource, "view")
    return page


def deeds(resource: Resource) -> list[tuple[str, str]]:
    """What this reader can do with a resource: the endpoint of each page, and what the link says."""
    viewer, published = visit().viewer, resource.state == "published"
    own = access.may_change(viewer, resource)
    moderates = access.may_moderate(viewer, resource)
    offered = (
        (published and access.may_apply(viewer), "applications.create", _("La aplicamos")),
        (access.may_share(viewer, resource), "sharing.create", _("Compartir")),
        (access.may_propose_share(viewer, resource), "sharing.create", _("Proponer compartirlo")),
        (own or access.may_correct(viewer, resource), "contributions.edit", _("Editar la ficha")),
        (own and published, "contributions.add_version", _("Subir una versión nueva")),
        ((own and published) or moderates, "contributions.visibility", _("Quién lo ve")),
        (not own and access.may_withdraw(viewer, resource), "contributions.withdraw", _("Retirar")),
        (own, "contributions.show", _("Ver en mis aportes")),
    )
    return [(endpoint, words) for may, endpoint, words in offered if may]


def slug_of(resource: Resource) -> str:
    """The readable end of the address of a resource."""
    return slug(resource.title)


@section.route("/recursos/<public_id:id>/paginas/<whole:number>", access=anyone)
def newest_page(id: str, number: int) -> ResponseReturnValue:  # noqa: A002
    """A page of the first file of the newest readable version, wherever that is today."""
    resource = catalogue.get(visit(), id)
    version = catalogue.newest_version(visit(), resource)
    if version is None or not version.files:
        raise Forbidden
    return redirect(url_for("resources.page", id=id, version=version.number, file=version.files[0].number,
                            number=number, q=request.args.get("q") or None))  # fmt: skip
