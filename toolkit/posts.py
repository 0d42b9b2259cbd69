"""The post «Coordinación» as people act on it: propose a successor, record a term, be absent and back, end a
term. Who acts on which day is said by `toolkit.terms`.

The coordination proposes; an administrator records on the signed request, and everybody concerned is told
(product.md 5.4). No term ends without somebody who acts from that same midnight (5.5, rule 3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from toolkit import access, audit, handover, invitations, lapses, memberships, outbox, people, requests, terms
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.records import Membership, Organization, Party, Person, Post, Request


def held(visit: Visit, organization: Organization) -> Post:
    """The viewer's own term, in force today, absent or not. Forbidden for everybody else."""
    day = terms.today()
    term = terms.current(terms.of(visit.session, organization.id), day)
    if term is None or term.holder_id != visit.viewer.person_id:
        raise Forbidden(N_("Esto lo hace quien tiene el cargo de coordinación."))
    if term.until is not None and term.until < day:
        raise Conflict(N_("Su periodo en el cargo terminó."))
    return term


def check_alternate(visit: Visit, organization: Organization) -> Person:
    """Who would stand in for the viewer, who holds the post. Raises Conflict where nobody could."""
    term = held(visit, organization)
    alternate = visit.session.get(Person, term.alternate_id) if term.alternate_id is not None else None
    if alternate is None or not memberships.belongs(visit.session, alternate, organization):
        raise Conflict(
            N_("Para ausentarse hace falta un suplente que pertenezca a la organización. Propóngalo primero.")
        )
    if memberships.shut_out(visit.session, alternate):
        raise Conflict(
            N_("La cuenta de %(name)s está suspendida: no puede suplirle. Proponga antes a otra persona."),
            name=alternate.name,
        )
    return alternate


def mark_absent(
    visit: Visit, organization: Organization, since: dt.date, until: dt.date | None = None
) -> None:
    """The holder will be away from the day `since` until the end of the day `until`, or until being back: the
    alternate acts meanwhile. Raises `Invalid` with the field, Conflict without an alternate who belongs."""
    term, alternate = held(visit, organization), check_alternate(visit, organization)
    if since < terms.today():
        raise Invalid(N_("Elija el día de hoy o uno posterior."), field="since")
    if until is not None and until < since:
        raise Invalid(N_("El último día no puede ser anterior al primero."), field="until")
    holder = people.oneself(visit.session, visit.viewer)
    memberships.admit(visit.session, holder, organization, "promoter", viewer=visit.viewer)
    term.absent_from, term.absent_until = since, until
    _note(visit, "absent", organization, since=since.isoformat(), until=until and until.isoformat())
    values = {"name": alternate.name, "holder": holder.name, "organization": organization.name,
              "slug": organization.slug, "since": since.isoformat(),
              "until": until and until.isoformat()}  # fmt: skip
    outbox.send(visit.session, alternate.email, "standing_in", values, alternate.language)


def mark_back(visit: Visit, organization: Organization) -> None:
    """The holder is back from today, or the absence will not be."""
    term = held(visit, organization)
    if term.absent_from is None:
        raise Conflict(N_("No hay ninguna ausencia anotada."))
    term.absent_from, term.absent_until = None, None
    _note(visit, "back", organization)


def _note(visit: Visit, act: str, organization: Organization, **values: Any) -> None:
    audit.record(visit.session, visit.viewer, act, "post", organization.slug,
                 organization_id=organization.id, **values)  # fmt: skip
    visit.session.flush()


def propose(
    visit: Visit, organization: Organization, holder: str, since: dt.date, *, email: str = "", name: str = "",
    alternate: str = "", message: str = "",
) -> Request:  # fmt: skip
    """The coordination proposes who follows: `holder` and `alternate` are public ids of people of the
    organisation; without `holder` somebody to be invited, by address and name. An administrator decides.

    Raises `Invalid` with the field. The address stands with the request, not in the audit.
    """
    if not access.leads(visit.viewer, organization.id):
        raise Forbidden
    if since <= terms.today():
        raise Invalid(N_("Elija un día a partir de mañana: el cargo pasa a medianoche."), field="since")
    for field, public_id in (("holder", holder), ("alternate", alternate)):
        if public_id and public_id not in _public_ids(visit, organization):
            raise Invalid(N_("Elija a alguien de la lista."), field=field)
        _check_open(visit.session, _person(visit.session, public_id), field)
    if holder and holder == alternate:
        raise Invalid(N_("Quien suple debe ser otra persona."), field="alternate")
    if not holder:
        email, name = people.address(email), " ".join(name.split())[:200]
        if not name:
            raise Invalid(N_("Escriba el nombre."), field="name")
    request = requests.ask(visit, "succession", organization.id, message=message, holder=holder,
                           alternate=alternate, since=since.isoformat())  # fmt: skip
    request.email = "" if holder else email
    request.values = {**request.values, "name": "" if holder else name}
    _note(visit, "propose", organization, since=since.isoformat(), holder=holder)
    return request


def _check_open(session: Session, person: Person | None, field: str) -> None:
    """Raise Invalid for somebody whose account is suspended: nobody would act."""
    if person is not None and memberships.shut_out(session, person):
        raise Invalid(N_("La cuenta de %(name)s está suspendida: elija a otra persona."), field=field,
                      name=person.name)  # fmt: skip


def _public_ids(visit: Visit, organization: Organization) -> set[str]:
    return {one.person.public_id for one in memberships.browse(visit, organization)}


