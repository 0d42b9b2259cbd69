"""Cut a document that has no pages into parts of about 400 words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WANTED = 400  # words of a part
ENOUGH = 300  # words after which a heading begins a new part
SOME = 100  # words by which a part may pass what is wanted, rather than leave a stub

_SENTENCE_END = re.compile(r"(?<=[.!?…;:])\s+")


@dataclass(frozen=True)
class Block:
    """A paragraph, a row or a heading: `level` 1 to 9 for headings, 0 for everything else."""

    text: str
    level: int = 0


@dataclass(frozen=True)
class Part:
    """Some hundred words; `label` is the heading that they stand under, '' where there is none."""

    label: str
    text: str


def cut_parts(blocks: Iterable[Block], *, join: str = "\n\n") -> Iterator[Part]:
    """The parts of a document, in order; every word of the blocks is in exactly one part.

    A part ends before a heading once it has `ENOUGH` words, and before any block with which it would pass
    `WANTED` words by more than `SOME`. A heading never stands at the end of a part, and the last part is no
    stub of fewer than `SOME` words where the one before can take it. Blocks of more than `WANTED` and `SOME`
    words are cut at their sentences, or where they have none, at `WANTED` words.
    """
    before, last = "", list[Block]()
    for group in _group(itertools.chain.from_iterable(map(_split_long, blocks))):
        size = _count(group)
        if last and size < SOME and _count(last) + size <= WANTED + SOME:
            last += group
            continue
        if last:
            yield _make_part(last, before, join)
            before = next((block.text for block in reversed(last) if block.level), before)
        last = group
    if last:
        yield _make_part(last, before, join)


def _group(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The blocks of each part."""
    held: list[Block] = []
    words = 0
    for block in blocks:
        size = len(block.text.split())
        if not size:
            continue
        if held and (words + size > WANTED + SOME or (block.level and words >= ENOUGH)):
            kept = _without_last_headings(held)
            yield kept
            held = held[len(kept) :]
            words = _count(held)
            if words > SOME and words + size > WANTED + SOME:  # headings as long as a text
                yield held
                held, words = [], 0
        held.append(block)
        words += size
    if held:
        yield held


def _count(blocks: list[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)


def _without_last_headings(blocks: list[Block]) -> list[Block]:
    """The blocks up to the last one that is no heading; all of them where there are only headings."""
    end = len(blocks)
    while end and blocks[end - 1].level:
        end -= 1
    return blocks[: end or len(blocks)]


def _make_part(blocks: list[Block], before: str, join: str) -> Part:
    label = blocks[0].text if blocks[0].level else before
    return Part(label, join.join(block.text for block in blocks))


def _split_long(block: Block) -> Iterator[Block]:
    """The block itself, or where it is too long, pieces of it near `WANTED` words."""
    if len(block.text.split()) <= WANTED + SOME:
        yield block
        return
    held: list[str] = []
    words = 0
    for sentence in _SENTENCE_END.split(block.text):
        for piece in _split_words(sentence):
            size = len(piece.split())
            if held and words + size > WANTED:
                yield Block(" ".join(held), block.level)
                held, words = [], 0
            held.append(piece)
            words += size
    if held:
        yield Block(" ".join(held), block.level)


def _split_words(sentence: str) -> Iterator[str]:
    words = sentence.split(" ")
    for start in range(0, len(words), WANTED):
        yield " ".join(words[start : start + WANTED])
