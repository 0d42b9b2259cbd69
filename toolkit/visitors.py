"""Visitors who ask for access to what they see the card of, by e-mail (product.md 5.3).

The request counts once the link that was mailed has been used: whoever types an address must also read its
mail. `receive` is a job: the page that asked answers the same, as fast, whatever the address is. `confirm`
takes a session that sees everything, because to a visitor no requests exist; it looks at the one that the key
names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from sqlalchemy import delete, null, select
from sqlalchemy.orm import Session

from toolkit import access, outbox, people
from toolkit.access import VISITOR
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, NotFound
from toolkit.jobs import enqueue
from toolkit.records import Request, Resource, email_key, now
from toolkit.requests import announce, words

LIFE = dt.timedelta(hours=24)
MOST_A_DAY = 3
"""Messages to one address in a day: nobody is flooded from here."""


class Useless(NotFound):
    """The key names no request that waits to be confirmed."""

    default = N_("Este enlace no sirve: ya se usó, o no está completo. Revise que sea tal como llegó.")


class Expired(Conflict):
    """A day has passed."""

    default = N_("Este enlace venció: valía 24 horas. Vuelva a la ficha y pida el acceso otra vez.")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def ask(visit: Visit, resource: Resource, email: str, message: str, language: str) -> None:
    """Take down that somebody at this address asks for the contents of a card that the visitor sees. Looks at
    no account. Raises Invalid for what is no address or too long a message."""
    if visit.viewer.signed_in or not access.may_ask_access(visit.viewer, resource):
        raise Forbidden
    enqueue(visit.session, "mail", "ask_access", secrets.token_hex(16), resource=resource.public_id,
            email=people.address(email), message=words("message", message), language=language)  # fmt: skip


def receive(session: Session, resource_id: str, email: str, message: str, language: str) -> None:
    """Job `ask_access`: keep the request, not yet confirmed, and mail the link that confirms it. What was
    never confirmed within its day is forgotten."""
    unconfirmed = (Request.kind == "access", Request.email != "", Request.confirmed_at.is_(None))
    session.execute(delete(Request).where(*unconfirmed, Request.created_at < now() - LIFE))
    resource = session.scalar(select(Resource).where(Resource.public_id == resource_id))
    lately = session.scalars(
        select(Request.email).where(Request.email != "", Request.created_at > now() - LIFE)
    )
    asked = [email_key(one) for one in lately].count(email_key(email))  # SQLite folds the case of ASCII only
    shown = resource is not None and resource.show_card and access.may_ask_access(VISITOR, resource)
    if resource is None or not shown or asked >= MOST_A_DAY:
        return
    key = secrets.token_urlsafe(32)
    session.add(
        Request(kind="access", organization_id=resource.organization_id, resource_id=resource.id, email=email,
                message=message, values={"key": _digest(key), "language": language}, confirmed_at=null())
    )  # fmt: skip
    owner = resource.organization
    values = {"key": key, "title": resource.title,
              "organization": owner.name if owner.kind == "organization" else ""}  # fmt: skip
    outbox.send(session, email, "access_confirm", values, language)


def confirm(session: Session, key: str) -> Request:
    """Let the request that the key names stand, and tell the coordination. Raises `Useless`, `Expired`."""
    found = session.scalar(
        select(Request).where(
            Request.kind == "access",
            Request.confirmed_at.is_(None),
            Request.values["key"].as_string() == _digest(key),
        )
    )
    if found is None:
        raise Useless
    if found.created_at < now() - LIFE:
        raise Expired
    found.confirmed_at = now()
    found.values = {"language": found.values.get("language", "es")}
    session.flush()
    announce(session, found.public_id)
    return found
