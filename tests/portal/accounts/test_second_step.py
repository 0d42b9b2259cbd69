"""The second step: setting it up, the code at sign-in, recovery codes, and who must have one."""

from __future__ import annotations

import re
import threading
import time
from types import SimpleNamespace

import pytest
from flask_security.proxies import _security
from passlib.exc import UsedTokenError
from passlib.totp import TOTP
from sqlalchemy import select, update

from portal.accounts import factors
from portal.accounts.records import Account, RecoveryCode
from portal.accounts.second_step import HALF_WAY
from portal.accounts.store import Accounts
from tests.conftest import PASSWORD, token
from tests.portal.accounts.test_recovery import ask, link_in, set_password, work
from tests.portal.accounts.test_sign_in import ROSA, attempt, cookies_of, is_in, with_cookies
from toolkit.records import AuditEntry

SET_UP = "/mi-cuenta/segundo-paso"
CODE = "/ingresar/codigo"
PAPER = "/ingresar/codigo-de-respaldo"


@pytest.fixture
def clock(monkeypatch):
    """Seconds by which the clock of codes was moved on: a code is good once, tests do not wait."""
    moved = [0]
    monkeypatch.setattr(TOTP, "now", staticmethod(lambda: time.time() + moved[0]))
    return moved


@pytest.fixture
def code_of(app):
    """The code that an application with this secret shows."""

    def code(secret):
        with app.app_context():
            return _security.totp_factory.generate_totp_password(secret)

    return code


def activate(browser, app, clock, code_of):
    """Set the second step up as a person does; gives the secret and the recovery codes."""
    key = token(browser, SET_UP)
    with browser.session_transaction() as kept:
        secret = kept["new_factor"]
    done = browser.post(SET_UP, data={"code": code_of(secret), "csrf_token": key})
    assert "Guarde sus códigos" in done.text
    clock[0] += 60
    return secret, re.findall(r"<code>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>", done.text)


@pytest.fixture
def rosa(add_person, sign_in, app, clock, code_of):
    """Rosa with a second step: her open browser, the secret and the codes."""
    add_person(ROSA, organizations={"bellavista": "member"})
    browser = sign_in(ROSA)
    return browser, *activate(browser, app, clock, code_of)


def half_way(app, **more):
    """A browser in which the password was right."""
    browser = app.test_client()
    answer = attempt(browser, **more)
    assert answer.location.startswith(CODE)
    return browser


def enter(browser, code, where=CODE):
    return browser.post(where, data={"code": code, "csrf_token": token(browser, where)})


def test_setting_up_shows_the_key_as_picture_text_and_link(add_person, sign_in):
    add_person(ROSA)
    page = sign_in(ROSA).get(SET_UP).text
    assert 'src="data:image/svg+xml;base64,' in page and 'href="otpauth://totp/' in page
    assert re.search(r"<code class=\"key\">[A-Z2-7]{4}( [A-Z2-7]{4}){7}", page)


def test_a_wrong_first_code_activates_nothing_and_keeps_the_key(add_person, sign_in, instance):
    add_person(ROSA)
    browser = sign_in(ROSA)
    before = re.search(r'class="key">([^<]+)', browser.get(SET_UP).text).group(1)
    page = enter(browser, "000000", SET_UP)
    assert page.status_code == 422 and before in page.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Account.tf_primary_method)).all() == [None]


def test_password_then_code(rosa, app, code_of):
    _, secret, _ = rosa
    browser = half_way(app)
    assert not is_in(browser)
    assert enter(browser, code_of(secret)).location == "/espacios"
    assert is_in(browser)


def test_the_page_asked_for_comes_after_the_code(rosa, app, code_of):
    _, secret, _ = rosa
    browser = app.test_client()
    where = attempt(browser, next="/mis-aportes").location
    assert enter(browser, code_of(secret), where).location == "/mis-aportes"


def test_no_address_elsewhere_comes_after_the_code(rosa, app, code_of):
    _, secret, _ = rosa
    browser = app.test_client()
    assert attempt(browser, next="https://evil.example/").location == CODE
    answer = enter(browser, code_of(secret), CODE + "?next=https://evil.example/")
    assert answer.location == "/espacios"


def test_a_code_is_good_once(rosa, app, code_of):
    _, secret, _ = rosa
    code = code_of(secret)
    assert enter(half_way(app), code).status_code == 302
    refused = enter(half_way(app), code)
    assert refused.status_code == 422 and "ya se usó" in refused.text


