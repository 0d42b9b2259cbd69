"""The doors test: every viewer at every door of every resource, seeing the card and reading the contents.

`DOORS` names each endpoint that takes or lists resources; a second test walks the address map and fails for
one that is no door. Taking a condition away must turn this red: the last test does so.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, true

from portal import accounts, create_app, limits
from portal.instance import Instance
from tests.conftest import PASSWORD, token
from tests.world import CARDS, CONTENTS, FOUND, PEOPLE, World, build, canary, title_word
from toolkit import database
from toolkit.catalogue.topics import slug_of
from toolkit.records import (
    Action,
    ActionResource,
    Agreement,
    Annex,
    Application,
    Article,
    ArticleResource,
    Compendium,
    CompendiumItem,
    Evidence,
    File,
    Milestone,
    Norm,
    Page,
    Person,
    Plan,
    Resource,
    Version,
    now,
)

LISTS = ("/biblioteca/exportar.csv", "/espacios/duena/exportar.csv", "/espacios/duena/intercambio",
         "/espacios/duena/pendientes", "/espacios/duena/aplicaciones", "/mis-solicitudes",
         "/estadisticas", "/espacios/duena/estadisticas", "/espacios/duena/estadisticas.csv",
         "/", "/biblioteca", "/biblioteca?orden=fecha",
         "/organizaciones/duena", "/organizaciones/tercera", "/espacios/duena",
         "/espacios/duena/relevo", "/espacios/duena/buscar", "/espacios/duena/buscar?q=material",
         "/mis-aportes", "/cuenta/mis-datos", "/cuenta/mis-datos/descargar",
         "/biblioteca?q=material", "/temas/gestion-social", "/temas/identidad-y-principios",
         "/noticias/2015/de-todo", "/convenio", "/convenio/de-todo", "/compendios/de-todo",
         "/plan-de-trabajo/2015/informe", "/acciones/2015-01")  # fmt: skip
"""Pages that list resources: what is not listed to a viewer stands on none of them."""
DOORS = {
    "library.home": "list",
    "library.index": "list, hits, count, facet counts",
    "organizations.show": "list",
    "spaces.show": "list",
    "spaces.search": "list, hits, count, facet counts",
    "spaces.folder": "list",
    "spaces.place": "/espacios/duena/documentos/{id}",
    "contributions.index": "list",
    "account.own_data": "list",
    "account.download": "list",
    "resources.show": "/recursos/{id}",
    "resources.newest_page": "/recursos/{id}/paginas/1",
    "resources.page": "/recursos/{id}/v{version}/1/paginas/1",
    "resources.jump": "/recursos/{id}/v{version}/1/paginas/?n=1",
    "resources.file": "/recursos/{id}/v{version}/1/archivo",
    "resources.picture": "/recursos/{id}/v{version}/1/paginas/1/imagen",
    "resources.thumbnail": "/recursos/{id}/v{version}/1/miniatura",
    "contributions.show": "/mis-aportes/{id}",
    "contributions.edit": "/mis-aportes/{id}/editar",
    "contributions.add_file": "/mis-aportes/{id}/archivo",
    "contributions.add_version": "/mis-aportes/{id}/version-nueva",
    "contributions.visibility": "/mis-aportes/{id}/visibilidad",
    "contributions.withdraw": "/mis-aportes/{id}/retirar",
    "contributions.delete_file": "POST /mis-aportes/{id}/archivo/1/1/quitar",
    "contributions.restore": "POST /mis-aportes/{id}/restaurar",
    "contributions.delete": "/mis-aportes/{id}/borrar",
    "sharing.create": "/recursos/{id}/compartir",
    "sharing.end": "/recursos/{id}/compartir/zzz/terminar",
    "applications.index": "/recursos/{id}/aplicaciones",
    "applications.create": "/recursos/{id}/aplicamos",
    "applications.of_space": "list of what was applied",
    "requests.create": "/recursos/{id}/solicitar-acceso",
    "requests.index": "list",
    "requests.mine": "list",
    "requests.show": "/espacios/duena/pendientes/zzz",
    "exchange.index": "list",
    "exchange.printable": "list",
    "exchange.export": "list",
    "exchange.totals": "counts",
    "exports.library": "list",
    "exports.space": "list",
    "coauthors.edit": "/mis-aportes/{id}/coautores",
    "actions.show": "list of materials that an action uses",
    "actions.verify": "list of materials that serve as evidence",
    "actions.use": "list of materials that an action uses, where it was refused",
    "actions.link": "list of materials that an action uses, where it was refused",
    "actions.prove": "takes a material by its address",
    "agreement.index": "list of materials told of",
    "agreement.show": "list of materials told of",
    "news.show": "list of materials told of, counts by topic",
    "compendia.show": "list",
    "compendia.package": "list, contents",
    "norms.show": "list of what cites it, the material that holds its text",
    "statistics.index": "counts, the same for everybody",
    "statistics.table": "counts, the same for everybody",
    "statistics.of_space": "list, counts",
    "statistics.export_of_space": "list, counts",
    "topics.index": "counts",
    "topics.show": "list, counts",
    "workplan.report_of": "list of materials told of",
    "workplan.download_report": "the same, as a file of the same words",
    "posts.handover": "list of drafts that were handed over, to their new author",
}
NO_DOORS = {
    "workplan.ask_report", "workplan.report_file", "workplan.actions_as_table",
    "workplan.indicators_as_table", "workplan.calendar",
    "workplan.index", "workplan.show", "workplan.create", "workplan.edit", "workplan.agree",
    "workplan.publish", "workplan.add_indicator", "workplan.change_indicator", "workplan.remove_indicator",
    "workplan.measure", "workplan.change", "workplan.agree_to_change", "workplan.withdraw_change",
    "actions.create", "actions.edit", "actions.accept", "actions.withdraw", "actions.cancel",
    "actions.report", "actions.evidence", "actions.expose", "actions.take_back", "actions.add_task",
    "actions.finish_task", "actions.assign", "actions.advance",
    "applications.edit", "applications.withdraw", "applications.make_private",
    "coordination.index", "coordination.finish", "meetings.index", "meetings.create", "meetings.show",
    "meetings.edit", "meetings.cancel", "meetings.acta", "meetings.agree",
    "initiatives.index", "initiatives.show", "initiatives.create", "initiatives.edit",
    "initiatives.publish", "initiatives.withdraw",
    "agreement.procedure", "agreement.create", "agreement.edit", "agreement.publish", "agreement.parts",
    "agreement.change_part", "agreement.remove_part", "agreement.propose", "agreement.amendment",
    "agreement.agree", "agreement.publish_amendment", "agreement.withdraw_amendment",
    "compendia.index", "compendia.create", "compendia.edit", "compendia.publish", "compendia.withdraw",
    "compendia.add_item", "compendia.raise_item", "compendia.lower_item", "compendia.change_reason",
    "compendia.remove_item", "units.index", "units.edit", "units.remove",
    "norms.index", "norms.create", "norms.edit", "norms.publish", "norms.withdraw", "norms.relations",
    "norms.remove_relation",
    "news.index", "news.archive", "news.photo", "news.feed", "news.unpublished", "news.create",
    "news.preview", "news.edit", "news.publish", "news.propose", "news.return_to", "news.withdraw",
    "spaces.add_folder", "spaces.rename_folder", "spaces.delete_folder", "spaces.edit", "spaces.agreement",
    "spaces.agree",
    "requests.take_back", "requests.confirm", "exchange.acknowledge",
    "members.index", "members.edit", "members.remove", "members.leave", "members.join", "invitations.create",
    "invitations.renew", "invitations.take_back", "invitations.take", "invitations.show",
    "invitations.accept", "invitations.ask_again", "posts.show", "posts.absence", "posts.back",
    "posts.propose",
    "static", "health.show", "preferences.update", "account.show", "account.update", "spaces.index",
    "organizations.index", "contributions.create", "pages.accessibility", "pages.help", "pages.privacy",
    "pages.terms", "security.login", "security.logout", "security.forgot_password", "security.reset_password",
    "security.change_password", "security.verify", "security.two_factor_setup",
    "security.two_factor_setup_validate", "security.two_factor_token_validation",
    "security.two_factor_rescue",
    "security.tf_select", "security.mf_recovery", "security.mf_recovery_codes", "account.remove_factor",
    "account.browsers", "account.end_browsers", "account.ask_link", "account.use_link",
    "account.change_email",
    "administration.index", "administration.people", "administration.person", "administration.suspend",
    "administration.restore", "administration.role", "administration.remove_factor",
    "administration.remove_membership", "administration.organizations", "administration.organization",
    "administration.create_organization", "administration.edit_organization",
    "administration.suspend_organization", "administration.restore_organization", "administration.invite",
    "administration.create_joint", "administration.record_post", "administration.end_post",
    "administration.succession", "administration.refuse_succession", "audit.index", "audit.export",
    "audit.of_space", "audit.export_of_space", "emergencies.index", "emergencies.create", "emergencies.show",
    "emergencies.grant", "emergencies.end",
    "account.confirm_email", "account.leave", "account.use_passkey", "account.passkeys",
    "account.remove_passkey",
}  # fmt: skip
"""Endpoints that neither take nor list resources."""
CHANGERS = {"author", "coordinator"}
EDITED = {"edit": ("public", "members", "members_card"), "visibility": ("public",)}
"""What an editor corrects, and narrows, though it is others'."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    instance = Instance(tmp_path_factory.mktemp("doors"), PUBLIC_URL="http://localhost",
                        SEARCHES_PER_MINUTE=1_000_000)  # fmt: skip
    instance.database.migrate()
    made = build(instance)
    with instance.database.open_for_maintenance() as session:
        for address in made.addresses.values():
            accounts.add(session, session.query(Person).filter_by(email=address).one(), PASSWORD)
        article = Article(state="published", title="De todo", year=2015, slug="de-todo", published_at=now())
        article.resources = [ArticleResource(resource_id=one) for one in made.resources.values()]
        session.add(article)
        convenio = Agreement(state="published", slug="de-todo", title="De todo", signed_on=now().date())
        for resource in made.resources.values():
            convenio.milestones.append(Milestone(day=now().date(), words="Hito", resource_id=resource))
            convenio.annexes.append(Annex(title="Anexo", resource_id=resource))
        session.add(convenio)
        session.flush()
        session.add(_year(convenio.id, made))
        compendium = Compendium(state="published", slug="de-todo", title="De todo")
        compendium.items = [
            CompendiumItem(position=n, resource_id=one, reason="Motivo")
            for n, one in enumerate(made.resources.values())
        ]
        session.add(compendium)
        for what, resource in made.resources.items():
            session.add(Norm(slug=f"de-{what}", kind="law", number=f"Ley 99{resource}", title="De todo",
                             text_id=resource, published_at=now()))  # fmt: skip
        for what, resource in made.resources.items():
            session.add(Application(resource_id=resource, organization_id=made.places["tercera"], title=what,
                                    version=1, how="used", result="worked", words="Sirvió", country="PE",
                                    day=now().date(), public=True))  # fmt: skip
    return made


