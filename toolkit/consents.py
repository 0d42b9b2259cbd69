"""Consents: each party of an agreement says yes to something, by its coordination (product.md 5.4). One
person speaks for one party only (5.5, rule 3)."""

from __future__ import annotations

from typing import Any, Protocol

from toolkit import access, letters
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden
from toolkit.records import Agreement, AgreementParty, Consent, Plan, now


class AgreedTo(Protocol):
    """What parties consent to: an amendment, a plan, a change of it, an action."""

    consents: list[Consent]


def missing(thing: AgreedTo, agreement: Agreement) -> list[AgreementParty]:
    """The parties that have not agreed yet."""
    agreed = {one.organization_id for one in thing.consents}
    return [one for one in agreement.parties if one.organization_id not in agreed]


def may_give(visit: Visit, thing: AgreedTo, agreement: Agreement) -> bool:
    """Would `give` take the viewer's consent?"""
    own = access.speaks_for(visit.viewer, agreement)
    said = any(one.person_id == visit.viewer.person_id for one in thing.consents)
    return not said and any(one.organization_id in own for one in missing(thing, agreement))


def give(visit: Visit, thing: AgreedTo, agreement: Agreement) -> int:
    """Agree for the party whose coordination the viewer holds, and give the number of that organisation.
    Raises Forbidden for strangers, Conflict where that was done already."""
    own = access.speaks_for(visit.viewer, agreement)
    if not own:
        raise Forbidden
    if any(one.person_id == visit.viewer.person_id for one in thing.consents):
        raise Conflict(N_("Usted ya dio su conformidad. La otra parte la da otra persona."))
    waiting = [one.organization_id for one in missing(thing, agreement) if one.organization_id in own]
    if not waiting:
        raise Conflict(N_("Su organización ya dio su conformidad."))
    thing.consents.append(Consent(organization_id=waiting[0], person_id=visit.viewer.person_id))
    visit.session.flush()
    return waiting[0]


def ask_anew(visit: Visit, plan: Plan) -> None:
    """What is written in a draft takes back its consents, which were given to something else, and tells who
    gave them; the revision moves on, so that who agrees agrees to what they read."""
    if plan.state != "draft":
        return
    plan.changed_at = now()
    if agreed := [one.organization_id for one in plan.consents]:
        plan.consents.clear()
        letters.to_coordinations(visit.session, agreed, "plan", letter(plan, "asked_anew"), but=visit.viewer)


def letter(plan: Plan, step: str) -> dict[str, Any]:
    """What a letter says of a plan, where nothing more is to be said of a change of it."""
    return {"year": plan.year, "step": step, "id": "", "about": "", "who": "", "reason": ""}
