"""Phrases word by word: the shelves know no stop words, so «de uno» and «en uno» are the same to them.

Where a phrase holds stop words, the texts themselves are asked, through the viewer's session, which of the
first hits hold it as it was written: those come first, and only there it counts as found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import select, tuple_

from toolkit.database import Visit
from toolkit.records import File, Page, Resource, Version
from toolkit.search import spanish
from toolkit.search.query import Phrase, Query
from toolkit.search.shelf import Hit

LOOKED_AT = 50
"""So many of the first hits are read."""
PLACES = 20
"""So many places of a phrase in one document."""


def loose_phrases(query: Query) -> list[tuple[int, Phrase]]:
    """The phrases with stop words, each with the number under which hits tell of it."""
    return [
        (len(query.items) + number, phrase)
        for number, phrase in enumerate(query.phrases)
        if any(not word.stem for word in phrase.words)
    ]


def put_first(visit: Visit, query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, first those that hold the phrases literally; their other places no longer count as such."""
    phrases = loose_phrases(query)
    if not phrases or not hits:
        return list(hits)
    asked, rest = hits[:LOOKED_AT], hits[LOOKED_AT:]
    texts = _texts(visit, asked, [number for number, _ in phrases])
    rated = [
        _rate(hit, phrases, texts[hit.id, hit.version]) for hit in asked if (hit.id, hit.version) in texts
    ]
    unseen = [(0, hit) for hit in asked if (hit.id, hit.version) not in texts]
    order = {hit.id: place for place, hit in enumerate(asked)}
    ranked = sorted(rated + unseen, key=lambda one: (-one[0], order[one[1].id]))
    return [*(hit for _, hit in ranked), *rest]


@dataclass
class _Text:
    """The pages of a version and the number of the first word of each; `words_of` those that were needed."""

    titles: tuple[str, str]
    pages: list[int]
    offsets: np.ndarray
    words_of: Mapping[int, list[str]]

    def near(self, start: int) -> list[int]:
        """The page on which a word stands, and the next."""
        at = int(np.searchsorted(self.offsets, start, side="right")) - 1
        return self.pages[at : at + 2]

    def words(self, start: int, length: int) -> list[str]:
        """Words of the text, folded, from the word numbered `start`; fewer at its end."""
        begin = start - int(self.offsets[np.searchsorted(self.offsets, start, side="right") - 1])
        found = [word for page_id in self.near(start) for word in self.words_of[page_id]]
        return found[begin : begin + length]


def _texts(visit: Visit, hits: Sequence[Hit], numbers: Sequence[int]) -> dict[tuple[str, int], _Text]:
    """The texts of hits, with the words around the places of the phrases of these numbers."""
    rows = visit.session.execute(
        select(Resource.public_id, Version.number, Resource.title, Resource.summary, Page.id, Page.tokens)
        .join(Version, Version.resource_id == Resource.id)
        .join(File, File.version_id == Version.id)
        .join(Page, Page.file_id == File.id)
        .where(tuple_(Resource.public_id, Version.number).in_([(hit.id, hit.version) for hit in hits]))
        .order_by(Resource.id, File.number, Page.number)
    )
    words: dict[int, list[str]] = {}
    found: dict[tuple[str, int], _Text] = {}
    first: dict[tuple[str, int], int] = {}
    for public_id, number, title, summary, page_id, tokens in rows:
        key = (public_id, number)
        text = found.setdefault(key, _Text((title, summary), [], np.zeros(0, dtype=np.int64), words))
        text.pages.append(page_id)
        text.offsets = np.append(text.offsets, first.get(key, 0))
        first[key] = first.get(key, 0) + tokens
    needed = {
        page_id
        for hit in hits
        for text in [found.get((hit.id, hit.version))]
        if text is not None
        for number in numbers
        for start in hit.positions[hit.items == number][:PLACES]
        for page_id in text.near(int(start))
    }
    for page in visit.session.scalars(select(Page).where(Page.id.in_(needed))):
        words[page.id] = [spanish.FOLDED[word] for word, _, _ in spanish.spans(page.text)]
    return found


def _rate(hit: Hit, phrases: Sequence[tuple[int, Phrase]], text: _Text) -> tuple[int, Hit]:
    """How many phrases a hit holds literally, and the hit with those places only, where there are any."""
    held, keep = 0, np.ones(len(hit.positions), dtype=bool)
    for number, phrase in phrases:
        places = np.flatnonzero(hit.items == number)[:PLACES]
        literal = [place for place in places if _stands(phrase, text, int(hit.positions[place]))]
        if literal:
            keep[hit.items == number] = False
            keep[literal] = True
        if literal or any(_inside(phrase, words) for words in text.titles):
            held += 1
    return held, replace(hit, positions=hit.positions[keep], items=hit.items[keep])


def _stands(phrase: Phrase, text: _Text, start: int) -> bool:
    if start < 0:
        return False
    words = text.words(start, len(phrase.words))
    return len(words) == len(phrase.words) and all(
        word.stem or word.exact == said for word, said in zip(phrase.words, words, strict=True)
    )


def _inside(phrase: Phrase, text: str) -> bool:
    said = [spanish.FOLDED[word] for word, _, _ in spanish.spans(text)]
    wanted = [word.exact for word in phrase.words]
    return any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1))
