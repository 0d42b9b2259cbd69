"""«Administración» (product.md 5.4): organisations, posts, people, roles, joint spaces, emergency access."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts.records import Account
from portal.instance import Instance
from portal.mail import Post as Mail
from tests.conftest import token
from tests.portal.library import add as add_material
from toolkit import organizations, people, terms
from toolkit.records import (
    AuditEntry,
    Emergency,
    Invitation,
    Membership,
    OutboxMessage,
    Party,
    Person,
    Post,
    now,
)
from toolkit.records.base import injected

ROLES = ("visitor", "member", "promoter", "coordinator", "editor")


@pytest.fixture
def admin(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """Ada, who administers; «agraria» has a coordination, a promoter and a member."""
    add_person("ada@portal.pe", "Ada Ríos", portal_role="administrator")
    add_person("jefa@agraria.coop", "Julia Jefa", organizations={"agraria": "coordinator"})
    add_person("pro@agraria.coop", "Pía Promotora", organizations={"agraria": "promoter"})
    add_person("rosa@agraria.coop", "Rosa Quispe", organizations={"agraria": "member"})
    return sign_in("ada@portal.pe")


@pytest.fixture
def others(
    admin: FlaskClient, app: Flask, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> dict[str, FlaskClient]:
    """Browsers of everybody who is no administrator."""
    add_person("edna@portal.pe", "Edna Editora", portal_role="editor")
    return {"visitor": app.test_client(), "member": sign_in("rosa@agraria.coop"),
            "promoter": sign_in("pro@agraria.coop"), "coordinator": sign_in("jefa@agraria.coop"),
            "editor": sign_in("edna@portal.pe")}  # fmt: skip


def public_id(instance: Instance, email: str) -> str:
    with instance.database.open_for_maintenance(writing=False) as session:
        return people.get(session, email).public_id


def send(browser: FlaskClient, address: str, **data: object) -> object:
    """Fill in the form at an address and send it."""
    return browser.post(address, data={**data, "csrf_token": token(browser, address)})


def rows(instance: Instance, record: type, *where: object) -> list:
    with instance.database.open_for_maintenance(writing=False) as session:
        found = list(session.scalars(select(record).where(*where).order_by(record.id)))
        session.expunge_all()
        return found


def acts(instance: Instance) -> list[tuple[str, str]]:
    return [(one.act, one.noun) for one in rows(instance, AuditEntry)]


def masked(page: str) -> str:
    """A page without what differs from answer to answer, and without its own address."""
    page = re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", page)
    return re.sub(r"/administra\w*(/[\w.-]*)*|%2Fadministra[\w%.-]*", "", page)


def test_for_everybody_else_the_pages_never_existed(app: Flask, others: dict[str, FlaskClient]) -> None:
    rules = [one for one in app.url_map.iter_rules() if one.rule.startswith("/administracion")]
    shared = {"audit.index", "audit.export", "emergencies.index", "emergencies.show", "emergencies.grant",
              "emergencies.end"}  # fmt: skip
    assert len(rules) > 20
    for who, browser in others.items():
        for method in ("GET", "POST", "PUT", "OPTIONS"):
            never = browser.open("/administrada", method=method)
            for rule in rules:
                if who == "editor" and rule.endpoint in shared:
                    continue
                address = re.sub(r"<(\w+)>", "agraria", rule.rule)
                answer = browser.open(address, method=method)
                assert answer.status_code == never.status_code == 404, (who, method, address)
                assert masked(answer.text) == masked(never.text), (who, method, address)
                names = {name for name, _ in answer.headers} - {"Set-Cookie"}
                assert names == {name for name, _ in never.headers} - {"Set-Cookie"}, (who, method, address)


def test_every_page_opens_for_an_administrator(app: Flask, admin: FlaskClient, instance: Instance) -> None:
    person = public_id(instance, "rosa@agraria.coop")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/administracion") and "GET" in (rule.methods or ()):
            if "sucesiones" in rule.rule or "emergencias/<id>" in rule.rule:
                continue
            answer = admin.get(rule.rule.replace("<id>", person).replace("<slug>", "agraria"))
            assert answer.status_code == 200, rule.rule


def test_people_are_found_by_name_and_address(admin: FlaskClient) -> None:
    page = admin.get("/administracion/personas?q=quis+agraria").text
    assert "Rosa Quispe" in page and "Julia Jefa" not in page
    assert "Nadie responde" in admin.get("/administracion/personas?q=%25").text


def test_people_stand_by_the_alphabet_and_not_by_bytes(
    admin: FlaskClient, add_person: Callable[..., int]
) -> None:
    for name in ("Zoila", "Nilda", "Nélida", "álvaro", "Álvarez"):
        add_person(f"{len(name)}{ord(name[0])}{ord(name[1])}@x.pe", name, organizations={"agraria": "member"})
    wanted = ["Álvarez", "álvaro", "Nélida", "Nilda", "Zoila"]
    for address in ("/administracion/personas", "/administracion/organizaciones/agraria"):
        page = admin.get(address).text
        assert sorted(wanted, key=lambda name: page.index(f">{name}</a>")) == wanted, address


def test_pages_that_are_left_out_are_shown_as_left_out(app: Flask) -> None:
    with app.test_request_context("/"):
        pages = app.jinja_env.get_template("macros/pieces.html").module.pages
        said = [re.sub(r"<[^>]+>|\s", " ", str(pages(here, 9, str))).split() for here in (1, 6)]
    assert said == [["1", "2", "3", "…", "9", "Siguiente"],
                    ["Anterior", "1", "…", "4", "5", "6", "7", "8", "9", "Siguiente"]]  # fmt: skip


def test_a_suspension_ends_sign_ins_at_once(
    admin: FlaskClient, instance: Instance, sign_in: Callable[..., FlaskClient]
) -> None:
    rosa = sign_in("rosa@agraria.coop")
    where = f"/administracion/personas/{public_id(instance, 'rosa@agraria.coop')}"
    assert send(admin, f"{where}/suspender", reason="").status_code == 422
    assert rosa.get("/cuenta").status_code == 200
    assert send(admin, f"{where}/suspender", reason="Lo pide su organización").status_code == 302
    assert rosa.get("/cuenta").status_code == 302
    assert "Suspendida" in admin.get(where).text
    assert send(admin, f"{where}/restablecer", reason="Fue un error").status_code == 302
    assert sign_in("rosa@agraria.coop").get("/cuenta").status_code == 200
    (entry,) = rows(instance, AuditEntry, AuditEntry.act == "suspend")
    assert entry.values == {"reason": "Lo pide su organización"}


def test_whoever_coordinates_alone_is_not_suspended(admin: FlaskClient, instance: Instance) -> None:
    where = f"/administracion/personas/{public_id(instance, 'jefa@agraria.coop')}"
    refused = send(admin, f"{where}/suspender", reason="Motivo")
    assert refused.status_code == 422 and "coordina hoy" in refused.text and "Motivo" in refused.text


def test_a_portal_role_is_given_and_told(admin: FlaskClient, instance: Instance) -> None:
    where = f"/administracion/personas/{public_id(instance, 'rosa@agraria.coop')}/papel"
    assert send(admin, where, role="editor").status_code == 302
    (rosa,) = rows(instance, Person, Person.email == "rosa@agraria.coop")
    assert rosa.portal_role == "editor"
    (entry,) = rows(instance, AuditEntry, AuditEntry.act == "give_role")
    assert entry.values == {"role": "editor", "was": "none"} and entry.place == "127.0.0.0/24"
    assert [one.recipient for one in rows(instance, OutboxMessage)] == ["rosa@agraria.coop"]
    assert send(admin, where, role="dueña").status_code == 422


def test_nobody_changes_their_own_role(admin: FlaskClient, instance: Instance) -> None:
    where = f"/administracion/personas/{public_id(instance, 'ada@portal.pe')}"
    refused = send(admin, f"{where}/papel", role="")
    assert refused.status_code == 422 and "Nadie cambia su propio papel" in refused.text
    assert send(admin, f"{where}/suspender", reason="Motivo").status_code == 422


def test_two_administrators_removing_each_other_leave_one(
    admin: FlaskClient, instance: Instance, add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    add_person("beto@portal.pe", "Beto Paz", portal_role="administrator")
    beto = sign_in("beto@portal.pe")
    ada_page, beto_page = (f"/administracion/personas/{public_id(instance, email)}/papel"
                           for email in ("ada@portal.pe", "beto@portal.pe"))  # fmt: skip
    of_ada, of_beto = token(admin, beto_page), token(beto, ada_page)
    assert admin.post(beto_page, data={"role": "", "csrf_token": of_ada}).status_code == 302
    assert beto.post(ada_page, data={"role": "", "csrf_token": of_beto}).status_code == 404
    assert [one.email for one in rows(instance, Person, Person.portal_role == "administrator")] == [
        "ada@portal.pe"
    ]


def test_an_organisation_is_added_with_its_first_promoter_invited(
    admin: FlaskClient, instance: Instance
) -> None:
    data = {"name": "Cooperativa Nueva", "slug": "nueva", "email": "primera@nueva.coop"}
    taken = send(admin, "/administracion/nueva-organizacion", **{**data, "slug": "agraria"})
    assert taken.status_code == 422 and "Cooperativa Nueva" in taken.text
    assert send(admin, "/administracion/nueva-organizacion", **data).status_code == 302
    (invitation,) = rows(instance, Invitation)
    assert (invitation.email, invitation.role) == ("primera@nueva.coop", "promoter")
    assert "Hoy nadie la ejerce" not in admin.get("/administracion").text
    assert "hoy nadie la ejerce" in admin.get("/administracion").text


def test_a_bad_address_adds_nothing(admin: FlaskClient, instance: Instance) -> None:
    data = {"name": "Cooperativa Nueva", "slug": "nueva", "email": "primera@"}
    assert send(admin, "/administracion/nueva-organizacion", **data).status_code == 422
    with instance.database.open_for_maintenance(writing=False) as session:
        assert organizations.find(session, "nueva") is None


def test_a_suspended_organisation_opens_its_space_to_nobody(
    admin: FlaskClient, instance: Instance, others: dict[str, FlaskClient]
) -> None:
    where = "/administracion/organizaciones/agraria"
    assert others["member"].get("/espacios/agraria").status_code == 200
    assert send(admin, f"{where}/suspender", reason="Dejó el convenio").status_code == 302
    assert others["member"].get("/espacios/agraria").status_code == 404
    assert others["coordinator"].get("/espacios/agraria").status_code == 404
    assert send(admin, f"{where}/suspender", reason="Otra vez").status_code == 422
    assert send(admin, f"{where}/restablecer", reason="Volvió").status_code == 302
    assert others["member"].get("/espacios/agraria").status_code == 200
    assert [one for one in acts(instance) if one[1] == "organization"][-2:] == [
        ("suspend", "organization"), ("restore", "organization"),
    ]  # fmt: skip


def test_the_profile_of_an_organisation_is_edited(admin: FlaskClient) -> None:
    where = "/administracion/organizaciones/agraria"
    assert send(admin, f"{where}/editar", name="").status_code == 422
    assert send(admin, f"{where}/editar", name="Agraria Unida", country="PE", active="", kind="joint",
                approves_own="y").status_code == 302  # fmt: skip
    assert "Agraria Unida" in admin.get("/organizaciones").text


def test_any_membership_is_removed_and_that_is_logged(
    admin: FlaskClient, instance: Instance, others: dict[str, FlaskClient]
) -> None:
    where = f"/administracion/personas/{public_id(instance, 'rosa@agraria.coop')}/membresias/agraria/quitar"
    assert send(admin, where).status_code == 302
    assert others["member"].get("/espacios/agraria").status_code == 404
    entry = rows(instance, AuditEntry, AuditEntry.act == "leave")[-1]
    (ada,) = rows(instance, Person, Person.email == "ada@portal.pe")
    assert entry.person_id == ada.id
    lone = f"/administracion/personas/{public_id(instance, 'jefa@agraria.coop')}/membresias/agraria/quitar"
    assert send(admin, lone).status_code == 422
    assert len(rows(instance, Membership, Membership.until.is_(None))) == 2


def test_a_post_is_recorded_on_a_signed_request_and_told(admin: FlaskClient, instance: Instance) -> None:
    where, day = "/administracion/organizaciones/agraria/coordinacion", terms.today() + dt.timedelta(days=3)
    given = {"email": "pro@agraria.coop", "since": day.isoformat(),
             "alternate": public_id(instance, "rosa@agraria.coop")}  # fmt: skip
    for wrong in ({"since": ""}, {"since": "ayer"}, {"alternate": "zzz"}, {"email": "nadie@x.coop"},
                  {"until": (day - dt.timedelta(days=1)).isoformat()}):  # fmt: skip
        assert send(admin, where, **{**given, **wrong}).status_code == 422, wrong
    assert send(admin, where, **given).status_code == 302
    newest = rows(instance, Post)[-1]
    assert newest.since == day and newest.alternate_id is not None
    told = {one.recipient for one in rows(instance, OutboxMessage) if one.template == "post_changed"}
    assert {"pro@agraria.coop", "jefa@agraria.coop", "rosa@agraria.coop"} <= told
    assert ("record", "post") in acts(instance)


def test_the_last_day_of_a_post_leaves_nobody_without_coordination(admin: FlaskClient) -> None:
    where = "/administracion/organizaciones/agraria/coordinacion/fin"
    refused = send(admin, where, until=terms.today().isoformat())
    assert refused.status_code == 422 and "quedaría vacío" in refused.text


def test_a_succession_is_granted_with_the_dates_signed(
    admin: FlaskClient, instance: Instance, others: dict[str, FlaskClient]
) -> None:
    soon, later = (terms.today() + dt.timedelta(days=n) for n in (5, 9))
    proposal = "/espacios/agraria/coordinacion/proponer"
    answer = send(others["coordinator"], proposal, holder=public_id(instance, "pro@agraria.coop"),
                  since=soon.isoformat())  # fmt: skip
    assert answer.status_code == 302
    address = re.search(r"/administracion/sucesiones/\w+", admin.get("/administracion").text)
    assert address is not None
    assert "Pía Promotora" in admin.get(address[0]).text
    assert others["coordinator"].get(address[0]).status_code == 404
    assert send(admin, f"{address[0]}/rechazar", reason="").status_code == 422
    assert send(admin, address[0], since=later.isoformat()).status_code == 302
    assert rows(instance, Post)[-1].since == later
    assert ("granted_succession", "request") in acts(instance)
    assert "ya tiene respuesta" in admin.get(address[0]).text


def test_a_joint_space_is_proposed_to_two_and_stays_closed(
    admin: FlaskClient, instance: Instance, add_organization: Callable[..., int]
) -> None:
    add_organization("pesquera")
    where = "/administracion/espacios-conjuntos/nuevo"
    one = send(admin, where, name="Mesa conjunta", slug="mesa", organizations=["agraria"])
    assert one.status_code == 422 and "al menos dos" in one.text
    data = {"name": "Mesa conjunta", "slug": "mesa", "organizations": ["agraria", "pesquera"]}
    assert send(admin, where, **data).status_code == 302
    assert len(rows(instance, Party)) == 2
    page = admin.get("/administracion/organizaciones/mesa").text
    assert "Espacio conjunto" in page and "Cerrado" in page and "Restablecer" not in page
    assert admin.get("/espacios/mesa").status_code == 404


def test_an_old_sign_in_asks_for_the_password_again(admin: FlaskClient, instance: Instance) -> None:
    where = f"/administracion/personas/{public_id(instance, 'rosa@agraria.coop')}/papel"
    with admin.session_transaction() as session:
        session["fs_paa"] = session["fs_paa"] - 31 * 60
        session.pop("fs_gexp", None)
    answer = admin.get(where)
    assert answer.status_code == 302 and "/confirmar-identidad" in answer.headers["Location"]
    assert admin.post(where, data={"role": "editor"}).status_code in (302, 400)
    assert not rows(instance, Person, Person.portal_role == "editor")


@pytest.fixture
def emergency(admin: FlaskClient, others: dict[str, FlaskClient], instance: Instance) -> str:
    """The address of a private material of «agraria», which the administrator reads within an emergency."""
    with instance.database.open_for_maintenance() as session:
        owner = organizations.get(session, "agraria").id
    made = add_material(instance, "Acta reservada", level=3, organization_id=owner)
    assert admin.get(f"/recursos/{made.id}").status_code == 404
    asked = send(admin, "/administracion/emergencias/nueva", organization="agraria", reason="Una denuncia")
    page = asked.headers["Location"]
    data = {"csrf_token": token(others["editor"], page)}
    assert others["editor"].post(f"{page}/abrir", data=data).status_code == 302
    return made.id


def test_an_emergency_shows_a_banner_on_every_page_and_writes_what_is_read(
    emergency: str, admin: FlaskClient, instance: Instance, others: dict[str, FlaskClient]
) -> None:
    for address in ("/", "/biblioteca", "/cuenta", "/ayuda", "/administracion", "/nada"):
        assert "Acceso de emergencia abierto" in admin.get(address).text, address
    assert "Acta reservada" in admin.get(f"/recursos/{emergency}", follow_redirects=True).text
    assert "Acta reservada" in admin.get("/organizaciones/agraria").text
    assert admin.get("/espacios/agraria").status_code == 404
    read = [(one.noun, one.noun_id) for one in rows(instance, AuditEntry, AuditEntry.act == "emergency_read")]
    assert ("resource", emergency) in read and ("organization", "agraria") in read
    assert "Leyó con acceso de emergencia" in others["coordinator"].get("/espacios/agraria/auditoria").text
    assert "Acceso de emergencia abierto" not in others["editor"].get("/").text
    assert "la búsqueda, los borradores y el espacio siguen cerrados" in admin.get("/biblioteca").text


def text(page: str) -> str:
    """A page as plain words."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_whoever_coordinates_is_called_so_and_not_by_the_role_kept(
    admin: FlaskClient, others: dict[str, FlaskClient], instance: Instance
) -> None:
    page = text(admin.get("/administracion/organizaciones/agraria").text)
    assert "Julia Jefa Coordinación" in page and "Pía Promotora Promoción" in page
    page = text(admin.get(f"/administracion/personas/{public_id(instance, 'jefa@agraria.coop')}").text)
    assert "Agraria Coordinación" in page and "Promoción" not in page
    own = text(others["coordinator"].get("/cuenta/mis-datos").text)
    assert "Agraria Coordinación" in own and "Promoción" not in own
    assert "Agraria Promoción" in text(others["promoter"].get("/cuenta/mis-datos").text)


