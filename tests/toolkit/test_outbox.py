"""Outgoing mail: rows, words, transports."""

from __future__ import annotations

import email
import smtplib
import socketserver
import threading
from email import policy

import pytest
from sqlalchemy import select

from toolkit import outbox
from toolkit.database import Database
from toolkit.records import Job, OutboxMessage

SENDER = "Ayni <ayni@portal.example>"


@pytest.fixture
def database(tmp_path):
    fresh = Database("sqlite:///portal.db", tmp_path)
    fresh.migrate()
    yield fresh
    fresh.close()


def render(name, values, language):
    return f"Asunto {name} {language}", f"Hola, {values['name']}: ñandú.\n.\nFin\n"


def queue(database, recipient="rosa@coop.example", name="Rosa"):
    with database.open_for_maintenance() as session:
        outbox.send(session, recipient, "prueba", {"name": name}, "pt")
    with database.open_for_maintenance(writing=False) as session:
        return session.scalars(select(OutboxMessage.id)).all()[-1]


def read(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def test_a_message_and_its_job_stand_or_fall_together(database):
    with pytest.raises(RuntimeError), database.open_for_maintenance() as session:
        outbox.send(session, "rosa@coop.example", "prueba", {})
        raise RuntimeError
    with database.open_for_maintenance(writing=False) as session:
        assert not session.scalars(select(OutboxMessage)).all() and not session.scalars(select(Job)).all()
    number = queue(database)
    with database.open_for_maintenance(writing=False) as session:
        job = session.scalars(select(Job)).one()
        assert (job.lane, job.kind, job.values) == ("mail", "send_mail", {"id": number})


def test_a_message_is_written_once(database, tmp_path):
    number = queue(database)
    transport = outbox.transport("file:outbox", tmp_path, SENDER)
    for _ in range(2):
        outbox.deliver(database, number, render, transport)
    (path,) = (tmp_path / "outbox").iterdir()
    message = read(path)
    assert message["To"] == "rosa@coop.example" and message["From"] == SENDER
    assert message["Subject"] == "Asunto prueba pt" and "Rosa: ñandú" in message.get_content()
    assert message["Message-ID"] == f"<ayni-{number}@portal.example>" and message["Date"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_worker_killed_between_sending_and_writing_it_sends_the_same_again(database, tmp_path):
    number = queue(database)
    folder = outbox.transport("file:outbox", tmp_path, SENDER)

    class Dying:
        sender = SENDER

        def send(self, message, number):
            folder.send(message, number)
            raise SystemExit

    with pytest.raises(SystemExit):
        outbox.deliver(database, number, render, Dying())
    outbox.deliver(database, number, render, folder)
    assert len(list((tmp_path / "outbox").iterdir())) == 1


@pytest.mark.parametrize("words", [
    "Asunto\r\nBcc: todos@coop.example", "Asunto\nBcc: x", "A\u2028Bcc: x",
    "A\x00B", "á" * 200, "A\x85Bcc: x",
])  # fmt: skip
def test_no_words_become_a_header(words):
    message = outbox.compose(SENDER, "rosa@coop.example\nBcc: luis@coop.example", words, "Texto", 1)
    read_back = email.message_from_bytes(message.as_bytes(), policy=policy.default)
    assert read_back["Bcc"] is None and len(read_back.get_all("Subject")) == 1
    assert read_back.get_content().strip() == "Texto"


def test_an_address_beyond_ascii_is_kept():
    message = outbox.compose(SENDER, "ñusta@coop.example", "Asunto", "Texto", 1)
    assert "ñusta@coop.example" in message.as_bytes().decode("utf-8")


class Server(socketserver.ThreadingTCPServer):
    """A mail server that takes everything, for one test."""

    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Talk)
        self.took = []


class Talk(socketserver.StreamRequestHandler):
    def say(self, words):
        self.wfile.write(words.encode() + b"\r\n")

    def handle(self):
        self.say("220 hola")
        for line in self.rfile:
            verb = line.split()[0].upper() if line.split() else b""
            self.server.took.append(line.decode("utf-8").strip())
            if verb == b"DATA":
                self.say("354 siga")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += self.rfile.readline()
                self.server.took.append(body)
                self.say("250 bien")
            elif verb == b"QUIT":
                self.say("221 adios")
                return
            else:
                self.say("250 8BITMIME" if verb == b"EHLO" else "250 bien")


@pytest.fixture
def server():
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def test_a_message_is_handed_to_a_server(database, tmp_path, server):
    number = queue(database)
    url = f"smtp://127.0.0.1:{server.server_address[1]}"
    outbox.deliver(database, number, render, outbox.transport(url, tmp_path, SENDER))
    assert any(line == "rcpt TO:<rosa@coop.example>" for line in server.took if isinstance(line, str))
    (body,) = (line for line in server.took if isinstance(line, bytes))
    message = email.message_from_bytes(body, policy=policy.default)
    assert message["Subject"] == "Asunto prueba pt" and "\n..\n" not in message.get_content()


def test_a_password_is_not_sent_in_the_open(database, tmp_path, server):
    url = f"smtp://ayni:clave@127.0.0.1:{server.server_address[1]}"
    with pytest.raises(smtplib.SMTPNotSupportedError):
        outbox.deliver(database, queue(database), render, outbox.transport(url, tmp_path, SENDER))
    assert not any("AUTH" in line for line in server.took if isinstance(line, str))


def test_a_server_that_does_not_answer_leaves_the_message_waiting(database, tmp_path):
    number = queue(database)
    with pytest.raises(OSError):
        outbox.deliver(database, number, render, outbox.transport("smtp://127.0.0.1:1", tmp_path, SENDER))
    with database.open_for_maintenance(writing=False) as session:
        assert session.get(OutboxMessage, number).sent_at is None


@pytest.mark.parametrize("url", ["ftp://x", "file:", "outbox", "smtp:", ""])
def test_other_ways_are_refused_with_a_sentence(tmp_path, url):
    with pytest.raises(outbox.NotSupported, match="MAIL_URL"):
        outbox.transport(url, tmp_path, SENDER)
