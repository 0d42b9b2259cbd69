"""Our grammar: every text is a query."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.search.query import MOST_TERMS, Norm, Phrase, parse

NAUGHTY = Path(__file__).parents[4] / "shared/data/naughty-strings.json"


def test_words_phrases_and_what_is_excluded():
    query = parse('balance "acto cooperativo" -agraria -"caja chica" capacit*')
    assert query.words == ("balance", "acto", "cooperativo", "capacit")
    assert [phrase.text for phrase in query.phrases] == ["acto cooperativo"]
    assert query.excluded[0].text == "agraria"
    assert isinstance(query.excluded[1], Phrase)
    assert query.items[-1].prefix


@pytest.mark.parametrize("quotes", ['"{}"', "«{}»", "“{}”", '"{}'])
def test_all_quotation_marks_quote(quotes):
    assert [phrase.text for phrase in parse(quotes.format("acto cooperativo")).phrases] == [
        "acto cooperativo"
    ]


def test_fields_have_spanish_names():
    query = parse(
        'titulo:estatuto TÍTULO:acta tipo:manual país:pe año:2015 autor:"Ana Núñez" http://x nota:"el plan"'
    )
    assert [(name, word.text) for name, word in query.fielded] == [
        ("title", "estatuto"), ("title", "acta"), ("people", "Ana"), ("people", "Núñez"),
    ]  # fmt: skip
    assert query.facets == (("kind", "manual"), ("country", "pe"), ("year", "2015"))
    assert query.words == ("http", "x", "nota", "plan")


def test_a_hyphen_inside_a_word_excludes_nothing():
    assert not parse("socio-económico 074-90 - -").excluded


def test_norms_are_items_of_their_own():
    assert [item.token for item in parse("la DL 085 y Ley N.º 31335").items if isinstance(item, Norm)] == [
        "dl-85",
        "ley-31335",
    ]


def test_a_word_is_asked_for_once_and_stop_words_only_where_nothing_else_is():
    assert parse("acta Actas ACTA de la acta").words == ("ACTA",)
    assert parse("de la").only_stop_words
    assert not parse("de la acta").only_stop_words


def test_short_prefixes_are_words():
    assert not any(item.prefix for item in parse("ac* a* *").items)


def test_only_the_first_characters_and_terms_count():
    query = parse(" ".join(f"p{n}" for n in range(60)))
    assert len(query.items) == MOST_TERMS
    assert query.truncated
    assert parse("a" * 201).truncated
    assert not parse("a" * 200).truncated


@pytest.mark.parametrize(
    "text",
    ["a" * 100_000, '"' * 100_000, "-" * 100_000, "tipo:" * 20_000, "(" * 100_000, "\ud800\0" * 50_000],
)
def test_a_monstrous_query_takes_no_time(text):
    begun = time.process_time()
    assert parse(text).truncated
    assert time.process_time() - begun < 0.05


@given(
    st.text(alphabet=st.characters(), max_size=250) | st.text(alphabet='ab*:"-« tipo\ud800\0', max_size=60)
)
def test_nothing_raises(text):
    query = parse(text)
    assert len(query.items) <= MOST_TERMS
    assert isinstance(query.words, tuple)


def test_naughty_strings_are_queries():
    if not NAUGHTY.exists():
        pytest.skip("../shared/data/naughty-strings.json is not here")
    for text in json.loads(NAUGHTY.read_text("utf-8")):
        parse(text)


@pytest.mark.parametrize("text", ["", "  ", "* ** ?", "\ud800", '""', "-", "()", "tipo:"])
def test_a_query_without_words_is_empty_or_finds_something(text):
    assert not parse(text).phrases
