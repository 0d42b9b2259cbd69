"""The condition of every table: what `database` attaches to each statement of a viewer's session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false

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
from toolkit.access.people import (
    active_ones,
    known_people,
    own_audit,
    own_coauthors,
    own_emergencies,
    own_folders,
    own_invitations,
    own_memberships,
    own_parties,
    own_posts,
    own_requests,
    own_shares,
    unit_of_active,
)
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
    Coauthor: own_coauthors,
    Request: own_requests,
}
"""Tables that hold or show contents of a resource, or tell what is done with it."""

PEOPLE: dict[type, Condition] = {
    Organization: active_ones,
    OrganizationUnit: unit_of_active,
    Party: own_parties,
    Person: known_people,
    Membership: own_memberships,
    Post: own_posts,
    Invitation: own_invitations,
    Emergency: own_emergencies,
    Folder: own_folders,
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
    AuditEntry: own_audit,
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
