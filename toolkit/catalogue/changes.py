"""What people do to a resource: create, change, publish, withdraw, restore, delete a draft."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from toolkit import access, audit, revisions
from toolkit.catalogue import deliveries
from toolkit.catalogue.cards import SEVERAL, Card, check, describe, write
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.jobs import enqueue
from toolkit.records import Resource, now


def reindex(visit: Visit, resource: Resource) -> None:
    """Write the job that brings the shelves up to date with this resource."""
    enqueue(visit.session, "index", "index_resource", resource.public_id)


def _note(visit: Visit, act: str, resource: Resource, **values: Any) -> None:
    audit.record(visit.session, visit.viewer, act, "resource", resource.public_id,
                 organization_id=resource.organization_id, **values)  # fmt: skip


def add(
    visit: Visit, organization_id: int, card: Card, *, level: int = access.OWN, form: str | None = None
) -> Resource:
    """A new draft of the viewer in an organisation for which the viewer may create; `level` is the one meant
    for it, and nobody reads it by that before it is published. `form` is a digest of what was sent."""
    if not access.may_upload(visit.viewer, organization_id):
        raise Forbidden(N_("No puede crear materiales para esa organización."))
    resource = Resource(organization_id=organization_id, created_by=visit.viewer.person_id, title="",
                        level=level, form=form)  # fmt: skip
    write(resource, check(card))
    visit.session.add(resource)
    visit.session.flush()
    _note(visit, "create", resource)
    return resource


def change(visit: Visit, resource: Resource, card: Card, *, revision: int) -> None:
    """Save the card; an editor corrects that of others. `revision` is the one that the person began from:
    raises `Overtaken` when somebody else saved meanwhile."""
    own = access.may_change(visit.viewer, resource)
    if not (own or access.may_correct(visit.viewer, resource)):
        raise Forbidden
    card = check(card)
    differing = revisions.compare(
        describe(resource), card, begun=revision, kept=resource.revision, unordered=SEVERAL
    )
    if not differing:
        return
    write(resource, card)
    visit.session.flush()
    _note(visit, "change" if own else "correct", resource, fields=differing)
    reindex(visit, resource)


def publish(
    visit: Visit, resource: Resource, level: int, *, show_card: bool | None = None,
    organizations: Collection[int] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Publish a draft at a level, or move what is published to another one, without asking.

    `show_card` says whether its card is shown to everybody, `organizations` who shall have it at level 2;
    None leaves either as it is. The newest version is handed to those who did not have it. An editor, who
    narrows what others published, gives a `reason`. Raises Forbidden where `access.may_publish` says no.
    """
    adding = level == access.CHOSEN and deliveries.missing(visit, resource, organizations)
    if not access.may_publish(visit.viewer, resource, level, adding=bool(adding)):
        raise Forbidden
    if access.may_moderate(visit.viewer, resource) and not reason.strip():
        raise Invalid(N_("Escriba el motivo: se le dirá a la coordinación que lo publicó."), field="reason")
    move(visit, resource, level, show_card=show_card, organizations=organizations, reason=reason)


def move(
    visit: Visit, resource: Resource, level: int, *, show_card: bool | None = None,
    organizations: Collection[int] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Do what `publish` says; the caller has checked that the viewer may, or that it was granted."""
    if resource.state == "withdrawn":
        raise Conflict(N_("Este material está retirado. Restáurelo antes de cambiar quién lo ve."))
    if not any(version.files for version in resource.versions):
        raise Invalid(N_("Suba al menos un archivo antes de publicar."), field="file")
    was = resource.level if resource.state == "published" else None
    if level == access.CHOSEN and organizations is not None:
        deliveries.keep_with(visit, resource, organizations)
    elif level == access.OWN:
        deliveries.end_all(visit, resource, now())
    resource.level = level
    if show_card is not None:
        resource.show_card = show_card
    if resource.state == "draft":
        resource.state, resource.published_at = "published", now()
    resource.changed_at = now()
    visit.session.flush()
    said = {"reason": reason.strip()} if reason.strip() else {}
    _note(visit, "publish" if was is None else "move", resource, level=level, was=was, **said)
    reindex(visit, resource)


def withdraw(visit: Visit, resource: Resource, reason: str) -> None:
    """Take a published resource out of sight; whoever could see it will be told so, with the reason. It ends
    its deliveries. An editor or an administrator has to give a reason."""
    if not access.may_withdraw(visit.viewer, resource):
        raise Forbidden
    if resource.state != "published":
        raise Conflict(N_("Este material no está publicado."))
    reason = reason.strip()[:500]
    if not reason and not access.may_change(visit.viewer, resource):
        raise Invalid(N_("Escriba el motivo: se le dirá a la coordinación que lo publicó."), field="reason")
    resource.state, resource.withdrawn_at = "withdrawn", now()
    resource.withdrawn_by, resource.withdrawn_reason = visit.viewer.person_id, reason
    own = access.may_change(visit.viewer, resource)
    resource.withdrawn_as = None if own else visit.viewer.portal_role
    resource.changed_at = resource.withdrawn_at
    deliveries.end_all(visit, resource, resource.withdrawn_at)
    visit.session.flush()
    said = {"reason": reason} if resource.level == access.PUBLIC else {}  # the audit knows no private words
    _note(visit, "withdraw", resource, **said)
    reindex(visit, resource)


def restore(visit: Visit, resource: Resource) -> None:
    """Publish again, at the level it had, what was withdrawn, without asking; what was delivered when it was
    withdrawn is delivered anew."""
    check_lifted(visit, resource)
    may = access.may_restore(visit.viewer, resource)
    own = resource.withdrawn_as is None
    if not (may and (access.may_publish(visit.viewer, resource, resource.level) or not own)):
        raise Forbidden(N_("Lo retiró otra persona: pida a la coordinación que lo restaure."))
    bring_back(visit, resource)


def check_lifted(visit: Visit, resource: Resource) -> None:
    """Raise Forbidden where an editor or an administrator took the resource down and the viewer is none who
    lifts that."""
    if resource.withdrawn_as is not None and not access.may_restore(visit.viewer, resource):
        raise Forbidden(
            N_("Lo retiró el portal, no la organización: solo puede restaurarlo quien lo edita o administra.")
        )


def bring_back(visit: Visit, resource: Resource) -> None:
    """Do what `restore` says; the caller has checked that the viewer may, or that it was granted. Nobody is
    granted what the portal took down."""
    check_lifted(visit, resource)
    if resource.state != "withdrawn" or resource.withdrawn_at is None:
        raise Conflict(N_("Este material no está retirado."))
    deliveries.renew(visit, resource, resource.withdrawn_at)
    resource.state = "published"
    resource.withdrawn_at, resource.withdrawn_by, resource.withdrawn_reason = None, None, ""
    resource.withdrawn_as = None
    resource.changed_at = now()
    visit.session.flush()
    _note(visit, "restore", resource)
    reindex(visit, resource)


def delete_draft(visit: Visit, resource: Resource) -> None:
    """Delete a draft for good; its files leave the disk with the next clean-up, unless others hold them."""
    if resource.state != "draft" or resource.created_by != visit.viewer.person_id:
        raise Forbidden(N_("Solo quien lo creó puede borrar un borrador."))
    _note(visit, "delete", resource)
    visit.session.delete(resource)
    visit.session.flush()
    enqueue(visit.session, "slow", "sweep", "files")
