"""Phrases with stop words: the texts themselves are asked."""

from __future__ import annotations

import pytest

from portal.instance import Instance
from tests.toolkit.shelved import add_resource, index
from toolkit.access import VISITOR
from toolkit.search.finding import Found, find


def search(instance: Instance, words: str, **more: object) -> Found:
    with instance.database.visit(VISITOR) as visit:
        found = find(visit, instance.shelves, words, **more)  # type: ignore[arg-type]
        visit.session.expunge_all()
        return found


def ids(found: Found) -> list[str]:
    return [hit.resource.public_id for hit in found.hits]


LOOSE = "Traen todas sus cosas, sacos, y de los sacos: sacos sin los sacos. " * 3
"""Holds «todos sus sacos no de uno» but for the stop words, and its words more often."""


@pytest.fixture
def library(instance: Instance) -> dict[str, str]:
    made = {f"loose{n}": add_resource(instance, text=f"{LOOSE} Número {n}.") for n in range(12)}
    made["literal"] = add_resource(
        instance, text="Una página larga. " * 40 + "Pesar bien es pesar todos sus sacos, no de uno en uno."
    )
    index(instance, *made.values())
    return made


def test_whoever_holds_the_phrase_literally_comes_first(instance: Instance, library: dict[str, str]) -> None:
    loosely = search(instance, "sacos")
    assert ids(loosely)[0] != library["literal"], "otherwise this test shows nothing"
    found = search(instance, '"todos sus sacos, no de uno"')
    assert ids(found)[0] == library["literal"]
    assert found.hits[0].passages[0].number == 1


def test_the_order_is_one_whatever_page_of_results_is_asked_for(
    instance: Instance, library: dict[str, str]
) -> None:
    words = '"todos sus sacos, no de uno"'
    whole = ids(search(instance, words, per_page=100))
    pieces = [ids(search(instance, words, per_page=5, page=page)) for page in (1, 2, 3)]
    assert [one for piece in pieces for one in piece] == whole and len(set(whole)) == len(library)


def test_the_page_is_the_one_that_holds_the_phrase(instance: Instance) -> None:
    one = add_resource(instance, text=["el fondo y su fondo, un fondo " * 5, "Más allá del fondo común."])
    index(instance, one)
    found = search(instance, '"más allá del fondo"')
    assert found.hits[0].passages[0].number == 2


def test_a_phrase_may_begin_on_one_page_and_end_on_the_next(instance: Instance) -> None:
    other = add_resource(instance, text=["El fondo", "y la reserva. " * 9, "fondo en una reserva " * 9])
    one = add_resource(instance, text=["Se suma al fondo", "de la reserva legal."])
    index(instance, one, other)
    found = search(instance, '"al fondo de la reserva"')
    assert ids(found)[0] == one and found.hits[0].passages[0].number == 1


def test_a_title_holds_phrases_too(instance: Instance) -> None:
    other = add_resource(instance, title="Balance por la cooperativa", text="Balance, cooperativa. " * 9)
    one = add_resource(instance, title="Balance de la cooperativa")
    index(instance, one, other)
    assert ids(search(instance, '"balance de la cooperativa"'))[0] == one
    assert ids(search(instance, '"balance por la cooperativa"'))[0] == other
