"""The text of a page as paragraphs, headings and tables, with the hits of a query marked in them.

Extracted text knows lines only. Lines of a printed page are joined again into paragraphs, so that they fill
any screen at any text size; rows whose cells are parted by « | » become tables.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

Span = tuple[int, int]
CELL = " | "
LONGEST = 60_000
"""Most characters that are shown at once."""
_FULL = 0.75  # of the usual width: a line that long goes on in the next one
_ITEM = re.compile(r"\s*(?:[•▪‣·*–—-]\s|\(?\d{1,3}[.)]\s|[a-z]\)\s)")
_NUMBER = re.compile(r"[-+−]?(?:S/\s?|US\$\s?)?\d[\d.,\s]*%?")
_END = re.compile(r"[.:;!?»”)]\s*$")


@dataclass(frozen=True)
class Hits:
    """The hits of one page: `spans`, the number of the `first` in the file, that of the `current` one."""

    spans: Sequence[Span] = ()
    first: int = 1
    current: int = 0


@dataclass(frozen=True)
class Block:
    """A piece of a page: `kind` is heading, paragraph, item, lines or table; the last two have `rows`."""

    kind: str
    words: Markup = field(default_factory=Markup)
    rows: tuple[tuple[Markup, ...], ...] = ()

    @property
    def numeric(self) -> list[bool]:
        """For each column of a table, whether all its cells below the first row are numbers."""
        return [
            all(_NUMBER.fullmatch(cell.striptags()) for cell in column[1:])
            for column in zip(*self.rows, strict=True)
        ]


def window(text: str, hits: Hits) -> tuple[str, Hits]:
    """The text and hits to show: of a page of more than `LONGEST` characters (sheets know no end) only whole
    lines around the current hit, or its beginning."""
    if len(text) <= LONGEST:
        return text, hits
    start = hits.spans[hits.current - hits.first][0] if hits.current else 0
    start = text.rfind("\n", 0, max(0, start - LONGEST // 2)) + 1
    end = start + LONGEST
    if end < len(text):
        end = text.rfind("\n", start, end) + 1 or end
    inside = [place for place, (begin, finish) in enumerate(hits.spans) if begin >= start and finish <= end]
    first = inside[0] if inside else 0
    spans = [(hits.spans[place][0] - start, hits.spans[place][1] - start) for place in inside]
    return text[start:end], Hits(spans, hits.first + first, hits.current)


def lay_out(text: str, *, label: str = "", hits: Hits = Hits()) -> list[Block]:  # noqa: B008 - frozen
    """The blocks of a page in order; every character but white space and cell marks is in exactly one."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+|(?<=\n)\n", text)]
    pen = _Pen(text, hits)
    return list(_blocks(text, lines, label, pen))


class _Pen:
    """Writes slices of one text, with the hits in `<mark>`."""

    def __init__(self, text: str, hits: Hits) -> None:
        self.text, self.hits = text, hits
        self.ends = [end for _, end in hits.spans]
        self.numbered: set[int] = set()

    def write(self, start: int, end: int) -> Markup:
        """The characters from `start` to `end`, line ends as blanks."""
        words, at = Markup(), start
        for place in range(bisect_right(self.ends, start), len(self.hits.spans)):
            begin, finish = self.hits.spans[place]
            if begin >= end:
                break
            begin, finish = max(begin, at), min(finish, end)
            words += self._plain(at, begin) + self._mark(place, begin, finish)
            at = finish
        return words + self._plain(at, end)

    def _plain(self, start: int, end: int) -> Markup:
        return Markup("{}").format(self.text[start:end].replace("\n", " "))

    def _mark(self, place: int, start: int, end: int) -> Markup:
        number = self.hits.first + place
        here = Markup(' class="here"') if number == self.hits.current else Markup("")
        name = Markup("") if number in self.numbered else Markup(' id="acierto-{}"').format(number)
        self.numbered.add(number)
        return Markup("<mark{}{}>{}</mark>").format(name, here, self.text[start:end].replace("\n", " "))


