"""Topics: their readable addresses, and those that are close to some words."""

from __future__ import annotations

from functools import cache

from toolkit import slugs, vocabulary
from toolkit.search import spanish

USUAL = ("T03", "T04", "T07", "T08", "T06", "T10")
"""What most people come for: offered where no topic is closer."""


def nearest_topics(text: str, limit: int = 3) -> list[str]:
    """Codes of the topics whose labels share most words with `text` in any language, filled up with the usual
    ones."""
    wanted = _stems(text)
    topics = vocabulary.load("topics")
    close = {
        code: max(len(wanted & _stems(label)) for label in labels.values()) for code, labels in topics.items()
    }
    found = sorted((code for code in close if close[code]), key=lambda code: -close[code])
    return [*found, *(code for code in USUAL if code not in found)][:limit]


def named_by(text: str) -> str | None:
    """The topic that these words name: all of them stand in its label or in one other name of it. None where
    there is none, or no words."""
    wanted = _stems(text)
    if not wanted or len(text) > 100:
        return None
    close = [(len(name), code) for code, names in _names().items() for name in names if wanted <= name]
    return min(close, default=(0, None))[1]


@cache
def _names() -> dict[str, list[set[str]]]:
    """What each topic is called, as stems: its labels, and the other names of the notes."""
    topics, notes = vocabulary.load("topics"), vocabulary.load("topic_notes")
    return {
        code: [_stems(name) for name in (*labels.values(), *notes.get(code, {}).get("also", "").split(","))]
        for code, labels in topics.items()
    }


@cache
def by_slug() -> dict[str, str]:
    """The topics by the slug of their Spanish label: the end of the address of their page."""
    return {slugs.slug(labels["es"], code): code for code, labels in vocabulary.load("topics").items()}


def slug_of(code: str) -> str:
    """The slug of a topic."""
    return slugs.slug(vocabulary.load("topics").label(code), code)


def also(code: str) -> list[str]:
    """What else a topic is called, in Spanish."""
    said = vocabulary.load("topic_notes").get(code, {}).get("also", "")
    return [name.strip() for name in said.split(",") if name.strip()]


def _stems(text: str) -> set[str]:
    return {spanish.stem(word) for word in spanish.split(text)} - {""}