def _year(agreement_id: int, made: World) -> Plan:
    """A plan with one action that uses every material, each of which is its evidence too."""
    responsible, counterpart = made.places["duena"], made.places["receptora"]
    action = Action(number=1, code="2015-01", title="De todo", state="running", responsible_id=responsible,
                    counterpart_id=counterpart)  # fmt: skip
    for resource in made.resources.values():
        action.links.append(ActionResource(resource_id=resource, version=1))
        action.evidence.append(Evidence(title="Prueba", public=True, resource_id=resource, version=1,
                                        organization_id=responsible))  # fmt: skip
    return Plan(agreement_id=agreement_id, year=2015, state="published", actions=[action])


@pytest.fixture(scope="module")
def app(world: World) -> Flask:
    application = create_app(world.instance)
    application.testing = True
    with application.app_context():
        limits.limiter.enabled = False
    yield application
    limits.limiter.enabled = True


@pytest.fixture(scope="module")
def browsers(app: Flask, world: World) -> dict[str, FlaskClient]:
    found = {"visitor": app.test_client()}
    for who, address in world.addresses.items():
        browser = app.test_client()
        data = {"email": address, "password": PASSWORD, "csrf_token": token(browser, "/ingresar")}
        assert browser.post("/ingresar", data=data).status_code == 302
        found[who] = browser
    return found


