"""The canary crawl: every slot of every record holds a word of its own, and what each person meets at every
address, by every link and in every search is exactly what the table says. Nothing leaks, nothing is lost.

(The idea, and the list of places to look into, are those of the security rules of the project: the words
that a person meets are compared with the words that this person may meet, in both directions.)
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import accounts, create_app, limits
from portal.instance import Instance
from portal.work import make_worker
from tests.conftest import COMPILED, PASSWORD, token
from tests.silence.doors import addresses
from tests.world import CARDS, CONTENTS, OWN, World, build, canary, title_word
from toolkit import catalogue, memberships, sharing, spaces
from toolkit.records import (
    Base,
    Emergency,
    Folder,
    Invitation,
    Membership,
    Organization,
    Party,
    Person,
    Placement,
    Request,
    Resource,
    Share,
    Version,
    now,
)
from toolkit.search import indexing

WHO = ("visitor", "author", "member", "coordinator", "receiver", "other", "editor", "administrator", "former")
ALL = frozenset(WHO)
COORDINATION = frozenset({"coordinator"})
ADMINISTRATION = frozenset({"administrator"})
SLOTS = {"resumen": CARDS, "autor": CARDS, "archivo": CONTENTS, "nota": CONTENTS}
"""The words of a resource beside its title and its text."""
OTHERS: dict[str, frozenset[str]] = {
    "zorzalcarpetafin": OWN,
    "zorzalentregafin": OWN | {"receiver", "editor"},
    "zorzalpedidofin": COORDINATION | {"other"},
    "zorzalinvitadafin": COORDINATION | ADMINISTRATION,
    "zorzalmesafin": COORDINATION | ADMINISTRATION | {"member"},
    "zorzalemergenciafin": ADMINISTRATION | {"editor"},
}
"""The words of a folder, a delivery, a request, an invitation, a joint space and an emergency."""
_WORD = re.compile(r"(?:zorzal|tucan)\w+?fin")
_LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')
_SKIPPED = re.compile(r"^/(en|pt)/|^/static|^/salir|[?&](?!q=|pagina=)\w+=|/paginas/\d+\?")
"""Links that lead to more of the same: languages, styles, filters, the same page with its hits."""


def slot(name: str, of: str) -> str:
    """The word that stands in one slot of one resource and nowhere else."""
    return f"zorzal{name}{of.replace('_', '')}fin"


Table = Mapping[str, frozenset[str]]


def expected(who: str, cards: Table = CARDS, contents: Table = CONTENTS) -> set[str]:
    """All the words that this person may meet; a coordination sees the titles of drafts (product.md 5.2)."""
    words = {title_word("draft")} if who == "coordinator" else set()
    words |= {title_word(name) for name, seers in cards.items() if who in seers}
    words |= {canary(name) for name, seers in contents.items() if who in seers}
    for name, seers_of in SLOTS.items():
        table = cards if seers_of is CARDS else contents
        words |= {slot(name, of) for of, seers in table.items() if who in seers}
    return words | {word for word, seers in OTHERS.items() if who in seers}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    instance = Instance(tmp_path_factory.mktemp("canaries"), PUBLIC_URL="http://localhost",
                        SEARCHES_PER_MINUTE=1_000_000)  # fmt: skip
    instance.database.migrate()
    made = build(instance)
    with instance.database.open_for_maintenance() as session:
        for address in made.addresses.values():
            accounts.add(session, session.query(Person).filter_by(email=address).one(), PASSWORD)
        for name, public_id in made.ids.items():
            resource = session.scalars(select(Resource).where(Resource.public_id == public_id)).one()
            resource.summary, resource.authors = slot("resumen", name), [slot("autor", name)]
            for version in resource.versions:
                version.note = slot("nota", name)
                version.files[0].name = f"{slot('archivo', name)}.txt"
        for one in session.scalars(select(Share)):
            one.title = "Otra entrega"
        _dealings(session, made)
    indexing.rebuild(instance.database, instance.shelves)
    return made


def _dealings(session, world: World) -> None:
    """What lies beside the resources: each with its word."""
    owner = world.places["duena"]
    folder = Folder(organization_id=owner, name="zorzalcarpetafin")
    joint = Organization(slug="mesa", name="Mesa zorzalmesafin", country="PE", kind="joint")
    ids = dict(session.execute(select(Person.name, Person.id)).all())
    session.add_all([folder, joint])
    session.flush()
    session.get(Resource, world.resources["own"]).folder_id = folder.id
    chosen = session.scalars(select(Share).join(Version).where(
        Version.resource_id == world.resources["chosen"])).one()  # fmt: skip
    chosen.title = "Entrega zorzalentregafin"
    session.add_all([
        Request(kind="join", organization_id=owner, message="zorzalpedidofin",
                person_id=ids["Persona other"]),
        Invitation(organization_id=owner, email="zorzalinvitadafin@ejemplo.pe", role="member",
                   key_digest="x" * 64, expires_at=now() + dt.timedelta(days=9)),
        *(Party(joint_id=joint.id, organization_id=world.places[slug], opened_at=now())
          for slug in ("duena", "tercera")),
        Membership(person_id=ids["Persona member"], organization_id=joint.id, role="member"),
        Emergency(organization_id=owner, person_id=ids["Persona administrator"],
                  reason="zorzalemergenciafin"),
    ])  # fmt: skip


@pytest.fixture(scope="module")
def app(world: World) -> Iterator[Flask]:
    application = create_app(world.instance)
    application.testing, application.jinja_env.bytecode_cache = True, COMPILED
    kept, limits.limiter.enabled = limits.limiter.enabled, False
    yield application
    limits.limiter.enabled = kept


@pytest.fixture(scope="module")
def browsers(app: Flask, world: World) -> dict[str, FlaskClient]:
    """A browser for each person, signed in."""
    made = {who: app.test_client() for who in WHO}
    for who, browser in made.items():
        if who != "visitor":
            data = {"email": world.addresses[who], "password": PASSWORD,
                    "csrf_token": token(browser, "/ingresar")}  # fmt: skip
            assert browser.post("/ingresar", data=data).status_code == 302
    return made


def read(answer: TestResponse) -> str:
    """Everything that came: headers and body, packed files opened."""
    bodies = [answer.data]
    if zipfile.is_zipfile(io.BytesIO(answer.data)):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            bodies += [packed.read(name) for name in packed.namelist()]
    return "\n".join([str(answer.headers), *(body.decode(errors="ignore") for body in bodies)])


def crawl(browser: FlaskClient, begin: Iterable[str]) -> dict[str, str]:
    """The words met at these addresses and behind every link that follows from them, and where each was met
    first. A word that stands in the address itself is no find: the page repeats what was asked."""
    waiting, known = list(begin), set(begin)
    met: dict[str, str] = {}
    while waiting:
        address = waiting.pop()
        answer = browser.get(address)
        assert answer.status_code < 500, address
        text = read(answer)
        for word in set(_WORD.findall(text)) - set(_WORD.findall(address)):
            met.setdefault(word, address)
        for link in _LINK.findall(text) + [answer.headers.get("Location", "")]:
            link = link.replace("&amp;", "&").removeprefix("http://localhost")
            if link and link not in known and not _SKIPPED.search(link):
                known.add(link)
                waiting.append(link)
    return met


def searches(world: World) -> list[str]:
    """Every word looked for: as it is, its beginning, in quotes, with one slip of the finger, by field."""
    words = [
        *map(title_word, CARDS),
        *map(canary, CARDS),
        *(slot(name, of) for name in SLOTS for of in CARDS),
    ]
    found = [f"/biblioteca?q={word}" for word in words]
    for word in words[:: len(SLOTS)]:
        found += [f'/biblioteca?q="{word}"', f"/biblioteca?q={word[:8]}*", f"/biblioteca?q={word}x",
                  f"/biblioteca?q=titulo:{word}", f"/espacios/duena/buscar?q={word}"]  # fmt: skip
    return found + [f"/biblioteca?q=material&anio={year}" for year in range(2001, 2001 + len(CARDS))]


def everything(app: Flask, world: World) -> list[str]:
    """Every address of the application with every id there is, and every search."""
    with world.instance.database.open_for_maintenance(writing=False) as session:
        kinds = [mapper.class_ for mapper in Base.registry.mappers if "public_id" in mapper.columns]
        ids = {kind.__tablename__: list(session.scalars(select(kind.public_id)))
               for kind in kinds if kind is not Placement}  # fmt: skip
    return addresses(app, ids, ("duena", "mesa")) + searches(world)


def compare(who: str, met: dict[str, str], cards: Table = CARDS, contents: Table = CONTENTS) -> None:
    """Fails with the words that leaked, and where, and with those that are lost."""
    allowed = expected(who, cards, contents)
    leaked = {word: met[word] for word in met.keys() - allowed}
    lost = sorted(allowed - met.keys())
    assert (leaked, lost) == ({}, [])


@pytest.mark.parametrize("who", WHO)
def test_each_person_meets_exactly_what_is_theirs(
    app: Flask, browsers: dict[str, FlaskClient], world: World, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    met = crawl(browsers[who], everything(app, world))
    compare(who, met)
    assert not _WORD.findall(caplog.text), "what people keep stands in no log"


def test_the_marks_of_the_owner_open_nothing_for_others(
    browsers: dict[str, FlaskClient], world: World
) -> None:
    """Neither «I have this already» nor «only a part» is answered to somebody who may not read it."""
    tried = 0
    for name, readers in CONTENTS.items():
        address = f"/recursos/{world.ids[name]}/v2/1/archivo"
        owners = browsers["author"].get(address)
        for who in ALL - readers:
            for headers in ({"If-None-Match": owners.headers.get("ETag", "")}, {"Range": "bytes=0-9"},
                            {"If-Modified-Since": owners.headers.get("Last-Modified", "")}):  # fmt: skip
                answer = browsers[who].get(address, headers=headers)
                assert answer.status_code in (302, 403, 404, 410), (who, name, headers)
                assert not {"ETag", "Last-Modified", "Content-Range"} & set(answer.headers.keys())
                tried += 1
    assert tried > 100


def test_what_changes_hands_is_met_by_the_right_people_only(
    browsers: dict[str, FlaskClient], world: World
) -> None:
    """After narrowing, withdrawing, the end of a delivery and the removal of a person; and once more on
    shelves that were built anew."""
    with world.instance.database.visit(world.viewers["coordinator"], writing=True) as visit:
        for name, level in (("public", 3), ("members_card", 3)):
            catalogue.publish(visit, catalogue.get(visit, world.ids[name]), level)
        catalogue.withdraw(visit, catalogue.get(visit, world.ids["members"]), "Tiene un error")
        delivered = catalogue.get(visit, world.ids["chosen"])
        sharing.end(visit, delivered, catalogue.deliveries.standing(visit, delivered))
        owner = spaces.get(visit, "duena")
        leaving = next(one for one in memberships.browse(visit, owner) if one.person.name == "Persona member")
        memberships.remove(visit, leaving.membership)
    own = OWN - {"member"}
    cards = {name: seers & own if name != "draft" else seers for name, seers in CARDS.items()}
    cards |= {
        "chosen_card": ALL,
        "public": own,
        "members_card": own,
        "members": frozenset({"author", "coordinator"}),
    }
    contents = {**cards, "chosen_card": own}
    worker = make_worker(world.instance)
    while jobs := worker._claim("index", 100):
        worker._index(jobs)
    begin = [f"/recursos/{public_id}" for public_id in world.ids.values()]
    begin += ["/biblioteca?q=material", *(f"/biblioteca?q={title_word(name)}" for name in CARDS)]
    for anew in (False, True):
        if anew:
            indexing.rebuild(world.instance.database, world.instance.shelves)
        for who in WHO if not anew else ("visitor", "member", "receiver", "coordinator"):
            met = crawl(browsers[who], begin)
            allowed = expected(who, cards, contents)
            leaked = {word: met[word] for word in met.keys() - allowed}
            assert not leaked, (who, leaked)
            lost = {title_word(name) for name, seers in cards.items() if who in seers} - met.keys()
            assert not lost, (who, lost)
