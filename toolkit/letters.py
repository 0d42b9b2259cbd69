"""Letters to the coordinations of organisations: whoever acts today gets them, and nobody whose organisation
or account is suspended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from toolkit import memberships, notices, outbox
from toolkit.access import Viewer
from toolkit.records import Organization, Person


def readers(session: Session, organization_ids: Iterable[int]) -> list[Person]:
    """Who coordinates these organisations today, each person once."""
    open_ones = (session.get(Organization, number) for number in organization_ids)
    found = {one.id: one for organization in open_ones if organization is not None and organization.active
             for one in notices.acting(session, organization)}  # fmt: skip
    return [found[number] for number in sorted(found)]


def to_coordinations(
    session: Session, organization_ids: Iterable[int], template: str, values: dict[str, Any],
    *, but: Viewer | None = None, also: int | None = None,
) -> None:  # fmt: skip
    """Write to whoever coordinates these organisations today, and to the person with the number `also`, each
    once, but not to the viewer `but`, who did what the letter tells of. The template gets the values and the
    `name` of the reader."""
    people = readers(session, organization_ids)
    more = session.get(Person, also) if also is not None else None
    if more is not None and more not in people:
        people.append(more)
    to_people(session, people, template, values, but=but)


def to_people(
    session: Session, people: Iterable[Person], template: str, values: dict[str, Any],
    *, but: Viewer | None = None,
) -> None:  # fmt: skip
    """The same to these people."""
    for person in people:
        if (but is None or person.id != but.person_id) and not memberships.shut_out(session, person):
            outbox.send(session, person.email, template, {**values, "name": person.name}, person.language)