def readers(what: str, version: int) -> frozenset[str]:
    """Who reads this version: a receiver only the one that was delivered."""
    return CONTENTS[what] - {"receiver"} if what == "chosen" and version == 2 else CONTENTS[what]


def expected(who: str, what: str, reads: frozenset[str]) -> int:
    """The status at a door to contents."""
    if who in reads:
        return 200
    if what == "withdrawn":
        return 410
    return 403 if who in CARDS[what] and who not in CONTENTS[what] else 404


def at_the_door_of_the_card(browser: FlaskClient, world: World, who: str, what: str) -> Iterator[str]:
    answer = browser.get(f"/recursos/{world.ids[what]}", follow_redirects=True)
    wanted = 200 if who in CARDS[what] else 410 if what == "withdrawn" else 404
    if answer.status_code != wanted:
        yield f"card of {what} for {who}: {answer.status_code}, not {wanted}"
    if (title_word(what) in answer.text) != (who in CARDS[what]):
        yield f"title of {what} for {who}"
    if canary(what) in answer.text and who not in CONTENTS[what]:
        yield f"text of {what} on its card for {who}"


def at_the_doors_of_the_contents(browser: FlaskClient, world: World, who: str, what: str) -> Iterator[str]:
    for version in (1, 2):
        wanted = expected(who, what, readers(what, version))
        if wanted == 404 and who == "receiver" and what == "chosen":
            wanted = 404  # the newer version does not exist for a receiver
        for endpoint in ("page", "file", "picture", "thumbnail", "jump"):
            path = DOORS[f"resources.{endpoint}"].format(id=world.ids[what], version=version)
            answer = browser.get(path, follow_redirects=True)
            allowed = {wanted}
            if wanted == 200 and endpoint in ("picture", "thumbnail"):
                allowed = {200, 404, 410}  # a text has no pictures; what counts is below
            if answer.status_code not in allowed:
                yield f"{endpoint} {version} of {what} for {who}: {answer.status_code}, not {wanted}"
            if canary(what).encode() in answer.data and wanted != 200:
                yield f"text of {what} through {endpoint} for {who}"
    newest = browser.get(f"/recursos/{world.ids[what]}/paginas/1", follow_redirects=True)
    if (canary(what) in newest.text) != (who in CONTENTS[what]):
        yield f"newest page of {what} for {who}"


