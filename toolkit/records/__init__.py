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
from toolkit.records.applications import Application
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
from toolkit.records.news import Article, ArticleOrganization, ArticleResource, ArticleTerm
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
from toolkit.records.usage import MissedSearch, Use
from toolkit.records.work import AuditEntry, Erasure, Job, Lease, OutboxMessage, Placement

__all__ = [
    "Agreement",
    "AgreementParty",
    "Amendment",
    "Annex",
    "Application",
    "Article",
    "ArticleOrganization",
    "ArticleResource",
    "ArticleTerm",
    "AuditEntry",
    "Base",
    "Coauthor",
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
    "MissedSearch",
    "Moment",
    "Objective",
    "Organization",
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
    "Use",
    "Version",
    "alphabetical",
    "email_key",
    "metadata",
    "now",
    "public_id",
    "unpack",
]
