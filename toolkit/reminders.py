"""Reminders: every day the portal writes to who answers for what waits (product.md section 1, row 28), one
letter a person with all of it. They are written down, so that nothing goes out twice on a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from toolkit import access, coordination, memberships, outbox, terms
from toolkit.coordination.matters import SOON, Matter
from toolkit.database import Database, Visit
from toolkit.people import viewer_of
from toolkit.records import Agreement, Meeting, Person, Reminder, now

AFTER = dt.timedelta(days=7)
"""How long something waits before the first reminder, and between one and the next."""


def watch(database: Database) -> None:
    """Once a day: remind the coordination of each party of what waits for it. May run twice."""
    with database.open_for_maintenance() as session:
        wanted = select(Agreement).where(Agreement.state == "published")
        letters: dict[Person, list[Matter]] = defaultdict(list)
        for agreement in session.scalars(wanted.options(selectinload(Agreement.parties))).all():
            for matter in coordination.waiting(session, agreement):
                person = _whom(session, matter) if _ripe(matter) else None
                if person is not None:
                    letters[person].append(matter)
                    session.add(_reminder(matter, person))
        for person in sorted(letters, key=lambda one: one.id):
            with database.visit(viewer_of(session, person.id, now())) as visit:
                items = [{**_item(one), **_way(visit, one)} for one in letters[person]]
                values = {"name": person.name, "items": items, "inside": coordination.opens(visit)}
            outbox.send(session, person.email, "reminder", values, person.language)


def _ripe(matter: Matter) -> bool:
    """Has it waited for seven days, or does its day come within seven?"""
    if matter.since is not None:
        return access.lima_day(matter.since) + AFTER <= terms.today()
    return matter.due_on is not None and matter.due_on <= terms.today() + SOON


def _whom(session: Session, matter: Matter) -> Person | None:
    """Who is reminded today: the holder of the post first, then the alternate where there is one, and so
    on in turn; the alternate alone where the holder is absent or the term over. Nobody where that was done
    within the last seven days, where nobody acts, where the organisation is suspended, or their account."""
    sent = _sent(session, matter)
    if sent and access.lima_day(max(sent)) + AFTER > terms.today():
        return None
    term = terms.current(terms.of(session, matter.organization_id), terms.today())
    if term is None or not term.organization.active:
        return None
    told = sum(matter.since is None or one >= matter.since for one in sent)
    away = terms.away(term, terms.today())
    order = [term.holder, term.alternate] if told % 2 == 0 and not away else [term.alternate, term.holder]
    able = (one for one in (order[:1] if away else order) if one and not memberships.shut_out(session, one))
    return next(able, None)


def _sent(session: Session, matter: Matter) -> Sequence[dt.datetime]:
    return session.scalars(
        select(Reminder.sent_at).where(
            Reminder.noun == matter.kind, Reminder.key == matter.key,
            Reminder.organization_id == matter.organization_id,
        )
    ).all()  # fmt: skip


def _reminder(matter: Matter, person: Person) -> Reminder:
    return Reminder(noun=matter.kind, key=matter.key, organization_id=matter.organization_id,
                    person_id=person.id, sent_at=now())  # fmt: skip


def _item(matter: Matter) -> dict[str, Any]:
    """What the letter says of one matter: what it is called, how many days it waits, or until when it
    lasts and how many days it is late."""
    return {"kind": matter.kind, "key": matter.key, "title": _title(matter),
            "days": (terms.today() - access.lima_day(matter.since)).days if matter.since else 0,
            "due": matter.due_on.isoformat() if matter.due_on else "",
            "late": coordination.days_late(matter)}  # fmt: skip


def _way(visit: Visit, matter: Matter) -> dict[str, str]:
    """The page that the letter leads to, as a kind of matter with its key, if its reader may open it: who
    stands in does not see all that the coordination does. A task is read in its action, or else in the
    meeting where it was agreed on."""
    thing, kind, key = matter.thing, matter.kind, matter.key
    if kind == "task" and thing.action is not None:
        thing, kind, key = thing.action, "due", thing.action.code
    elif kind == "task":
        wanted = select(Meeting).where(Meeting.public_id == matter.meeting)
        thing, kind, key = visit.session.scalars(wanted).one_or_none(), "acta", matter.meeting
    record = type(thing)
    seen = thing is not None and visit.session.scalar(select(record.id).where(record.id == thing.id))
    return {"way": kind if seen else "", "way_key": key if seen else ""}


def _title(matter: Matter) -> str:
    thing = matter.thing
    if matter.kind in ("plan", "publish"):
        return str(thing.year)
    if matter.kind == "change":
        return f"{thing.plan.year}: {thing.reason}"[:120]
    if matter.kind == "task":
        return str(thing.words)
    return f"{thing.code} {thing.title}" if hasattr(thing, "code") else str(thing.title)
