"""Topics that are close to some words: a way on for somebody who found nothing."""

from __future__ import annotations

from toolkit import vocabulary
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


def _stems(text: str) -> set[str]:
    return {spanish.stem(word) for word in spanish.split(text)} - {""}
