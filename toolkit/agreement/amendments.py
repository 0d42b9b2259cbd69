"""Amendments: proposed by an editor or a coordination of a party, agreed to by the coordination of every
party, and only then published by an editor (product.md 5.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access, audit, consents, letters, reasons, tidy
from toolkit.agreement.changes import LAST, TEXT, TITLE, check_version, reindex
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Agreement, AgreementParty, Amendment, Consent, now


@dataclass
class Proposal:
    """What an amendment says: title, words, its day, and the number of the version of the full text that it
    makes, if it makes one."""

    title: str
    words: str
    dated: dt.date | None
    version: int | None = None


def get_amendment(visit: Visit, public_id: str) -> Amendment:
    """One amendment with who agreed to it; NotFound for who does not see it."""
    found = visit.session.scalars(
        select(Amendment)
        .where(Amendment.public_id == public_id)
        .options(
            selectinload(Amendment.consents).joinedload(Consent.organization),
            selectinload(Amendment.consents).joinedload(Consent.person),
            joinedload(Amendment.agreement)
            .selectinload(Agreement.parties)
            .joinedload(AgreementParty.organization),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def still_to_agree(amendment: Amendment) -> list[AgreementParty]:
    """The parties that have not agreed yet."""
    return consents.missing(amendment, amendment.agreement)


def propose_amendment(visit: Visit, agreement: Agreement, said: Proposal) -> Amendment:
    """Propose a change of a published agreement; every coordination of a party is told. Raises Forbidden,
    Conflict for a draft, Invalid with the field."""
    if not access.may_amend(visit.viewer, agreement):
        raise Forbidden
    if agreement.state != "published":
        raise Conflict(N_("El convenio todavía no está publicado: cámbielo directamente."))
    dated = _check(agreement, said)
    written = {"title": said.title, "words": said.words, "dated": dated, "version": said.version,
               "proposed_by": visit.viewer.person_id}  # fmt: skip
    for one in agreement.amendments:
        if one.state == "proposed" and all(getattr(one, name) == value for name, value in written.items()):
            return one  # the button was pressed twice
    own = sorted(access.speaks_for(visit.viewer, agreement))
    amendment = Amendment(**written, organization_id=own[0] if own else None)
    agreement.amendments.append(amendment)
    visit.session.flush()
    _note(visit, "propose", amendment)
    _tell(visit, amendment, "proposed", [one.organization_id for one in agreement.parties])
    return amendment


def agree(visit: Visit, amendment: Amendment) -> None:
    """Agree for the party whose coordination the viewer holds. One person speaks for one party. Raises
    Forbidden for strangers, Conflict where that was done already."""
    if not access.speaks_for(visit.viewer, amendment.agreement):
        raise Forbidden
    _check_open(amendment)
    organization_id = consents.give(visit, amendment, amendment.agreement)
    _note(visit, "agree", amendment, organization_id=organization_id)
    if not still_to_agree(amendment):
        with visit.open_for_maintenance() as whole:
            letters.to_people(whole, letters.editors(whole), "amendment", _letter(amendment, "agreed"))


def publish_amendment(visit: Visit, amendment: Amendment) -> None:
    """Show to everybody what every party agreed to; its text, if it made one, is the one in force now."""
    if not access.may_edit_agreement(visit.viewer):
        raise Forbidden
    _check_open(amendment)
    if still_to_agree(amendment):
        raise Conflict(N_("Falta la conformidad de alguna de las partes."))
    agreement = amendment.agreement
    if amendment.version is not None:
        _check_next(agreement, amendment.version)
        check_version(visit, agreement.text, amendment.version, "version")
        amendment.replaces, agreement.text_version = agreement.text_version, amendment.version
    amendment.number = max((one.number or 0 for one in agreement.amendments), default=0) + 1
    amendment.state, amendment.published_at = "published", now()
    visit.session.flush()
    _note(visit, "publish", amendment)
    reindex(visit, agreement)
    _tell(visit, amendment, "published", [one.organization_id for one in agreement.parties])


def withdraw_amendment(visit: Visit, amendment: Amendment, reason: str = "") -> None:
    """Take one's own proposal back, or decline that of another party, with a reason; who agreed stays
    written. Raises Forbidden, Conflict, Invalid."""
    _check_open(amendment)
    if not access.may_close_proposal(visit.viewer, amendment, amendment.agreement):
        raise Forbidden
    own = access.proposed_by_own(visit.viewer, amendment, amendment.agreement)
    reason = reasons.given(reason, N_("Escriba por qué no la acepta: lo lee quien la propuso."), optional=own)
    amendment.state, amendment.answer = "withdrawn", reason
    visit.session.flush()
    _note(visit, "withdraw" if own else "decline", amendment)
    parties = [one.organization_id for one in amendment.agreement.parties]
    _tell(visit, amendment, "withdrawn" if own else "declined", parties)


def _check(agreement: Agreement, said: Proposal) -> dt.date:
    """Tidy words in place; the day. Raises Invalid naming the field that cannot be taken."""
    said.title, said.words = tidy.line(said.title), tidy.text(said.words)
    for name, most, missing in (("title", TITLE, N_("Escriba un título.")),
                                ("words", TEXT, N_("Escriba el texto de la adenda."))):  # fmt: skip
        words = getattr(said, name)
        if not words:
            raise Invalid(missing, field=name)
        tidy.check_length(words, most, name)
    if said.dated is None:
        raise Invalid(N_("Escriba el día, por ejemplo 2015-09-15."), field="dated")
    if said.dated.year > LAST:
        raise Invalid(N_("Revise el año."), field="dated")
    if agreement.signed_on and said.dated < agreement.signed_on:
        raise Invalid(N_("La fecha no puede ser anterior a la firma del convenio."), field="dated")
    if said.version is not None and agreement.text is None:
        raise Invalid(N_("El convenio no tiene todavía un texto completo."), field="version")
    if said.version is not None:
        _check_next(agreement, said.version)
    return said.dated


def _check_next(agreement: Agreement, version: int) -> None:
    """The text that an amendment makes comes after the one in force. It need not be there yet: what is
    uploaded is read by everybody who reads the text, and that waits until the parties have agreed."""
    if version <= agreement.text_version:
        raise Invalid(N_("La versión %(n)s del texto ya rige: escriba la que sigue."), field="version",
                      n=agreement.text_version)  # fmt: skip


def _check_open(amendment: Amendment) -> None:
    if amendment.state == "published":
        raise Conflict(N_("Esta adenda ya está publicada."))
    if amendment.state == "withdrawn":
        raise Conflict(N_("Esta propuesta se retiró."))


def _note(visit: Visit, act: str, amendment: Amendment, **values: Any) -> None:
    audit.record(visit.session, visit.viewer, act, "amendment", amendment.public_id, **values)


def _tell(visit: Visit, amendment: Amendment, step: str, organization_ids: Iterable[int]) -> None:
    with visit.open_for_maintenance() as whole:
        author = letters.proposer(whole, amendment.proposed_by, amendment.agreement)
        letters.to_coordinations(whole, organization_ids, "amendment", _letter(amendment, step),
                                 but=visit.viewer, also=author)  # fmt: skip


def _letter(amendment: Amendment, step: str) -> dict[str, str]:
    return {"title": amendment.title, "id": amendment.public_id, "step": step, "reason": amendment.answer}
