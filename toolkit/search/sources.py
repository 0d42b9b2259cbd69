"""What can be found, noun by noun: how its rows become documents, and where each stands. A noun that shall be
found takes one module like `documents` and one line here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from toolkit.access import Standing
from toolkit.search import (
    actions,
    agreements,
    articles,
    compilations,
    documents,
    initiatives,
    legislation,
    meetings,
    plans,
)
from toolkit.search.shelf import Document


@dataclass(frozen=True)
class Source:
    """The functions of one noun. `load` gives the records with these public ids, `published` the ids of all
    that stand somewhere, `naming` the ids of those whose documents tell of an organisation, `next_turn` the
    next moment at which a record stands elsewhere by date, `turning` all records that have one."""

    noun: str
    load: Callable[[Session, Sequence[str]], list[Any]]
    standings: Callable[[Session, Any], frozenset[Standing]]
    document: Callable[[Session, Any, Standing], Document]
    published: Callable[[Session], list[str]]
    naming: Callable[[Session, int], list[str]]
    next_turn: Callable[[Session, Any], dt.datetime | None]
    turning: Callable[[Session], list[Any]]


TOLD = (articles, agreements, plans, actions, meetings, legislation, compilations, initiatives)
"""Nouns of one text, without files and pages. Their modules say also what a result shows: `seen` gives the
records through a viewer's session, `text_of` and `summary_of` the words for the snippet."""
SOURCES = tuple(
    Source(one.NOUN, one.load, one.standings_of, one.document_of, one.published, one.naming, one.next_turn,
           one.turning)
    for one in (documents, *TOLD)
)  # fmt: skip


def load(session: Session, public_ids: Sequence[str]) -> Iterator[tuple[Source, Any]]:
    """The records with these public ids, of whatever noun, with the source of each."""
    for source in SOURCES:
        yield from ((source, record) for record in source.load(session, public_ids))
