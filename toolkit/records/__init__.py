"""The tables: columns, keys, constraints. No queries, no rules about who may see what.

One metadata for the whole portal; `portal.accounts` adds the tables of its own to it.
"""

from toolkit.records.agreement import (
    Agreement,
    AgreementParty,
    Amendment,
    Annex,
    Consent,
    Milestone,
    Objective,
    Procedure,
    Signatory,
)
from toolkit.records.base import Base, Moment, metadata, now, public_id
from toolkit.records.catalogue import (
    Coauthor,
    File,
    Folder,
    Page,
    Request,
    Resource,
    ResourceTerm,
    Share,
    Version,
    unpack,
)
from toolkit.records.compendia import Compendium, CompendiumItem
from toolkit.records.news import Article, ArticleOrganization, ArticleResource, ArticleTerm
from toolkit.records.norms import Norm, NormRelation, NormTerm
from toolkit.records.people import (
    Emergency,
    Invitation,
    Membership,
    Organization,
    Party,
    Person,
    Post,
    alphabetical,
    email_key,
)
from toolkit.records.units import OrganizationUnit
from toolkit.records.work import AuditEntry, Erasure, Job, Lease, OutboxMessage, Placement

__all__ = [
    "Agreement",
    "AgreementParty",
    "Amendment",
    "Annex",
    "Article",
    "ArticleOrganization",
    "ArticleResource",
    "ArticleTerm",
    "AuditEntry",
    "Base",
    "Coauthor",
    "Compendium",
    "CompendiumItem",
    "Consent",
    "Emergency",
    "Erasure",
    "File",
    "Folder",
    "Invitation",
    "Job",
    "Lease",
    "Membership",
    "Milestone",
    "Moment",
    "Norm",
    "NormRelation",
    "NormTerm",
    "Objective",
    "Organization",
    "OrganizationUnit",
    "OutboxMessage",
    "Page",
    "Party",
    "Person",
    "Placement",
    "Post",
    "Procedure",
    "Request",
    "Resource",
    "ResourceTerm",
    "Share",
    "Signatory",
    "Version",
    "alphabetical",
    "email_key",
    "metadata",
    "now",
    "public_id",
    "unpack",
]
