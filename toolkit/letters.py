"""Letters to the coordinations of organisations: whoever acts today gets them, and nobody whose organisation
or account is suspended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from toolkit import access, memberships, notices, outbox
from toolkit.access import Viewer
from toolkit.people import viewer_of
from toolkit.records import Agreement, Organization, Person, now


def readers(session: Session, organization_ids: Iterable[int]) -> list[Person]:
    """Who coordinates these organisations today, each person once."""
    open_ones = (session.get(Organization, number) for number in organization_ids)
    found = {one.id: one for organization in open_ones if organization is not None and organization.active
             for one in notices.acting(session, organization)}  # fmt: skip
    return [found[number] for number in sorted(found)]


def editors(session: Session) -> Sequence[Person]:
    """The editors of the portal."""
    return session.scalars(select(Person).where(Person.portal_role == "editor").order_by(Person.id)).all()


def to_coordinations(
    session: Session, organization_ids: Iterable[int], template: str, values: dict[str, Any],
    *, but: Viewer | None = None, also: Person | None = None,
) -> None:  # fmt: skip
    """Write to whoever coordinates these organisations today, and to the person `also`, each once, but not to
    the viewer `but`, who did what the letter tells of. The template gets the values and the `name` of the
    reader."""
    people = readers(session, organization_ids)
    if also is not None and also not in people:
        people.append(also)
    to_people(session, people, template, values, but=but)


def proposer(session: Session, person_id: int | None, agreement: Agreement) -> Person | None:
    """Who proposed something under an agreement, as long as they work on it: who left reads no more of it."""
    if person_id is None or not access.may_plan(viewer_of(session, person_id, now()), agreement):
        return None
    return session.get(Person, person_id)


def to_people(
    session: Session, people: Iterable[Person], template: str, values: dict[str, Any],
    *, but: Viewer | None = None,
) -> None:  # fmt: skip
    """The same to these people."""
    for person in people:
        if (but is None or person.id != but.person_id) and not memberships.shut_out(session, person):
            outbox.send(session, person.email, template, {**values, "name": person.name}, person.language)
