"""A document as its outline: headings, sentences, facts, tables, lists, in the order in which they are read.
One outline is shown as a page and written as a file, so that neither says what the other does not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Link:
    """Words that lead to a page of the portal: its endpoint and what the address holds."""

    words: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)


Words = str | Link | Sequence[str | Link]
"""Words, with links among them."""


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4; `mark` is the anchor of what it begins."""

    kind: ClassVar[str] = "heading"
    level: int
    words: Words
    mark: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Some sentences; a line of its own for each line."""

    kind: ClassVar[str] = "paragraph"
    words: Words


@dataclass(frozen=True)
class Facts:
    """Names, each with what is to be known under it: one thing, or several."""

    kind: ClassVar[str] = "facts"
    facts: Sequence[tuple[str, Sequence[Words]]]


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first cell of each row names it, `numbers` are columns of numbers."""

    kind: ClassVar[str] = "table"
    caption: str
    titles: Sequence[str]
    rows: Sequence[Sequence[Words]]
    numbers: tuple[int, ...] = ()


Block = Heading | Paragraph | Facts | Table


def pieces(words: Words) -> Sequence[str | Link]:
    """Words as a row of pieces, whether they are one or several."""
    return [words] if isinstance(words, str | Link) else words


def digest(blocks: Iterable[Block], *more: object) -> str:
    """What an outline says, with a few things beside it, as 64 letters and numbers: the same for the same
    words and links, and for no others."""
    made = hashlib.sha256(repr(more).encode())
    for block in blocks:
        made.update(repr(block).encode())
    return made.hexdigest()
