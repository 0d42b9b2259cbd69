"""Who is looking: a person at one moment, as plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam

from toolkit.records import Moment, now

LIMA = ZoneInfo("America/Lima")
PUBLIC, MEMBERS, CHOSEN, OWN = 0, 1, 2, 3
"""Levels of product.md 5.2: everybody, all members, chosen organisations, the own organisation."""


@dataclass(frozen=True)
class Viewer:
    """Somebody at one moment: what they belong to and which posts they hold today (Lima).

    `roles` maps organisation ids (active ones only) to `member` or `promoter`; `coordinates` are the
    organisations whose post «Coordinación» this person holds, or stands in for, today; `trusted` those where
    a membership is marked «de confianza»; `emergencies` those whose contents an administrator may see for the
    moment (product.md 5.5, rule 8).
    """

    person_id: int | None = None
    name: str = ""
    language: str = "es"
    roles: frozenset[tuple[int, str]] = frozenset()
    coordinates: frozenset[int] = frozenset()
    portal_role: str | None = None
    at: dt.datetime | None = None
    trusted: frozenset[int] = frozenset()
    emergencies: frozenset[int] = frozenset()

    @property
    def signed_in(self) -> bool:
        """Somebody, not a visitor."""
        return self.person_id is not None

    @property
    def organizations(self) -> frozenset[int]:
        """Ids of the organisations whose space this person may open: by membership, or by the post."""
        return frozenset(organization for organization, _ in self.roles) | self.coordinates

    @property
    def member(self) -> bool:
        """Counts among «todos los miembros»: an active membership or post, or an editor of the portal."""
        return bool(self.organizations) or self.editor

    @property
    def editor(self) -> bool:
        """An editor of the portal."""
        return self.portal_role == "editor"

    @property
    def administrator(self) -> bool:
        """An administrator of the service."""
        return self.portal_role == "administrator"

    @property
    def moment(self) -> ColumnElement[dt.datetime]:
        """The moment for which the conditions hold: `at`, or else that of each execution."""
        return bindparam("moment", callable_=lambda: self.at or now(), type_=Moment())


VISITOR = Viewer()


def steward_of(organization_id: int) -> Viewer:
    """The operator of the service acting for an organisation from the command line, as its coordination."""
    return Viewer(roles=frozenset({(organization_id, "promoter")}), coordinates=frozenset({organization_id}))


def lima_day(moment: dt.datetime) -> dt.date:
    """The calendar day in Lima, by which posts begin and end."""
    return moment.astimezone(LIMA).date()


def at(viewer: Viewer, moment: dt.datetime) -> Viewer:
    """The same viewer, with the conditions fixed at a moment."""
    return replace(viewer, at=moment)
