"""Signing in, staying in, signing out."""

from __future__ import annotations

import datetime as dt
import re
import time
from statistics import median
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import event, select, update

from portal.accounts.records import Account, SignIn
from portal.accounts.sign_ins import NOT_REMEMBERED, REMEMBERED, TOUCH
from tests.conftest import PASSWORD, token
from toolkit.records import now

ROSA = "rosa@coop.example"


@pytest.fixture
def rosa(add_person):
    return add_person(ROSA)


def attempt(client, email=ROSA, password=PASSWORD, **more):
    """Try to sign in by the form."""
    data = {"email": email, "password": password, "csrf_token": token(client, "/ingresar")}
    return client.post("/ingresar", data=data | more)


def is_in(client):
    return client.get("/cuenta").status_code == 200


def sign_out(client):
    return client.post("/salir", data={"csrf_token": token(client, "/cuenta")})


def cookies_of(client):
    return {one.key: one.value for one in client._cookies.values()}


def with_cookies(app, cookies):
    copy = app.test_client()
    for name, value in cookies.items():
        copy.set_cookie(name, value)
    return copy


def age(instance, **times):
    """Make all sign-ins older."""
    with instance.database.open_for_maintenance() as session:
        session.execute(update(SignIn).values({name: now() - past for name, past in times.items()}))


def test_a_person_signs_in_and_out(rosa, sign_in):
    browser = sign_in(ROSA)
    page = browser.get("/cuenta")
    assert page.status_code == 200 and ROSA in page.text
    assert sign_out(browser).status_code == 302
    assert not is_in(browser)


def test_the_address_may_be_written_in_any_case_and_the_password_on_any_keyboard(add_person, sign_in):
    add_person("Ñusta@Coop.example", password="cañón mojado azul")
    decomposed = "can\u0303o\u0301n mojado azul"
    assert is_in(sign_in(" ñUSTA@coop.EXAMPLE ", decomposed))


@pytest.mark.parametrize("remember", [False, True])
def test_copied_cookies_are_dead_after_signing_out(rosa, app, sign_in, remember):
    browser = sign_in(ROSA, remember=remember)
    copied = cookies_of(browser)
    assert ("recuerdo" in copied) is remember
    assert is_in(with_cookies(app, copied))
    sign_out(browser)
    assert not is_in(with_cookies(app, copied))
    for name, value in copied.items():
        assert not is_in(with_cookies(app, {name: value}))


def test_the_remember_cookie_alone_is_enough_and_ends_with_its_row(rosa, app, instance, sign_in):
    browser = with_cookies(app, {"recuerdo": cookies_of(sign_in(ROSA, remember=True))["recuerdo"]})
    assert is_in(browser)
    with instance.database.open_for_maintenance() as session:
        session.delete(session.scalars(select(SignIn)).one())
    assert not is_in(browser)


def test_the_database_does_not_hold_what_the_cookie_holds(rosa, app, instance, sign_in):
    copied = cookies_of(sign_in(ROSA, remember=True))
    key = copied["recuerdo"].split("|")[0]
    assert len(key) >= 40
    assert key.encode() not in b"".join(path.read_bytes() for path in instance.folder.glob("portal.db*"))


@pytest.mark.parametrize(("remember", "limits"), [(False, NOT_REMEMBERED), (True, REMEMBERED)])
def test_a_sign_in_ends_without_use_and_with_age(rosa, instance, sign_in, remember, limits):
    idle, life = limits
    little = dt.timedelta(minutes=1)
    browser = sign_in(ROSA, remember=remember)
    age(instance, seen_at=idle - little)
    assert is_in(browser)
    age(instance, seen_at=dt.timedelta(0), begun_at=life - little)
    assert is_in(browser)
    age(instance, begun_at=life + little)
    assert not is_in(browser)
    browser = sign_in(ROSA, remember=remember)
    age(instance, seen_at=idle + little)
    assert not is_in(browser)


def test_use_is_written_at_most_every_five_minutes(rosa, instance, sign_in):
    browser = sign_in(ROSA)

    def seen():
        with instance.database.open_for_maintenance(writing=False) as session:
            return session.scalars(select(SignIn.seen_at)).one()

    age(instance, seen_at=TOUCH / 2)
    before = seen()
    browser.get("/cuenta")
    assert seen() == before
    age(instance, seen_at=TOUCH * 2)
    browser.get("/cuenta")
    assert now() - seen() < dt.timedelta(minutes=1)


