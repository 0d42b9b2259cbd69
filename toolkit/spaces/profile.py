"""What a coordination decides about its own organisation: the public profile, and two rules of the space."""

from __future__ import annotations

from sqlalchemy import select

from toolkit import organizations
from toolkit.access import leads
from toolkit.database import Visit
from toolkit.errors import N_, Forbidden, Invalid
from toolkit.jobs import enqueue
from toolkit.records import Organization, Resource

FIELDS = ("name", "acronym", "summary", "country", "region", "sector", "website", "approves_own",
          "takes_requests")  # fmt: skip
SUMMARY = 1000
"""Characters of the presentation."""


def change(visit: Visit, organization: Organization, **fields: str | bool) -> None:
    """Change some of the `FIELDS`; what the shelves say of the organisation follows. Raises Forbidden for who
    is not its coordination, Invalid with the field."""
    if not leads(visit.viewer, organization.id):
        raise Forbidden
    if set(fields) - set(FIELDS):
        raise TypeError(f"a coordination does not change {set(fields) - set(FIELDS)}")
    summary = str(fields.get("summary", "")).strip()
    if len(summary) > SUMMARY:
        raise Invalid(N_("Use como máximo %(n)s caracteres."), field="summary", n=SUMMARY)
    if "summary" in fields:
        fields["summary"] = "".join(c for c in summary if c.isprintable() or c == "\n")
    before = organization.name, organization.acronym
    organizations.change(visit.session, organization, viewer=visit.viewer, **fields)
    if (organization.name, organization.acronym) != before:
        _reindex(visit, organization)


def _reindex(visit: Visit, organization: Organization) -> None:
    """The name stands in the document of every material: write the jobs that bring the shelves up to date."""
    published = visit.session.scalars(
        select(Resource.public_id).where(
            Resource.organization_id == organization.id, Resource.state == "published"
        )
    )
    for public_id in published.all():
        enqueue(visit.session, "index", "index_resource", public_id)
