"""E-mail: a row in the caller's transaction, written and sent later by the worker.

`render` gives the words (portal's), a transport carries the message. A worker may die between sending
and writing that it did; then the message goes out twice with the same Message-ID, never not at all.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from toolkit import jobs
from toolkit.database import Database
from toolkit.errors import N_, Fault
from toolkit.records import OutboxMessage, now

Render = Callable[[str, dict[str, Any], str], tuple[str, str]]
"""Template name, values, language → subject and text."""
NOWHERE = "@borrada.invalid"
"""How the address of an erased person ends: nothing is written to it."""
SECONDS = 30
"""How long a mail server may take to answer."""


class NotSupported(Fault):
    """The URL for mail has a scheme that is not built."""

    default = N_("El ajuste MAIL_URL no puede ser «%(url)s»: use «file:carpeta» o «smtp://servidor:puerto».")


class Transport(Protocol):
    """What carries a message away."""

    sender: str

    def send(self, message: EmailMessage, number: int) -> None:
        """Carry the message; `number` is that of its row. Raises where it cannot."""


def send(
    session: Session, recipient: str, template: str, values: dict[str, Any], language: str = "es"
) -> None:
    """Add a message and the job that will send it, in the caller's transaction."""
    if recipient.endswith(NOWHERE):
        return
    message = OutboxMessage(recipient=recipient, template=template, values=values, language=language)
    session.add(message)
    session.flush()
    jobs.enqueue(session, "mail", "send_mail", str(message.id), id=message.id)


def deliver(database: Database, message_id: int, render: Render, transport: Transport) -> None:
    """Write and send one message, unless it was sent. Its values, which may hold a key, are then erased."""
    with database.open_for_maintenance(writing=False) as session:
        row = session.get(OutboxMessage, message_id)
        if row is None or row.sent_at is not None:
            return
        subject, text = render(row.template, row.values, row.language)
        message = compose(transport.sender, row.recipient, subject, text, message_id)
    transport.send(message, message_id)
    with database.open_for_maintenance() as session:
        sent = session.get(OutboxMessage, message_id)
        if sent is not None:
            sent.sent_at, sent.values = now(), {}


def _line(words: str) -> str:
    """One line: whatever would end a header becomes a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def compose(sender: str, recipient: str, subject: str, text: str, number: int) -> EmailMessage:
    """A plain text message. No part of `subject` or `recipient` can become a header of its own."""
    international = not recipient.isascii()
    message = EmailMessage(policy=policy.SMTPUTF8 if international else policy.SMTP)
    moment = now()
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    message["From"] = _line(sender)
    message["To"] = _line(recipient)
    message["Subject"] = _line(subject)
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = f"<ayni-{number}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="8bit" if international else "quoted-printable")
    return message


class FolderTransport:
    """Writes each message as a file to be read: for trying out, and where there is no mail server."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self.sender = sender

    def send(self, message: EmailMessage, number: int) -> None:
        """Write `number`.eml, whole or not at all, readable by its owner only."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{number:08}.eml"
        part = path.with_suffix(".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class ServerTransport:
    """Hands messages to a mail server; encrypted from the start for `smtps`, by STARTTLS where offered."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._implicit = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._implicit else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender = sender

    def send(self, message: EmailMessage, number: int) -> None:
        """Hand the message over. A password is never sent over a line that is not encrypted."""
        secure = ssl.create_default_context()
        if self._implicit:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=secure)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        with server:
            server.ehlo()
            encrypted = self._implicit
            if not encrypted and server.has_extn("starttls"):
                server.starttls(context=secure)
                server.ehlo()
                encrypted = True
            if self._user:
                if not encrypted:
                    raise smtplib.SMTPNotSupportedError("no encryption offered: the password stays here")
                server.login(self._user, self._password)
            server.send_message(message)


def transport(url: str, folder: Path, sender: str) -> Transport:
    """The transport that `url` names; a relative folder begins at `folder`. Raises `NotSupported`."""
    scheme, _, rest = url.partition(":")
    if scheme == "file" and rest:
        return FolderTransport(folder / rest, sender)
    if scheme in ("smtp", "smtps") and urlsplit(url).hostname:
        return ServerTransport(url, sender)
    raise NotSupported(url=url)
