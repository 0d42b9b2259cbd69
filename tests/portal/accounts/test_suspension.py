"""Suspending an account and opening it again."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import select

from portal import accounts
from portal.accounts.suspension import NoAccount, Oneself
from tests.conftest import token
from tests.portal.accounts.test_recovery import ask, link_in, work
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in
from tests.toolkit.shelved import add_resource
from toolkit import lapses, organizations, people, posts, terms
from toolkit.access import VISITOR, Viewer
from toolkit.errors import Conflict, Invalid
from toolkit.records import AuditEntry, OutboxMessage, Person, Post, now
from toolkit.terms import StillNeeded


def act(instance, what, number, viewer=VISITOR, reason="se perdió el equipo"):
    with instance.database.open_for_maintenance() as session:
        what(session, number, viewer, reason)


def test_open_sign_ins_end_with_the_next_request(add_person, instance, sign_in):
    number = add_person(ROSA)
    browsers = [sign_in(ROSA), sign_in(ROSA, remember=True)]
    act(instance, accounts.suspend, number)
    assert not any(is_in(browser) for browser in browsers)


def test_a_download_that_has_begun_is_not_continued(add_person, instance, sign_in):
    number = add_person(ROSA, organizations={"agraria": "member"})
    public_id = add_resource(instance, "agraria", "Texto privado. " * 100, level=3)
    address, browser = f"/recursos/{public_id}/v1/1/archivo", sign_in(ROSA)
    begun = browser.get(address, headers={"Range": "bytes=0-99"})
    assert begun.status_code == 206 and len(begun.data) == 100
    act(instance, accounts.suspend, number)
    for headers in ({"Range": "bytes=100-"}, {"Range": "bytes=100-", "If-Range": begun.headers["ETag"]}):
        rest = browser.get(address, headers=headers)
        assert rest.status_code in (302, 401, 403, 404)
        assert b"Texto privado" not in rest.data


def test_the_right_password_says_what_a_wrong_one_says(add_person, instance, app):
    act(instance, accounts.suspend, add_person(ROSA))
    right, wrong = attempt(app.test_client()), attempt(app.test_client(), password="otra cosa")
    assert right.status_code == wrong.status_code == 200
    assert "no corresponden a una cuenta en uso" in right.text


def test_links_sent_before_are_dead_even_after_restoring(add_person, instance, client):
    number = add_person(ROSA)
    ask(client)
    address = link_in(work(instance)[0])
    act(instance, accounts.suspend, number)
    act(instance, accounts.restore, number)
    assert client.get(client.get(address).location).location == "/recuperar"


def test_restored_the_same_password_opens(add_person, instance, client):
    number = add_person(ROSA)
    act(instance, accounts.suspend, number)
    act(instance, accounts.restore, number)
    assert attempt(client).status_code == 302


def test_the_audit_keeps_who_and_why(add_person, instance):
    number, by = add_person(ROSA), add_person("ana@coop.example", portal_role="administrator")
    act(instance, accounts.suspend, number, Viewer(person_id=by))
    act(instance, accounts.suspend, number, Viewer(person_id=by))
    with instance.database.open_for_maintenance(writing=False) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "suspend"))
        assert (entry.person_id, entry.values) == (by, {"reason": "se perdió el equipo"})
        assert accounts.suspended_among(session, [number, by]) == {number}


def test_nobody_suspends_themselves(add_person, instance):
    number = add_person(ROSA)
    with pytest.raises(Oneself):
        act(instance, accounts.suspend, number, Viewer(person_id=number))


def test_a_coordinator_is_replaced_first(add_person, instance):
    number = add_person(ROSA, organizations={"bellavista": "coordinator"})
    with pytest.raises(StillNeeded, match="Bellavista"):
        act(instance, accounts.suspend, number)
    add_person("ana@coop.example", organizations={"bellavista": "coordinator"})
    act(instance, accounts.suspend, number)


def test_without_an_account_there_is_nothing_to_suspend(instance):
    with instance.database.open_for_maintenance() as session:
        number = people.add(session, "Sin Cuenta", "sin@coop.example").id
    with pytest.raises(NoAccount):
        act(instance, accounts.suspend, number)


@pytest.fixture
def bellavista(add_person, instance):
    """Rosa coordinates, Ana stands in, Dora administers: their numbers."""
    made = {
        "rosa": add_person(ROSA, name="Rosa", organizations={"bellavista": "coordinator"}),
        "ana": add_person("ana@coop.example", name="Ana Torres", organizations={"bellavista": "promoter"}),
        "dora": add_person("dora@coop.example", name="Dora", portal_role="administrator"),
    }
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Post)).one().alternate_id = made["ana"]
    return made


@contextmanager
def visiting(instance, number):
    with instance.database.open_for_maintenance(writing=False) as session:
        viewer = people.viewer_of(session, number, now())
    with instance.database.visit(viewer, writing=True) as visit:
        yield visit, organizations.get(visit.session, "bellavista")


def absence(instance):
    with instance.database.open_for_maintenance(writing=False) as session:
        post = session.scalars(select(Post)).one()
        return post.absent_from, post.absent_until


def test_nobody_is_absent_to_a_suspended_alternate(bellavista, instance, sign_in):
    act(instance, accounts.suspend, bellavista["ana"])
    browser, page = sign_in(ROSA), "/espacios/bellavista/coordinacion/ausencia"
    answer = browser.post(page, data={"csrf_token": token(browser, page)})
    assert answer.status_code == 422 and "La cuenta de Ana Torres está suspendida" in answer.text
    assert absence(instance) == (None, None)
    act(instance, accounts.restore, bellavista["ana"])
    assert browser.post(page, data={"csrf_token": token(browser, page)}).status_code == 302


def test_no_term_ends_and_none_is_recorded_towards_a_suspended_account(bellavista, instance):
    act(instance, accounts.suspend, bellavista["ana"])
    with visiting(instance, bellavista["dora"]) as (visit, house), pytest.raises(Conflict, match="vacío"):
        posts.end(visit, house, terms.today())
    for holder, alternate in (("rosa", "ana"), ("ana", "rosa")):
        with (
            visiting(instance, bellavista["dora"]) as (visit, house),
            pytest.raises(Invalid, match="suspendida"),
        ):
            posts.record(visit, house, visit.session.get(Person, bellavista[holder]), terms.today(),
                         alternate=visit.session.get(Person, bellavista[alternate]))  # fmt: skip
    with visiting(instance, bellavista["rosa"]) as (visit, house), pytest.raises(Invalid, match="suspendida"):
        ana = visit.session.get(Person, bellavista["ana"])
        posts.propose(visit, house, ana.public_id, terms.today() + terms.DAY)


def test_a_term_that_leaves_a_suspended_alternate_is_told_to_the_administrators(bellavista, instance):
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Post)).one().until = terms.today() + terms.DAY
    lapses.watch(instance.database)
    act(instance, accounts.suspend, bellavista["ana"])
    lapses.watch(instance.database)
    with instance.database.open_for_maintenance(writing=False) as session:
        wanted = select(OutboxMessage.recipient).where(OutboxMessage.template == "post_ends")
        assert session.scalars(wanted).all() == ["dora@coop.example"]


def test_a_suspended_holder_stays_absent_until_being_back(bellavista, instance):
    with visiting(instance, bellavista["rosa"]) as (visit, house):
        posts.mark_absent(visit, house, terms.today(), terms.today())
    act(instance, accounts.suspend, bellavista["rosa"])
    assert absence(instance) == (terms.today(), None)
