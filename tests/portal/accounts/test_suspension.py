"""Suspending an account and opening it again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import accounts
from portal.accounts.suspension import NoAccount, Oneself
from tests.portal.accounts.test_recovery import ask, link_in, work
from tests.portal.accounts.test_sign_in import ROSA, attempt, is_in
from toolkit import people
from toolkit.access import VISITOR, Viewer
from toolkit.records import AuditEntry
from toolkit.terms import StillNeeded


def act(instance, what, number, viewer=VISITOR, reason="se perdió el equipo"):
    with instance.database.open_for_maintenance() as session:
        what(session, number, viewer, reason)


def test_open_sign_ins_end_with_the_next_request(add_person, instance, sign_in):
    number = add_person(ROSA)
    browsers = [sign_in(ROSA), sign_in(ROSA, remember=True)]
    act(instance, accounts.suspend, number)
    assert not any(is_in(browser) for browser in browsers)


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
