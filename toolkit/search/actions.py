"""From a joint action to its documents: a summary for everybody, its detail in the spaces of the parties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from toolkit import access
from toolkit.access import Standing
from toolkit.database import Visit
from toolkit.records import Action, Agreement, Plan
from toolkit.search.shelf import Document
from toolkit.vocabulary import with_parents

NOUN = "action"
_OPTIONS = (
    joinedload(Action.responsible),
    joinedload(Action.counterpart),
    joinedload(Action.detail),
    selectinload(Action.outputs),
    selectinload(Action.terms),
    selectinload(Action.priorities),
    selectinload(Action.notes),
    joinedload(Action.plan).joinedload(Plan.agreement).selectinload(Agreement.parties),
)


def load(session: Session, public_ids: Sequence[str]) -> list[Action]:
    """The actions with these public ids, ready to be made documents of."""
    return list(session.scalars(select(Action).where(Action.public_id.in_(public_ids)).options(*_OPTIONS)))


def standings_of(session: Session, action: Action) -> frozenset[Standing]:
    """Where an action should stand at this moment."""
    return access.standing_of_action(action)


def document_of(session: Session, action: Action, standing: Standing) -> Document:
    """The index document of an action, in the form of its shelf."""
    named = [one for one in (action.responsible, action.counterpart) if one is not None]
    due = action.due_on or dt.date(action.plan.year, 12, 31)
    return Document(
        noun=NOUN,
        id=action.public_id,
        version=standing.version,
        form=standing.form,
        title=action.title,
        summary=summary_of(action),
        people=" · ".join([*(one.name for one in named), action.post]),
        codes=" ".join([action.code, *(one.acronym for one in named)]),
        pages=[text_of(action)] if standing.form == "full" else [],
        facets={
            "noun": (NOUN,),
            "topic": tuple(with_parents([term.code for term in action.terms])),
            "year": (str(action.plan.year),),
        },
        date=int(dt.datetime.combine(due, dt.time(), access.LIMA).timestamp()),
    )


def text_of(action: Action) -> str:
    """The words of an action that its parties read, as far as the session it comes from sees them."""
    told = [action.detail.words, action.detail.budget] if action.detail else []
    told += [one.words for one in action.priorities] + [one.words for one in action.notes]
    return "\n".join(part for part in told if part)


def summary_of(action: Action) -> str:
    """What everybody reads of it: the summary and what it produces."""
    return "\n".join(part for part in (action.summary, *(one.words for one in action.outputs)) if part)


def seen(visit: Visit, public_ids: Sequence[str]) -> list[Action]:
    """The actions of a page of results, as the viewer sees them."""
    wanted = select(Action).where(Action.public_id.in_(public_ids))
    return list(visit.session.scalars(wanted.options(*_OPTIONS)))


def _out() -> Select[str]:
    return select(Action.public_id).join(Plan).where(
        Plan.state == "published", Action.state.not_in(("proposed", "withdrawn"))
    )  # fmt: skip


def published(session: Session) -> list[str]:
    """The public ids of all actions of published plans."""
    return list(session.scalars(_out()))


def naming(session: Session, organization_id: int) -> list[str]:
    """The public ids of those for which this organisation is responsible, or the counterpart."""
    own = or_(Action.responsible_id == organization_id, Action.counterpart_id == organization_id)
    return list(session.scalars(_out().where(own)))


def next_turn(session: Session, action: Action) -> dt.datetime | None:
    """Actions stand where they stand, whatever the date."""
    return None


def turning(session: Session) -> list[Action]:
    """None stands elsewhere by date."""
    return []
