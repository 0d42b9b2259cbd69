"""Invitations in the browser: sending, the mailed link, a new account, an account there is, and every way in
which a link opens nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.instance import Instance
from portal.mail import Post
from tests.conftest import PASSWORD, token
from tests.portal.test_members import post, role
from toolkit import people
from toolkit.records import Invitation, Membership, OutboxMessage, Person, now
from toolkit.records.base import injected

HERE = "/espacios/agraria"
NEW = {"name": "Nélida Chura", "password": "tres sapos bajo el puente"}


def invite(browser: FlaskClient, email: str = "nueva@x.coop", role: str = "member"):
    return post(browser, f"{HERE}/personas/invitar", email=email, role=role)


def mailed(instance: Instance) -> tuple[str, str]:
    """The newest invitation as it will be sent: the path of its link, and its words."""
    with instance.database.open_for_maintenance(writing=False) as session:
        row = session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == "invitation").order_by(OutboxMessage.id)
        ).all()[-1]
        subject, text = Post(instance).render(row.template, row.values, row.language)
    (line,) = [line for line in text.splitlines() if line.startswith("http://localhost/invitacion/")]
    return line.removeprefix("http://localhost"), subject + text


def open_link(browser: FlaskClient, link: str):
    answer = browser.get(link)
    assert answer.status_code == 302 and answer.location == "/invitacion"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return browser.get("/invitacion")


def accept(browser: FlaskClient, page: str, **data: str):
    found = page.split('name="csrf_token" value="')[1].split('"')[0]
    return browser.post("/invitacion", data={"csrf_token": found, **data})


def count(instance: Instance, record: type) -> int:
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.scalar(select(func.count()).select_from(record))


def test_from_the_mail_to_the_space(enter, client: FlaskClient, instance: Instance) -> None:
    answer = invite(enter("julia"), role="promoter")
    assert answer.status_code == 302 and answer.location.endswith("/personas")
    link, words = mailed(instance)
    assert "Julia" in words and "Agraria" in words and "14 días" in words
    page = open_link(client, link)
    assert "Julia" in page.text and "nueva@x.coop" in page.text and link.split("/")[-1] not in page.text
    answer = accept(client, page.text, **NEW)
    assert answer.status_code == 302 and answer.location == HERE
    assert client.get(HERE).status_code == 200
    with instance.database.open_for_maintenance(writing=False) as session:
        person = people.get(session, "nueva@x.coop")
        assert (person.name, role(instance, person.id)) == ("Nélida Chura", ("promoter", False))
    assert "sin respuesta" in enter("julia").get(f"{HERE}/personas").text
    assert "nueva@x.coop" not in enter("julia").get(f"{HERE}/personas").text


def test_the_new_account_signs_in_by_its_password(
    enter,
    client: FlaskClient,
    instance: Instance,
    sign_in: Callable[..., FlaskClient],
) -> None:
    invite(enter("julia"))
    accept(client, open_link(client, mailed(instance)[0]).text, **NEW)
    assert sign_in("nueva@x.coop", NEW["password"]).get(HERE).status_code == 200


@pytest.mark.parametrize(("given", "sentence"), [
    ({"name": "", "password": NEW["password"]}, "Escriba su nombre."),
    ({"name": "Nélida", "password": ""}, "Escriba una contraseña."),
    ({"name": "Nélida", "password": "corta"}, "al menos 10 caracteres"),
    ({"name": "Nélida", "password": "nuevanueva77"}, "no puede salir del nombre"),
    ({"name": "x" * 201, "password": NEW["password"]}, "200 caracteres"),
])  # fmt: skip
def test_bad_words_make_no_account_and_the_link_still_serves(
    enter,
    client: FlaskClient,
    instance: Instance,
    given: dict[str, str],
    sentence: str,
) -> None:
    invite(enter("julia"))
    before = count(instance, Person), count(instance, Membership)
    page = open_link(client, mailed(instance)[0])
    answer = accept(client, page.text, **given)
    assert answer.status_code == 422 and sentence in answer.text and given["name"] in answer.text
    assert (count(instance, Person), count(instance, Membership)) == before
    assert accept(client, answer.text, **NEW).status_code == 302


def test_an_account_signs_in_first_then_accepts(
    enter,
    everybody,
    client: FlaskClient,
    instance: Instance,
) -> None:
    invite(enter("julia"), "sola@x.coop")
    page = open_link(client, mailed(instance)[0])
    assert "Ingresar para aceptar" in page.text and "Contraseña" not in page.text
    answer = accept(client, client.get("/ingresar").text, **NEW)
    assert answer.location.startswith("/ingresar") and role(instance, everybody["sola"]) is None
    data = {"email": "sola@x.coop", "password": PASSWORD, "next": "/invitacion",
            "csrf_token": token(client, answer.location)}  # fmt: skip
    assert client.post("/ingresar", data=data).location == "/invitacion"
    page = client.get("/invitacion")
    assert "Aceptar la invitación" in page.text
    assert role(instance, everybody["sola"]) is None
    assert accept(client, page.text).location == HERE
    assert role(instance, everybody["sola"]) == ("member", False)


def test_another_account_is_told_so_and_changes_nothing(
    enter,
    everybody,
    instance: Instance,
) -> None:
    invite(enter("julia"))
    otto = enter("otto")
    page = open_link(otto, mailed(instance)[0])
    assert "Esta invitación es para otra dirección" in page.text and "Aceptar" not in page.text
    answer = accept(otto, page.text)
    assert answer.status_code == 403 and "para otra dirección" in answer.text
    assert otto.get(HERE).status_code == 404
    assert "otto@x.coop" in page.text and "nueva@x.coop" not in page.text


def test_an_expired_one_says_so_and_lets_ask_for_another(
    enter,
    client: FlaskClient,
    instance: Instance,
) -> None:
    julia = enter("julia")
    invite(julia)
    link = mailed(instance)[0]
    with instance.database.open_for_maintenance() as session:
        session.scalars(select(Invitation)).one().expires_at = now() - dt.timedelta(days=1)
    page = open_link(client, link)
    assert "venció" in page.text and "Crear la cuenta" not in page.text
    answer = accept(client, page.text, **NEW)
    assert answer.status_code == 410 and "venció" in answer.text
    data = {"csrf_token": token(client, "/invitacion")}
    assert client.post("/invitacion/otra", data=data).status_code == 302
    assert "Ya pidió otra" in client.get("/invitacion").text
    assert "Pide otra invitación" in julia.get(f"{HERE}/personas").text


def test_used_taken_back_and_malformed_links_each_get_a_sentence(
    enter,
    app: Flask,
    instance: Instance,
) -> None:
    julia, first = enter("julia"), app.test_client()
    invite(julia)
    link = mailed(instance)[0]
    accept(first, open_link(first, link).text, **NEW)
    used = open_link(app.test_client(), link)
    assert used.status_code == 410 and "ya no sirve" in used.text
    invite(julia, "otra@x.coop")
    link = mailed(instance)[0]
    with instance.database.open_for_maintenance(writing=False) as session:
        waiting = session.scalar(select(Invitation.public_id).where(Invitation.accepted_at.is_(None)))
    assert post(julia, f"{HERE}/invitaciones/{waiting}/retirar", f"{HERE}/personas").status_code == 302
    assert open_link(app.test_client(), link).status_code == 410
    for broken in ("x", "%00", "%ff", "a" * 3000):
        assert open_link(app.test_client(), f"/invitacion/{broken}").status_code == 404
    nobody = app.test_client().get("/invitacion")
    assert nobody.status_code == 404 and "no corresponde a ninguna invitación" in nobody.text


def test_sending_anew_kills_the_link_before(enter, client: FlaskClient, instance: Instance) -> None:
    julia = enter("julia")
    invite(julia)
    first = mailed(instance)[0]
    with instance.database.open_for_maintenance(writing=False) as session:
        waiting = session.scalars(select(Invitation.public_id)).one()
    assert post(julia, f"{HERE}/invitaciones/{waiting}/renovar", f"{HERE}/personas").status_code == 302
    assert open_link(client, first).status_code == 404
    assert open_link(client, mailed(instance)[0]).status_code == 200


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(enter, instance) -> None:
    julia = enter("julia")
    answers = [invite(julia, email) for email in ("otto@x.coop", "nadie@x.coop")]
    assert {(one.status_code, one.location) for one in answers} == {(302, f"{HERE}/personas")}
    page = julia.get(f"{HERE}/personas").text
    assert "Otto" not in page and "otto@x.coop" in page and "nadie@x.coop" in page


def test_invitations_of_others_are_not_found(enter, add_person, sign_in, instance: Instance) -> None:
    invite(enter("julia"))
    with instance.database.open_for_maintenance(writing=False) as session:
        waiting = session.scalars(select(Invitation.public_id)).one()
    add_person("fede@x.coop", "Fede", organizations={"coopac": "coordinator"})
    fede = sign_in("fede@x.coop")
    for deed in ("renovar", "retirar"):
        for slug in ("coopac", "agraria"):
            data = {"csrf_token": token(fede, "/espacios/coopac/personas/invitar")}
            answer = fede.post(f"/espacios/{slug}/invitaciones/{waiting}/{deed}", data=data)
            assert answer.status_code == 404, (deed, slug)
    assert enter("luz").post(f"{HERE}/invitaciones/{waiting}/retirar").status_code in (400, 403)


@pytest.mark.parametrize("given", [
    {"email": "no es un correo", "role": "member"}, {"email": "", "role": "member"},
    {"email": "n@x.coop", "role": "coordinator"}, {"email": "n@x.coop", "role": "administrator"},
    {"email": "luz@x.coop", "role": "member"},
])  # fmt: skip
def test_what_cannot_be_sent_is_kept_and_said(enter, instance, given: dict[str, str]) -> None:
    answer = invite(enter("julia"), **given)
    assert answer.status_code == 422 and f'value="{given["email"]}"' in answer.text
    assert count(instance, Invitation) == 0


def test_an_organisation_smuggled_into_the_form_changes_nothing(enter, instance) -> None:
    julia = enter("julia")
    post(
        julia, f"{HERE}/personas/invitar", email="n@x.coop", role="member", organization_id="2", slug="coopac"
    )
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Invitation)).one().organization.slug == "agraria"


def test_the_clock_decides_when_it_ends(enter, client: FlaskClient, instance: Instance) -> None:
    invite(enter("julia"))
    link, begun = mailed(instance)[0], now()
    for days, words in ((13, "Crear la cuenta"), (15, "venció")):
        moment = begun + dt.timedelta(days=days)
        with injected(clock=lambda moment=moment: moment):
            assert words in open_link(client, link).text