def test_use_is_written_in_the_transaction_of_what_is_posted(rosa, instance, sign_in):
    browser = sign_in(ROSA)
    key = token(browser, "/recuperar")
    age(instance, seen_at=TOUCH * 2)
    begun = time.perf_counter()
    answer = browser.post("/recuperar", data={"csrf_token": key, "email": ROSA})
    assert answer.status_code == 302
    assert time.perf_counter() - begun < 7, "two writers in one request waited for each other"


def test_a_suspended_account_is_out_at_the_next_request(rosa, app, instance, client, sign_in):
    browser = sign_in(ROSA, remember=True)
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Account).values(active=False))
    assert not is_in(browser)
    assert attempt(client).status_code == 200 and not is_in(client)


def test_every_wrong_word_gets_the_same_answer(rosa, add_person, instance, app):
    suspended = add_person("luis@coop.example")
    add_person("sin@coop.example", password=None)
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Account).where(Account.person_id == suspended).values(active=False))

    def answer(email, password):
        page = attempt(app.test_client(), email, password)
        assert page.status_code == 200
        cleaned = page.text.replace(email, "")
        return [line for line in cleaned.splitlines() if "csrf" not in line and "nonce" not in line]

    wrong = answer(ROSA, "otra cosa muy distinta")
    assert wrong == answer("nadie@coop.example", PASSWORD)
    assert wrong == answer("luis@coop.example", PASSWORD)
    assert wrong == answer("sin@coop.example", "")
    assert wrong == answer("sin@coop.example", "de nadie")
    assert any("no corresponden a una cuenta en uso" in line for line in wrong)


def test_known_and_unknown_addresses_take_the_same_time(rosa, app):
    """ASVS 6.3.8: within a tenth by the median; more is allowed here because the machine is shared."""
    took = {ROSA: [], "nadie@coop.example": []}
    client = app.test_client()
    key = token(client, "/ingresar")
    for _ in range(4):
        for email, times in took.items():
            begun = time.perf_counter()
            client.post("/ingresar", data={"email": email, "password": "no es esta", "csrf_token": key})
            times.append(time.perf_counter() - begun)
    known, unknown = (median(times) for times in took.values())
    assert 0.5 < known / unknown < 2


def test_passwords_are_compared_outside_the_write_lock(rosa, instance, client):
    key = token(client, "/ingresar")
    with instance.database.open_for_maintenance():
        begun = time.perf_counter()
        wrong = client.post("/ingresar", data={"email": ROSA, "password": "no es esta", "csrf_token": key})
    assert wrong.status_code == 200 and time.perf_counter() - begun < 7


def test_it_goes_on_to_the_page_that_was_asked_for(rosa, client):
    asked = client.get("/cuenta?desde=aqui")
    assert asked.status_code == 302
    entry = asked.location
    page = client.get(entry)
    assert 'name="next" value="/cuenta?desde=aqui"' in page.text
    answer = attempt(client, next="/cuenta?desde=aqui")
    assert answer.location == "/cuenta?desde=aqui"


@pytest.mark.parametrize("bad", [
    "//malo.example", "/\\malo.example", "https://malo.example/", "\\\\malo.example", "javascript:alert(1)",
    "https:malo.example", "\t//malo.example", " //malo.example", "////malo.example", "http://localhost@malo.example",
])  # fmt: skip
def test_a_foreign_address_to_go_on_to_is_forgotten(rosa, client, bad):
    answer = attempt(client, next=bad)
    assert answer.status_code == 302 and is_in(client)
    assert "\\" not in answer.location and not re.search(r"[\x00-\x20]", answer.location)
    assert urlsplit(urljoin("http://localhost/ingresar", answer.location)).netloc == "localhost"


@pytest.mark.parametrize("broken", ["//[", "http://[", "//[::1", "http://[x]/"])
def test_an_address_that_cannot_be_taken_apart_is_no_fault_of_ours(rosa, client, sign_in, broken):
    assert client.get("/ingresar", query_string={"next": broken}).status_code == 400
    assert attempt(client, next=broken).status_code == 400
    assert client.post("/preferencias", data={"pagina": broken}).location == "/"
    assert client.post("/preferencias", headers={"Origin": broken}).status_code == 403
    browser = sign_in(ROSA)
    sent = {"csrf_token": token(browser, "/cuenta"), "next": broken}
    assert browser.post("/salir", data=sent).status_code == 400
    assert browser.post("/confirmar-identidad", data=sent | {"password": PASSWORD}).status_code == 400