def test_of_eight_at_once_with_one_code_one_gets_in(rosa, app, code_of):
    _, secret, _ = rosa
    code, browsers, answers = code_of(secret), [half_way(app) for _ in range(4)], []
    keys = [token(browser, CODE) for browser in browsers]

    def go(browser, key):
        answers.append(browser.post(CODE, data={"code": code, "csrf_token": key}).status_code)

    threads = [threading.Thread(target=go, args=pair) for pair in zip(browsers, keys, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 422, 422, 422]


def test_the_step_of_a_code_is_written_by_one_request_only(rosa, app):
    with app.test_request_context("/ingresar/codigo", method="POST"):
        account = Accounts().session.scalars(select(Account)).one()
        stale = account.totp_counter
        later = SimpleNamespace(counter=stale + 5)
        _security.totp_factory.set_last_counter(account, later)
        for counter in (stale + 5, stale):
            with pytest.raises(UsedTokenError):
                _security.totp_factory.set_last_counter(account, SimpleNamespace(counter=counter))


def test_a_clock_that_is_one_step_off_is_taken_and_two_are_not(rosa, app, clock, code_of):
    _, secret, _ = rosa
    early = code_of(secret)
    clock[0] += 30
    assert enter(half_way(app), early).status_code == 302
    late = code_of(secret)
    clock[0] += 90
    assert enter(half_way(app), late).status_code == 422


def test_recuerdame_lasts_through_the_second_step(rosa, app, code_of):
    _, secret, _ = rosa
    browser = half_way(app, remember="y")
    enter(browser, code_of(secret))
    assert is_in(with_cookies(app, {"recuerdo": cookies_of(browser)["recuerdo"]}))


def test_half_way_ends_after_ten_minutes(rosa, app, code_of, monkeypatch):
    _, secret, _ = rosa
    browser = half_way(app)
    with browser.session_transaction() as kept:
        kept["tf_since"] -= HALF_WAY + 1
    assert browser.get(CODE).location == "/ingresar"
    assert not is_in(browser)


@pytest.mark.parametrize("where", [CODE, PAPER])
def test_without_a_password_there_is_no_second_step(client, where):
    assert client.get(where).location == "/ingresar"


def test_half_way_sets_nothing_up(rosa, app):
    browser = half_way(app)
    assert browser.get(SET_UP).location.startswith("/ingresar")
    assert browser.get("/mi-cuenta/codigos-de-respaldo").location.startswith("/ingresar")


def test_a_recovery_code_opens_once_and_the_person_is_told(rosa, app, instance):
    _, _, codes = rosa
    assert len(set(codes)) == 10
    work(instance)
    browser = half_way(app)
    assert enter(browser, f" {codes[0].upper().replace('-', ' ')} ", PAPER).status_code == 302
    assert is_in(browser) and "código de respaldo" in work(instance)[-1]["Subject"]
    assert enter(half_way(app), codes[0], PAPER).status_code == 422
    assert enter(half_way(app), codes[1], PAPER).status_code == 302


def test_new_recovery_codes_void_the_old_ones(rosa, app):
    browser, _, old = rosa
    where = "/mi-cuenta/codigos-de-respaldo"
    page = browser.post(where, data={"csrf_token": token(browser, where)}).text
    new = re.findall(r"<code>([0-9a-f-]{14})</code>", page)
    assert len(new) == 10 and not set(new) & set(old)
    assert enter(half_way(app), old[0], PAPER).status_code == 422
    assert enter(half_way(app), new[0], PAPER).status_code == 302


def test_the_database_holds_neither_codes_nor_secrets(rosa, instance, app):
    _, secret, codes = rosa
    with app.app_context():
        plain = _security.totp_factory.get_totp_b32_key(secret)
    bytes_ = b"".join(path.read_bytes() for path in instance.folder.glob("portal.db*"))
    assert plain.encode() not in bytes_
    assert not [code for code in codes if code.encode() in bytes_ or code.replace("-", "").encode() in bytes_]
    for name in ("second-factor-key", "recovery-code-key"):
        assert (instance.folder / name).stat().st_mode & 0o777 == 0o600


def test_five_wrong_codes_then_a_pause_whatever_the_browser_and_the_network(rosa, app):
    statuses = []
    for n in range(6):
        browser = half_way(app)
        browser.environ_base["REMOTE_ADDR"] = f"198.51.100.{n}"
        statuses.append(enter(browser, "000000").status_code)
    assert statuses == [422] * 5 + [429]


def test_a_new_password_does_not_get_around_the_code(rosa, instance, app, client):
    ask(client)
    set_password(client, link_in(work(instance)[-1]), "río hondo, puente nuevo")
    answer = attempt(app.test_client(), password="río hondo, puente nuevo")
    assert answer.location.startswith(CODE)


def test_taking_it_off_voids_the_recovery_codes_and_tells_the_person(rosa, app, instance):
    browser = rosa[0]
    where = SET_UP + "/quitar"
    assert browser.post(where, data={"csrf_token": token(browser, where)}).location == "/cuenta"
    assert is_in(browser) and attempt(app.test_client()).location == "/espacios"
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(RecoveryCode)).all() == []
        said = [one.values["change"] for one in
                session.scalars(select(AuditEntry).where(AuditEntry.act == "second_factor"))]  # fmt: skip
    assert said == ["on", "off"]
    assert [message["To"] for message in work(instance)] == [ROSA, ROSA]


