"""Our Spanish analysis: which words a text has, where they stand, and which of them are the same word.

Lower case, accents folded (ñ stays), stop words dropped, plural to singular, families held apart, Snowball,
final vowel trimmed: chosen by measurement, `docs/decisions/001-analysis.md`. Documents and queries pass
through the same functions, and pages are counted with the same word pattern as the index, so that a
position found by the index names the right page.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import Stemmer

from toolkit.search import norms
from toolkit.search.words import FAMILIES, SINGULAR, STOP_WORDS

ANALYSIS_VERSION = "es-2"
"""Kept beside the shelves: shelves of another version are rebuilt."""

WORD = re.compile(r"[\w\u0300-\u036f\u00ad]+")
"""A word: letters, digits, combining accents, soft hyphens. Underscores are blanks before it looks."""

LONGEST = 48
"""Letters of a word that are looked at: nobody types more, and a hostile file may hold a million."""

_REMEMBERED = 300_000
_SNOWBALL_VOWELS = "aoe"


def split(text: str) -> list[str]:
    """The words of a text as they stand, in order: the one way in which anything is counted."""
    return WORD.findall(text.replace("_", " "))


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The same words as `split`, each with its first and last character (as a slice)."""
    for found in WORD.finditer(text.replace("_", " ")):
        yield found.group(), found.start(), found.end()


def count(text: str) -> int:
    """How many words a text has, as the index counts positions."""
    return len(split(text))


def offsets(pages: Sequence[str]) -> list[int]:
    """The number of the first word of each page, running over all pages in order."""
    return list(accumulate((count(page) for page in pages), initial=0))[:-1]


def fold(word: str) -> str:
    """Lower case without accents; ñ stays apart from n."""
    word = word[: 3 * LONGEST].lower()
    if word.isascii():
        return word[:LONGEST]
    parts = unicodedata.normalize("NFC", word)[:LONGEST].replace("ñ", "\0")
    plain = unicodedata.normalize("NFKD", parts).lower()
    return "".join(c for c in plain if not unicodedata.combining(c) and c != "\u00ad").replace("\0", "ñ")


def _singular(word: str) -> str:
    if len(word) <= 3 or word[-1] != "s" or word in SINGULAR:
        return word
    if word.endswith("es"):
        shorter = word[:-2]
        if len(shorter) > 2 and shorter[-1] in "lnrdjzyxs" or shorter[-1] in "aeiou":
            return shorter
        return word[:-1]
    return word[:-1] if word[-2] in "aeiou" else word


def _trimmed(word: str) -> str:
    if len(word) > 4 and word.endswith(("os", "as", "es")):
        return word[:-2]
    if word[-1] == "z":
        return word[:-1] + "c"  # voz, voces
    return word[:-1] if len(word) > 3 and word[-1] in _SNOWBALL_VOWELS else word


class _Forms(dict[str, str]):
    """Word as written → its form, computed once. Bounded: it starts again when it has grown too large."""

    def __init__(self, stems: bool) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._snowball = Stemmer.Stemmer("spanish") if stems else None

    def __missing__(self, word: str) -> str:
        form = fold(word)
        if self._snowball is not None:
            form = "" if form in STOP_WORDS else self._stem(form)
        if len(self) > _REMEMBERED:
            self.clear()
        self[word] = form
        return form

    def _stem(self, word: str) -> str:
        if not word.isalpha():
            return word
        single = _singular(word)
        if single in FAMILIES:
            return FAMILIES[single]
        with self._lock:
            return _trimmed(self._snowball.stemWord(single))  # type: ignore[union-attr]


STEMS: dict[str, str] = _Forms(stems=True)
"""Word as written → stem; '' for a stop word."""
FOLDED: dict[str, str] = _Forms(stems=False)
"""Word as written → folded word."""


def stem(word: str) -> str:
    """The stem of one word; '' for a stop word."""
    return STEMS[word]


def is_shouted(word: str) -> bool:
    """Whether a word stands wholly in capitals, as acronyms do (two letters at least)."""
    return len(word) > 1 and word.isupper() and word.isalpha()


Postings = dict[str, list[int]]
"""Term → the positions at which it stands, in order."""


@dataclass(slots=True)
class Terms:
    """What one text says to the index: stems, and words exactly as written (folded), with positions."""

    stems: Postings = field(default_factory=dict)
    exact: Postings = field(default_factory=dict)
    length: int = 0


def analyse(pages: Sequence[str], *, every_word: bool) -> Terms:
    """Read the pages of one text in order, positions running on.

    `every_word`: the exact side holds all words (titles); otherwise only words in capitals (acronyms).
    Norms stand on the exact side in both, under the number of their first word.
    """
    stems: defaultdict[str, list[int]] = defaultdict(list)
    exact: defaultdict[str, list[int]] = defaultdict(list)
    base = 0
    for page in pages:
        words = split(page)
        for position, term in enumerate(map(STEMS.__getitem__, words), base):
            stems[term].append(position)
        if every_word:
            for position, term in enumerate(map(FOLDED.__getitem__, words), base):
                exact[term].append(position)
        else:
            for position, word in [(at, word) for at, word in enumerate(words, base) if word.isupper()]:
                if is_shouted(word) and STEMS[word]:
                    exact[FOLDED[word]].append(position)
        for token, position in _norms(page, words):
            exact[token].append(base + position)
        base += len(words)
    stems.pop("", None)
    exact.pop("", None)
    return Terms(dict(stems), dict(exact), base)


def _norms(page: str, words: list[str]) -> Iterator[tuple[str, int]]:
    done, position = 0, 0
    for found in norms.find(page):
        position += count(page[done : found.start])
        done = found.start
        for token in found.tokens:
            yield token, position
