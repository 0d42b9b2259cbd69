"""The condition of every table: what `database` attaches to each statement of a viewer's session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from toolkit.access.agreement import (
    part_of_agreement,
    reads_agreement,
    reads_amendment,
    told_annex,
    told_milestone,
)
from toolkit.access.applications import reads_application
from toolkit.access.compendia import reads_compendium, told_item
from toolkit.access.initiatives import part_of_initiative, reads_initiative
from toolkit.access.meetings import part_of_meeting, reads_meeting, reads_reminder
from toolkit.access.news import part_of_article, reads_article, told_resource
from toolkit.access.norms import part_of_norm, reads_norm, ties_norms
from toolkit.access.resources import (
    listed_part,
    listed_to,
    read_part_of_file,
    read_part_of_version,
    readable_by,
)
from toolkit.access.usage import counts_misses, counts_use
from toolkit.access.viewer import Viewer
from toolkit.access.workplan import (
    inside_action,
    part_of_action,
    part_of_indicator,
    part_of_plan,
    reads_action,
    reads_change,
    reads_consent,
    reads_evidence,
    reads_plan,
    reads_task,
    told_action,
    told_link,
)
from toolkit.records import (
    Action,
    ActionDetail,
    ActionObjective,
    ActionResource,
    ActionTerm,
    Agreement,
    AgreementParty,
    Amendment,
    Annex,
    Application,
    Article,
    ArticleAction,
    ArticleOrganization,
    ArticleResource,
    ArticleTerm,
    Assignee,
    Attendance,
    AuditEntry,
    Coauthor,
    Commitment,
    Compendium,
    CompendiumItem,
    Consent,
    Emergency,
    Erasure,
    Evidence,
    File,
    Folder,
    Indicator,
    Initiative,
    InitiativeBenefit,
    Invitation,
    Job,
    Lease,
    Measure,
    Meeting,
    Membership,
    Milestone,
    MissedSearch,
    Norm,
    NormRelation,
    NormTerm,
    Note,
    Objective,
    Organization,
    OrganizationUnit,
    OutboxMessage,
    Output,
    Page,
    Party,
    Person,
    Placement,
    Plan,
    PlanChange,
    Post,
    Priority,
    Procedure,
    Reminder,
    Request,
    Resource,
    ResourceTerm,
    Share,
    Signatory,
    Step,
    Task,
    Use,
    Version,
)

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


def _own_coauthors(viewer: Viewer, coauthor: Any) -> ColumnElement[bool]:
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


def _own_folders(viewer: Viewer, folder: Any) -> ColumnElement[bool]:
    """The folders of a space, for those who may open it."""
    return folder.organization_id.in_(viewer.organizations | viewer.emergencies)


def _own_requests(viewer: Viewer, request: Any) -> ColumnElement[bool]:
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


def _active(viewer: Viewer, organization: Any) -> ColumnElement[bool]:
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


def _unit_of_active(viewer: Viewer, unit: Any) -> ColumnElement[bool]:
    """The units of an organisation, for those to whom the organisation exists."""
    organization = _organization.alias()
    return exists(
        select(organization.c.id).where(
            organization.c.id == unit.organization_id, _active(viewer, organization.c)
        )
    )


def _own_parties(viewer: Viewer, party: Any) -> ColumnElement[bool]:
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


def _known(viewer: Viewer, person: Any) -> ColumnElement[bool]:
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


def _own_memberships(viewer: Viewer, membership: Any) -> ColumnElement[bool]:
    if viewer.administrator:
        return true()
    if not viewer.signed_in:
        return false()
    return or_(membership.person_id == viewer.person_id, membership.organization_id.in_(viewer.organizations))


def _own_posts(viewer: Viewer, post: Any) -> ColumnElement[bool]:
    """Members see the posts (product.md 5.4); a visitor does not see who holds them."""
    return true() if viewer.member or viewer.administrator else false()


def _own_invitations(viewer: Viewer, invitation: Any) -> ColumnElement[bool]:
    """The invitations of an organisation, for its coordination; for an administrator all."""
    if viewer.administrator:
        return true()
    return invitation.organization_id.in_(viewer.coordinates) if viewer.coordinates else false()


def _emergencies(viewer: Viewer, emergency: Any) -> ColumnElement[bool]:
    """Emergency access is seen by those who ask for it and open it, and by the coordination it concerns."""
    if viewer.administrator or viewer.editor:
        return true()
    return emergency.organization_id.in_(viewer.coordinates) if viewer.coordinates else false()


def _own_audit(viewer: Viewer, entry: Any) -> ColumnElement[bool]:
    """An administrator reads all, a coordination what concerns its organisation, an editor the own acts."""
    if viewer.administrator:
        return true()
    grounds = []
    if viewer.coordinates:
        grounds.append(entry.organization_id.in_(viewer.coordinates))
    if viewer.editor:
        grounds.append(entry.person_id == viewer.person_id)
    return or_(*grounds) if grounds else false()


def _nobody(viewer: Viewer, record: Any) -> ColumnElement[bool]:
    return false()


Condition = Callable[[Viewer, Any], ColumnElement[bool]]

LISTED: dict[type, Condition] = {
    Resource: listed_to,
    ResourceTerm: listed_part,
    ArticleResource: told_resource,
    Agreement: reads_agreement,
    Milestone: told_milestone,
    Annex: told_annex,
    ActionResource: told_link,
    Evidence: reads_evidence,
    Norm: reads_norm,
    CompendiumItem: told_item,
    Application: reads_application,
    Use: counts_use,
}
"""Tables that are, or tell of, the card of a resource; an agreement and a norm name the one that holds their
text."""

READ: dict[type, Condition] = {
    Version: readable_by,
    File: read_part_of_version,
    Page: read_part_of_file,
    Share: own_shares,
    Coauthor: _own_coauthors,
    Request: _own_requests,
}
"""Tables that hold or show contents of a resource, or tell what is done with it."""

PEOPLE: dict[type, Condition] = {
    Organization: _active,
    OrganizationUnit: _unit_of_active,
    Party: _own_parties,
    Person: _known,
    Membership: _own_memberships,
    Post: _own_posts,
    Invitation: _own_invitations,
    Emergency: _emergencies,
    Folder: _own_folders,
}

NEWS: dict[type, Condition] = {
    Article: reads_article,
    ArticleTerm: part_of_article,
    ArticleOrganization: part_of_article,
    ArticleAction: told_action,
}

AGREEMENT: dict[type, Condition] = {
    AgreementParty: part_of_agreement,
    Objective: part_of_agreement,
    Signatory: part_of_agreement,
    Procedure: part_of_agreement,
    Amendment: reads_amendment,
    Consent: reads_consent,
}

WORKPLAN: dict[type, Condition] = {
    Plan: reads_plan,
    Indicator: part_of_plan,
    Measure: part_of_indicator,
    PlanChange: reads_change,
    Action: reads_action,
    ActionObjective: part_of_action,
    ActionTerm: part_of_action,
    Output: part_of_action,
    ActionDetail: inside_action,
    Priority: inside_action,
    Assignee: inside_action,
    Note: inside_action,
    Step: inside_action,
    Task: reads_task,
    Initiative: reads_initiative,
    InitiativeBenefit: part_of_initiative,
}

NORMS: dict[type, Condition] = {
    NormTerm: part_of_norm,
    NormRelation: ties_norms,
}

COMPENDIA: dict[type, Condition] = {Compendium: reads_compendium}

MEETINGS: dict[type, Condition] = {
    Meeting: reads_meeting,
    Attendance: part_of_meeting,
    Commitment: part_of_meeting,
    Reminder: reads_reminder,
}

INTERNAL: dict[type, Condition] = {
    Job: _nobody,
    Lease: _nobody,
    OutboxMessage: _nobody,
    AuditEntry: _own_audit,
    Placement: _nobody,
    Erasure: _nobody,
    MissedSearch: counts_misses,
}
"""Tables that no viewer's session shows, but for the audit to those who answer for it, and for searches
without result to the editors."""

SCOPES: dict[type, Condition] = {
    **LISTED,
    **READ,
    **PEOPLE,
    **NEWS,
    **AGREEMENT,
    **WORKPLAN,
    **MEETINGS,
    **NORMS,
    **COMPENDIA,
    **INTERNAL,
}
