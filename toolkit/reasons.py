"""Reasons: why somebody does something that others ask about."""

from __future__ import annotations

from toolkit import tidy
from toolkit.errors import Invalid

MOST = 1000


def given(said: str, unsaid: str, *, optional: bool = False) -> str:
    """The reason with tidy words. Raises Invalid for the field `reason`: with the sentence `unsaid` where
    nothing is said that is not optional, and for more than `MOST` characters."""
    words = tidy.text(said)
    tidy.check_length(words, MOST, "reason")
    if not words and not optional:
        raise Invalid(unsaid, field="reason")
    return words