def test_the_people_of_a_joint_space_are_counted_with_the_coordinations(
    admin: FlaskClient, instance: Instance
) -> None:
    with instance.database.open_for_maintenance() as session:
        made = organizations.add(session, "mesa", "Mesa conjunta")
        made.kind = "joint"
        session.add(Party(joint_id=made.id, organization_id=organizations.get(session, "agraria").id))
    page = text(admin.get("/administracion/organizaciones/mesa").text)
    assert "Personas (1)" in page and "Julia Jefa Coordinación · Agraria" in page


def test_a_second_step_is_shown_and_taken_off_where_there_is_one(
    admin: FlaskClient, instance: Instance
) -> None:
    address = f"/administracion/personas/{public_id(instance, 'rosa@agraria.coop')}"
    page = admin.get(address).text
    assert "Segundo paso Sin activar" in text(page) and "Quitar el segundo paso" not in page
    with instance.database.open_for_maintenance() as session:
        account = session.scalars(select(Account).where(Account.person.has(email="rosa@agraria.coop"))).one()
        account.tf_primary_method = "authenticator"
    page = admin.get(address).text
    assert "Segundo paso Aplicación de códigos" in text(page) and "Quitar el segundo paso" in page


def test_what_waits_is_counted_on_every_page_for_those_who_may_do_it(
    admin: FlaskClient, others: dict[str, FlaskClient], add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient]
) -> None:  # fmt: skip
    add_person("eva@x.coop", organizations={"sola": "member"})  # nobody coordinates «sola»
    send(admin, "/administracion/emergencias/nueva", organization="agraria", reason="Una denuncia")
    add_person("abel@portal.pe", "Abel", portal_role="administrator")
    abel = sign_in("abel@portal.pe")
    for browser, said in ((admin, "Administración (1)"), (abel, "Administración (2)"),
                          (others["editor"], "Emergencias (1)")):  # fmt: skip
        assert said in browser.get("/biblioteca").text and said in browser.get("/nada").text, said
    assert "1 pendiente" in others["editor"].get("/espacios").text
    assert "Administración" not in others["coordinator"].get("/biblioteca").text


