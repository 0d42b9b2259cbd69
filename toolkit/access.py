"""Who may see and do what. The only place that answers "who".

A `Viewer` is somebody at one moment, as plain values. The conditions below are attached to every
session opened for a viewer (see `database`): rows that the viewer may not see do not exist in it.

* `listed_to`: the card (*ficha*: title, summary, facts) of a resource exists for this viewer.
* `readable_by`: so do the contents of a version. It implies the first.

Every table is declared in `SCOPES` with the condition that governs it; the house-rule tests fail for
a table that is declared nowhere. The matrix is product.md 5.2 and 5.3.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select, true

from toolkit.records import (
    AuditEntry,
    File,
    Job,
    Lease,
    Membership,
    Moment,
    Organization,
    OutboxMessage,
    Page,
    Person,
    Placement,
    Post,
    Resource,
    ResourceTerm,
    Share,
    Version,
    now,
)

LIMA = ZoneInfo("America/Lima")
PUBLIC, MEMBERS, CHOSEN, OWN = 0, 1, 2, 3
PUBLIC_SHELF, MEMBERS_SHELF = "public", "members"


@dataclass(frozen=True)
class Viewer:
    """Somebody at one moment: what they belong to and which posts they hold today (Lima).

    `roles` maps organisation ids (active ones only) to `member` or `promoter`; `coordinates` are the
    organisations whose post «Coordinación» this person holds, or stands in for, today.
    """

    person_id: int | None = None
    name: str = ""
    language: str = "es"
    roles: frozenset[tuple[int, str]] = frozenset()
    coordinates: frozenset[int] = frozenset()
    portal_role: str | None = None
    at: dt.datetime | None = None

    @property
    def signed_in(self) -> bool:
        """Somebody, not a visitor."""
        return self.person_id is not None

    @property
    def organizations(self) -> frozenset[int]:
        """Ids of the organisations this person belongs to, by membership."""
        return frozenset(organization for organization, _ in self.roles)

    @property
    def member(self) -> bool:
        """Counts among «todos los miembros»: an active membership, or an editor of the portal."""
        return bool(self.roles) or self.editor

    @property
    def editor(self) -> bool:
        """An editor of the portal."""
        return self.portal_role == "editor"

    @property
    def administrator(self) -> bool:
        """An administrator of the service."""
        return self.portal_role == "administrator"

    @property
    def moment(self) -> ColumnElement[dt.datetime]:
        """The moment for which the conditions hold: `at`, or else that of each execution."""
        return bindparam("moment", callable_=lambda: self.at or now(), type_=Moment())


VISITOR = Viewer()


def steward_of(organization_id: int) -> Viewer:
    """The operator of the service acting for an organisation from the command line, as its coordination."""
    return Viewer(roles=frozenset({(organization_id, "promoter")}), coordinates=frozenset({organization_id}))


def lima_day(moment: dt.datetime) -> dt.date:
    """The calendar day in Lima, by which posts begin and end."""
    return moment.astimezone(LIMA).date()


# --- who may see -----------------------------------------------------------------------------------

_resource, _version = Resource.__table__, Version.__table__
_share, _file = Share.__table__, File.__table__
_membership = Membership.__table__


def _delivered(viewer: Viewer, version_id: Any) -> ColumnElement[bool]:
    """The version was handed to one of the viewer's organisations, and the handing-over is in force."""
    if not viewer.organizations:
        return false()
    share, moment = _share.alias(), viewer.moment
    return exists(
        select(share.c.id).where(
            share.c.version_id == version_id,
            share.c.organization_id.in_(viewer.organizations),
            share.c.since <= moment,
            or_(share.c.until.is_(None), share.c.until > moment),
        )
    )


