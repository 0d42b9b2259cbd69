"""Where in a text the words of a query stand: the best pages, the marks on a page, a snippet.

Pure functions on text, in time linear in its length; the engine is not asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from toolkit.search import norms, spanish
from toolkit.search.matching import variants
from toolkit.search.query import Norm, Phrase, Query, Word
from toolkit.search.shelf import Hit

Span = tuple[int, int]
_ELLIPSIS = "…"
_REMEMBERED = 50_000
_BLANKS = re.compile(r"\s+")


def best_pages(hit: Hit, offsets: Sequence[int], limit: int = 3) -> list[int]:
    """The pages (counted from 0 over all pages of the version) that answer best, best first.

    `offsets`: the number of the first word of each page (`spanish.offsets`). A page is worth the weights of
    the items it holds, each rising a little with how often; phrases outweigh words; earlier pages first.
    Empty when no word of the text matched (the title did).
    """
    if not len(offsets) or not len(hit.positions):
        return []
    pages = np.searchsorted(np.asarray(offsets), hit.positions, side="right") - 1
    worth = np.zeros(len(offsets))
    for item, weight in enumerate(hit.weights):
        often = np.bincount(pages[hit.items == item], minlength=len(offsets)).astype(float)
        worth += weight * often / (often + 0.5)
    order = np.lexsort((np.arange(len(offsets)), -np.round(worth, 6)))
    return [int(page) for page in order[:limit] if worth[page] > 0]


class _Wanted:
    """The words of a query, ready to be recognised in a text."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.in_phrases = {word.key for phrase in query.phrases for word in phrase.words if word.stem}
        self.stems: dict[str, int] = {}
        self.exact: dict[str, int] = {}
        self.prefixes: list[tuple[str, int]] = []
        self.norms: dict[str, int] = {}
        for number, item in enumerate(query.items):
            if isinstance(item, Norm):
                self.norms[item.token] = number
                for word in item.words:
                    if word.exact.isdigit() and len(word.exact) >= 4:
                        self.stems.setdefault(word.stem, number)
            elif item.prefix:
                self.prefixes.append((item.exact, number))
            else:
                self._word(item, number)

    def _word(self, word: Word, number: int) -> None:
        if not word.stem:
            self.exact.setdefault(word.exact, number)
            return
        self.stems.setdefault(word.stem, number)
        for other in variants(word.exact):
            stem = spanish.stem(other)
            if stem:
                self.stems.setdefault(stem, number)

    def item(self, word: str) -> int | None:
        """Which item of the query a word of a text matches."""
        found = self.stems.get(spanish.STEMS[word])
        if found is None and (self.exact or self.prefixes):
            folded = spanish.FOLDED[word]
            found = self.exact.get(folded)
            if found is None:
                found = next((number for start, number in self.prefixes if folded.startswith(start)), None)
        return found


def _marks(query: Query, text: str) -> list[tuple[int, int, int]]:
    """(start, end, item) of every hit in a text, in order, none inside another.

    The words of a phrase are marked alone only where the text does not hold the phrase; a norm marks all
    the words of its number.
    """
    if not query.phrases and not any(isinstance(item, Norm) for item in query.items):
        return _words_alone(query, text)
    wanted = _Wanted(query)
    words = list(spanish.spans(text))
    marks: list[tuple[int, int, int]] = []
    phrases = [span for phrase in query.phrases for span in _phrase_spans(phrase, words)]
    marks += [(start, end, len(query.items)) for start, end in phrases]
    if wanted.norms:
        for norm in norms.find(text):
            number = next((wanted.norms[t] for t in norm.tokens if t in wanted.norms), None)
            if number is not None:
                marks.append((norm.start, norm.end, number))
    alone = {number for number, item in enumerate(query.items) if item.key not in wanted.in_phrases}
    known = _known(query)
    for word, start, end in words:
        number = known[word]
        if number is not None and (number in alone or not phrases):
            marks.append((start, end, number))
    return _apart(marks)


def _words_alone(query: Query, text: str) -> list[tuple[int, int, int]]:
    """The marks of a query of single words. Each different word of the text is looked at once, and only the
    few that match are looked for."""
    known = _known(query)
    if len(known) > _REMEMBERED:
        known.clear()
    plain = text.replace("_", " ")
    forms = [(word, number) for word in set(spanish.split(plain)) if (number := known[word]) is not None]
    return _apart([(at, at + len(form), number) for form, number in forms for at in _places(plain, form)])


