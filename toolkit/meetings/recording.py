"""What the page of an acta says, kept as a whole: words, attendance, who and what is taken out or added. One
fault, and none of it is kept, so that nothing is half written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field

from toolkit import access, revisions, terms, tidy
from toolkit.database import Visit
from toolkit.meetings import acta
from toolkit.meetings.calling import check_open
from toolkit.records import Meeting


@dataclass
class Minutes:
    """The words of the acta, and who was there, by public id."""

    acta: str = ""
    present: list[str] = field(default_factory=list)


@dataclass
class Newcomer:
    """Somebody more: a person of the portal by public id, or a name and an organisation in words."""

    person: str = ""
    name: str = ""
    organization: str = ""


@dataclass
class Promise:
    """A commitment more: of a party by slug, until a day, as part of an action by code or of none."""

    words: str = ""
    party: str = ""
    due_on: dt.date | None = None
    action: str = ""


def minutes(meeting: Meeting) -> Minutes:
    """As they stand."""
    return Minutes(meeting.acta, [one.public_id for one in meeting.attendance if one.present])


def traces(of: Minutes) -> str:
    """What the words and the marks look like, in short, so that a form can carry from what it began."""
    parts = (of.acta, " ".join(sorted(of.present)))
    return "-".join(hashlib.sha256(one.encode()).hexdigest()[:16] for one in parts)


def _changed_only(said: Minutes, kept: Minutes, began: str) -> Minutes:
    """What was said where that is not what the form began with, and what is kept now where it is: whoever
    only adds a commitment does not write old words over new ones."""
    words, marks = (now == then for now, then in zip(traces(said).split("-"), f"{began}--".split("-")[:2],
                                                     strict=True))  # fmt: skip
    return Minutes(kept.acta if words else said.acta, kept.present if marks else said.present)


def has_come(meeting: Meeting) -> bool:
    """Is it the day of the meeting, in Lima, or later?"""
    return access.lima_day(meeting.at) <= terms.today()


def record(
    visit: Visit, meeting: Meeting, said: Minutes, *, revision: int, newcomer: Newcomer | None = None,
    promise: Promise | None = None, without: Collection[str] = (), began: str = "",
) -> None:  # fmt: skip
    """Keep all of it: `without` are the attendees and commitments taken out, by public id; a newcomer or a
    promise in which nothing was filled in is none; `began` are the `traces` of what the form began with.
    `revision` is the one that the person began from: raises
    Overtaken when somebody else wrote other words or marked others meanwhile, Forbidden, Conflict before the
    day of the meeting, Invalid."""
    check_open(visit, meeting)
    before = minutes(meeting)
    listed = {one.public_id for one in meeting.attendance}
    said = Minutes(tidy.text(said.acta), [one for one in said.present if one in listed])
    said = _changed_only(said, before, began)
    if not has_come(meeting):
        said.present = before.present
    revisions.compare(before, said, begun=revision, kept=meeting.revision, unordered=("present",))
    with visit.session.begin_nested():  # whoever shows the meeting after a fault shows it as it is kept
        if said.acta or before.acta:
            acta.write(visit, meeting, said.acta, revision=meeting.revision)
        if has_come(meeting):
            acta.mark(visit, meeting, said.present)
        _take_out(visit, meeting, without)
        if newcomer is not None and newcomer != Newcomer():
            acta.add_attendee(visit, meeting, newcomer.person, newcomer.name, newcomer.organization)
        if promise is not None and promise != Promise():
            acta.commit(visit, meeting, promise.words, promise.party, promise.due_on, promise.action)


def _take_out(visit: Visit, meeting: Meeting, without: Collection[str]) -> None:
    """What somebody else took out already is out."""
    for one in [one.public_id for one in meeting.attendance if one.public_id in without]:
        acta.remove_attendee(visit, meeting, one)
    for one in [one.public_id for one in meeting.commitments if one.public_id in without]:
        acta.drop(visit, meeting, one)
