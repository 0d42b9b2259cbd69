"""Suspending an account: it is closed at once, nothing is deleted, and it can be restored.

The sessions given here must see everything: `Accounts().session` within a request, one opened for
maintenance in a command. They share their transaction with the visit; who commits is the caller.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.records import Account
from toolkit import audit, memberships, terms
from toolkit.access import VISITOR, Viewer
from toolkit.errors import N_, Forbidden, NotFound
from toolkit.records import Organization, Person, Post


class NoAccount(NotFound):
    """This person has no account."""

    default = N_("Esta persona no tiene cuenta.")


class Oneself(Forbidden):
    """Nobody suspends or restores themselves."""

    default = N_("Nadie puede suspender ni restablecer su propia cuenta.")


def _account(session: Session, person_id: int, viewer: Viewer) -> Account:
    if viewer.person_id == person_id:
        raise Oneself
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None:
        raise NoAccount
    return account


def _check_replaced(session: Session, person: Person) -> None:
    """Raise `terms.StillNeeded` while an organisation would be left without a coordination (product.md 5.5,
    rule 3). A holder who is absent now stays so until being back."""
    theirs = select(Post.organization_id).where(
        (Post.holder_id == person.id) | (Post.alternate_id == person.id)
    )
    concerned = select(Organization).where(Organization.id.in_(theirs)).order_by(Organization.id)
    for organization in session.scalars(concerned):
        terms.check_free(session, person, organization)
        terms.keep_away(session, person, organization)


def suspend(session: Session, person_id: int, viewer: Viewer = VISITOR, reason: str = "") -> None:
    """Close the account of a person: sign-ins end with the next request, links sent before are dead.

    Raises `NoAccount`, `Oneself`, and `terms.StillNeeded` for whoever coordinates an organisation
    today, or is to. The
    reason is kept in the audit. Suspending twice changes nothing.
    """
    account = _account(session, person_id, viewer)
    if not account.active:
        return
    _check_replaced(session, account.person)
    account.active = False
    account.end_everything()
    audit.record(session, viewer, "suspend", "account", account.person.public_id, reason=reason)
    session.flush()


def restore(session: Session, person_id: int, viewer: Viewer = VISITOR, reason: str = "") -> None:
    """Open a suspended account again, with the password and second factor that it had."""
    account = _account(session, person_id, viewer)
    if account.active:
        return
    account.active = True
    audit.record(session, viewer, "restore", "account", account.person.public_id, reason=reason)
    session.flush()


@memberships.knows_closed
def suspended_among(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Those of these people whose account is suspended. Asked for past the session, which may be a visit's:
    no visit sees accounts."""
    closed = select(Account.person_id).where(Account.active.is_(False), Account.person_id.in_([*person_ids]))
    return set(session.connection().execute(closed).scalars())
