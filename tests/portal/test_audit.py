"""What the web layer writes into the audit, and the pages on which it is read."""

from __future__ import annotations

import csv
import html
import io
import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit import trail, wording
from portal.audit.trail import Tally
from portal.instance import Instance
from tests.conftest import PASSWORD, token
from tests.portal.library import add as add_material
from toolkit import audit, memberships, organizations, people
from toolkit.access import Viewer
from toolkit.records import AuditEntry


@pytest.fixture
def julia(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """She coordinates «agraria»."""
    add_person("julia@agraria.coop", "Julia Jefa", organizations={"agraria": "coordinator"})
    return sign_in("julia@agraria.coop")


def entries(instance: Instance, act: str) -> list[AuditEntry]:
    with instance.database.open_for_maintenance(writing=False) as session:
        found = list(session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id)))
        session.expunge_all()
        return found


@pytest.mark.parametrize(("address", "place"), [
    ("192.0.2.77", "192.0.2.0/24"), ("::ffff:192.0.2.77", "192.0.2.0/24"),
    ("2001:db8:7:8::9", "2001:db8:7::/48"), ("", ""), ("unix", ""),
])  # fmt: skip
def test_a_place_is_a_network(app: Flask, address: str, place: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert trail.place() == place


def sign_out(browser: FlaskClient) -> None:
    browser.post("/salir", data={"csrf_token": token(browser, "/cuenta")})


def test_a_sign_in_and_a_sign_out_are_one_entry_each(julia: FlaskClient, instance: Instance) -> None:
    sign_out(julia)
    ins, outs = entries(instance, "sign_in"), entries(instance, "sign_out")
    assert len(ins) == len(outs) == 1
    assert ins[0].person_id == outs[0].person_id is not None
    assert (ins[0].place, ins[0].result) == ("127.0.0.0/24", "done")


def test_failed_sign_ins_are_counted_and_not_named(
    client: FlaskClient, julia: FlaskClient, instance: Instance
) -> None:
    for email in ["julia@agraria.coop", "nadie@x.coop"] * 5:
        data = {"email": email, "password": "no es esta", "csrf_token": token(client, "/ingresar")}
        client.post("/ingresar", data=data).close()
    failed = [one for one in entries(instance, "sign_in") if one.result == "refused"]
    assert [one.values for one in failed] == [{"count": 1}, {"count": 10}]
    assert {(one.person_id, one.noun, one.noun_id) for one in failed} == {(None, "door", "security.login")}


def test_every_way_in_is_counted(client: FlaskClient, instance: Instance) -> None:
    client.get("/ingresar/enlace/no-existe")
    client.post("/ingresar/llave", data={"csrf_token": token(client, "/ingresar"), "answer": "{}"}).close()
    failed = [one.noun_id for one in entries(instance, "sign_in")]
    assert failed == ["account.use_passkey"]


def test_a_limit_that_is_reached_is_written(
    client: FlaskClient, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(instance.settings, "SEARCHES_PER_MINUTE", 1)
    client.get("/biblioteca")
    client.get("/biblioteca").close()
    (entry,) = entries(instance, "limit")
    assert (entry.noun_id, entry.result, entry.values) == ("library.index", "refused", {"count": 1})


def test_a_tally_speaks_at_powers_of_ten() -> None:
    tally = Tally()
    said = [tally.add(("limit", "door", "place")) for _ in range(120)]
    assert [one for one in said if one] == [1, 10, 100]
    tally.MOST = 1
    assert [tally.add(("limit", "door", f"place {n}")) for n in range(3)] == [1, None, None]


def private(instance: Instance, level: int) -> str:
    """The address of a file of «agraria»."""
    with instance.database.open_for_maintenance() as session:
        owner = organizations.get(session, "agraria").id
    made = add_material(instance, "Acta reservada", level=level, organization_id=owner)
    return f"/recursos/{made.id}/v1/1/archivo"


def test_downloads_of_what_is_not_public_are_written_once(julia: FlaskClient, instance: Instance) -> None:
    address = private(instance, 3)
    assert julia.get(address).status_code == 200
    assert julia.get(address, headers={"Range": "bytes=5-9"}).status_code == 206
    assert julia.head(address).status_code == 200
    (entry,) = entries(instance, "download")
    assert entry.noun_id == address.split("/")[2] and entry.values == {"version": 1, "file": 1}
    assert entry.organization_id is not None and entry.person_id is not None


def test_downloads_of_what_is_public_are_not(
    julia: FlaskClient, client: FlaskClient, instance: Instance
) -> None:
    address = private(instance, 0)
    assert julia.get(address).status_code == client.get(address).status_code == 200
    assert not entries(instance, "download")


def test_denials_go_to_the_log_and_do_not_tell_hidden_from_never_there(
    julia: FlaskClient, client: FlaskClient, instance: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    hidden = private(instance, 3).split("/")[2]
    caplog.set_level(logging.INFO, "audit")
    caplog.clear()
    for public_id in (hidden, "z" * 20):
        assert client.get(f"/recursos/{public_id}").status_code == 404
    said = [
        {key: value for key, value in one.entry.items() if key not in ("id", "at")}  # type: ignore[attr-defined]
        for one in caplog.records
    ]
    assert len(said) == 2 and said[0] == said[1]
    assert (said[0]["act"], said[0]["result"]) == ("denied", "refused")
    assert not entries(instance, "denied")


def test_no_password_cookie_or_address_of_a_person_is_logged(
    julia: FlaskClient, instance: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "audit")
    sign_out(julia)
    data = {"email": "julia@agraria.coop", "password": PASSWORD, "csrf_token": token(julia, "/ingresar")}
    julia.post("/ingresar", data=data).close()
    said = str([one.__dict__.get("entry") for one in caplog.records])
    assert "sign_in" in said and "@" not in said and PASSWORD not in said


def test_the_coordination_reads_and_exports_what_concerns_its_organisation(
    julia: FlaskClient, instance: Instance, add_organization: Callable[..., int]
) -> None:
    add_organization("pesquera")
    julia.get(private(instance, 3))
    page = julia.get("/espacios/agraria/auditoria").text
    assert "Julia Jefa" in page and "Entró a la organización" in page and "pesquera" not in page
    assert julia.get("/espacios/pesquera/auditoria").status_code == 404
    table = julia.get("/espacios/agraria/auditoria.csv")
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Momento (UTC)", "Persona", "Acto", "Resultado"] and len(rows) > 2
    assert {row[7] for row in rows[1:]} == {"Agraria"}
    (entry,) = entries(instance, "export")
    assert entry.person_id is not None and entry.noun_id == "audit.export_of_space"
    assert "Exportó una tabla" in julia.get("/espacios/agraria/auditoria").text


def test_filters_that_make_no_sense_give_a_page(julia: FlaskClient) -> None:
    for odd in ("desde=ayer", "hasta=9999-12-31", "desde=0001-01-01", "pagina=-1", "pagina=x", "acto=%00",
                "persona=%25%5C_", "organizacion=pesquera", "desde=2026-13-01"):  # fmt: skip
        assert julia.get(f"/espacios/agraria/auditoria?{odd}").status_code == 200, odd


def test_a_filter_leads_to_no_other_organisation(
    julia: FlaskClient, instance: Instance, add_person: Callable[..., int]
) -> None:
    add_person("otra@pesquera.coop", "Persona Ajena", organizations={"pesquera": "coordinator"})
    page = julia.get("/espacios/agraria/auditoria?organizacion=pesquera&persona=ajena").text
    assert "0 entradas" in page


def test_an_editor_reads_the_own_decisions(
    julia: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    add_person("edna@portal.pe", "Edna Editora", portal_role="editor")
    page = sign_in("edna@portal.pe").get("/administracion/auditoria").text
    assert "Edna Editora" in page and "Julia Jefa" not in page


@pytest.fixture
def emergency(
    julia: FlaskClient,
    instance: Instance,
    add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient],
) -> str:
    """Andrés, whom nobody at «agraria» knows, read a private document there by emergency access, which Edna
    opened. The public id of the document."""
    add_person("andres@portal.pe", "Andrés Administrador", portal_role="administrator")
    add_person("edna@portal.pe", "Edna Editora", portal_role="editor")
    public_id = private(instance, 3).split("/")[2]
    admin, editor = sign_in("andres@portal.pe"), sign_in("edna@portal.pe")
    data = {"organization": "agraria", "reason": "Una denuncia",
            "csrf_token": token(admin, "/administracion/emergencias/nueva")}  # fmt: skip
    page = admin.post("/administracion/emergencias/nueva", data=data).headers["Location"]
    editor.post(f"{page}/abrir", data={"csrf_token": token(editor, page)})
    admin.get(f"/recursos/{public_id}/v1/1/paginas/1")
    admin.get("/biblioteca")
    return public_id


def words(browser: FlaskClient, address: str = "/espacios/agraria/auditoria") -> list[str]:
    """The entries of the page as plain text, the newest first."""
    page = browser.get(address).text
    items = re.findall(r"<li>\s*<p><strong>.*?</li>", page, re.S)
    return [html.unescape(" ".join(re.sub(r"<[^>]+>", " ", one).split())) for one in items]


def test_the_coordination_learns_who_read_by_emergency_who_opened_it_and_what(
    emergency: str, julia: FlaskClient
) -> None:
    """product.md 5.5, rule 8."""
    said = [one for one in words(julia) if "emergencia" in one]
    assert len(said) == 4
    library, page, opened, asked = said
    andres = "Andrés Administrador, administración del portal"
    assert "Leyó con acceso de emergencia · página Biblioteca" in library and andres in library
    assert (
        "material Acta reservada abrió: Página leída en línea · versión: 1 · archivo: 1 · página: 1" in page
    )
    assert andres in page and andres in asked
    assert "Edna Editora, edición del portal" in opened and "motivo: Una denuncia" in opened
    assert f"/recursos/{emergency}" in julia.get("/espacios/agraria/auditoria").text
    assert len(words(julia, "/espacios/agraria/auditoria?persona=andrés")) == 3
    assert not words(julia, "/espacios/agraria/auditoria?persona=andres@portal.pe")
    table = julia.get("/espacios/agraria/auditoria.csv").data.decode("utf-8-sig")
    assert andres in table and "library.index" in table


def test_whoever_read_stays_named_without_the_role_of_then(
    emergency: str, julia: FlaskClient, instance: Instance
) -> None:
    with instance.database.open_for_maintenance() as session:
        people.get(session, "andres@portal.pe").portal_role = None
    assert "Andrés Administrador, administración del portal" in " ".join(words(julia))


def test_people_of_other_organisations_stay_without_a_name(
    julia: FlaskClient,
    instance: Instance,
    add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient],
) -> None:
    add_person("ana@pesquera.coop", "Ana Ajena", organizations={"pesquera": "member"})
    sign_in("ana@pesquera.coop").get(private(instance, 1))
    said = [one for one in words(julia) if "Descargó" in one]
    assert len(said) == 1 and "Una persona de fuera de la organización" in said[0]
    assert "Ana" not in julia.get("/espacios/agraria/auditoria").text
    assert not words(julia, "/espacios/agraria/auditoria?persona=ana")


def test_who_left_keeps_the_name_for_what_was_done_before_and_not_for_later(
    julia: FlaskClient,
    instance: Instance,
    add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient],
) -> None:
    add_person("pia@agraria.coop", "Pía Antes", organizations={"agraria": "member"})
    address, pia = private(instance, 1), sign_in("pia@agraria.coop")
    pia.get(address)
    with instance.database.open_for_maintenance() as session:
        somebody = people.get(session, "pia@agraria.coop")
        memberships.leave(session, somebody, organizations.get(session, "agraria"))
        other = organizations.add(session, "pesquera", "Pesquera")
        memberships.join(session, somebody, other, "member")
    pia.get(address)
    later, before = [one for one in words(julia) if "Descargó" in one]
    assert "Pía Antes" in before and "Una persona de fuera de la organización" in later
    assert (
        len([one for one in words(julia, "/espacios/agraria/auditoria?persona=pía") if "Descargó" in one])
        == 1
    )
    assert any("Salió de la organización · persona Pía Antes" in one for one in words(julia))


def test_levels_roles_versions_and_days_are_said_in_words(julia: FlaskClient, instance: Instance) -> None:
    public_id = private(instance, 3).split("/")[2]
    with instance.database.open_for_maintenance() as session:
        owner = organizations.get(session, "agraria").id
        other = organizations.add(session, "pesquera", "Pesquera").id
        who = Viewer(person_id=people.get(session, "julia@agraria.coop").id)
        audit.record(session, who, "move", "resource", public_id, organization_id=owner, level=0, was=3)
        audit.record(session, who, "share", "resource", public_id, organization_id=owner, number=2,
                     receiver=other)  # fmt: skip
        audit.record(session, who, "set_end", "post", "agraria", organization_id=owner, until="2026-11-23")
        audit.record(session, who, "change", "resource", "z" * 20, organization_id=owner, fields=["title"])
    change, end, share, move, *_, begin = words(julia)
    assert "material Acta reservada lo ve: Público · antes: Solo la organización" in move
    assert "material Acta reservada versión: 2 · a: Pesquera" in share
    assert "cargo de coordinación Agraria hasta: 23 de noviembre de 2026" in end
    assert "material zzzzzzzzzzzzzzzzzzzz cambió: título" in change
    joined = next(one for one in words(julia) if "Entró a la organización" in one)
    assert "persona Julia Jefa papel: Promoción" in joined


def test_every_page_that_an_entry_may_name_has_words(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in ("static", "health.show", "preferences.update"):
            assert "." not in wording.page(rule.endpoint), rule.endpoint
    assert set(trail.FAILURES) <= wording.PAGES.keys() <= set(app.view_functions)
