"""One norm, however it is written."""

import time

import pytest

from toolkit.search import norms


def tokens(text):
    return [norm.tokens[0] for norm in norms.find(text)]


@pytest.mark.parametrize(
    ("written", "token"),
    [
        *((w, "dl-85") for w in ["DL 085", "D.L. 85", "D. Leg. 85", "dl 85", "Decreto Legislativo N.º 85",
                                 "decreto legislativo 085", "D.L. N° 085", "Decreto\nLegislativo Nº 85"]),
        *((w, "ds-074-90-tr") for w in ["DS 074-90-TR", "D.S. N.º 074‑90‑TR", "Decreto Supremo 74-90-tr"]),
        *((w, "ley-31335") for w in ["Ley 31335", "Ley N.° 31.335", "LEY Nº 31335", "ley nro. 31335"]),
        ("DS 001-2026-PRODUCE", "ds-001-2026-produce"),
        ("Resolución SBS N.° 480-2019", "res-480-2019"),
        ("Decreto de Urgencia N.° 007-2020", "du-007-2020"),
        ("Decreto Ley 22342", "dley-22342"),
    ],
)  # fmt: skip
def test_every_way_of_writing_gives_one_token(written, token):
    assert tokens(f"Según {written}, que rige.") == [token]


@pytest.mark.parametrize(
    "text", ["ley general", "leyes 3", "mds 4", "la ley. 5", "reley 5", "DL", "res 12345678"]
)
def test_other_words_name_no_norm(text):
    assert tokens(text) == []


def test_without_its_body_a_norm_is_still_found():
    assert next(norms.find("DS 074-90-TR")).tokens == ("ds-074-90-tr", "ds-074-90")


def test_the_characters_are_those_of_the_text():
    text = "İİ la Ley N.º 29683 y"
    norm = next(norms.find(text))
    assert text[norm.start : norm.end] == "Ley N.º 29683"


@pytest.mark.parametrize(
    "text", ["d" * 200_000, "ley " * 50_000, "d.l. n" * 30_000, "ley   n. º   " * 20_000, "1.1" * 60_000]
)
def test_time_is_linear(text):
    begun = time.process_time()
    list(norms.find(text))
    assert time.process_time() - begun < 20
