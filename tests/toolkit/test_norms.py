"""How norms are known by their numbers, and days as far as they are known."""

from __future__ import annotations

import pytest

from toolkit import partial_dates
from toolkit.errors import Invalid
from toolkit.norms import numbers


@pytest.mark.parametrize(
    "words",
    ["D.S. 074-90-TR", "ds074-90-tr", "decreto supremo 74-90-TR", "074-90-TR", "74-1990-tr", "DS 074-90",
     "qué dice el DS 74-90-TR hoy"],
)  # fmt: skip
def test_every_spelling_asks_for_the_norm(words: str) -> None:
    assert numbers.asked(words) & numbers.keys("DS 074-90-TR")


@pytest.mark.parametrize("words", ["DS 074-90-AG", "DS 075-90-TR", "Ley 074", "074-91-TR", "tr", ""])
def test_another_number_does_not(words: str) -> None:
    assert not numbers.asked(words) & numbers.keys("DS 074-90-TR")


def test_a_name_that_is_no_number_is_known_by_its_words() -> None:
    assert numbers.asked("ley del ACTO cooperativo") & numbers.keys("Ley del acto cooperativo")
    assert not numbers.asked("ley") & numbers.keys("Ley del acto cooperativo")


def test_days_as_far_as_they_are_known() -> None:
    assert [partial_dates.check(said, "dated") for said in ("", " 2026 ", "2026-01", "2026-01-31")] == [
        "", "2026", "2026-01", "2026-01-31"]  # fmt: skip
    for said in ("2026-1", "2026-02-30", "26", "2026-00", "1512", "２０２６"):
        with pytest.raises(Invalid):
            partial_dates.check(said, "dated")
    assert partial_dates.is_after("2026-02", "2026-01-31") and not partial_dates.is_after("2026", "2026-01")
