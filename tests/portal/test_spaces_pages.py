"""The pages of a space as its members, promoters and coordination use them, and as strangers do not
(product.md 5.4, rows «Private space: open» and «Private space: settings, members, roles»)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from portal import accounts, create_app, limits
from portal.instance import Instance
from portal.mail import Post
from portal.spaces import dashboard
from tests.conftest import PASSWORD, token
from tests.portal.test_contributions import send, upload
from tests.toolkit.shelved import add_resource
from tests.world import PEOPLE, World, build, canary, title_word
from toolkit import organizations, people
from toolkit.records import AuditEntry, Job, Membership, Organization, Person, Resource
from toolkit.search import indexing
from toolkit.spaces import joint

HERE = "/espacios/duena"
OPEN = frozenset({"author", "promoter", "member", "coordinator"})
"""«Private space: open»: M, P and C of the organisation; V, E and A not, nor anybody of another one."""
SETTINGS = frozenset({"coordinator"})
"""«Private space: settings»: C."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    instance = Instance(tmp_path_factory.mktemp("space"), PUBLIC_URL="http://localhost",
                        SEARCHES_PER_MINUTE=1_000_000)  # fmt: skip
    instance.database.migrate()
    made = build(instance)
    with instance.database.open_for_maintenance() as session:
        for address in made.addresses.values():
            accounts.add(session, session.query(Person).filter_by(email=address).one(), PASSWORD)
    return made


@pytest.fixture(scope="module")
def browsers(world: World) -> Iterator[dict[str, FlaskClient]]:
    app = create_app(world.instance)
    app.testing = True
    limits.limiter.enabled = False
    found = {"visitor": app.test_client()}
    for who, address in world.addresses.items():
        found[who] = app.test_client()
        data = {"email": address, "password": PASSWORD, "csrf_token": token(found[who], "/ingresar")}
        assert found[who].post("/ingresar", data=data).status_code == 302
    yield found
    limits.limiter.enabled = True


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("path", ["", "/buscar", "/buscar?q=material", "?pagina=2", "?pendiente=todo"])
def test_a_private_space_is_opened_by_its_own(browsers: dict[str, FlaskClient], who: str, path: str) -> None:
    answer = browsers[who].get(HERE + path)
    assert answer.status_code == (302 if who == "visitor" else 200 if who in OPEN else 404)
    none = browsers[who].get(HERE.replace("duena", "ninguna") + path)
    if who not in OPEN:
        assert none.status_code == answer.status_code
        if who != "visitor":
            assert body(none.text) == body(answer.text)


@pytest.mark.parametrize("who", PEOPLE)
def test_settings_are_the_coordinations(browsers: dict[str, FlaskClient], world: World, who: str) -> None:
    wanted = 302 if who == "visitor" else 200 if who in SETTINGS else 403 if who in OPEN else 404
    assert browsers[who].get(f"{HERE}/ajustes").status_code == wanted
    page = "/ingresar" if who == "visitor" else "/cuenta"
    sent = {"csrf_token": token(browsers[who], page), "name": "Robada"}
    if who not in SETTINGS:
        assert browsers[who].post(f"{HERE}/ajustes", data=sent).status_code == wanted
        with world.instance.database.open_for_maintenance(writing=False) as session:
            assert organizations.get(session, "duena").name == "Cooperativa duena"


@pytest.mark.parametrize("who", sorted(OPEN))
def test_search_in_a_space_finds_its_own_at_any_level_and_nothing_else(
    browsers: dict[str, FlaskClient], world: World, who: str
) -> None:
    page = browsers[who].get(f"{HERE}/buscar?q={canary('own')}").text
    assert title_word("own") in page and f"<mark>{canary('own')}</mark>" in page
    assert title_word("draft") not in browsers[who].get(f"{HERE}/buscar?q=material").text


def test_search_in_a_space_finds_what_was_shared_with_it(
    browsers: dict[str, FlaskClient], world: World
) -> None:
    space = "/espacios/receptora"
    page = browsers["receiver"].get(f"{space}/buscar").text
    assert "1 documento en este espacio" in page and title_word("chosen") in page
    page = browsers["receiver"].get(f"{space}/buscar?q={canary('public')}").text
    assert "No encontramos documentos" in page
    assert f'href="/biblioteca?q={canary("public")}"' in page
    assert title_word("chosen") in browsers["receiver"].get(space).text
    assert "Compartidos por nosotros" in browsers["member"].get(HERE).text


@pytest.mark.parametrize("asked", ["q=%00&pagina=-1", "q=" + "x" * 5000, "tipo=zzz&anio=abc&organizacion=x",
                                   "pagina=99999999999999999999", "q=%22%22 -* tema:x"])  # fmt: skip
