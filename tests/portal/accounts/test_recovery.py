"""A forgotten password: asked for on the web, found and mailed by the worker, set through the link."""

from __future__ import annotations

import datetime as dt
import email
import re
from email import policy

import pytest
from itsdangerous import URLSafeTimedSerializer, timed
from sqlalchemy import event, select, update

from portal import mail
from portal.accounts.records import Account
from tests.conftest import PASSWORD, token
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in
from toolkit.jobs import Job as Claimed
from toolkit.jobs import claim, finish
from toolkit.records import Job

NEW = "río hondo, puente nuevo"


def ask(client, address=ROSA):
    return client.post("/recuperar", data={"email": address, "csrf_token": token(client, "/recuperar")})


def work(instance):
    """Do all waiting jobs as a worker would; gives the messages in the outbox, oldest first."""
    handlers = mail.handlers(instance)
    while True:
        with instance.database.open_for_maintenance() as session:
            jobs = [Claimed(one.id, one.kind, one.key, dict(one.values), one.attempts)
                    for one in claim(session, ["mail"], "test")]  # fmt: skip
        if not jobs:
            break
        for job in jobs:
            handlers[job.kind].run(job)
            with instance.database.open_for_maintenance() as session:
                finish(session, [job.id])
    paths = sorted((instance.folder / "outbox").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def link_in(message):
    return re.search(r"http://localhost(\S+)", message.get_content()).group(1)


def set_password(client, address, new=NEW):
    """Follow the link as a browser does, and send the form."""
    moved = client.get(address)
    key = token(client, moved.location)
    return client.post(moved.location, data={"password": new, "password_confirm": new, "csrf_token": key})


@pytest.fixture
def rosa(add_person):
    return add_person(ROSA, name="Rosa Quispe")


def test_from_the_question_to_the_new_password(rosa, instance, app, client, sign_in):
    open_elsewhere = sign_in(ROSA, remember=True)
    assert ask(client).location == "/ingresar"
    (message,) = work(instance)
    assert message["To"] == ROSA and "Ayni" in message["Subject"]
    address = link_in(message)
    done = set_password(client, address)
    assert done.status_code == 302 and done.location == "/ingresar"
    assert "Ingrese con la nueva" in client.get("/ingresar").text
    assert not is_in(open_elsewhere)
    assert attempt(app.test_client(), password=PASSWORD).status_code == 200
    assert attempt(client, password=NEW).status_code == 302
    assert "cambió" in work(instance)[-1]["Subject"]


def test_the_answer_never_looks_at_the_accounts(rosa, instance, app):
    def answer(address):
        statements = []

        def note(*given):
            statements.append(given[2])

        client = app.test_client()
        key = token(client, "/recuperar")
        event.listen(instance.database.engine, "before_cursor_execute", note)
        said = client.post("/recuperar", data={"email": address, "csrf_token": key})
        event.remove(instance.database.engine, "before_cursor_execute", note)
        return (
            said.status_code,
            said.location,
            said.text,
            statements,
            client.get("/ingresar").text.count("Si ese correo"),
        )

    known, unknown = answer(ROSA), answer("nadie@coop.example")
    assert known == unknown and known[-1] == 1
    assert not any("account" in one or "person" in one for one in known[3])


def test_unknown_and_suspended_people_get_no_mail(rosa, instance, client):
    ask(client, "nadie@coop.example")
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Account).values(active=False))
    ask(client)
    assert work(instance) == []


def test_an_account_without_password_gets_its_first_one(add_person, instance, client):
    add_person(ROSA, password=None)
    ask(client, " ROSA@coop.example ")
    set_password(client, link_in(work(instance)[0]))
    assert attempt(client, password=NEW).status_code == 302


def test_a_link_works_once(rosa, instance, app, client):
    ask(client)
    address = link_in(work(instance)[0])
    set_password(client, address)
    other = app.test_client()
    moved = other.get(address)
    refused = other.get(moved.location)
    assert refused.location == "/recuperar"
    assert "ya se usó" in other.get("/recuperar").text


