"""Text as files hold it becomes text that can be stored, shown and found."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.extraction.cleaning import clean_text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("coopera\ufffe\r\ntiva", "cooperativa"),
        ("coopera\u0002\ntiva", "cooperativa"),
        ("coopera\u00ad\n  tiva", "cooperativa"),
        ("co\u00adoperativa", "cooperativa"),
        ("fin-\nprincipio", "fin-\nprincipio"),
        ("o\ufb01cina y \ufb02ujo", "oficina y flujo"),
        ("n\u0303andu\u0301", "ñandú"),
        ("a\u00a0b\u202fc", "a b c"),
        ("uno\r\ndos\rtres", "uno\ndos\ntres"),
        ("a\x00b\x07c\ud800d\u202ee\ufefff", "abcdef"),
        ("a   \nb\t\n", "a\nb"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("uno\u2028dos\x0ctres", "uno\ndos\ntres"),
        ("a\tb", "a\tb"),
        ("¿Qué? «sí» — n.º 3 €", "¿Qué? «sí» — n.º 3 €"),
    ],
)
def test_text_is_cleaned(raw, clean):
    assert clean_text(raw) == clean


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_clean_text_can_be_stored_and_stays_clean(raw):
    clean = clean_text(raw)
    clean.encode()
    assert unicodedata.is_normalized("NFC", clean)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in clean)
    assert clean_text(clean) == clean


@pytest.mark.parametrize("run", [" ", "\n", "\t ", "\u00ad", "\u00ad \n", "\ufffe\r\n ", "\x00", "e\u0301"])
def test_a_long_run_of_anything_takes_no_long_time(run):
    began = time.monotonic()
    clean_text("a" + run * 300_000 + "b")
    assert time.monotonic() - began < 30
