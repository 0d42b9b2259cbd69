"""Pages, marks and snippets."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.search import passages
from toolkit.search.query import parse
from toolkit.search.shelf import Hit

TEXT = (
    "El balance social\n  de las Cooperativas agrarias. D.L. N.º 085 rige. Otro balance, sin más; lo social."
)


def marked(query, text=TEXT):
    return [text[start:end] for start, end in passages.matches(parse(query), text)]


def hit(positions, items, weights):
    return Hit("r", "x", 1, "full", 1.0, "public", True, np.array(positions), np.array(items), weights)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("balances", ["balance", "balance"]),
        ('"balance social"', ["balance social"]),
        ('"balance social" rige', ["balance social", "rige"]),
        ('"social balance"', ["balance", "social", "balance", "social"]),
        ("decreto legislativo 85", ["D.L. N.º 085"]),
        ("coop*", ["Cooperativas"]),
        ("-social agraria", ["agrarias"]),
        ("nada", []),
        ("", []),
    ],
)
def test_hits_are_marked(query, found):
    assert marked(query) == found


def test_n_for_ñ_is_marked_too():
    assert marked("ano", "el año pasado") == ["año"]
    assert marked("año", "el ano pasado") == ["ano"]


def test_a_stop_word_in_a_phrase_keeps_its_place():
    assert marked('"social de las cooperativas"') == ["social\n  de las Cooperativas"]
    assert marked('"social cooperativas"') == ["social", "Cooperativas", "social"]


@given(
    st.text(alphabet="ab áñ.\n_-\u0301İ", max_size=300),
    st.sampled_from(["a b", '"a b"', "ab -a", "ley 5 a", "aba*"]),
)
def test_a_snippet_is_text_of_the_page_and_marks_are_apart(text, query):
    spans = passages.matches(parse(query), text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False))
    said = "".join(piece for piece, _ in passages.snippet(parse(query), text, width=60) if piece != "…")
    assert " ".join(said.split()) in " ".join(text.split())


def test_a_snippet_shows_most_of_the_query_in_whole_words():
    text = "comienzo " * 60 + "la asamblea aprueba el balance social anual " + "final " * 60 + "balance"
    pieces = passages.snippet(parse("asamblea balance social"), text, width=80)
    assert [piece for piece, is_hit in pieces if is_hit] == ["asamblea", "balance", "social"]
    assert pieces[0][0] == pieces[-1][0] == "…"
    said = "".join(piece for piece, _ in pieces).strip("…").split()
    assert set(said) <= set(text.split())
    assert len("".join(piece for piece, _ in pieces)) <= 90


def test_without_a_hit_a_snippet_is_the_beginning():
    assert passages.snippet(parse("nada"), "uno dos  tres") == [("uno dos tres", False)]
    assert passages.snippet(parse("nada"), "") == []


def test_the_page_with_the_phrase_comes_first_then_the_rarer_words():
    offsets = [0, 0, 10, 20, 30]
    found = hit([1, 2, 11, 12, 21, 25], [0, 0, 0, 1, 2, 0], (1.0, 3.0, 100.0))
    assert passages.best_pages(found, offsets) == [3, 2, 1]
    assert passages.best_pages(found, offsets, limit=1) == [3]
    assert passages.best_pages(hit([], [], (1.0,)), offsets) == []
    assert passages.best_pages(found, []) == []


@pytest.mark.parametrize(
    "text", ["balance " * 40_000, "a" * 400_000, "balance social " * 20_000, "ley 5 " * 50_000]
)
def test_time_is_linear(text):
    begun = time.process_time()
    for query in ('"balance social" balance', "ley 5 b*"):
        passages.matches(parse(query), text)
        passages.snippet(parse(query), text)
    assert time.process_time() - begun < 5