def _places(text: str, word: str) -> Iterator[int]:
    """Where a word begins in a text, wherever it stands as a whole word."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not spanish.WORD.match(text, end) and not (at and spanish.WORD.match(text, at - 1)):
            yield at
        at = text.find(word, end)


class _Known(dict[str, int | None]):
    """Word → the item of one query that it matches, or None; looked up once for each word."""

    def __init__(self, query: Query) -> None:
        super().__init__()
        self._wanted = _Wanted(query)

    def __missing__(self, word: str) -> int | None:
        number = self[word] = self._wanted.item(word)
        return number


@lru_cache(maxsize=64)
def _known(query: Query) -> _Known:
    return _Known(query)


def _apart(marks: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Marks in order, without those that begin inside another; of two that begin together the longer."""
    kept: list[tuple[int, int, int]] = []
    for mark in sorted(marks, key=lambda mark: (mark[0], -mark[1])):
        if not kept or mark[0] >= kept[-1][1]:
            kept.append(mark)
    return kept


def _phrase_spans(phrase: Phrase, words: list[tuple[str, int, int]]) -> Iterable[Span]:
    """The characters of every place where the phrase stands."""
    places: list[frozenset[str]] = [
        frozenset({word.stem, *(spanish.stem(other) for other in variants(word.exact))} - {""})
        if word.stem
        else frozenset()
        for word in phrase.words
    ]
    first = next(shift for shift, stems in enumerate(places) if stems)
    last = max(shift for shift, stems in enumerate(places) if stems)
    found = [spanish.STEMS[word] for word, _, _ in words]
    for at, stem in enumerate(found):
        begin = at - first
        if stem not in places[first] or begin < 0 or begin + last >= len(found):
            continue
        if all(not stems or found[begin + shift] in stems for shift, stems in enumerate(places)):
            yield words[at][1], words[begin + last][2]


def matches(query: Query, text: str) -> list[Span]:
    """The characters (as slices) of all hits in a text, in order: what the page viewer marks and counts."""
    return [(start, end) for start, end, _ in _marks(query, text)]


def snippet(query: Query, text: str, width: int = 200) -> list[tuple[str, bool]]:
    """The part of a text that shows most of the query, as (piece, whether it is a hit).

    About `width` characters, whole words, «…» where it was cut; line ends become blanks. Without a hit, the
    beginning of the text.
    """
    marks = _marks(query, text)
    start, end = _window(marks, len(text), width)
    start, end = _whole_words(text, start, end)
    pieces: list[tuple[str, bool]] = []
    at = start
    for begin, finish, _ in marks:
        if begin >= at and finish <= end:
            pieces += [(text[at:begin], False), (text[begin:finish], True)]
            at = finish
    pieces.append((text[at:end], False))
    pieces = _one_line(pieces)
    if text[:start].strip():
        pieces.insert(0, (_ELLIPSIS, False))
    if text[end:].strip():
        pieces.append((_ELLIPSIS, False))
    return pieces


def _window(marks: list[tuple[int, int, int]], length: int, width: int) -> Span:
    """The characters to show: the window of `width` with most different items, then most hits."""
    best, best_worth = (0, min(width, length)), (0, 0)
    inside: dict[int, int] = {}
    left = 0
    for right, (_, end, item) in enumerate(marks):
        inside[item] = inside.get(item, 0) + 1
        while marks[left][0] < end - width and left < right:
            inside[marks[left][2]] -= 1
            inside = {number: often for number, often in inside.items() if often}
            left += 1
        worth = (len(inside), right - left + 1)
        if worth > best_worth:
            spare = max(0, width - (end - marks[left][0])) // 2
            start = max(0, min(marks[left][0] - spare, length - width))
            best, best_worth = (start, min(length, max(start + width, end))), worth
    return best


def _whole_words(text: str, start: int, end: int) -> Span:
    """The window drawn in to whole words (by at most 40 characters on each side)."""
    if start > 0 and not text[start - 1].isspace():
        cut = next((at for at in range(start, min(start + 40, end)) if text[at].isspace()), start)
        start = cut
    if end < len(text) and not text[end].isspace():
        cut = next((at for at in range(end, max(end - 40, start), -1) if text[at - 1].isspace()), end)
        end = cut
    return start, end


def _one_line(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Runs of white space as one blank, empty pieces left out, ends trimmed."""
    joined = [(_BLANKS.sub(" ", piece), marked) for piece, marked in pieces]
    if joined:
        joined[0] = (joined[0][0].lstrip(), joined[0][1])
        joined[-1] = (joined[-1][0].rstrip(), joined[-1][1])
    return [(piece, marked) for piece, marked in joined if piece]