def proposed(visit: Visit, organization: Organization) -> list[Request]:
    """The successions of an organisation that wait for an administrator."""
    found = visit.session.scalars(
        select(Request).where(
            Request.kind == "succession",
            Request.organization_id == organization.id,
            Request.state == "waiting",
        )
    )
    return list(found)


def record(
    visit: Visit, organization: Organization, holder: Person, since: dt.date,
    *, until: dt.date | None = None, alternate: Person | None = None,
) -> Post:  # fmt: skip
    """An administrator records a term, from the day `since` to the end of the day `until` or without end.

    A holder who does not belong yet is invited as a promoter, and told; so are the people of the organisation
    and the other parties of its joint spaces. Raises Forbidden, for oneself too, `Invalid` with the field.
    """
    if not access.may_administer(visit.viewer):
        raise Forbidden
    if visit.viewer.person_id in (holder.id, alternate.id if alternate else None):
        raise Forbidden(N_("Nadie cambia su propio papel en la organización."))
    session, known = visit.session, terms.of(visit.session, organization.id)
    if organization.kind != "organization":
        raise Invalid(N_("Un espacio conjunto no tiene cargo propio: lo coordinan sus partes."))
    if since < terms.today() and known:
        raise Invalid(N_("Elija el día de hoy o uno posterior."), field="since")
    if until is not None and until < since:
        raise Invalid(N_("El último día no puede ser anterior al primero."), field="until")
    if alternate is not None and (
        alternate is holder or not memberships.belongs(session, alternate, organization)
    ):
        raise Invalid(N_("Quien suple debe ser otra persona de la organización."), field="alternate")
    _check_open(session, holder, "holder")
    _check_open(session, alternate, "alternate")
    before = terms.acting(session, organization.id)
    term = memberships.place(session, organization, holder, since, alternate=alternate, until=until)
    _note(visit, "record", organization, holder=holder.public_id, since=since.isoformat(),
          until=until and until.isoformat(), alternate=alternate and alternate.public_id)  # fmt: skip
    if memberships.belongs(session, holder, organization):
        memberships.join(session, holder, organization, "promoter", viewer=visit.viewer)
    else:
        invitations.invite(visit, organization, holder.email, "promoter")
    handover.turn(session, organization)
    _tell(session, organization, term, [before, holder, alternate])
    return term


@requests.granting("succession")
def _record_proposed(visit: Visit, request: Request) -> None:
    """Record what was proposed; somebody without a record of their own gets one, and an invitation."""
    values = request.values
    holder = _person(visit.session, values.get("holder", ""))
    if holder is None:
        if not request.email:
            raise Conflict(N_("La persona propuesta ya no está en el portal."))
        holder = people.find(visit.session, request.email) or people.add(
            visit.session, values.get("name", ""), request.email, viewer=visit.viewer
        )
    until = values.get("until")
    record(visit, request.organization, holder, dt.date.fromisoformat(values["since"]),
           until=dt.date.fromisoformat(until) if until else None,
           alternate=_person(visit.session, values.get("alternate", "")))  # fmt: skip


def settle(
    visit: Visit, request: Request, since: dt.date, *, until: dt.date | None = None, alternate: str = ""
) -> None:
    """Grant a succession with the dates and the alternate of the signed request, whatever was proposed."""
    request.values = {**request.values, "since": since.isoformat(), "alternate": alternate,
                      "until": until.isoformat() if until else None}  # fmt: skip
    requests.decide(visit, request, granted=True)


def _person(session: Session, public_id: str) -> Person | None:
    return session.scalar(select(Person).where(Person.public_id == public_id)) if public_id else None


def end(visit: Visit, organization: Organization, until: dt.date) -> None:
    """An administrator sets the last day of the term in force. Refused unless somebody acts from the next
    midnight: the alternate, or a successor whose term is recorded."""
    if not access.may_administer(visit.viewer):
        raise Forbidden
    known, day = terms.of(visit.session, organization.id), terms.today()
    term = terms.current(known, day)
    if term is None:
        raise Conflict(N_("Esta organización no tiene a nadie en el cargo."))
    if until < day:
        raise Invalid(N_("Elija el día de hoy o uno posterior."), field="until")
    if not lapses.followed(visit.session, known, term, until):
        raise Conflict(
            N_("El cargo quedaría vacío desde el día siguiente. Registre antes un suplente o a quien sucede.")
        )
    term.until = until
    _note(visit, "set_end", organization, until=until.isoformat())
    _tell(visit.session, organization, term, [term.holder, term.alternate])


def _tell(
    session: Session, organization: Organization, term: Post, concerned: Iterable[Person | None]
) -> None:
    """Write to those concerned, to the people of the organisation, and to the coordinations of the other
    parties of its joint spaces."""
    recipients = {one.id: one for one in concerned if one is not None}
    for one in session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organization_id == organization.id, Membership.until.is_(None))
    ):
        recipients[one.id] = one
    shared = select(Party.joint_id).where(Party.organization_id == organization.id)
    for other in session.scalars(
        select(Party.organization_id).where(
            Party.joint_id.in_(shared), Party.organization_id != organization.id
        )
    ):
        acting = terms.acting(session, other)
        if acting is not None:
            recipients[acting.id] = acting
    values = {"organization": organization.name, "holder": term.holder.name, "since": term.since.isoformat(),
              "until": term.until and term.until.isoformat(),
              "alternate": term.alternate.name if term.alternate else ""}  # fmt: skip
    for one in recipients.values():
        outbox.send(session, one.email, "post_changed", {**values, "name": one.name}, one.language)
