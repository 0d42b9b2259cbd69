"""Finding agreements: the one that counts, one by its address, its texts and procedures."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access
from toolkit.database import Visit
from toolkit.errors import Forbidden, NotFound
from toolkit.records import (
    Agreement,
    AgreementParty,
    Amendment,
    Annex,
    Consent,
    Milestone,
    Procedure,
    Version,
)

_WHOLE = (
    joinedload(Agreement.text),
    selectinload(Agreement.parties).joinedload(AgreementParty.organization),
    selectinload(Agreement.objectives),
    selectinload(Agreement.signatories),
    selectinload(Agreement.milestones).joinedload(Milestone.article),
    selectinload(Agreement.milestones).joinedload(Milestone.resource),
    selectinload(Agreement.annexes).joinedload(Annex.resource),
    selectinload(Agreement.procedures),
    selectinload(Agreement.amendments).selectinload(Amendment.consents).joinedload(Consent.organization),
)


def _newest_first() -> Select[Agreement]:
    """Those published before drafts, the one signed last first."""
    return select(Agreement).order_by(
        Agreement.state.desc(), Agreement.signed_on.desc().nulls_last(), Agreement.id.desc()
    )


def current(visit: Visit) -> Agreement | None:
    """The agreement that counts; a draft only where none is published, for those who see it."""
    return visit.session.scalars(_newest_first().limit(1).options(*_WHOLE)).one_or_none()


def browse(visit: Visit) -> Sequence[Agreement]:
    """All agreements that this viewer sees: the one that counts, earlier ones, drafts."""
    return visit.session.scalars(_newest_first()).all()


def get(visit: Visit, slug: str) -> Agreement:
    """One agreement with its parts; NotFound for who does not see it."""
    found = visit.session.scalars(
        select(Agreement).where(Agreement.slug == slug).options(*_WHOLE)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_to_change(visit: Visit, slug: str) -> Agreement:
    """One agreement for an editor; NotFound, or Forbidden for who may only read it."""
    found = get(visit, slug)
    if not access.may_edit_agreement(visit.viewer):
        raise Forbidden
    return found


def get_procedure(visit: Visit, slug: str, code: str) -> Procedure:
    """A procedure of an agreement by its code, in whatever letters; NotFound for who does not see it."""
    for one in get(visit, slug).procedures:
        if one.code.lower() == code.lower():
            return one
    raise NotFound


def texts(visit: Visit, agreement: Agreement) -> Sequence[Version]:
    """The consolidated texts that this viewer may read, the one in force first, then the earlier ones. A
    version that waits for the parties to agree, or that they declined, is none of them."""
    numbers = {agreement.text_version}
    for one in agreement.amendments:
        if one.state == "published" and one.version is not None:
            numbers |= {one.version, one.replaces or one.version}
    return visit.session.scalars(
        select(Version)
        .where(Version.resource_id == agreement.text_id, Version.number.in_(numbers))
        .order_by(Version.number.desc())
        .options(selectinload(Version.files), joinedload(Version.resource))
    ).all()
