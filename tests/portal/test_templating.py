"""What templates say of dates, and the words that they know."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from portal import templating
from portal.languages import speaking
from portal.section import Section
from portal.templating import short_day

THEN = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(("language", "this_year", "another"), [
    ("es", "23 nov.", "3 set. 2025"), ("en", "23 Nov", "3 Sept 2025"),
    ("pt", "23 de nov.", "3 de set. de 2025"),
])  # fmt: skip
def test_a_date_of_a_narrow_list_has_the_year_when_it_is_another(
    monkeypatch: pytest.MonkeyPatch, language: str, this_year: str, another: str
) -> None:
    monkeypatch.setattr(templating, "now", lambda: THEN)
    with speaking(language):
        assert short_day(THEN) == short_day(THEN.date()) == this_year
        assert short_day(dt.date(2025, 9, 3)) == another
        assert short_day(None) == ""


def test_the_year_is_that_of_lima(monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = dt.datetime(2027, 1, 1, 2, tzinfo=dt.UTC)  # still the 31st of December in Lima
    monkeypatch.setattr(templating, "now", lambda: midnight)
    assert short_day(midnight) == "31 dic."


def test_two_sections_cannot_call_two_things_by_one_word() -> None:
    app, one, other = Flask(__name__), Section("one", __name__), Section("other", __name__)
    one.app_template_global("address_of")(lambda: "one")
    other.app_template_global("address_of")(lambda: "other")
    app.register_blueprint(one)
    with pytest.raises(RuntimeError, match="address_of"):
        app.register_blueprint(other)


@pytest.mark.parametrize(("language", "said", "names"), [
    ("es", "45\u00a0%", "ACI Américas y PRODUCE"), ("en", "45%", "ACI Américas and PRODUCE"),
    ("pt", "45%", "ACI Américas e PRODUCE"),
])  # fmt: skip
def test_hundredths_and_names_are_written_as_the_language_does(language: str, said: str, names: str) -> None:
    with speaking(language):
        assert templating.percent(45) == said
        assert templating.listed(["ACI Américas", "PRODUCE"]) == names
        assert templating.listed(["PRODUCE"]) == "PRODUCE" and templating.listed([]) == ""


def test_before_the_sound_of_i_and_becomes_e() -> None:
    with speaking("es"):
        assert templating.listed(["PRODUCE", "Inkas"]) == "PRODUCE e Inkas"
        assert templating.listed(["Agua", "Hierro"]) == "Agua y Hierro"


def test_words_are_cut_at_the_end_of_one() -> None:
    words = "O1. Difundir buenas prácticas y conocimientos"
    assert templating.cut(words, 45) == words
    assert templating.cut(words, 44) == "O1. Difundir buenas prácticas y…"
    assert templating.cut("O1. Difundir buenas, prácticas", 20) == "O1. Difundir buenas…"
    assert templating.cut("x" * 50, 10) == "x" * 10 + "…"
