"""What a person typed, read with a small grammar of our own: every text is a query, none is an error.

Words, "phrases", -excluded, prefix*, `campo:valor`, and numbers of norms. Nothing of it is ever given to
an engine's own query parser. Only the first 200 characters and 32 terms count (`truncated` says so).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.search import norms, spanish

LONGEST = 200
MOST_TERMS = 32
SHORTEST_PREFIX = 3

TEXT_FIELDS = {
    "titulo": "title", "resumen": "summary", "autor": "people", "autora": "people",
    "autores": "people", "persona": "people", "codigo": "codes",
}  # fmt: skip
FACET_FIELDS = {
    "tipo": "kind", "tema": "topic", "sector": "sector", "publico": "audience", "principio": "principle",
    "pais": "country", "region": "region", "organizacion": "organization", "idioma": "language",
    "ano": "year", "año": "year",
}  # fmt: skip


@dataclass(frozen=True)
class Word:
    """One word: as typed, its stem ('' for a stop word) and its folded form."""

    text: str
    stem: str
    exact: str
    capitals: bool = False
    prefix: bool = False

    @property
    def key(self) -> tuple:
        """Two words with the same key ask for the same."""
        return ("prefix", self.exact) if self.prefix else (self.stem or self.exact, bool(self.stem))


@dataclass(frozen=True)
class Phrase:
    """Words that stand one after another; stop words keep their place but may be any word."""

    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Norm:
    """The number of a norm, however it was written; `words` are what was typed."""

    text: str
    token: str
    words: tuple[Word, ...]

    @property
    def key(self) -> tuple:
        return ("norm", self.token)


Item = Word | Norm


@dataclass(frozen=True)
class Query:
    """A query that has been read: see the names. `items` hold the words of phrases too, each once."""

    text: str
    items: tuple[Item, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Word | Phrase, ...] = ()
    fielded: tuple[tuple[str, Word], ...] = ()
    facets: tuple[tuple[str, str], ...] = ()
    truncated: bool = False

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing, so that everything is listed."""
        return not (self.items or self.phrases or self.excluded or self.fielded or self.facets)

    @property
    def words(self) -> tuple[str, ...]:
        """The words asked for, as typed."""
        return tuple(item.text for item in self.items)

    @property
    def only_stop_words(self) -> bool:
        """Whether nothing but stop words was asked for: then titles and summaries are looked at."""
        return bool(self.items) and all(
            isinstance(item, Word) and not item.stem and not item.prefix for item in self.items
        )


_QUOTES = str.maketrans({"«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‟": '"'})
_PIECE = re.compile(
    r'(?P<minus>(?<!\S)[-−])?(?:(?P<field>[^\W\d_]{2,12}):)?(?:"(?P<phrase>[^"]*)"?|(?P<chunk>[^\s"]+))'
)


def parse(text: str) -> Query:
    """Read what a person typed. Takes any text at all and never raises; time linear in 200 characters."""
    cut = text[:LONGEST]
    return _Reading(cut, truncated=len(text) > LONGEST).query()


class _Reading:
    """One pass over the text, collecting what it asks for."""

    def __init__(self, text: str, truncated: bool) -> None:
        self.text = text
        self.truncated = truncated
        self.items: dict[tuple, Item] = {}
        self.phrases: list[Phrase] = []
        self.excluded: list[Word | Phrase] = []
        self.fielded: list[tuple[str, Word]] = []
        self.facets: list[tuple[str, str]] = []
        self.left = MOST_TERMS

    def query(self) -> Query:
        text = self.text.translate(_QUOTES)
        plain_from = 0
        for piece in _PIECE.finditer(text):
            if piece["phrase"] is None and not piece["minus"] and self._field(piece["field"]) is None:
                continue
            self._plain(text[plain_from : piece.start()])
            plain_from = piece.end()
            self._marked(piece)
        self._plain(text[plain_from:])
        return Query(
            self.text, self._meant(), tuple(self.phrases), tuple(self.excluded),
            tuple(self.fielded), tuple(self.facets), self.truncated,
        )  # fmt: skip

    def _field(self, name: str | None) -> str | None:
        folded = spanish.fold(name or "")
        return TEXT_FIELDS.get(folded) or FACET_FIELDS.get(folded)

    def _take(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        taken = words[: self.left]
        self.truncated |= len(taken) < len(words)
        self.left -= len(taken)
        return taken

    def _marked(self, piece: re.Match[str]) -> None:
        """A phrase, something excluded or something asked of one field."""
        inner = piece["phrase"] if piece["phrase"] is not None else piece["chunk"]
        name = self._field(piece["field"])
        if piece["field"] and not name:
            self._words(piece["field"])
        if name in FACET_FIELDS.values():
            if name and inner.strip():
                self.facets.append((name, inner.strip()))
            return
        found = self._take(tuple(words(inner)))
        if not found:
            return
        if name:
            self.fielded += [(name, word) for word in found]
        elif piece["minus"]:
            self.excluded.append(found[0] if len(found) == 1 else Phrase(inner, found))
        else:
            self._phrase(inner, found)

    def _phrase(self, text: str, found: tuple[Word, ...]) -> None:
        said = [word for word in found if word.stem]
        if said and len(found) > 1:
            self.phrases.append(Phrase(text, found))
        for word in said or found:
            self._add(word)

    def _plain(self, text: str) -> None:
        done = 0
        for norm in norms.find(text):
            self._words(text[done : norm.start])
            named = self._take(tuple(words(text[norm.start : norm.end])))
            if named:
                item = Norm(text[norm.start : norm.end], norm.tokens[0], named)
                self.items.setdefault(item.key, item)
            done = norm.end
        self._words(text[done:])

    def _words(self, text: str) -> None:
        for word in self._take(tuple(words(text))):
            self._add(word)

    def _add(self, word: Word) -> None:
        known = self.items.get(word.key)
        if known is None or (word.capitals and isinstance(known, Word) and not known.capitals):
            self.items[word.key] = word

    def _meant(self) -> tuple[Item, ...]:
        """The items, without stop words where anything else was asked for."""
        every = self.items.values()
        meant = [item for item in every if not isinstance(item, Word) or item.stem or item.prefix]
        return tuple(meant or every)


def words(text: str) -> Iterator[Word]:
    """The words of a text, as `Word`; one that a * follows is a prefix if it has three letters."""
    for found, _start, end in spanish.spans(text):
        exact = spanish.fold(found)
        if not exact:
            continue
        if text[end : end + 1] == "*" and len(exact) >= SHORTEST_PREFIX:
            yield Word(found, "", exact, prefix=True)
        else:
            yield Word(found, spanish.stem(found), exact, spanish.is_shouted(found))
