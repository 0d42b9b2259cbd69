"""What must go red: each way of leaking, made on purpose in one process, is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, true

from portal.accounts.records import Account  # noqa: F401 - its tables stand in SCOPES too
from tests.silence.hidden import HIDDEN
from tests.silence.test_worlds import held, unlike
from tests.silence.watching import watching
from tests.silence.worlds import RARE, Portal, hiding
from toolkit import catalogue, database
from toolkit.access import SCOPES, resources, shelves
from toolkit.database import Visit
from toolkit.records import Resource
from toolkit.search import finding, matching
from toolkit.search.documents import document_of

Worlds = tuple[Portal, Portal]
LISTS = ["/", "/biblioteca", "/biblioteca?q=agua", "/biblioteca?q=riego+agua&orden=fecha",
         "/organizaciones/ajena", "/biblioteca?q=agua*", "/biblioteca?q=gu*"]  # fmt: skip


@pytest.fixture(scope="module")
def secretive(worlds: Worlds) -> Iterator[Worlds]:
    """The two portals, the second with every secret."""
    with hiding(worlds[1], [partial(hide, word=f"{RARE[n % 6]}{n}") for n, hide in enumerate(HIDDEN)]):
        yield worlds


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Something changed in the conditions for one test: those that are kept ready are made anew."""
    database._scope_of.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    database._scope_of.cache_clear()


def test_without_a_mutation_nothing_is_noticed(secretive: Worlds) -> None:
    assert unlike(secretive, "visitor", LISTS) == []
    assert held(secretive[0], "visitor") == held(secretive[1], "visitor")


@pytest.mark.parametrize("record", list(SCOPES), ids=lambda record: record.__name__)
def test_a_table_without_its_condition_is_noticed(
    secretive: Worlds, forgetful: pytest.MonkeyPatch, record: type
) -> None:
    table = record.__table__.name
    forgetful.setitem(SCOPES, record, lambda viewer, part: true())
    assert held(secretive[0], "visitor")[table] != held(secretive[1], "visitor")[table]


PARTS = {
    "_delivered": "receiver", "_read_by_level": "visitor", "_authored": "member", "_carded": "visitor",
    "_received": "member", "_manages_withdrawn": "member", "_submitted": "coordinator",
    "listed_to": "visitor", "readable_by": "visitor", "was_listed_to": "visitor",
}  # fmt: skip
"""The functions that the conditions are made of, and somebody who would see more without each."""


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_condition_that_lets_everything_through_is_noticed(
    secretive: Worlds, forgetful: pytest.MonkeyPatch, name: str
) -> None:
    def through(viewer: Any, *_: Any, **__: Any) -> Any:
        return true()

    kept = getattr(resources, name)
    forgetful.setattr(resources, name, through)
    for record, condition in SCOPES.items():
        if condition is kept:
            forgetful.setitem(SCOPES, record, through)
    if name == "was_listed_to":
        forgetful.setattr(database, name, through)
    hidden = [f"/recursos/{one}" for one in secretive[1].ids()["resource"]]
    who = PARTS[name]
    assert held(secretive[0], who) != held(secretive[1], who) or unlike(secretive, who, hidden)


def _unlimited(real: Callable[..., Any]) -> Callable[..., Any]:
    """The same question, asked of everything there is."""

    def ask(visit: Visit, *given: Any, **named: Any) -> Any:
        scope = visit.session.info.pop("scope")
        try:
            return real(visit, *given, **named)
        finally:
            visit.session.info["scope"] = scope

    return ask


def test_a_hidden_document_on_a_visible_shelf_is_noticed(secretive: Worlds) -> None:
    """Though the second lock keeps it from being shown."""
    portal = secretive[1]
    with portal.writing() as session:
        secret = session.scalars(select(Resource).where(Resource.level == 3, Resource.title.like("Guía%"),
                                                        Resource.state == "published")).first()  # fmt: skip
        document = document_of(session, secret, shelves.Standing("public", 1, "full"))
    shelf = portal.instance.shelves.shelf("public")
    shelf.put([document])
    shelf.commit()
    try:
        assert unlike(secretive, "visitor", ["/biblioteca?q=agua"])
    finally:
        shelf.drop([document.key])
        shelf.commit(purge=True)
    assert unlike(secretive, "visitor", LISTS) == []


def test_a_list_of_facets_that_is_the_same_for_everybody_is_noticed(
    secretive: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = finding.find

    def find(visit: Visit, *given: Any, **named: Any) -> finding.Found:
        found = real(visit, *given, **named)
        years = _unlimited(lambda visit: visit.session.scalars(select(Resource.year).distinct()).all())(visit)
        known = dict(found.facets.get("year", ()))
        found.facets["year"] = [(str(year), known.get(str(year), 0)) for year in sorted(filter(None, years))]
        return found

    monkeypatch.setattr(finding, "find", find)
    assert unlike(secretive, "visitor", ["/biblioteca?q=agua"])


def test_a_number_that_counts_everything_is_noticed(
    secretive: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "counts_by", _unlimited(catalogue.counts_by))
    assert unlike(secretive, "visitor", ["/"])


def test_a_list_of_words_over_all_shelves_is_noticed(
    secretive: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words that a prefix stands for are chosen among those of the viewer's shelves only."""
    monkeypatch.setattr(matching, "EXPANSIONS", 1)
    asked = [f"/biblioteca?q={word[:3]}*" for word in ("agua", "quinua", "socia", "tambo")]
    assert unlike(secretive, "visitor", asked) == []
    every = secretive[1].instance.shelves.reading(tuple(secretive[1].instance.shelves.look()))
    real = matching.Matcher._expand

    def expand(self: matching.Matcher, field: str, prefix: str) -> list[str]:
        mine = self._parts[0][1].name.startswith(str(secretive[1].instance.folder))
        return real(every._matcher if mine else self, field, prefix)

    monkeypatch.setattr(matching.Matcher, "_expand", expand)
    assert unlike(secretive, "visitor", asked)


def test_a_look_whether_something_is_there_at_all_is_noticed(
    secretive: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the answer stays the same."""
    portal = secretive[1]
    hidden = next(one for one in portal.ids()["resource"] if one not in secretive[0].ids()["resource"])

    def work(name: str) -> list[str]:
        with watching(portal) as done:
            portal.get("visitor", f"/recursos/{name}")
        return done

    assert work(hidden) == work("z" * 20)
    real = catalogue.get

    def look(visit: Visit, public_id: str) -> Resource:
        of_any = select(Resource.id).where(Resource.public_id == public_id)
        if _unlimited(lambda visit: visit.session.scalar(of_any))(visit):
            visit.session.scalar(select(Resource.title).where(Resource.public_id == public_id))
        return real(visit, public_id)

    monkeypatch.setattr(catalogue, "get", look)
    assert work(hidden) != work("z" * 20)
