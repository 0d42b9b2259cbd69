"""The scores are Whoosh's own BM25F, and both ways of reading postings read the same."""

import random
from pathlib import Path

import numpy as np
import pytest
from whoosh import query as wq
from whoosh import scoring as whoosh_scoring
from whoosh.index import FileIndex
from whoosh.searching import SearchContext, Searcher

from toolkit.search.matching import Matcher, alternatives
from toolkit.search.query import parse
from toolkit.search.reading import Reading
from toolkit.search.scoring import FIELDS, K1, Statistics
from toolkit.search.shelf import Document
from toolkit.search.whoosh_part import PostingCache, block_posting, public_posting
from toolkit.search.whoosh_shelf import INDEX, Storage, WhooshShelf, generation, parts

WORDS = "balance social cooperativa comité acta estatuto año ley PRODUCE asamblea género".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Three segments with dropped documents, postings longer than one block."""
    shelf = WhooshShelf(tmp_path_factory.mktemp("shelves") / "public")
    chance = random.Random(7)
    for batch in range(3):
        shelf.put(
            Document("resource", f"{batch}-{n}", 1, "full", " ".join(chance.choices(WORDS, k=4)),
                     pages=[" ".join(chance.choices(WORDS, k=chance.randint(1, 60)))])
            for n in range(1300 if batch == 0 else 40)
        )  # fmt: skip
        shelf._finish(lambda writer, segments: segments)
    shelf.drop(("resource", f"0-{n}") for n in range(0, 1300, 7))
    shelf._finish(lambda writer, segments: segments)
    return shelf.folder


def opened(folder):
    return parts(folder, generation(folder), {}, PostingCache())


def test_scores_equal_whooshs_own(folder):
    found = opened(folder)
    assert len(found) == 3
    assert any(not part.live.all() for part in found)
    bases = np.cumsum([0, *(part.part.size for part in found)])
    everything = [np.ones(part.part.size, bool) for part in found]  # Whoosh counts dropped documents too
    matcher = Matcher(list(zip(bases.tolist(), [part.part for part in found], strict=False)),
                      Statistics([part.part for part in found], everything))  # fmt: skip
    own = {f"{name}_B": field.b for name, field in FIELDS.items()}
    searcher = Searcher(
        FileIndex(Storage(folder), indexname=INDEX).reader(), weighting=whoosh_scoring.BM25F(K1=K1, **own)
    )
    for text in ["balance", "acta", "PRODUCE", "año", "cooperativas"]:
        item = parse(text).items[0]
        ours = matcher.match(item).score
        terms = [
            (field, term.encode(), weight * FIELDS[field].weight)
            for field, term, weight in alternatives(item)
        ]
        theirs = np.zeros(len(ours))
        for row, score in _whoosh_scores(searcher, terms):
            theirs[row] = score
        live = np.concatenate([part.live for part in found])
        assert ours[live] == pytest.approx(theirs[live], rel=1e-6)


def test_dropped_documents_leave_no_trace_in_the_scores(tmp_path):
    """The very scores of a shelf that never held them, before any segment is rewritten."""

    def made(folder, names):
        shelf = WhooshShelf(folder)
        shelf.put(
            Document("resource", name, 1, "full", f"acta {name}", pages=["balance acta " * (3 + len(name))])
            for name in names
        )
        shelf._finish(lambda writer, segments: segments)
        return shelf

    dropped = made(tmp_path / "dropped", ["a", "bb", "ccc", "dddd", "eeeee"])
    dropped.drop([("resource", "bb"), ("resource", "eeeee")])
    dropped._finish(lambda writer, segments: segments)
    never = made(tmp_path / "never", ["a", "ccc", "dddd"])
    for word in ("balance", "acta", "bb"):
        scores = [
            [(hit.id, hit.score) for hit in Reading(opened(shelf.folder)).search(parse(word)).hits]
            for shelf in (dropped, never)
        ]
        assert scores[0] == scores[1]


def _whoosh_scores(searcher, terms):
    query = wq.Or([wq.Term(field, term, boost=boost) for field, term, boost in terms])
    for leaf, base in searcher.leaf_searchers():
        matcher = query.matcher(leaf, SearchContext(weighting=searcher.weighting))
        while matcher.is_active():
            yield base + matcher.id(), matcher.score()
            matcher.next()


def test_blocks_and_the_public_interface_read_the_same(folder):
    reader = opened(folder)[0].part._reader
    for field, term in list(reader.all_terms())[:200]:
        made = reader.schema[field].format
        block = block_posting(reader._terms.matcher(field, term, made))
        public = public_posting(reader._terms.matcher(field, term, made))
        for name in ("ids", "tf", "positions"):
            assert getattr(block, name).tolist() == getattr(public, name).tolist()
    assert (
        max(len(block_posting(reader._terms.matcher(f, t, made)).ids) for f, t in reader.all_terms()) > 1024
    )


def test_positions_of_one_document(folder):
    part = opened(folder)[0].part
    posting = part.posting("text_stem", "act")
    keys = posting.keys()
    assert (np.diff(keys) > 0).all()
    for row in posting.ids[:50]:
        here = [int(key & 0xFFFFFFFF) - 64 for key in keys if key >> 32 == row]
        assert posting.of(int(row)).tolist() == here
