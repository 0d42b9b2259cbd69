"""Two portals that differ only in what the viewers may not read.

`build` makes the same visible records in both; in the second, records that nobody among the viewers may see
were written before and between them, so that every number of a row is another. `SECRETS` are more of those,
added and taken away by the examples.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from portal import accounts, create_app, limits
from portal.commands.library import _as_json
from portal.instance import Instance
from portal.work import make_worker
from tests.conftest import COMPILED, PASSWORD, token
from tests.silence.masks import Answer, masked, masked_json
from tests.silence.records import Paper, id_of, organization, paper, person
from tests.world import unlock_audit
from toolkit import people
from toolkit.access import VISITOR, Viewer
from toolkit.jobs import enqueue
from toolkit.records import (
    Action,
    Agreement,
    AgreementParty,
    Base,
    Initiative,
    InitiativeBenefit,
    Invitation,
    Meeting,
    Objective,
    Placement,
    Plan,
    Post,
    Request,
    Resource,
    Share,
    now,
)
from toolkit.search.finding import find

VIEWERS = {
    "visitor": "", "outsider": "sola@ejemplo.pe", "member": "socia@propia.pe",
    "promoter": "promotora@propia.pe", "coordinator": "coordina@propia.pe", "receiver": "lee@tercera.pe",
    "editor": "edita@ejemplo.pe", "administrator": "administra@ejemplo.pe",
}  # fmt: skip
"""Who looks: `propia` is their organisation, the receiver's is `tercera`; secrets belong to `ajena`."""
COMMON = ("agua", "riego", "asamblea", "balance", "cooperativa", "socia", "quinua", "semilla", "acta", "mesa")
"""Words of what is seen and of what is hidden."""
RARE = ("quipu", "chasqui", "tambo", "zampoña", "vicuña", "aguajal")
"""Words of hidden records only; the first and the last begin like words of the others."""

_BASE = (
    *(Paper(f"Guía {COMMON[n % 10]} {n}", owner=("propia", "ajena", "tercera")[n % 3],
            texts=[f"{COMMON[n % 10]} y {COMMON[(n + 3) % 10]} para la {COMMON[(n * 7) % 10]}"],
            summary=f"Sobre {COMMON[(n + 1) % 10]}", topics=[f"T0{n % 4 + 1}"],
            facets={"year": 2010 + n, "kind": f"R0{n % 5 + 1}"}) for n in range(13)),
    Paper("Guía retirada de agua", state="withdrawn"),
    Paper("Acuerdo de miembros", level=1, texts=["acta de la mesa de miembros"], topics=["T02"]),
    Paper("Acuerdo con ficha", level=1, show_card=True, texts=["acta con ficha"], topics=["T05"]),
    Paper("Padrón con ficha", level=2, show_card=True, texts=["padrón con agua"], facets={"year": 2001}),
    Paper("Balance entregado", level=2, texts=["balance entregado de la asamblea", "balance segundo"],
          delivered={"propia": 1, "tercera": 2}),
    Paper("Acta de propia", "propia", level=3, author="promotora@propia.pe", folder="Actas",
          texts=["acta de riego propia"]),
    Paper("Plan de propia", "propia", level=2, author="promotora@propia.pe", texts=["plan de agua", "plan"],
          delivered={"tercera": 1}),
    Paper("Borrador de propia", "propia", level=3, author="promotora@propia.pe", state="draft"),
)  # fmt: skip