def test_any_search_gives_a_page(browsers: dict[str, FlaskClient], asked: str) -> None:
    answer = browsers["member"].get(f"{HERE}/buscar?{asked}")
    assert answer.status_code in (200, 302)


def test_filters_stay_inside_the_space(browsers: dict[str, FlaskClient]) -> None:
    page = browsers["member"].get(f"{HERE}/buscar?q=material&tipo=R01").text
    assert f'action="{HERE}/buscar"' in page
    assert f'href="{HERE}/buscar?q=material"' in page, "the chip takes the filter away"


def test_a_block_that_fails_leaves_the_others(
    browsers: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each of the blocks in turn."""
    places = {"tasks": dashboard.spaces, "fellows": dashboard.spaces, "browse_of": dashboard.catalogue,
              "arrivals": dashboard.deliveries, "received": dashboard.deliveries,
              "given": dashboard.deliveries, "browse": dashboard.folders}  # fmt: skip
    for name, module in places.items():
        with monkeypatch.context() as broken:
            broken.setattr(module, name, lambda *_given, **_more: 1 / 0)
            answer = browsers["coordinator"].get(HERE)
        assert answer.status_code == 200, name
        assert name == "browse" or "Esta parte no se pudo mostrar" in answer.text, name
        assert "Personas" in answer.text and "Documentos" in answer.text
        assert "ZeroDivisionError" in caplog.text
        caplog.clear()


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    said: list[str] = []

    def note(*given: Any) -> None:
        said.append(given[2])

    event.listen(world.instance.database.engine, "before_cursor_execute", note)
    yield said
    event.remove(world.instance.database.engine, "before_cursor_execute", note)


def test_opening_a_space_asks_the_same_number_of_statements_however_full_it_is(
    browsers: dict[str, FlaskClient], world: World
) -> None:
    browsers["member"].get(HERE)
    with statements(world) as few:
        assert browsers["member"].get(HERE).status_code == 200
    with world.instance.database.open_for_maintenance() as session:
        space = organizations.get(session, "duena")
        for number in range(30):
            person = people.add(session, f"Gente {number}", f"gente{number}@x.pe")
            people.join(session, person, space, "member")
        first = session.scalars(select(Resource)).first()
        for number in range(60):
            session.add(Resource(organization_id=space.id, state="published", level=3, title=f"Más {number}",
                                 created_by=first.created_by, published_at=first.published_at))  # fmt: skip
    with statements(world) as many:
        assert "Documentos" in browsers["member"].get(HERE).text
    assert len(many) == len(few) <= 30, "\n".join(few)


def body(page: str) -> str:
    return page.split("<main")[1].split("</main>")[0]


# From here on each test has an instance of its own.


@pytest.fixture
def julia(add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """The coordination of «agraria»; «coopac» has one too."""
    add_person("eva@coopac.coop", "Eva Soto", organizations={"coopac": "coordinator"})
    add_person("julia@agraria.coop", "Julia Ñahui", organizations={"agraria": "coordinator"})
    return sign_in("julia@agraria.coop")


def test_an_empty_space_shows_the_first_steps(julia: FlaskClient) -> None:
    page = julia.get("/espacios/agraria").text
    assert "Cuatro pasos" in page
    assert page.count('<li class="wait">') == 4
    assert "Nada pendiente." in page
    upload(julia, title="Acta uno")
    assert "Cuatro pasos" not in julia.get("/espacios/agraria").text


def test_the_settings_are_kept_and_recorded(julia: FlaskClient, instance: Instance) -> None:
    upload(julia, title="Acta uno")
    sent = {"name": "Cooperativa Agraria", "acronym": "CA", "summary": "Café.", "country": "PE",
            "region": "PE-21", "sector": "SEC1", "website": "https://agraria.pe",
            "approves_own": "y"}  # fmt: skip
    assert send(julia, "/espacios/agraria/ajustes", **sent).status_code == 302
    with instance.database.open_for_maintenance(writing=False) as session:
        found = organizations.get(session, "agraria")
        assert (found.name, found.acronym, found.region) == ("Cooperativa Agraria", "CA", "PE-21")
        assert (found.approves_own, found.takes_requests) == (True, False)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "change")).one()
        assert entry.organization_id == found.id
        assert {"name", "approves_own"} <= set(entry.values["fields"])
        waiting = session.scalars(select(Job).where(Job.kind == "index_organization")).all()
        assert [job.key for job in waiting] == [str(found.id)], "the name stands in many documents"
    page = julia.get("/espacios/agraria/ajustes").text
    assert 'value="Cooperativa Agraria"' in page


@pytest.mark.parametrize(("name", "value", "said"), [
    ("name", " ", "Escriba el nombre"), ("website", "javascript:alert(1)", "https://"),
    ("sector", "zzz", "No conocemos el sector"), ("country", "zz", "No conocemos el país"),
    ("region", "CR-1", "No conocemos la región"), ("summary", "x" * 3000, "Use como máximo"),
])  # fmt: skip
def test_settings_that_cannot_be_taken_change_nothing(
    julia: FlaskClient, instance: Instance, name: str, value: str, said: str
) -> None:
    sent = {"name": "Otro nombre", "summary": "Lo que escribí.", "takes_requests": "y"} | {name: value}
    answer = send(julia, "/espacios/agraria/ajustes", **sent)
    assert answer.status_code == 422
    assert said in answer.text
    if name not in ("summary",):
        assert "Lo que escribí." in answer.text
    with instance.database.open_for_maintenance(writing=False) as session:
        assert organizations.get(session, "agraria").name == "Agraria"


def test_fields_smuggled_into_the_settings_change_nothing(julia: FlaskClient, instance: Instance) -> None:
    sent = {"name": "Agraria", "slug": "robada", "active": "", "kind": "joint", "id": "2", "role": "x"}
    send(julia, "/espacios/agraria/ajustes", **sent)
    with instance.database.open_for_maintenance(writing=False) as session:
        found = organizations.get(session, "agraria")
        assert (found.active, found.kind) == (True, "organization")
        assert organizations.get(session, "coopac").name == "Coopac"


def test_the_header_counts_what_waits_in_all_spaces(
    julia: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient],
    client: FlaskClient,
) -> None:  # fmt: skip
    assert "Mi espacio</a>" in julia.get("/").text
    upload(julia, title="Uno", action="draft")
    upload(julia, title="Dos", action="draft")
    assert "Mi espacio (2)" in julia.get("/").text
    page = julia.get("/espacios/agraria").text
    assert 'Pendiente <span class="soft">(2)' in page
    assert "Terminar su borrador: Uno" in page
    add_person("dos@x.coop", organizations={"agraria": "promoter", "coopac": "promoter"})
    both = sign_in("dos@x.coop")
    upload(both, title="Tres", action="draft", organization="coopac")
    page = both.get("/espacios").text
    assert "Mi espacio (1)" in page
    assert "1 pendiente" in page and "Nada pendiente" in page
    assert "Mi espacio" not in client.get("/").text


def test_what_waits_is_cut_at_five_with_a_way_to_all(julia: FlaskClient) -> None:
    for number in range(7):
        upload(julia, title=f"Borrador {number}", action="draft")
    assert julia.get("/espacios/agraria").text.count("Terminar su borrador") == 5
    assert "pendiente=todo" in julia.get("/espacios/agraria").text
    assert julia.get("/espacios/agraria?pendiente=todo").text.count("Terminar su borrador") == 7


def test_opening_remembers_the_visit(julia: FlaskClient, instance: Instance) -> None:
    julia.get("/espacios/coopac")
    julia.get("/espacios/agraria/ajustes")
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Membership.visited_at)).all() == [None, None]
    julia.get("/espacios/agraria")
    with instance.database.open_for_maintenance(writing=False) as session:
        assert sum(one is not None for one in session.scalars(select(Membership.visited_at))) == 1


def test_a_member_without_the_right_is_told_who_can_give_it(
    julia: FlaskClient, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> None:
    add_person("luz@agraria.coop", "Luz", organizations={"agraria": "member"})
    answer = sign_in("luz@agraria.coop").get("/subir")
    assert answer.status_code == 403
    assert "Julia Ñahui" in answer.text and "Eva Soto" not in answer.text


def test_an_empty_library_offers_the_upload_to_promoters_only(
    julia: FlaskClient, instance: Instance, client: FlaskClient, add_person: Callable[..., int],
    sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    indexing.rebuild(instance.database, instance.shelves)
    add_person("luz@agraria.coop", "Luz", organizations={"agraria": "member"})
    for address in ("/", "/biblioteca"):
        assert 'href="/subir"' in body(julia.get(address).text)
        for browser in (client, sign_in("luz@agraria.coop")):
            assert 'href="/subir"' not in body(browser.get(address).text)


@pytest.fixture
def proposed(instance: Instance, julia: FlaskClient) -> str:
    """A joint space of «agraria» and «coopac», proposed; its address."""
    with instance.database.open_for_maintenance() as session:
        administrator = people.add(session, "Alma", "alma@x.pe", portal_role="administrator")
        viewer = people.viewer_of(session, administrator.id, administrator.created_at)
        chosen = [organizations.get(session, slug) for slug in ("agraria", "coopac")]
        joint.propose(session, "comision", "Tucancomisionfin", chosen, viewer)
    return "/espacios/comision"


def test_a_joint_space_opens_by_the_buttons_of_both(
    proposed: str, julia: FlaskClient, sign_in: Callable[..., FlaskClient], instance: Instance
) -> None:
    page = julia.get("/espacios/agraria").text
    assert "Abrir el espacio conjunto «Tucancomisionfin»" in page and "Mi espacio (1)" in page
    assert julia.get(proposed).status_code == 404
    data = {"act": "open", "csrf_token": token(julia, "/espacios/agraria")}
    assert julia.post(f"{proposed}/acuerdo", data=data).location == f"{proposed}/acuerdo"
    assert julia.post(f"{proposed}/acuerdo", data=data).status_code == 409
    assert "Falta" in julia.get(f"{proposed}/acuerdo").text
    eva = sign_in("eva@coopac.coop")
    data["csrf_token"] = token(eva, "/espacios/coopac")
    answer = eva.post(f"{proposed}/acuerdo", data=data, follow_redirects=True)
    assert answer.request.path == proposed
    assert "Es de:" in answer.text and "Agraria</a>, " in answer.text and "Coopac</a>." in answer.text
    for browser in (julia, eva):
        assert "Tucancomisionfin" in browser.get("/espacios").text
    address = upload(julia, title="Acta de la comisión", organization="comision", level="3")
    assert "Acta de la comisión" in eva.get(proposed).text
    assert address
    page = julia.get(f"{proposed}/ajustes").text
    assert "Cerrar este espacio" in page and "Recibir solicitudes" not in page


def test_a_joint_space_is_shown_to_nobody_else(
    proposed: str, julia: FlaskClient, client: FlaskClient, sign_in: Callable[..., FlaskClient],
    add_person: Callable[..., int], instance: Instance,
) -> None:  # fmt: skip
    with instance.database.open_for_maintenance() as session:
        found = session.scalars(select(Organization).where(Organization.slug == "comision")).one()
        found.active = True
    add_resource(instance, "comision", "Informe de la comisión.", title="Informe público", level=0)
    indexing.rebuild(instance.database, instance.shelves)
    add_person("luz@agraria.coop", "Luz", organizations={"agraria": "promoter"})
    add_person("editora@x.pe", "Edith", portal_role="editor")
    strangers = [client, sign_in("luz@agraria.coop"), sign_in("editora@x.pe")]
    for browser in strangers:
        for address in ("/", "/organizaciones", "/organizaciones/comision", "/biblioteca", "/espacios",
                        "/biblioteca?q=informe", "/subir", "/espacios/agraria", proposed,
                        f"{proposed}/acuerdo", f"{proposed}/ajustes", f"{proposed}/buscar"):  # fmt: skip
            text = browser.get(address, follow_redirects=True).text
            assert "Tucancomisionfin" not in text, address
            assert not re.search(r'(href|value)="[^"]*comision', text.split("<main")[1]) or browser is client
        assert "Informe público" in browser.get("/biblioteca?q=informe").text
    assert julia.get("/organizaciones/comision").status_code == 404


def test_an_act_that_nobody_offers_is_refused(proposed: str, julia: FlaskClient) -> None:
    proof = {"csrf_token": token(julia, "/espacios/agraria")}
    for act, status in (("", 400), ("robar", 400), ("close", 409), ("keep", 409)):
        assert julia.post(f"{proposed}/acuerdo", data={**proof, "act": act}).status_code == status
    assert julia.post("/espacios/agraria/acuerdo", data={**proof, "act": "open"}).status_code == 404
    assert julia.post(f"{proposed}/acuerdo", data={"act": "open"}).status_code == 400


@pytest.mark.parametrize("step", ["proposed", "opened", "closing", "closed"])
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_each_step_of_a_joint_space_has_a_message(instance: Instance, step: str, language: str) -> None:
    values = {"joint": "Comisión", "slug": "comision", "step": step, "name": "Ana"}
    subject, text = Post(instance).render("joint_space", values, language)
    assert "Comisión" in subject and "Ana" in text
    assert ("/espacios/comision" in text) == (step != "closed")


def test_what_is_new_is_listed_whole_on_request_with_short_dates(
    julia: FlaskClient, instance: Instance
) -> None:
    for number in range(7):
        add_resource(instance, "agraria", title=f"Novedad {number}", level=3)
    page = body(julia.get("/espacios/agraria").text).split('id="nuevo"')[1].split("</section>")[0]
    assert "(7)" in page and page.count("<li>") == 5
    assert 'href="/espacios/agraria?nuevo=todo#nuevo"' in page
    assert re.search(r'<span class="when">\d{1,2} \w+\.?</span>', page)
    page = body(julia.get("/espacios/agraria?nuevo=todo").text).split('id="nuevo"')[1].split("</section>")[0]
    assert page.count("<li>") == 7 and "Ver todo lo nuevo" not in page
