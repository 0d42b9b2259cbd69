"""What the portal keeps about one person, gathered for that person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session, joinedload

from toolkit import terms
from toolkit.database import Visit
from toolkit.records import (
    Action,
    Application,
    Article,
    Assignee,
    Attendance,
    AuditEntry,
    Coauthor,
    Consent,
    Evidence,
    Invitation,
    Measure,
    Meeting,
    Membership,
    Note,
    Organization,
    Person,
    Post,
    Reminder,
    Request,
    Resource,
    Step,
)

Data = dict[str, Any]


def _at(moment: dt.datetime | dt.date | None) -> str | None:
    if isinstance(moment, dt.datetime):
        return moment.isoformat(timespec="seconds")
    return None if moment is None else moment.isoformat()


def gather(visit: Visit, whole: Session, person: Person) -> dict[str, Any]:
    """Everything about `person` as plain data, moments in UTC. `whole` sees everything, because somebody who
    left an organisation still sees that they belonged to it; materials come through the person's own visit.
    """
    return {
        "profile": {
            "name": person.name, "email": person.email, "language": person.language,
            "text_size": person.text_size, "portal_role": person.portal_role, "since": _at(person.created_at),
        },
        "memberships": _memberships(whole, person),
        "posts": _posts(whole, person),
        "resources": _resources(visit, person),
        "articles": _articles(visit, person),
        "applications": _applications(visit, person),
        "notes": _notes(whole, person),
        "deeds": _deeds(whole, person),
        "meetings": _meetings(whole, person),
        "reminders": _reminders(whole, person),
        "requests": _requests(whole, person),
        "invitations": _invitations(whole, person),
        "acts": _acts(whole, person),
    }  # fmt: skip


def _memberships(whole: Session, person: Person) -> list[Data]:
    led = terms.coordinated_by(whole, person.id, terms.today())
    rows = whole.scalars(
        select(Membership)
        .where(Membership.person_id == person.id)
        .options(joinedload(Membership.organization))
        .order_by(Membership.since, Membership.id)
    )
    return [
        {"organization": row.organization.name, "since": _at(row.since), "until": _at(row.until),
         "role": "coordinator" if row.until is None and row.organization_id in led else row.role}
        for row in rows
    ]  # fmt: skip


def _posts(whole: Session, person: Person) -> list[Data]:
    rows = whole.scalars(
        select(Post)
        .where(or_(Post.holder_id == person.id, Post.alternate_id == person.id))
        .options(joinedload(Post.organization))
        .order_by(Post.since, Post.id)
    )
    return [
        {"organization": row.organization.name, "as": "holder" if row.holder_id == person.id else "alternate",
         "since": _at(row.since), "until": _at(row.until)}
        for row in rows
    ]  # fmt: skip


def _resources(visit: Visit, person: Person) -> list[Data]:
    with_others = select(Coauthor.resource_id).where(Coauthor.person_id == person.id)
    rows = visit.session.scalars(
        select(Resource)
        .where(or_(Resource.created_by == person.id, Resource.id.in_(with_others)))
        .order_by(Resource.created_at, Resource.id)
    )
    return [
        {"id": row.public_id, "title": row.title, "state": row.state, "created": _at(row.created_at)}
        for row in rows
    ]  # fmt: skip


def _articles(visit: Visit, person: Person) -> list[Data]:
    rows = visit.session.scalars(
        select(Article).where(Article.created_by == person.id).order_by(Article.created_at, Article.id)
    )
    return [
        {"id": row.public_id, "title": row.title, "state": row.state, "created": _at(row.created_at)}
        for row in rows
    ]  # fmt: skip


def _applications(visit: Visit, person: Person) -> list[Data]:
    rows = visit.session.scalars(
        select(Application)
        .where(Application.created_by == person.id)
        .order_by(Application.created_at, Application.id)
    )
    return [
        {"id": row.public_id, "title": row.title, "words": row.words, "state": row.state,
         "created": _at(row.created_at)}
        for row in rows
    ]  # fmt: skip


def _notes(whole: Session, person: Person) -> list[Data]:
    """What this person wrote on the way of joint actions."""
    rows = whole.execute(
        select(Note, Action.code).join(Action).where(Note.person_id == person.id).order_by(Note.id)
    )
    return [{"action": code, "words": row.words, "created": _at(row.written_at)} for row, code in rows]


def _deeds(whole: Session, person: Person) -> list[Data]:
    """What this person did in plans and joint actions, and to which actions they are assigned."""
    acted = [
        {"kind": kind, "action": code, "words": words, "created": _at(moment)}
        for kind, record, words_of, at in (
            ("evidence", Evidence, Evidence.title, Evidence.added_at),
            ("state", Step, Step.after, Step.at),
            ("assigned", Assignee, literal(""), literal(None)),
        )
        for code, words, moment in whole.execute(
            select(Action.code, words_of, at)
            .join_from(record, Action, record.action_id == Action.id)
            .where(record.person_id == person.id)
            .order_by(record.id)
        )
    ]
    measured = whole.scalars(select(Measure).where(Measure.person_id == person.id).order_by(Measure.id))
    agreed = whole.scalars(select(Consent).where(Consent.person_id == person.id).order_by(Consent.id))
    return [
        *acted,
        *({"kind": "value", "words": f"{one.value} ({one.day}): {one.source}",
           "created": _at(one.written_at)} for one in measured),
        *({"kind": "consent", "created": _at(one.agreed_at)} for one in agreed),
    ]  # fmt: skip


def _meetings(whole: Session, person: Person) -> list[Data]:
    rows = whole.scalars(
        select(Attendance)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Attendance.person_id == person.id)
        .options(joinedload(Attendance.meeting))
        .order_by(Meeting.at, Meeting.id)
    )
    return [
        {"title": row.meeting.title, "at": _at(row.meeting.at), "name": row.name, "present": row.present}
        for row in rows
    ]  # fmt: skip


def _reminders(whole: Session, person: Person) -> list[Data]:
    rows = whole.scalars(select(Reminder).where(Reminder.person_id == person.id).order_by(Reminder.id))
    return [{"of": row.noun, "key": row.key, "created": _at(row.sent_at)} for row in rows]


def _requests(whole: Session, person: Person) -> list[Data]:
    rows = whole.scalars(
        select(Request)
        .where(Request.person_id == person.id)
        .options(joinedload(Request.organization))
        .order_by(Request.created_at, Request.id)
    )
    return [
        {"kind": row.kind, "organization": row.organization.name, "message": row.message, "state": row.state,
         "created": _at(row.created_at), "decided": _at(row.decided_at), "reason": row.reason}
        for row in rows
    ]  # fmt: skip


def _invitations(whole: Session, person: Person) -> list[Data]:
    rows = whole.scalars(
        select(Invitation)
        .where(or_(Invitation.email_key == person.email_key, Invitation.accepted_by == person.id))
        .options(joinedload(Invitation.organization))
        .order_by(Invitation.created_at, Invitation.id)
    )
    return [
        {"organization": row.organization.name, "role": row.role, "created": _at(row.created_at),
         "accepted": _at(row.accepted_at)}
        for row in rows
    ]  # fmt: skip


def _acts(whole: Session, person: Person) -> list[Data]:
    """What the audit holds of what this person did, and of what others did to them."""
    about = AuditEntry.noun.in_(("person", "account")) & (AuditEntry.noun_id == person.public_id)
    rows = whole.execute(
        select(AuditEntry, Organization.name)
        .outerjoin(Organization, Organization.id == AuditEntry.organization_id)
        .where(or_(AuditEntry.person_id == person.id, about))
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    return [
        {"at": _at(entry.at), "act": entry.act, "noun": entry.noun, "id": entry.noun_id,
         "organization": name, "by_oneself": entry.person_id == person.id,
         "place": entry.place if entry.person_id == person.id else ""}
        for entry, name in rows
    ]  # fmt: skip