def test_the_page_of_an_emergency_says_who_opened_it(
    emergency: str, admin: FlaskClient, instance: Instance
) -> None:
    (row,) = rows(instance, Emergency)
    assert "por Edna Editora" in admin.get(f"/administracion/emergencias/{row.public_id}").text


def test_after_an_emergency_there_is_the_same_404(
    emergency: str, admin: FlaskClient, instance: Instance
) -> None:
    (row,) = rows(instance, Emergency)
    assert admin.get(f"/recursos/{emergency}", follow_redirects=True).status_code == 200
    data = {"csrf_token": token(admin, "/cuenta")}
    assert admin.post(f"/administracion/emergencias/{row.public_id}/terminar", data=data).status_code == 302
    admin.get("/cuenta")  # it says that the access is over
    after, never = admin.get(f"/recursos/{emergency}"), admin.get("/recursos/zzzzzzzzzzzzzzzzzzzz")
    assert (after.status_code, never.status_code) == (404, 404)
    assert masked(after.text).replace(emergency, "") == masked(never.text).replace("z" * 20, "")


def test_an_emergency_ends_by_the_clock(emergency: str, admin: FlaskClient) -> None:
    later = now() + dt.timedelta(minutes=60)
    with injected(clock=lambda: later):
        assert admin.get(f"/recursos/{emergency}").status_code == 404
        assert "Acceso de emergencia abierto" not in admin.get("/").text


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_mails_of_an_emergency_say_who_why_and_where(
    emergency: str, instance: Instance, language: str
) -> None:
    mail = Mail(instance)
    for row in rows(instance, OutboxMessage):
        subject, text = mail.render(row.template, row.values, language)
        assert "Agraria" in subject and "Una denuncia" in text and "Ada Ríos" in text
        assert "http://localhost" in text
    assert {row.template for row in rows(instance, OutboxMessage)} == {"emergency_asked", "emergency_opened"}