def _read_by_level(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """The viewer reads every version by the level of the resource, whatever its state."""
    grounds: list[ColumnElement[bool]] = [resource.level == PUBLIC]
    if viewer.member:
        grounds.append(resource.level == MEMBERS)
    if viewer.organizations:
        grounds.append(resource.organization_id.in_(viewer.organizations))
    return or_(*grounds)


def _authored(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """A draft is its author's, as long as the author belongs to the organisation that holds it."""
    if not viewer.organizations:
        return false()
    return and_(
        resource.state == "draft",
        resource.created_by == viewer.person_id,
        resource.organization_id.in_(viewer.organizations),
    )


def _carded(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """The card is shown although the contents may not be: by the owner's choice, or to administrators."""
    shown = and_(resource.show_card, resource.level.in_((MEMBERS, CHOSEN)))
    return or_(shown, resource.level == MEMBERS) if viewer.administrator else shown


def _received(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """Some version of a level-2 resource was delivered to the viewer's organisation."""
    if not viewer.organizations:
        return false()
    version = _version.alias()
    delivered = exists(
        select(version.c.id).where(version.c.resource_id == resource.id, _delivered(viewer, version.c.id))
    )
    return and_(resource.level == CHOSEN, delivered)


def _could_be_listed(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    return or_(_read_by_level(viewer, resource), _carded(viewer, resource), _received(viewer, resource))


def _manages_withdrawn(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """A withdrawn resource stays with its author and with the coordination, who may restore it."""
    grounds = []
    if viewer.organizations:
        grounds.append(
            and_(
                resource.created_by == viewer.person_id,
                resource.organization_id.in_(viewer.organizations),
            )
        )
    if viewer.coordinates:
        grounds.append(resource.organization_id.in_(viewer.coordinates))
    return and_(resource.state == "withdrawn", or_(*grounds)) if grounds else false()


def listed_to(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """The card of `resource` (a table, alias or record class) exists for the viewer."""
    return or_(
        and_(resource.state == "published", _could_be_listed(viewer, resource)),
        _authored(viewer, resource),
        _manages_withdrawn(viewer, resource),
    )


def was_listed_to(viewer: Viewer, resource: Any) -> ColumnElement[bool]:
    """Withdrawn, and the viewer could see the card when it was: such a viewer is told so (410)."""
    return and_(resource.state == "withdrawn", _could_be_listed(viewer, resource))


def readable_by(viewer: Viewer, version: Any) -> ColumnElement[bool]:
    """The contents of `version` (a table, alias or record class) exist for the viewer."""
    resource = _resource.alias()
    by_resource = select(resource.c.id).where(
        resource.c.id == version.resource_id,
        or_(
            and_(resource.c.state == "published", _read_by_level(viewer, resource.c)),
            _authored(viewer, resource.c),
            _manages_withdrawn(viewer, resource.c),
        ),
    )
    grounds: list[ColumnElement[bool]] = [exists(by_resource)]
    if viewer.organizations:
        chosen = _resource.alias()
        grounds.append(
            and_(
                exists(
                    select(chosen.c.id).where(
                        chosen.c.id == version.resource_id,
                        chosen.c.state == "published",
                        chosen.c.level == CHOSEN,
                    )
                ),
                _delivered(viewer, version.id),
            )
        )
    return or_(*grounds)


def _listed_part(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    resource = _resource.alias()
    return exists(
        select(resource.c.id).where(resource.c.id == part.resource_id, listed_to(viewer, resource.c))
    )


def _read_part_of_version(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    version = _version.alias()
    return exists(select(version.c.id).where(version.c.id == part.version_id, readable_by(viewer, version.c)))


def _read_part_of_file(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    file = _file.alias()
    return exists(select(file.c.id).where(file.c.id == part.file_id, _read_part_of_version(viewer, file.c)))


def _own_shares(viewer: Viewer, share: Any) -> ColumnElement[bool]:
    """The register rows of the viewer's organisations, as giver or as receiver."""
    if not viewer.organizations:
        return false()
    version, resource = _version.alias(), _resource.alias()
    given = exists(
        select(version.c.id)
        .join(resource, resource.c.id == version.c.resource_id)
        .where(version.c.id == share.version_id, resource.c.organization_id.in_(viewer.organizations))
    )
    return or_(share.organization_id.in_(viewer.organizations), given)


def _fellows(viewer: Viewer, person: Any) -> ColumnElement[bool]:
    """Oneself, the people of one's organisations, and for an administrator everybody."""
    if viewer.administrator:
        return true()
    if not viewer.signed_in:
        return false()
    ground = person.id == viewer.person_id
    if not viewer.organizations:
        return ground
    membership = _membership.alias()
    fellow = exists(
        select(membership.c.id).where(
            membership.c.person_id == person.id,
            membership.c.organization_id.in_(viewer.organizations),
            membership.c.until.is_(None),
        )
    )
    return or_(ground, fellow)


def _own_memberships(viewer: Viewer, membership: Any) -> ColumnElement[bool]:
    if viewer.administrator:
        return true()
    if not viewer.signed_in:
        return false()
    return or_(membership.person_id == viewer.person_id, membership.organization_id.in_(viewer.organizations))


def _own_posts(viewer: Viewer, post: Any) -> ColumnElement[bool]:
    """Members see the posts (product.md 5.4); a visitor does not see who holds them."""
    return true() if viewer.member or viewer.administrator else false()


def _active(viewer: Viewer, organization: Any) -> ColumnElement[bool]:
    return true() if viewer.administrator else organization.active


def _nobody(viewer: Viewer, record: Any) -> ColumnElement[bool]:
    return false()


Condition = Callable[[Viewer, Any], ColumnElement[bool]]

LISTED: dict[type, Condition] = {Resource: listed_to, ResourceTerm: _listed_part}
"""Tables that are, or tell of, the card of a resource."""

READ: dict[type, Condition] = {
    Version: readable_by,
    File: _read_part_of_version,
    Page: _read_part_of_file,
    Share: _own_shares,
}
"""Tables that hold or show contents of a resource."""

PEOPLE: dict[type, Condition] = {
    Organization: _active,
    Person: _fellows,
    Membership: _own_memberships,
    Post: _own_posts,
}

INTERNAL: dict[type, Condition] = {
    Job: _nobody,
    Lease: _nobody,
    OutboxMessage: _nobody,
    AuditEntry: _nobody,
    Placement: _nobody,
}
"""Tables that no viewer's session shows."""

SCOPES: dict[type, Condition] = {**LISTED, **READ, **PEOPLE, **INTERNAL}


# --- who may do ------------------------------------------------------------------------------------


def may_upload(viewer: Viewer, organization_id: int) -> bool:
    """Promoters and the coordination create materials of their organisation (product.md 5.3)."""
    return (organization_id, "promoter") in viewer.roles or organization_id in viewer.coordinates


def uploads_for(viewer: Viewer) -> frozenset[int]:
    """Organisations for which the viewer may create materials."""
    return frozenset(
        organization for organization in viewer.organizations | viewer.coordinates
        if may_upload(viewer, organization)
    )  # fmt: skip


def may_publish(viewer: Viewer, resource: Resource, level: int) -> bool:
    """May this viewer publish the resource, or move it, to `level`?

    Until review exists, a promoter publishes own items and the coordination those of its organisation,
    at once; this is the one function that will change then.
    """
    return level in (PUBLIC, MEMBERS, CHOSEN, OWN) and may_change(viewer, resource)


def may_change(viewer: Viewer, resource: Resource) -> bool:
    """Edit, add versions, withdraw, restore: promoters their own items, the coordination all."""
    own = resource.created_by == viewer.person_id and may_upload(viewer, resource.organization_id)
    return own or (resource.state != "draft" and resource.organization_id in viewer.coordinates)


# --- shelves ---------------------------------------------------------------------------------------


def space_shelf(organization_id: int) -> str:
    """The name of the shelf of an organisation's space."""
    return f"space-{organization_id}"


def shelves_of(viewer: Viewer) -> tuple[str, ...]:
    """The shelves a viewer opens: the public one, the members' one, one for each membership. Never more."""
    shelves = [PUBLIC_SHELF]
    if viewer.member:
        shelves.append(MEMBERS_SHELF)
    return (*shelves, *(space_shelf(organization) for organization in sorted(viewer.organizations)))


@dataclass(frozen=True)
class Standing:
    """That a version stands on a shelf, in full or as a card."""

    shelf: str
    version: int
    form: str


def audiences_of(
    resource: Resource, newest: int | None, shares: list[tuple[int, int]]
) -> frozenset[Standing]:
    """Which versions of a resource stand on which shelves (architecture.md section 6).

    `newest` is the number of the newest version, None without one; `shares` are the shares in force as
    (version number, organisation id). Each shelf holds at most one version in full.
    """
    if resource.state != "published" or newest is None:
        return frozenset()
    if resource.level == PUBLIC:
        return frozenset({Standing(PUBLIC_SHELF, newest, "full")})
    standings = set()
    if resource.show_card and resource.level in (MEMBERS, CHOSEN):
        standings.add(Standing(PUBLIC_SHELF, newest, "ficha"))
    if resource.level == MEMBERS:
        return frozenset({*standings, Standing(MEMBERS_SHELF, newest, "full")})
    own = space_shelf(resource.organization_id)
    standings.add(Standing(own, newest, "full"))
    if resource.level == CHOSEN:
        delivered: dict[str, int] = {}
        for number, organization_id in shares:
            shelf = space_shelf(organization_id)
            if shelf != own:
                delivered[shelf] = max(number, delivered.get(shelf, 0))
        standings |= {Standing(shelf, number, "full") for shelf, number in delivered.items()}
    return frozenset(standings)


def at(viewer: Viewer, moment: dt.datetime) -> Viewer:
    """The same viewer, with the conditions fixed at a moment."""
    return replace(viewer, at=moment)


def draft_titles(organization_id: int) -> Select[str, dt.datetime]:
    """Titles and moments of an organisation's drafts, for its coordination only: the caller checks that."""
    return (
        select(_resource.c.title, _resource.c.changed_at)
        .where(_resource.c.organization_id == organization_id, _resource.c.state == "draft")
        .order_by(_resource.c.changed_at.desc())
    )