def test_another_telephone_takes_the_place_of_the_first(rosa, app, clock, code_of):
    browser, old, _ = rosa
    where = SET_UP + "?otro=1"
    key = token(browser, where)
    with browser.session_transaction() as kept:
        new = kept["new_factor"]
    assert browser.post(where, data={"code": code_of(new), "csrf_token": key}).status_code == 200
    clock[0] += 60
    assert enter(half_way(app), code_of(old)).status_code == 422
    assert enter(half_way(app), code_of(new)).status_code == 302


@pytest.mark.parametrize("where", [SET_UP, SET_UP + "/quitar", "/mi-cuenta/codigos-de-respaldo"])
def test_changing_it_asks_for_the_password_again_after_a_while(rosa, where):
    browser = rosa[0]
    with browser.session_transaction() as kept:
        kept["fs_paa"] -= 3600
        kept["fs_gexp"] = 0
    assert browser.get(where).location.startswith("/confirmar-identidad")


@pytest.fixture
def required(app):
    app.extensions["instance"].settings["SECOND_FACTOR_REQUIRED"] = True


@pytest.mark.parametrize(("about", "owes"), [
    ({"organizations": {"bellavista": "coordinator"}}, True),
    ({"portal_role": "administrator"}, True),
    ({"portal_role": "editor"}, False),
    ({"organizations": {"bellavista": "promoter"}}, False),
])  # fmt: skip
def test_whoever_owes_one_sets_it_up_before_anything_else(
    required, add_person, sign_in, app, clock, code_of, about, owes
):
    add_person(ROSA, **about)
    browser = sign_in(ROSA)
    for page in ("/cuenta", "/biblioteca", "/mis-aportes"):
        assert (browser.get(page).location == SET_UP) is owes, page
    assert browser.get("/ayuda").status_code == 200
    if owes:
        activate(browser, app, clock, code_of)
        assert is_in(browser)
        assert browser.get(SET_UP + "/quitar").location == SET_UP


def test_who_becomes_coordinator_owes_one_at_once(required, add_person, sign_in, instance):
    from toolkit import organizations, people

    add_person(ROSA, organizations={"bellavista": "promoter"})
    browser = sign_in(ROSA)
    assert is_in(browser)
    with instance.database.open_for_maintenance() as session:
        people.appoint(session, organizations.get(session, "bellavista"), people.get(session, ROSA))
    assert browser.get("/cuenta").location == SET_UP


def test_the_portal_asks_it_of_nobody_unless_told(add_person, sign_in):
    add_person(ROSA, portal_role="administrator")
    assert is_in(sign_in(ROSA))


def test_the_administration_takes_it_off_for_whoever_lost_everything(rosa, instance, app):
    with instance.database.open_for_maintenance() as session:
        number = session.scalars(select(Account.person_id)).one()
        factors.remove(session, number)
        with pytest.raises(factors.NoFactor):
            factors.remove(session, number)
    assert attempt(app.test_client()).location == "/espacios"


def test_a_code_does_not_open_a_suspended_account(rosa, app, instance, code_of):
    _, secret, _ = rosa
    browser = half_way(app)
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Account).values(active=False))
    assert browser.get(CODE).location == "/ingresar"
    assert attempt(app.test_client(), password=PASSWORD).status_code == 200


def test_the_page_of_the_code_offers_no_passkey_and_no_paper_that_are_not_there(rosa, app, instance):
    page = half_way(app).get(CODE).text
    assert "Usar una llave de acceso" not in page and "No tengo el teléfono a la mano" in page
    with instance.database.open_for_maintenance() as session:
        session.query(RecoveryCode).delete()
    page = half_way(app).get(CODE).text
    assert "No tengo el teléfono a la mano" not in page and "¿Perdió el teléfono y los códigos?" in page