@dataclass
class Portal:
    """One of the two: its instance, its application, the browsers of the viewers."""

    instance: Instance
    app: Flask
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)

    def get(self, who: str, address: str) -> Answer:
        """What a viewer gets at an address, masked."""
        return masked(self.browsers[who].get(address))

    def find(self, who: str, words: str) -> str:
        """The line that `portal search --json --as …` writes, masked."""
        with self.instance.database.visit(self.viewers[who]) as visit:
            return masked_json(_as_json(words, find(visit, self.instance.shelves, words, per_page=50)))

    def writing(self) -> AbstractContextManager[Session]:
        """A session that writes anything: no viewer's could hide something from the viewers."""
        return self.instance.database.open_for_maintenance()

    def work(self) -> None:
        """Do all index jobs that are due, as the worker does them."""
        random.seed()  # Hypothesis sets it, and Whoosh would give the same name to two segments
        worker = make_worker(self.instance)
        while jobs := worker._claim("index", 100):
            worker._index(jobs)

    def ids(self) -> dict[str, list[str]]:
        """The public ids of everything, by table, in the order in which it was written."""
        with self.writing() as session:
            kinds = [mapper.class_ for mapper in Base.registry.mappers if "public_id" in mapper.columns]
            return {kind.__tablename__: list(session.scalars(select(kind.public_id).order_by(kind.id)))
                    for kind in kinds if kind is not Placement}  # fmt: skip


def build(folder: Path, blank: Path, *, shifted: bool) -> Portal:
    """Make one of the two portals; `shifted` is the one with hidden records between the visible ones."""
    folder.mkdir()
    shutil.copy(blank, folder)
    instance = Instance(folder, PUBLIC_URL="http://localhost", SEARCHES_PER_MINUTE=1_000_000)
    unlock_audit(instance)  # what was hidden is taken away again
    with instance.database.open_for_maintenance() as session:
        _people(session, shifted)
        for number, given in enumerate(_BASE):
            if shifted:
                index(session, paper(instance, session, _between(number)))
            index(session, paper(instance, session, given))
        _dealings(session)
        if shifted:  # an editor reads the register
            session.execute(delete(Share).where(Share.title.startswith("Oculto")))
    portal = Portal(instance, _application(instance))
    portal.work()
    _sign_in(portal)
    return portal


def _between(number: int) -> Paper:
    return Paper(
        f"Oculto {number}", level=number % 2 + 2, texts=[f"{COMMON[number % 10]} quipu"], topics=["T09"],
        state=("published", "draft", "withdrawn")[number % 3], folder=f"Sobre {number}",
        delivered={"cuarta": 1}, facets={"year": 1950},
    )  # fmt: skip


def _people(session: Session, shifted: bool) -> None:
    """Organisations and people. In the shifted portal others were there before, and are gone."""
    gone: list[Any] = []
    if shifted:
        gone = [organization(session, "pasada"), person(session, "pasado@pasada.pe"),
                person(session, "pasada@pasada.pe")]  # fmt: skip
    for slug in ("propia", "ajena", "tercera", "cuarta"):
        organization(session, slug)
    for email, places, role in (
        ("sola@ejemplo.pe", {}, None), ("socia@propia.pe", {"propia": "member"}, None),
        ("promotora@propia.pe", {"propia": "promoter"}, None),
        ("coordina@propia.pe", {"propia": "promoter"}, None), ("lee@tercera.pe", {"tercera": "member"}, None),
        ("edita@ejemplo.pe", {}, "editor"), ("administra@ejemplo.pe", {}, "administrator"),
        ("autora@ajena.pe", {"ajena": "promoter"}, None), ("cuatro@cuarta.pe", {"cuarta": "member"}, None),
    ):  # fmt: skip
        accounts.add(session, person(session, email, places, portal_role=role), PASSWORD)
    appoint(session, "propia", "coordina@propia.pe")
    for one in gone:
        session.delete(one)


def appoint(session: Session, slug: str, email: str) -> Post:
    """Give the coordination of an organisation to somebody."""
    post = Post(organization_id=id_of(session, slug), holder_id=people.get(session, email).id,
                since=now().date())  # fmt: skip
    session.add(post)
    session.flush()
    return post


def _dealings(session: Session) -> None:
    """What waits in the space of `propia`: a request and an invitation."""
    session.add(request(session, "propia", "sola@ejemplo.pe", "quisiera unirme"))
    session.add(invitation(session, "propia", "nueva@propia.pe"))
    _agreed(session)


