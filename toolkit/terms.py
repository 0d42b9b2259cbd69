"""Terms of the post «Coordinación»: who holds it, or stands in, on a day in Lima, and what follows from that.

The newest term that has begun counts. Its alternate acts from the day after it ends, and while the holder is
marked absent (product.md 5.4 and 5.5, rules 3 and 4). Nothing here changes anything but `release` and
`keep_away`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import BindParameter, Date, Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from toolkit.access import lima_day
from toolkit.errors import N_, Conflict
from toolkit.records import Organization, Party, Person, Post, now

DAY = dt.timedelta(days=1)


class StillNeeded(Conflict):
    """The person coordinates today, or is to."""

    default = N_(
        "%(name)s coordina hoy «%(organization)s». Antes hace falta otra persona a cargo desde la misma "
        "medianoche: proponga a quien le sucede o, si hay suplente, marque la ausencia."
    )


_YOU = N_(
    "Usted coordina hoy «%(organization)s». Antes de salir hace falta otra persona a cargo desde la misma "
    "medianoche: proponga a quien le sucede o, si hay suplente, marque su ausencia."
)
_BY_POST = N_("%(name)s está en «%(organization)s» por su cargo: deja de estar cuando otra persona lo asume.")
_YOU_BY_POST = N_("Usted está en «%(organization)s» por su cargo: sale cuando otra persona lo asume.")


def today() -> dt.date:
    """The calendar day in Lima."""
    return lima_day(now())


def of(session: Session, organization_id: int) -> list[Post]:
    """All terms of an organisation, the newest first."""
    wanted = select(Post).where(Post.organization_id == organization_id)
    return list(session.scalars(wanted.order_by(Post.since.desc(), Post.id.desc())))


def current(terms: Iterable[Post], day: dt.date) -> Post | None:
    """Of an organisation's terms the one that counts on a day: begun last, be it over or not."""
    return max((one for one in terms if one.since <= day), key=lambda one: (one.since, one.id), default=None)


def coming(terms: Iterable[Post], day: dt.date) -> Post | None:
    """The next term to begin after a day."""
    return min((one for one in terms if one.since > day), key=lambda one: (one.since, one.id), default=None)


def absent(term: Post, day: dt.date) -> bool:
    """Is the holder marked absent on this day?"""
    begun = term.absent_from is not None and term.absent_from <= day
    return begun and (term.absent_until is None or term.absent_until >= day)


def away(term: Post, day: dt.date) -> bool:
    """Does the alternate act in place of the holder: is the term over, or the holder absent?"""
    return (term.until is not None and term.until < day) or absent(term, day)


def acting_id(term: Post | None, day: dt.date) -> int | None:
    """The id of the person who acts on a day under this term; None when that is nobody."""
    if term is None:
        return None
    return term.alternate_id if away(term, day) else term.holder_id


def acting(session: Session, organization_id: int, day: dt.date | None = None) -> Person | None:
    """Who coordinates an organisation on a day, today if none is said; None when nobody does."""
    day = day or today()
    found = acting_id(current(of(session, organization_id), day), day)
    return session.get(Person, found) if found is not None else None


def _standing() -> Select[int]:
    """Organisations whose post a person holds on a day, or stands in for: `away` and `current` as SQL."""
    person: BindParameter[int] = bindparam("person")
    day, later = bindparam("day", type_=Date()), aliased(Post)
    begun_later = exists(
        select(later.id).where(
            later.organization_id == Post.organization_id,
            later.code == Post.code,
            later.since <= day,
            (later.since > Post.since) | ((later.since == Post.since) & (later.id > Post.id)),
        )
    )
    over = Post.until.is_not(None) & (Post.until < day)
    gone = Post.absent_from.is_not(None) & (Post.absent_from <= day)
    gone &= Post.absent_until.is_(None) | (Post.absent_until >= day)
    return (
        select(Post.organization_id)
        .join(Organization, Organization.id == Post.organization_id)
        .where(
            Post.since <= day,
            ((Post.holder_id == person) & ~(over | gone)) | ((Post.alternate_id == person) & (over | gone)),
            Organization.active.is_(True),
            ~begun_later,
        )
    )


def _joint() -> Select[int]:
    """Open joint spaces in which one of these organisations takes part."""
    return (
        select(Party.joint_id)
        .join(Organization, Organization.id == Party.joint_id)
        .where(Party.organization_id.in_(bindparam("led", expanding=True)), Organization.active.is_(True))
    )


_STANDING, _JOINT = _standing(), _joint()
"""Every request of somebody signed in asks these: made once, because making them costs more than asking."""


def coordinated_by(session: Session, person_id: int, day: dt.date) -> frozenset[int]:
    """Ids of the organisations that this person coordinates on a day. The coordination of a party belongs to
    the coordination of its joint spaces."""
    led = frozenset(session.scalars(_STANDING, {"person": person_id, "day": day}))
    return led | frozenset(session.scalars(_JOINT, {"led": list(led)})) if led else led


def check_free(
    session: Session, person: Person, organization: Organization, *, oneself: bool = False
) -> None:
    """Raise `StillNeeded` for whoever coordinates today, is to coordinate, or is to stand in on a day that is
    set: an organisation keeps a coordination at every midnight (product.md 5.5, rule 3)."""
    day, names = today(), {"name": person.name, "organization": organization.name}
    if organization.id in coordinated_by(session, person.id, day):
        if organization.kind == "joint":
            raise StillNeeded(_YOU_BY_POST if oneself else _BY_POST, **names)
        raise StillNeeded(_YOU if oneself else None, **names)
    for term in of(session, organization.id):
        if term.since > day and term.holder_id == person.id:
            raise StillNeeded(
                N_("%(name)s asume la coordinación de «%(organization)s» en una fecha ya registrada. "
                   "Proponga antes a otra persona."), **names)  # fmt: skip
        planned = term.absent_from is not None and term.absent_from > day
        if planned and term.alternate_id == person.id:
            raise StillNeeded(
                N_("%(name)s suple a la coordinación de «%(organization)s» en una ausencia ya anunciada. "
                   "Anule antes esa ausencia."), **names)  # fmt: skip


def keep_away(session: Session, person: Person, organization: Organization) -> None:
    """Let an absence of the holder that has begun last until the holder says to be back."""
    term = current(of(session, organization.id), today())
    if term is not None and term.holder_id == person.id and absent(term, today()):
        term.absent_until = None
    session.flush()


def release(session: Session, person: Person, organization: Organization) -> None:
    """Take somebody who is free out of the terms: a holder marked absent is so for good, an alternate no
    more."""
    day = today()
    terms = of(session, organization.id)
    for term in terms:
        if term.holder_id == person.id and term is current(terms, day):
            ended = max(term.since, day - DAY)
            term.until = min(term.until, ended) if term.until else ended
        if term.alternate_id == person.id and (term.until is None or term.until >= day):
            term.alternate_id = None
    session.flush()