def test_what_was_planted_before_signing_in_is_dead_after(rosa, client):
    planted = token(client, "/ingresar")
    before = cookies_of(client)["ayni"]
    assert (
        client.post(
            "/ingresar", data={"email": ROSA, "password": PASSWORD, "csrf_token": planted}
        ).status_code
        == 302
    )
    assert cookies_of(client)["ayni"] != before
    assert client.post("/salir", data={"csrf_token": planted}).status_code == 400
    assert is_in(client)


def test_every_form_wants_its_token(add_person, app, sign_in):
    add_person(ROSA, organizations={"bellavista": "coordinator"}, portal_role="administrator")
    add_person("edita@coop.example", portal_role="editor")
    browsers = [sign_in(ROSA), sign_in("edita@coop.example")]  # each door lets one of them in
    exempt = {"preferences.update"}
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in exempt:
            continue
        address = rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False)[1]
        answers = {browser.post(address).status_code for browser in browsers}
        assert 400 in answers and answers <= {400, 403, 404}, rule
    assert set(app.extensions["csrf"]._exempt_views) == {"portal.preferences.update"}


def test_signing_out_is_never_a_link(rosa, sign_in):
    browser = sign_in(ROSA)
    assert browser.get("/salir").status_code == 405
    assert is_in(browser)


def test_json_is_refused_at_these_doors(rosa, client):
    key = token(client, "/ingresar")
    for body in ('{"email": "rosa@coop.example"}', '"x"', "7", "[]"):
        answer = client.post("/ingresar?include_auth_token", data=body, content_type="application/json",
                             headers={"X-CSRFToken": key})  # fmt: skip
        assert answer.status_code == 415
    assert not is_in(client)


def test_no_token_in_address_or_header_signs_anybody_in(rosa, app, instance, client):
    with app.test_request_context(), instance.database.open_for_maintenance(writing=False) as session:
        key = session.scalars(select(Account)).one().get_auth_token()
    assert client.get(f"/cuenta?auth_token={key}").status_code == 302
    assert client.get("/cuenta", headers={"Authentication-Token": key}).status_code == 302
    assert client.get(f"/ingresar?auth_token={key}").status_code == 200, "taken for somebody signed in"


def test_a_static_file_asks_nobody_who_it_is_for(rosa, instance, sign_in):
    browser = sign_in(ROSA, remember=True)
    statements = []
    event.listen(instance.database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    answer = browser.get("/static/style.css")
    assert answer.status_code == 200 and statements == []
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.headers.getlist("Set-Cookie")


def test_a_page_asks_little_to_know_who_is_looking(rosa, instance, sign_in):
    browser = sign_in(ROSA)
    browser.get("/ayuda")
    statements = []
    event.listen(instance.database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    browser.get("/ayuda")
    asked = [one for one in statements if one.startswith("SELECT")]
    assert len(asked) == 3, "\n".join(asked)


def test_a_visitors_page_sets_no_cookie(client):
    answer = client.get("/ayuda")
    assert not answer.headers.getlist("Set-Cookie")
    assert "csrf_token" not in answer.text


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(rosa, client):
    answer = attempt(client, remember="y")
    for cookie in answer.headers.getlist("Set-Cookie"):
        if cookie.startswith(("ayni=", "recuerdo=")):
            assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_over_https_cookies_are_bound_to_the_host(tmp_path, rosa):
    from portal import create_app
    from portal.instance import Instance

    other = Instance(tmp_path / "other", PUBLIC_URL="https://ayni.example")
    other.database.migrate()
    config = create_app(other).config
    assert config["SESSION_COOKIE_NAME"].startswith("__Host-") and config["SESSION_COOKIE_SECURE"]
    assert config["REMEMBER_COOKIE_NAME"].startswith("__Host-") and config["REMEMBER_COOKIE_SECURE"]


def test_pages_of_people_signed_in_are_kept_by_nobody(rosa, sign_in):
    assert "no-store" in sign_in(ROSA).get("/cuenta").headers["Cache-Control"]


def test_text_size_of_the_profile_comes_along(add_person, instance, client):
    from toolkit import people

    add_person(ROSA)
    with instance.database.open_for_maintenance() as session:
        people.change(session, people.get(session, ROSA), text_size=150)
    attempt(client)
    assert cookies_of(client)["texto"] == "150"


def test_the_text_size_chosen_above_is_kept_in_the_profile(rosa, instance, sign_in):
    from toolkit import people

    browser = sign_in(ROSA)
    browser.post(
        "/preferencias", data={"tamano": "mas", "pagina": "/"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    with instance.database.open_for_maintenance(writing=False) as session:
        assert people.get(session, ROSA).text_size == 125