ORGANIZATIONS = {
    "create": ("/administracion/nueva-organizacion", {"admin"}),
    "suspend": ("/administracion/organizaciones/agraria/suspender", {"admin"}),
    "edit profile": ("/espacios/agraria/ajustes", {"coordinator"}),
    "edit any profile": ("/administracion/organizaciones/agraria/editar", {"admin"}),
    "record a post": ("/administracion/organizaciones/agraria/coordinacion", {"admin"}),
    "propose a successor": ("/espacios/agraria/coordinacion/proponer", {"coordinator"}),
    "see the post": ("/espacios/agraria/coordinacion", {"member", "promoter", "coordinator"}),
    "invite to one's own": ("/espacios/agraria/personas/invitar", {"coordinator"}),
    "invite anywhere": ("/administracion/organizaciones/agraria/invitar", {"admin"}),
    "give portal roles": ("/administracion/personas/{id}/papel", {"admin"}),
    "open the private space": ("/espacios/agraria", {"member", "promoter", "coordinator"}),
    "read the audit": ("/administracion/auditoria", {"admin", "editor"}),
    "read the organisation's audit": ("/espacios/agraria/auditoria", {"coordinator"}),
    "administer": ("/administracion", {"admin"}),
}
"""Rows of product.md 5.4: the page of each act, and who comes in."""


@pytest.mark.parametrize("row", ORGANIZATIONS)
def test_rows_of_administration(
    row: str, admin: FlaskClient, others: dict[str, FlaskClient], instance: Instance
) -> None:
    address, allowed = ORGANIZATIONS[row]
    address = address.format(id=public_id(instance, "rosa@agraria.coop"))
    came_in = {who for who, browser in {**others, "admin": admin}.items()
               if browser.get(address).status_code == 200}  # fmt: skip
    assert came_in == allowed