def _blocks(text: str, lines: list[Span], label: str, pen: _Pen) -> Iterator[Block]:
    usual = _usual_width(text)
    at = 0
    while at < len(lines):
        start, end = lines[at]
        if not text[start:end].strip():
            at += 1
            continue
        last = _table_end(text, lines, at)
        if last > at + 1:
            yield Block("table", rows=tuple(_row(text, line, pen) for line in lines[at:last]))
        elif _is_heading(text, lines, at, label, usual):
            last = at + 1
            yield Block("heading", pen.write(start, end))
        elif (last := _paragraph_end(text, lines, at, usual)) == at + 1 and not _ITEM.match(text, start, end):
            last = _short_lines_end(text, lines, at, usual)
            rows = tuple((pen.write(*line),) for line in lines[at:last])
            yield Block("lines", rows=rows) if len(rows) > 1 else Block("paragraph", rows[0][0])
        else:
            kind = "item" if _ITEM.match(text, start, end) else "paragraph"
            yield Block(kind, pen.write(start, lines[last - 1][1]))
        at = last


def _usual_width(text: str) -> int:
    """The width of the longer lines, in characters: the longest one in ten may pass it."""
    widths = sorted(len(line) for line in text.split("\n") if line.strip())
    return widths[len(widths) * 9 // 10] if widths else 0


def _cells(text: str, line: Span) -> int:
    return text.count(CELL, *line) + 1


def _table_end(text: str, lines: list[Span], at: int) -> int:
    """Where a run of rows with the same number of cells, two or more, ends."""
    wide = _cells(text, lines[at])
    last = at
    while wide > 1 and last < len(lines) and _cells(text, lines[last]) == wide:
        last += 1
    return last


def _row(text: str, line: Span, pen: _Pen) -> tuple[Markup, ...]:
    cells, at = [], line[0]
    while (cut := text.find(CELL, at, line[1])) >= 0:
        cells.append(pen.write(at, cut))
        at = cut + len(CELL)
    return (*cells, pen.write(at, line[1]))


def _paragraph_end(text: str, lines: list[Span], at: int, usual: int) -> int:
    """Where the paragraph that begins with line `at` ends: after a short line, before an item or a gap."""
    last = at + 1
    while last < len(lines):
        before, line = text[slice(*lines[last - 1])], text[slice(*lines[last])]
        goes_on = len(before) >= _FULL * usual and usual >= 30
        if not goes_on or not line.strip() or _ITEM.match(line) or CELL in line:
            break
        if len(before) < 0.9 * usual and _END.search(before) and line.lstrip()[:1].isupper():
            break
        last += 1
    return last


def _short_lines_end(text: str, lines: list[Span], at: int, usual: int) -> int:
    """Where a run of lines ends that are too short to be joined, as the cells of a printed table are."""
    last = at + 1
    while last < len(lines):
        words = text[slice(*lines[last])]
        alone = _paragraph_end(text, lines, last, usual) == last + 1
        if not words.strip() or not alone or _ITEM.match(words) or _is_heading(text, lines, last, "", usual):
            break
        last += 1
    return last


def _is_heading(text: str, lines: list[Span], at: int, label: str, usual: int) -> bool:
    """A short line that begins with a capital or number, ends like no sentence, and has full lines below."""
    words = text[slice(*lines[at])].strip()
    if at == 0 and words == label:
        return True
    if len(words) > min(90, 0.7 * usual) or words[-1] in ".,;:!?»”)" or CELL in words:
        return False
    if not words[0].isupper() and not (at == 0 and words[0].isdecimal()):
        return False
    below = next((text[slice(*line)] for line in lines[at + 1 : at + 4] if text[slice(*line)].strip()), "")
    return len(below) >= _FULL * usual and not _ITEM.match(below)
