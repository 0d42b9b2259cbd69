"""What a coordination decides about its own organisation: the public profile, and two rules of the space."""

from __future__ import annotations

from toolkit import organizations
from toolkit.access import leads
from toolkit.database import Visit
from toolkit.errors import N_, Forbidden, Invalid
from toolkit.records import Organization

FIELDS = ("name", "acronym", "summary", "country", "region", "sector", "website", "approves_own",
          "takes_requests")  # fmt: skip
SUMMARY = 1000
"""Characters of the presentation."""


def change(visit: Visit, organization: Organization, **fields: str | bool) -> None:
    """Change some of the `FIELDS`. Raises Forbidden for who is not its coordination, Invalid with the
    field."""
    if not leads(visit.viewer, organization.id):
        raise Forbidden
    if set(fields) - set(FIELDS):
        raise TypeError(f"a coordination does not change {set(fields) - set(FIELDS)}")
    summary = str(fields.get("summary", "")).strip()
    if len(summary) > SUMMARY:
        raise Invalid(N_("Use como máximo %(n)s caracteres."), field="summary", n=SUMMARY)
    if "summary" in fields:
        fields["summary"] = "".join(c for c in summary if c.isprintable() or c == "\n")
    organizations.change(visit.session, organization, viewer=visit.viewer, **fields)
