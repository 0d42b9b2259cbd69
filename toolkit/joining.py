"""Asking an organisation to be let in; the coordination answers, and until then nothing opens."""

from __future__ import annotations

from toolkit import memberships, requests
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, NotFound
from toolkit.records import Organization, Request


def may_ask(visit: Visit, organization: Organization) -> bool:
    """Is this somebody who does not belong to an organisation that takes requests?"""
    outside = visit.viewer.signed_in and organization.id not in visit.viewer.organizations
    return outside and organization.kind == "organization" and organization.takes_requests


def check(visit: Visit, organization: Organization) -> None:
    """Raise NotFound for a visitor and where no organisation is asked, Conflict for who belongs already,
    Forbidden where the organisation takes no requests."""
    if not visit.viewer.signed_in or organization.kind != "organization" or not organization.active:
        raise NotFound
    if organization.id in visit.viewer.organizations:
        raise Conflict(N_("Usted ya pertenece a esta organización."))
    if not organization.takes_requests:
        raise Forbidden(N_("Esta organización no recibe solicitudes: entra quien ella invita."))


def ask(visit: Visit, organization: Organization, message: str) -> Request:
    """Ask the coordination to join, as far as `check` lets; until it is granted nothing opens."""
    check(visit, organization)
    return requests.ask(visit, "join", organization.id, message=message)


@requests.granting("join")
def _let_in(visit: Visit, request: Request) -> None:
    """Whoever asked becomes a member; more comes later, from the coordination."""
    if request.person is not None:
        memberships.admit(visit.session, request.person, request.organization, "member", viewer=visit.viewer)
