"""Who may do what (product.md 5.3 and 5.4). Plain questions about what the viewer already sees."""

from __future__ import annotations

from toolkit.access.viewer import CHOSEN, MEMBERS, OWN, PUBLIC, Viewer
from toolkit.records import Organization, Resource, Share, now


def may_upload(viewer: Viewer, organization_id: int) -> bool:
    """Promoters and the coordination create materials of their organisation (product.md 5.3)."""
    return (organization_id, "promoter") in viewer.roles or organization_id in viewer.coordinates


def uploads_for(viewer: Viewer) -> frozenset[int]:
    """Organisations for which the viewer may create materials."""
    return frozenset(one for one in viewer.organizations if may_upload(viewer, one))


def leads(viewer: Viewer, organization_id: int) -> bool:
    """Holds, or stands in for, the post «Coordinación» of the organisation today."""
    return organization_id in viewer.coordinates


def may_change(viewer: Viewer, resource: Resource) -> bool:
    """Edit, add versions, withdraw, restore: promoters their own items, the coordination all but drafts."""
    own = resource.created_by == viewer.person_id and may_upload(viewer, resource.organization_id)
    return own or (resource.state != "draft" and leads(viewer, resource.organization_id))


def may_correct(viewer: Viewer, resource: Resource) -> bool:
    """An editor corrects the card of what everybody or all members read, never the files."""
    return viewer.editor and resource.state == "published" and resource.level in (PUBLIC, MEMBERS)


def may_publish(viewer: Viewer, resource: Resource, level: int, *, adding: bool = False) -> bool:
    """May this viewer, without asking, publish the resource at `level`, or move what is published to it?
    `adding`: at level 2, for organisations that did not have it.

    The coordination: any level. A promoter, own items: narrower always; level 3 unless the organisation asks
    approval for that too; 1 and 2 when marked «de confianza», but what is published is widened by the
    coordination only; 0 at once until review exists. An editor narrows what everybody reads.
    """
    if level not in (PUBLIC, MEMBERS, CHOSEN, OWN):
        return False
    published = resource.state == "published"
    if may_moderate(viewer, resource) and level in (MEMBERS, OWN):
        return True
    if not may_change(viewer, resource):
        return False
    if leads(viewer, resource.organization_id) or level == PUBLIC:
        return True
    if published and level >= resource.level:
        return not (adding and level == resource.level == CHOSEN)
    if level == OWN:
        return not _approves_own(resource.organization)
    return not published and resource.organization_id in viewer.trusted


def _approves_own(organization: Organization | None) -> bool:
    return organization is not None and organization.approves_own


def may_ask_to_publish(viewer: Viewer, resource: Resource, level: int, *, adding: bool = False) -> bool:
    """May this viewer ask the coordination for what `may_publish` does not give at once?"""
    known = level in (PUBLIC, MEMBERS, CHOSEN, OWN)
    return known and may_change(viewer, resource) and not may_publish(viewer, resource, level, adding=adding)


def may_moderate(viewer: Viewer, resource: Resource) -> bool:
    """An editor narrows or withdraws, with a reason, what everybody reads and others are in charge of."""
    public = resource.state == "published" and resource.level == PUBLIC
    return viewer.editor and public and not may_change(viewer, resource)


def may_withdraw(viewer: Viewer, resource: Resource) -> bool:
    """Own items, the coordination those of its organisation, an editor what everybody reads; an
    administrator only on a legal order, which is written down with the reason."""
    ordered = viewer.administrator and resource.state == "published"
    return may_change(viewer, resource) or may_moderate(viewer, resource) or ordered


def may_restore(viewer: Viewer, resource: Resource) -> bool:
    """The coordination; a promoter what they withdrew themselves, not what somebody else took down. What an
    editor or an administrator took down, those of the same role who are not in charge of it."""
    if resource.withdrawn_as is not None:
        return viewer.portal_role == resource.withdrawn_as and not may_change(viewer, resource)
    mine = resource.withdrawn_by == viewer.person_id
    return may_change(viewer, resource) and (mine or leads(viewer, resource.organization_id))


def may_share(viewer: Viewer, resource: Resource) -> bool:
    """The coordination of the owner hands versions over, and ends that."""
    return resource.state == "published" and leads(viewer, resource.organization_id)


def may_end_share(viewer: Viewer, resource: Resource) -> bool:
    """The coordination, and a promoter for own items: ending a share is narrowing."""
    return resource.state == "published" and may_change(viewer, resource)


def may_propose_share(viewer: Viewer, resource: Resource) -> bool:
    """Promoters of the owner propose it to the coordination."""
    return (
        resource.state == "published"
        and (resource.organization_id, "promoter") in viewer.roles
        and not may_share(viewer, resource)
    )


def may_acknowledge(viewer: Viewer, share: Share) -> bool:
    """The coordination of the receiver says once, while it may be read, that it has arrived."""
    in_force = share.until is None or share.until > now()
    return in_force and leads(viewer, share.organization_id) and share.acknowledged_at is None


def may_ask_access(viewer: Viewer, resource: Resource) -> bool:
    """Somebody who sees a card of level 1 or 2 whose contents are not for them, but for an administrator as
    such. Whether the contents are is the caller's knowledge: it has asked for the version."""
    asks = not viewer.administrator or bool(viewer.organizations)
    return asks and resource.state == "published" and resource.level in (MEMBERS, CHOSEN)


def may_write_units(viewer: Viewer, organization_id: int) -> bool:
    """Its coordination says of which units an organisation consists, and so do those who edit its public
    text or administer the portal (product.md 5.4)."""
    return viewer.editor or viewer.administrator or organization_id in viewer.coordinates


def may_administer(viewer: Viewer) -> bool:
    """People, organisations, posts and roles of the portal."""
    return viewer.administrator
