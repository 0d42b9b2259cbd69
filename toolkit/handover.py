"""What passes on with the post: drafts of people who left, and the record of who coordinates from when.

Materials belong to organisations, not to people: somebody's drafts go to whoever coordinates on the day,
and on with the post when it changes hands (product.md 5.5, rules 4 and 5). What is published keeps its
author.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from toolkit import audit, outbox, terms
from toolkit.access import VISITOR, Viewer, drafts
from toolkit.records import AuditEntry, Organization, Person


def hand_over(
    session: Session, person: Person, organization: Organization, *, viewer: Viewer = VISITOR
) -> int:
    """Give the drafts of `person` in `organization` to whoever coordinates it today, who is told by e-mail;
    gives how many. Where nobody coordinates they wait for the next who does (`toolkit.posts.watch`)."""
    heir = terms.acting(session, organization.id)
    mine = list(session.scalars(drafts.drafts_of(organization.id, person.id)))
    if heir is None or heir is person or not mine:
        return 0
    _pass_on(session, organization, person, heir, mine, viewer)
    values = {"name": heir.name, "organization": organization.name, "slug": organization.slug,
              "author": person.name, "moved": len(mine)}  # fmt: skip
    outbox.send(session, heir.email, "handed_over", values, heir.language)
    return len(mine)


def _pass_on(
    session: Session, organization: Organization, author: Person, heir: Person, which: Collection[str],
    viewer: Viewer,
) -> None:  # fmt: skip
    session.flush()
    session.execute(drafts.pass_on(organization.id, author.id, heir.id, which))
    session.expire_all()
    for public_id in which:
        audit.record(session, viewer, "hand_over", "resource", public_id, organization_id=organization.id,
                     author=author.public_id, heir=heir.public_id)  # fmt: skip
    session.flush()


def received(session: Session, organization: Organization, person: Person) -> dict[str, str]:
    """The drafts that were handed over to `person` in `organization` and still wait there: public id of the
    draft → public id of who wrote it. `session` must see the audit of the organisation."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.act == "hand_over", AuditEntry.organization_id == organization.id)
        .order_by(AuditEntry.id)
    )
    wrote: dict[str, str] = {}
    for one in entries:
        wrote.setdefault(one.noun_id, one.values["author"])
    waiting = session.scalars(drafts.drafts_of(organization.id, person.id))
    return {one: wrote[one] for one in waiting if one in wrote}


def _pass_on_received(session: Session, organization: Organization, heir: Person) -> None:
    """Drafts that earlier coordinators took over go on with the post, not with the person."""
    heirs = session.scalars(
        select(AuditEntry.values["heir"].as_string())
        .where(AuditEntry.act == "hand_over", AuditEntry.organization_id == organization.id)
        .distinct()
    )
    for one in session.scalars(select(Person).where(Person.public_id.in_(list(heirs)), Person.id != heir.id)):
        waiting = received(session, organization, one)
        if waiting:
            _pass_on(session, organization, one, heir, waiting, VISITOR)


def turn(session: Session, organization: Organization) -> None:
    """Write down, once, that one person's coordination ended and another's began, and give the second the
    drafts that had been handed over to the first. `session` must see the audit of the organisation."""
    acting = terms.acting(session, organization.id)
    before = _last_to_begin(session, organization)
    if (acting.public_id if acting else None) == (before.values["person"] if before else None):
        return
    if before is not None:
        audit.record(session, VISITOR, "end", "post", organization.slug, organization_id=organization.id,
                     person=before.values["person"])  # fmt: skip
    if acting is not None:
        audit.record(session, VISITOR, "begin", "post", organization.slug, organization_id=organization.id,
                     person=acting.public_id)  # fmt: skip
        _pass_on_received(session, organization, acting)
    session.flush()


def _last_to_begin(session: Session, organization: Organization) -> AuditEntry | None:
    """The entry of the coordination that began last and has not ended."""
    last = session.scalar(
        select(AuditEntry)
        .where(
            AuditEntry.noun == "post",
            AuditEntry.act.in_(("begin", "end")),
            AuditEntry.organization_id == organization.id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return last if last is not None and last.act == "begin" else None