def test_a_link_is_dead_after_a_change_of_password(rosa, instance, app, client):
    from portal.accounts import change
    from toolkit import people

    ask(client)
    address = link_in(work(instance)[0])
    with instance.database.open_for_maintenance() as session:
        change(session, people.get(session, ROSA), NEW)
    assert client.get(client.get(address).location).location == "/recuperar"


def test_a_link_is_dead_after_an_hour(rosa, instance, client, monkeypatch):
    ask(client)
    address = link_in(work(instance)[0])
    moved = client.get(address)
    assert client.get(moved.location).status_code == 200
    clock = timed.time.time
    monkeypatch.setattr(timed.time, "time", lambda: clock() + 3602)
    assert client.get(moved.location).location == "/recuperar"
    assert "1 hora" in client.get("/recuperar").text


def test_a_link_that_was_touched_is_nobodys(rosa, instance, client):
    ask(client)
    address = link_in(work(instance)[0])
    for place in (len("/recuperar/") + 3, len(address) // 2, len(address) - 3):
        other = "A" if address[place] != "A" else "B"
        wrong = address[:place] + other + address[place + 1 :]
        assert client.get(client.get(wrong).location).location == "/recuperar"


@pytest.mark.parametrize("key", ["", "una clave anterior", "dev", "secret"])
def test_a_link_signed_with_another_key_is_nobodys(rosa, instance, client, app, key):
    ask(client)
    address = link_in(work(instance)[0])
    start, _, signed = address.rpartition("/")
    serializer = app.extensions["security"].reset_serializer
    kept = serializer.loads(signed)
    assert client.get(client.get(f"{start}/{serializer.dumps(kept)}").location).status_code == 200
    other = URLSafeTimedSerializer(key, salt=serializer.salt)
    assert client.get(client.get(f"{start}/{other.dumps(kept)}").location).location == "/recuperar"


def test_the_token_leaves_the_address(rosa, instance, client):
    ask(client)
    address = link_in(work(instance)[0])
    moved = client.get(address)
    assert moved.status_code == 302 and moved.location == "/recuperar/nueva"
    assert moved.headers["Referrer-Policy"] == "no-referrer" and "no-store" in moved.headers["Cache-Control"]
    assert address.rsplit("/", 1)[1] not in client.get(moved.location).text
    assert client.post(address, data={"csrf_token": token(client, moved.location)}).status_code == 405


def test_scanners_that_open_the_link_use_nothing_up(rosa, instance, app, client):
    ask(client)
    address = link_in(work(instance)[0])
    for _ in range(3):
        scanner = app.test_client()
        scanner.get(address, follow_redirects=True)
        scanner.head(address)
    assert set_password(client, address).location == "/ingresar"


def test_a_weak_password_is_refused_with_its_cause(rosa, instance, client):
    ask(client)
    page = set_password(client, link_in(work(instance)[0]), "Cooperativa2026")
    assert page.status_code == 200 and "muy común" in page.text


def test_what_is_no_address_is_said(client):
    for wrong in ("", "rosa", "rosa@", "a\nb@coop.example"):
        page = ask(client, wrong)
        assert page.status_code == 422 and "problemas" in page.text


def test_asking_twice_before_the_worker_comes_is_one_mail(rosa, instance, client):
    ask(client)
    ask(client, ROSA.upper())
    with instance.database.open_for_maintenance(writing=False) as session:
        assert len(session.scalars(select(Job)).all()) == 1
    assert len(work(instance)) == 1


def test_the_mail_speaks_the_language_of_the_person(add_person, instance, client):
    add_person(ROSA, language="pt")
    ask(client)
    assert link_in(work(instance)[0]).startswith("/pt/recuperar/")


def test_the_outbox_forgets_the_link_once_it_is_sent(rosa, instance, client):
    from toolkit.records import OutboxMessage

    ask(client)
    (message,) = work(instance)
    with instance.database.open_for_maintenance(writing=False) as session:
        row = session.scalars(select(OutboxMessage)).one()
        assert row.values == {} and row.sent_at is not None
        assert row.sent_at - row.created_at < dt.timedelta(minutes=1)
