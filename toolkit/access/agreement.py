"""Who sees the agreement before it is out, its internal annexes and what is proposed to change it, and who
does that (product.md 5.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true

from toolkit.access.resources import listed_part
from toolkit.access.shelves import PUBLIC_SHELF, Standing
from toolkit.access.viewer import Viewer
from toolkit.records import Agreement, AgreementParty, Amendment, PlanChange

_agreement, _party, _amendment = Agreement.__table__, AgreementParty.__table__, Amendment.__table__


def works_on(viewer: Viewer, agreement_id: Any) -> ColumnElement[bool]:
    """Editors, and the coordinations of the parties."""
    if viewer.editor:
        return true()
    if not viewer.coordinates:
        return false()
    party = _party.alias()
    return exists(
        select(party.c.id).where(
            party.c.agreement_id == agreement_id, party.c.organization_id.in_(viewer.coordinates)
        )
    )


def reads_agreement(viewer: Viewer, agreement: Any) -> ColumnElement[bool]:
    """Everybody what is published; a draft those who work on it."""
    return or_(agreement.state == "published", works_on(viewer, agreement.id))


def part_of_agreement(viewer: Viewer, part: Any) -> ColumnElement[bool]:
    """A row that belongs to an agreement."""
    agreement = _agreement.alias()
    return exists(
        select(agreement.c.id).where(
            agreement.c.id == part.agreement_id, reads_agreement(viewer, agreement.c)
        )
    )


def told_milestone(viewer: Viewer, milestone: Any) -> ColumnElement[bool]:
    """A milestone that leads to a material is told to those for whom the material exists."""
    told = or_(milestone.resource_id.is_(None), listed_part(viewer, milestone))
    return and_(part_of_agreement(viewer, milestone), told)


def told_annex(viewer: Viewer, annex: Any) -> ColumnElement[bool]:
    """Likewise an annex, and an internal one only to those who work on the agreement."""
    told = or_(annex.resource_id.is_(None), listed_part(viewer, annex))
    internal = or_(not_(annex.internal), works_on(viewer, annex.agreement_id))
    return and_(part_of_agreement(viewer, annex), told, internal)


def reads_amendment(viewer: Viewer, amendment: Any) -> ColumnElement[bool]:
    """A published one whoever reads the agreement; what is proposed, or was withdrawn, who works on it."""
    out = or_(amendment.state == "published", works_on(viewer, amendment.agreement_id))
    return and_(part_of_agreement(viewer, amendment), out)


def may_edit_agreement(viewer: Viewer) -> bool:
    """Editors write the page of an agreement, publish it, and publish what its parties agreed to."""
    return viewer.editor


def speaks_for(viewer: Viewer, agreement: Agreement) -> frozenset[int]:
    """The parties whose coordination the viewer holds today, by the number of the organisation."""
    return viewer.coordinates & {one.organization_id for one in agreement.parties}


def may_amend(viewer: Viewer, agreement: Agreement) -> bool:
    """The coordinations of the parties and the editors propose amendments."""
    return viewer.editor or bool(speaks_for(viewer, agreement))


def proposed_by_own(viewer: Viewer, thing: Amendment | PlanChange, agreement: Agreement) -> bool:
    """Did the viewer, or a party for which they speak, propose this amendment or change?"""
    own = speaks_for(viewer, agreement)
    return thing.proposed_by == viewer.person_id or thing.organization_id in own


def may_close_proposal(viewer: Viewer, thing: Amendment | PlanChange, agreement: Agreement) -> bool:
    """Who takes an open proposal back or declines it: the coordinations of the parties, and an editor what
    they proposed themselves."""
    own = viewer.editor and thing.proposed_by == viewer.person_id
    return thing.state == "proposed" and (own or bool(speaks_for(viewer, agreement)))


def standing_of_agreement(agreement: Agreement) -> frozenset[Standing]:
    """A published one stands on the public shelf."""
    return frozenset({Standing(PUBLIC_SHELF, 1, "full")} if agreement.state == "published" else ())