def at_the_search(browser: FlaskClient, world: World, who: str, what: str) -> Iterator[str]:
    for word, finders in ((title_word(what), FOUND[what]),
                          (canary(what), CONTENTS[what] & FOUND[what])):  # fmt: skip
        text = browser.get(f"/biblioteca?q={word}").text
        if (f"/recursos/{world.ids[what]}" in text) != (who in finders):
            yield f"search for {word} by {who}"
        if who not in finders and "No encontramos" not in text:
            yield f"count for {word} by {who}"


def on_the_lists(browser: FlaskClient, world: World, who: str) -> Iterator[str]:
    for path in LISTS:
        text = browser.get(path).text
        for what, seers in CARDS.items():
            if world.ids[what] in text and who not in seers:
                yield f"{what} on {path} for {who}"
    told = browser.get("/noticias/2015/de-todo").text
    hangs = browser.get("/convenio").text
    came = [browser.get(path).text for path in ("/plan-de-trabajo/2015/informe", "/acciones/2015-01")]
    for number, (what, seers) in enumerate(CARDS.items(), 1):
        if (world.ids[what] in told) != (who in seers):
            yield f"{what} told of to {who}"
        if hangs.count(world.ids[what]) != (2 if who in seers else 0):
            yield f"{what} hangs on the agreement for {who}"
        if {text.count(world.ids[what]) for text in came} != {2 if who in seers else 0}:
            yield f"{what} in the report of the year, or beside its action, for {who}"
        if (world.ids[what] in browser.get(f"/normas/de-{what}").text) != (who in seers):
            yield f"{what} as the text of a norm for {who}"
        there = browser.get(f"/temas/{slug_of(f'T{number:02}')}").text
        if (world.ids[what] in there) != (who in seers and what not in ("draft", "withdrawn")):
            yield f"{what} on the page of its topic for {who}"
    for what in CARDS:
        year = 2001 + list(CARDS).index(what)
        listed = f'value="{year}"' in browser.get("/biblioteca").text
        if listed != (who in FOUND[what]):
            yield f"facet value {year} of {what} for {who}"


def in_the_package(browser: FlaskClient, world: World, who: str) -> Iterator[str]:
    """The package of a compendium holds what its reader reads, and names what its reader sees."""
    with zipfile.ZipFile(io.BytesIO(browser.get("/compendios/de-todo/paquete.zip").data)) as package:
        texts = " ".join(package.read(name).decode() for name in package.namelist())
    for what in set(CARDS) - {"draft", "withdrawn"}:
        if (canary(what) in texts) != (who in CONTENTS[what]):
            yield f"text of {what} in the package for {who}"
        if (title_word(what) in texts) != (who in CARDS[what]):
            yield f"title of {what} in the package for {who}"