def _agreed(session: Session) -> None:
    """A public agreement of two others, with a public plan, two actions, and an initiative to which one
    belongs."""
    ours, theirs = id_of(session, "ajena"), id_of(session, "cuarta")
    made = Agreement(slug="convenio-ajeno", title="Convenio ajeno", state="published", object="Agua.",
                     signed_on=dt.date(2014, 1, 1))  # fmt: skip
    made.parties = [AgreementParty(organization_id=ours, role="Da"),
                    AgreementParty(organization_id=theirs, role="Recibe")]  # fmt: skip
    made.objectives = [Objective(number=1, words="Agua para todos")]
    plan = Plan(agreement=made, year=2015, state="published", words="Un año de agua",
                agreed_at=now(), published_at=now())  # fmt: skip
    pursued = Initiative(agreement=made, slug="iniciativa-ajena", state="published", title="Agua en años",
                         words="Agua y riego", beneficiaries="Todos", cooperatives="Agua")  # fmt: skip
    pursued.benefits = [InitiativeBenefit(organization_id=ours, words="Agua"),
                        InitiativeBenefit(organization_id=theirs, reason="Ya tiene agua")]  # fmt: skip
    session.add_all([made, plan, pursued])
    session.flush()
    action = Action(plan=plan, number=1, code="2015-01", state="running", title="Acta de agua",
                    responsible_id=ours, counterpart_id=theirs, initiative_id=pursued.id)  # fmt: skip
    alone = Action(plan=plan, number=2, code="2015-02", state="planned", title="Acta de riego",
                   responsible_id=ours, counterpart_id=theirs)  # fmt: skip
    session.add_all([action, alone])
    session.flush()
    for one in (made, plan, action, alone, pursued):
        enqueue(session, "index", "index_resource", one.public_id)


def request(session: Session, slug: str, email: str, message: str) -> Request:
    """A request to join that waits."""
    return Request(kind="join", organization_id=id_of(session, slug), message=message,
                   person_id=people.get(session, email).id)  # fmt: skip


def invitation(session: Session, slug: str, email: str) -> Invitation:
    """An invitation that waits."""
    return Invitation(organization_id=id_of(session, slug), email=email, role="member",
                      key_digest=f"{slug}{email}"[:64], expires_at=now().replace(year=2027))  # fmt: skip


def index(session: Session, resource: Resource | Meeting) -> None:
    """Write the job that brings the shelves up to date with a resource, or a meeting."""
    enqueue(session, "index", "index_resource", resource.public_id)


def _application(instance: Instance) -> Flask:
    app = create_app(instance)
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED
    return app


def _sign_in(portal: Portal) -> None:
    with portal.instance.database.open_for_maintenance(writing=False) as session:
        for who, email in VIEWERS.items():
            portal.viewers[who] = (
                people.viewer_of(session, people.get(session, email).id, now()) if email else VISITOR
            )
    with limited_by_nothing():
        for who, email in VIEWERS.items():
            portal.browsers[who] = browser = portal.app.test_client()
            if email:
                data = {"email": email, "password": PASSWORD, "csrf_token": token(browser, "/ingresar")}
                assert browser.post("/ingresar", data=data).status_code == 302
            browser.get("/cuenta" if email else "/ingresar")  # from now on the session of the browser stays


@contextmanager
def limited_by_nothing() -> Iterator[None]:
    """No limits per minute while the block runs: they count requests, not secrets."""
    kept, limits.limiter.enabled = limits.limiter.enabled, False
    try:
        yield
    finally:
        limits.limiter.enabled = kept


@contextmanager
def hiding(portal: Portal, secrets: Sequence[Callable[[Portal], list[Any]]]) -> Iterator[None]:
    """The portal with these secrets, then without them again. A secret writes its records and gives them."""
    written = [(type(one), inspect(one).identity[0]) for secret in secrets for one in secret(portal)]
    portal.work()
    try:
        yield
    finally:
        with portal.writing() as session:
            for kind, key in reversed(written):
                one = session.get(kind, key)
                resource = one if kind in (Resource, Meeting) else getattr(one, "resource", None)
                if resource is not None:
                    index(session, resource)
                # the database takes along what hangs on it
                session.execute(delete(kind).where(inspect(kind).primary_key[0] == key))
        portal.work()
