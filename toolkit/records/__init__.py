"""The tables: columns, keys, constraints. No queries, no rules about who may see what.

One metadata for the whole portal; `portal.accounts` adds the tables of its own to it.
"""

from toolkit.records.base import Base, Moment, metadata, now, public_id
from toolkit.records.catalogue import File, Page, Resource, ResourceTerm, Share, Version, unpack
from toolkit.records.people import Membership, Organization, Person, Post, email_key
from toolkit.records.work import AuditEntry, Job, Lease, OutboxMessage, Placement

__all__ = [
    "AuditEntry",
    "Base",
    "File",
    "Job",
    "Lease",
    "Membership",
    "Moment",
    "Organization",
    "OutboxMessage",
    "Page",
    "Person",
    "Placement",
    "Post",
    "Resource",
    "ResourceTerm",
    "Share",
    "Version",
    "email_key",
    "metadata",
    "now",
    "public_id",
    "unpack",
]
