"""Leaving the portal: closing one's account, with or without erasing what says who one was."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.records import Account
from toolkit import audit, erasure
from toolkit.access import VISITOR, Viewer
from toolkit.records import Person


def close(session: Session, person: Person, viewer: Viewer = VISITOR) -> None:
    """End every membership and sign-in and close the account; the name stays. An administrator can open the
    account again. `session` sees everything. Raises `StillNeeded` while an organisation needs the person."""
    erasure.leave_everything(session, person, viewer)
    account = session.scalar(select(Account).where(Account.person_id == person.id))
    if account is not None:
        account.active = False
        account.end_everything()
    audit.record(session, viewer, "close", "account", person.public_id)
    session.flush()


def erase(session: Session, person: Person, key: str, viewer: Viewer = VISITOR) -> None:
    """Erase a person for good: the account with its sign-ins, codes and links, and all that `toolkit.erasure`
    replaces. `key` is the instance's for digests. Raises `StillNeeded`."""
    erasure.erase(session, person, key, viewer)
    session.execute(delete(Account).where(Account.person_id == person.id))
