"""The second factor of an account: who owes one, putting it, taking it off, and telling the person."""

from __future__ import annotations

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import viewer
from portal.accounts.records import Account, Passkey, RecoveryCode
from toolkit import audit, outbox
from toolkit.access import VISITOR, Viewer
from toolkit.errors import N_, NotFound

METHOD, PASSKEY = "authenticator", "passkey"
"""What an account has: an application with codes (and maybe passkeys), or passkeys only."""
OPEN = frozenset({
    "static", "health.show", "preferences.update", "pages.help", "pages.accessibility", "pages.privacy",
    "pages.terms", "security.logout", "security.verify", "security.two_factor_setup", "account.passkeys",
})  # fmt: skip
"""Where whoever owes a second factor may go without one."""


class NoFactor(NotFound):
    """There is nothing to take off."""

    default = N_("Esta cuenta no tiene un segundo paso.")


def obliged(who: Viewer) -> bool:
    """Must this person have a second factor? Whoever holds a post today and the administrators must, where
    the portal asks for it."""
    if not viewer.instance().settings["SECOND_FACTOR_REQUIRED"]:
        return False
    return who.administrator or bool(who.coordinates)


def stop_who_owes_one() -> ResponseReturnValue | None:
    """Send whoever owes a second factor to set one up, from wherever they want to go; they go on there
    afterwards (`going_on`)."""
    if request.endpoint is None or request.endpoint in OPEN:
        return None
    if not viewer.instance().settings["SECOND_FACTOR_REQUIRED"]:
        return None  # before the visit is open, asking who is looking costs a look of its own
    who = viewer.viewer()
    if not who.signed_in or g.get("has_factor", False) or not obliged(who):
        return None
    if request.method == "GET":
        session["going_to"] = request.script_root + request.full_path.rstrip("?")
    return redirect(url_for("security.two_factor_setup"))


def going_on() -> str:
    """Where somebody was stopped on the way to, or else the page of the own account."""
    return str(session.pop("going_to", url_for("account.show")))


def of(session: Session, person_id: int) -> str:
    """What a person's account has: `METHOD`, `PASSKEY`, or empty; `session` must see everything."""
    wanted = select(Account.tf_primary_method).where(Account.person_id == person_id)
    return session.scalar(wanted) or ""


def put(session: Session, account: Account, secret: str, step: int) -> None:
    """Keep a secret whose first code, that of `step`, was right."""
    change = "replaced" if account.tf_primary_method == METHOD else "on"
    account.tf_primary_method, account.tf_totp_secret, account.totp_counter = METHOD, secret, step
    _note(session, account, change, Viewer(person_id=account.person_id))


def remove(session: Session, person_id: int, viewer: Viewer = VISITOR) -> None:
    """Take the second factor of a person off, with recovery codes and passkeys; raises `NoFactor`.

    For the person's own page, and for whoever administers when telephone and codes are lost. `session`
    must see everything.
    """
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None or account.tf_primary_method is None:
        raise NoFactor
    account.tf_primary_method = account.tf_totp_secret = None
    for record in (RecoveryCode, Passkey):
        session.execute(delete(record).where(record.account_id == account.id))
    _note(session, account, "off", viewer)


def note_passkey(session: Session, account: Account, change: str) -> None:
    """A passkey was added (`key_on`) or taken off (`key_off`)."""
    _note(session, account, change, Viewer(person_id=account.person_id))


def note_new_codes(session: Session, account: Account) -> None:
    """Recovery codes were made anew."""
    _note(session, account, "codes", Viewer(person_id=account.person_id))


def note_code_used(session: Session, account: Account) -> None:
    """Somebody signed in with a recovery code."""
    _note(session, account, "code_used", Viewer(person_id=account.person_id))


def _note(session: Session, account: Account, change: str, viewer: Viewer) -> None:
    """Write it into the audit, and tell the person by e-mail."""
    person = account.person
    audit.record(session, viewer, "second_factor", "account", person.public_id, change=change)
    outbox.send(session, person.email, "second_factor", {"name": person.name, "change": change},
                person.language)  # fmt: skip
    session.flush()
