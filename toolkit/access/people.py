"""Who sees people and organisations, and what ties them: memberships, posts, requests, deliveries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from toolkit.access.viewer import Viewer
from toolkit.records import Membership, Organization, Party, Post, Request, Resource, Share

_membership, _post, _share = Membership.__table__, Post.__table__, Share.__table__
_request, _party, _resource = Request.__table__, Party.__table__, Resource.__table__
_organization = Organization.__table__


def own_shares(viewer: Viewer, share: Any) -> ColumnElement[bool]:
    """The register rows of the viewer's organisations, as giver or as receiver; an editor reads all."""
    if viewer.editor:
        return true()
    if not viewer.organizations:
        return false()
    return or_(share.organization_id.in_(viewer.organizations), share.giver_id.in_(viewer.organizations))


def own_coauthors(viewer: Viewer, coauthor: Any) -> ColumnElement[bool]:
    """Who writes along, for those who write: the author of the draft and the one named."""
    if not viewer.organizations:
        return false()
    resource = _resource.alias()
    written = exists(
        select(resource.c.id).where(
            resource.c.id == coauthor.resource_id,
            resource.c.created_by == viewer.person_id,
            resource.c.organization_id.in_(viewer.organizations),
        )
    )
    return or_(coauthor.person_id == viewer.person_id, written)


def own_folders(viewer: Viewer, folder: Any) -> ColumnElement[bool]:
    """The folders of a space, for those who may open it."""
    return folder.organization_id.in_(viewer.organizations | viewer.emergencies)


def own_requests(viewer: Viewer, request: Any) -> ColumnElement[bool]:
    """One's own; those that one's coordination decides, once confirmed; successions for administrators."""
    if not viewer.signed_in:
        return false()
    grounds = [request.person_id == viewer.person_id]
    if viewer.coordinates:
        grounds.append(
            and_(request.organization_id.in_(viewer.coordinates), request.confirmed_at.is_not(None))
        )
    if viewer.administrator:
        grounds.append(request.kind == "succession")
    return or_(*grounds)


def active_ones(viewer: Viewer, organization: Any) -> ColumnElement[bool]:
    """Active organisations; of joint spaces one's own, and those that one's organisation is asked to open."""
    if viewer.administrator:
        return true()
    seen = and_(organization.active, organization.kind == "organization")
    grounds = [seen]
    if viewer.organizations:
        grounds.append(and_(organization.active, organization.id.in_(viewer.organizations)))
    if viewer.coordinates:
        party = _party.alias()
        asked = select(party.c.id).where(
            party.c.joint_id == organization.id, party.c.organization_id.in_(viewer.coordinates)
        )
        grounds.append(exists(asked))
    return or_(*grounds) if len(grounds) > 1 else seen


def unit_of_active(viewer: Viewer, unit: Any) -> ColumnElement[bool]:
    """The units of an organisation, for those to whom the organisation exists."""
    organization = _organization.alias()
    return exists(
        select(organization.c.id).where(
            organization.c.id == unit.organization_id, active_ones(viewer, organization.c)
        )
    )


def own_parties(viewer: Viewer, party: Any) -> ColumnElement[bool]:
    """Who takes part in a joint space, for those who may open it and for those who are asked to."""
    if viewer.administrator:
        return true()
    if not viewer.organizations:
        return false()
    beside = _party.alias()
    asked = exists(
        select(beside.c.id).where(
            beside.c.joint_id == party.joint_id, beside.c.organization_id.in_(viewer.coordinates)
        )
    )
    return or_(party.joint_id.in_(viewer.organizations), asked)


def known_people(viewer: Viewer, person: Any) -> ColumnElement[bool]:
    """Oneself; the people of one's organisations; for members those who hold a post; those who handed
    something over to one's organisation or acknowledged it; those who ask one's coordination for something;
    for an editor the administrators, and for an administrator everybody."""
    if viewer.administrator:
        return true()
    if not viewer.signed_in:
        return false()
    grounds = [person.id == viewer.person_id]
    if viewer.editor:
        grounds.append(person.portal_role == "administrator")
    if viewer.member:
        post = _post.alias()
        grounds.append(
            exists(
                select(post.c.id).where(or_(post.c.holder_id == person.id, post.c.alternate_id == person.id))
            )
        )
    if viewer.organizations:
        membership, share = _membership.alias(), _share.alias()
        own = viewer.organizations
        grounds.append(
            exists(
                select(membership.c.id).where(
                    membership.c.person_id == person.id,
                    membership.c.organization_id.in_(own),
                    membership.c.until.is_(None),
                )
            )
        )
        grounds.append(
            exists(
                select(share.c.id).where(
                    or_(share.c.shared_by == person.id, share.c.acknowledged_by == person.id),
                    or_(share.c.organization_id.in_(own), share.c.giver_id.in_(own)),
                )
            )
        )
    if viewer.coordinates:
        request = _request.alias()
        grounds.append(
            exists(
                select(request.c.id).where(
                    request.c.person_id == person.id, request.c.organization_id.in_(viewer.coordinates)
                )
            )
        )
    return or_(*grounds)


def own_memberships(viewer: Viewer, membership: Any) -> ColumnElement[bool]:
    if viewer.administrator:
        return true()
    if not viewer.signed_in:
        return false()
    return or_(membership.person_id == viewer.person_id, membership.organization_id.in_(viewer.organizations))


def own_posts(viewer: Viewer, post: Any) -> ColumnElement[bool]:
    """Members see the posts (product.md 5.4); a visitor does not see who holds them."""
    return true() if viewer.member or viewer.administrator else false()


def own_invitations(viewer: Viewer, invitation: Any) -> ColumnElement[bool]:
    """The invitations of an organisation, for its coordination; for an administrator all."""
    if viewer.administrator:
        return true()
    return invitation.organization_id.in_(viewer.coordinates) if viewer.coordinates else false()


def own_emergencies(viewer: Viewer, emergency: Any) -> ColumnElement[bool]:
    """Emergency access is seen by those who ask for it and open it, and by the coordination it concerns."""
    if viewer.administrator or viewer.editor:
        return true()
    return emergency.organization_id.in_(viewer.coordinates) if viewer.coordinates else false()


def own_audit(viewer: Viewer, entry: Any) -> ColumnElement[bool]:
    """An administrator reads all, a coordination what concerns its organisation, an editor the own acts."""
    if viewer.administrator:
        return true()
    grounds = []
    if viewer.coordinates:
        grounds.append(entry.organization_id.in_(viewer.coordinates))
    if viewer.editor:
        grounds.append(entry.person_id == viewer.person_id)
    return or_(*grounds) if grounds else false()
