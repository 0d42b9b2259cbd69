"""The contract of a search: Whoosh's shelves answer as the oracle does, order, scores, counts and all."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.toolkit.search.oracle import Oracle
from toolkit.search.query import parse
from toolkit.search.shelf import Document, Inside
from toolkit.search.shelves import Shelves

VOCABULARY = """
    balance social cooperativa cooperativas cooperar género géneros generar año ano PRODUCE produce
    DL 085 Decreto Legislativo 85 Ley 31335 31335 de la el comité comités excedente 2015 acta ACI
""".split()  # noqa: SIM905
MARKED = """
    xyzzy nunez coop* gen* excedentes* titulo:social autor:núñez tema:ca pais:a titulo:coo* codigo:iso ISO
    -social -de -coop* -ley*
""".split()  # noqa: SIM905
MARKED += ['-"balance social"', '"comité social"']
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
NAMES = ("public", "members", "space-1")
owners = st.lists(st.sampled_from(["agraria", "coopac"]), max_size=1)
texts = st.lists(st.sampled_from(VOCABULARY), max_size=9).map(" ".join)
values = st.lists(st.sampled_from(["a", "b", "Ca"]), max_size=2, unique=True)
documents = st.builds(
    Document,
    noun=st.sampled_from(["resource", "news"]),
    id=st.sampled_from(["x1", "x2", "x3", "y4"]),
    version=st.integers(1, 3),
    form=st.sampled_from(["full", "ficha"]),
    title=texts,
    summary=texts,
    people=st.sampled_from(["", "Ana Núñez", "Rosa Ano"]),
    codes=st.sampled_from(["", "DL 85", "ISO-9001"]),
    pages=st.lists(texts, max_size=3),
    facets=st.fixed_dictionaries(
        {"topic": values, "country": values, "organization": owners, "joint": owners}
    ),  # fmt: skip
    date=st.integers(0, 2),
    own=st.booleans(),
)
shelved = st.lists(documents, max_size=5, unique_by=lambda d: d.key)
worlds = st.fixed_dictionaries(dict.fromkeys(NAMES, shelved))
pieces = st.one_of(
    st.sampled_from(VOCABULARY),
    st.sampled_from(MARKED),
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4).map(lambda words: f'"{" ".join(words)}"'),
)  # fmt: skip
queries = st.lists(pieces, max_size=4).map(" ".join)
filters = st.dictionaries(st.sampled_from(["topic", "country"]), values, max_size=2)
spaces = st.sampled_from([None, None, Inside("space-1", "agraria"), Inside("space-2", "coopac")])
asks = st.lists(
    st.tuples(queries, filters, st.sampled_from(["relevance", "date"]), spaces), min_size=4, max_size=12
)


@pytest.mark.filterwarnings("ignore")
@settings(
    max_examples=60,
    deadline=None,
    report_multiple_bugs=False,
    phases=PHASES,
    suppress_health_check=list(HealthCheck),
)
@given(worlds, asks, st.sets(st.sampled_from(NAMES)), st.integers(0, 3))
def test_the_engine_answers_as_the_oracle(world, asked, opened, offset):
    names = tuple(sorted(opened))
    with tempfile.TemporaryDirectory() as folder:
        reading = filled(Path(folder), world).reading(names)
        oracle = Oracle(world)
        for text, chosen, sort, inside in asked:
            query = parse(text)
            how = {
                "filters": chosen,
                "facets": ("topic", "country"),
                "sort": sort,
                "offset": offset,
                "limit": 4,
                "inside": inside,
            }
            found = reading.search(query, **how)
            hits, total, complete, counts = oracle.search(names, query, **how)
            assert (found.total, found.complete, found.facets) == (total, complete, counts), text
            got = [((hit.noun, hit.id), hit.shelf, hit.score) for hit in found.hits]
            assert [hit[0] for hit in got] == [hit[0] for hit in hits], text
            assert [hit[2] for hit in got] == pytest.approx([hit[2] for hit in hits], abs=2e-4), text
            assert [hit[1] for hit in got] == [hit[1] for hit in hits], text


def filled(folder: Path, world: dict[str, list[Document]]) -> Shelves:
    """Shelves that hold a world, in two commits each, so that there are parts to join."""
    shelves = Shelves(folder / "shelves")
    with shelves.rebuild() as rebuilding:
        for name, held in world.items():
            rebuilding.shelf(name).put(held[:2])
            rebuilding.shelf(name).commit()
            rebuilding.shelf(name).put(held[2:])
    return shelves