def at_the_desk(browser: FlaskClient, world: World, who: str, what: str) -> Iterator[str]:
    """The pages for changing a resource: for those who may, and nobody else."""
    for endpoint in ("show", "edit", "add_version", "visibility"):
        corrects = who == "editor" and what in EDITED.get(endpoint, ())
        may = corrects or (who in CHANGERS and who in CARDS[what])
        answer = browser.get(DOORS[f"contributions.{endpoint}"].format(id=world.ids[what]))
        if may and answer.status_code not in (200, 302, 409):
            yield f"{endpoint} of {what} for {who}: {answer.status_code}"
        if not may and answer.status_code not in (302, 403, 404, 410):
            yield f"{endpoint} of {what} for {who}: {answer.status_code}"
        if not may and answer.status_code == 302 and "/ingresar" not in answer.location:
            yield f"{endpoint} of {what} leads {who} on"
        if who not in CARDS[what] and title_word(what) in answer.text:
            yield f"{endpoint} names {what} to {who}"


def in_the_session(world: World, who: str) -> Iterator[str]:
    """What the viewer's session holds, should a view ever forget to begin at the resource."""
    with world.instance.database.visit(world.viewers[who]) as visit:
        names = list(visit.session.scalars(select(File.name)))
        texts = " ".join(page.text for page in visit.session.scalars(select(Page)))
        applied = set(visit.session.scalars(select(Application.title)))
    for what, seers in CARDS.items():
        if who != "other" and (what in applied) != (who in seers):  # the others wrote it
            yield f"what was done with {what} in the session of {who}"
    for what, seers in CONTENTS.items():
        if (f"{what}-1.txt" in names) != (who in seers):
            yield f"file of {what} in the session of {who}"
        if (canary(what) in texts) != (who in seers):
            yield f"page of {what} in the session of {who}"


def leaks(browsers: dict[str, FlaskClient], world: World, who: str) -> Iterator[str]:
    """Everything that differs from the matrix for one viewer."""
    yield from in_the_session(world, who)
    yield from on_the_lists(browsers[who], world, who)
    yield from in_the_package(browsers[who], world, who)
    for what in CARDS:
        yield from at_the_door_of_the_card(browsers[who], world, who, what)
        yield from at_the_doors_of_the_contents(browsers[who], world, who, what)
        yield from at_the_search(browsers[who], world, who, what)
        yield from at_the_desk(browsers[who], world, who, what)


@pytest.mark.parametrize("who", PEOPLE)
def test_every_door(browsers: dict[str, FlaskClient], world: World, who: str) -> None:
    assert list(leaks(browsers, world, who)) == []


def test_every_endpoint_is_a_door_or_is_none(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints == DOORS.keys() | NO_DOORS


@pytest.mark.parametrize("who", ["visitor", "other"])
def test_hidden_and_never_there_are_the_same_page(
    browsers: dict[str, FlaskClient], world: World, who: str
) -> None:
    def masked(public_id: str, path: str) -> tuple[int, str, dict[str, str]]:
        answer = browsers[who].get(path.format(id=public_id, version=1))
        text = answer.text.replace(public_id, "ID")
        text = re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", text)
        headers = {name: value.replace(public_id, "ID") for name, value in answer.headers.items()
                   if name not in ("Content-Security-Policy", "Set-Cookie")}  # fmt: skip
        return answer.status_code, text, headers

    for endpoint, path in DOORS.items():
        if path.startswith("/recursos"):
            assert masked(world.ids["own"], path) == masked("zzzzzzzzzzzzzzzzzzzz", path), endpoint


@pytest.mark.parametrize("record", [Resource, Version, File, Page])
def test_a_missing_condition_is_noticed(
    browsers: dict[str, FlaskClient], world: World, monkeypatch: pytest.MonkeyPatch, record: type
) -> None:
    monkeypatch.setitem(database.SCOPES, record, lambda viewer, part: true())
    database._scope_of.cache_clear()
    try:
        assert next(leaks(browsers, world, "visitor"), None)
    finally:
        monkeypatch.undo()
        database._scope_of.cache_clear()
