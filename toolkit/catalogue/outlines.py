"""The headings inside a file, for somebody who looks before reading."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from toolkit.database import Visit
from toolkit.records import File, Page

LOOKED_AT = 300
"""Most pages whose beginning is read for headings."""
_LONGEST = 90
_NO_HEADING = re.compile(r"[,;:.\-–—|]$|^[^\w¿¡«\"(]|^[a-zà-ÿ]|\s\|\s")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Heading:
    """A page (sheet, part, slide) and the words it stands under."""

    number: int
    words: str


def outline(visit: Visit, file: File) -> list[Heading]:
    """The headings of a file in order: the label of a page, else its first line where that looks like one.

    A line that stands on many pages is a running head and no heading. Empty where fewer than two are found.
    """
    pages = visit.session.scalars(
        select(Page).where(Page.file_id == file.id).order_by(Page.number).limit(LOOKED_AT)
    ).all()
    lines = {page.number: [] if page.label else _first_lines(page.text) for page in pages}
    often = Counter(_DIGITS.sub("", line) for found in lines.values() for line in set(found))
    running = {line for line, times in often.items() if times > max(2, len(pages) // 4)}
    found: list[Heading] = []
    for page in pages:
        words = page.label or next(
            (line for line in lines[page.number] if _DIGITS.sub("", line) not in running), ""
        )
        again = bool(found) and found[-1].words == words
        if words and not again and (page.label or _looks_like_heading(words, page.text)):
            found.append(Heading(page.number, words))
    return found if len(found) > 1 else []


def _first_lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()[:6] if line.strip()][:3]


def _looks_like_heading(line: str, text: str) -> bool:
    """Short beside the lines of its page, begins with a capital or number, does not end like a sentence."""
    widths = sorted(len(other) for other in text.splitlines() if other.strip())
    usual = widths[len(widths) * 9 // 10] if widths else 0
    return len(line) <= min(_LONGEST, 0.85 * usual) and len(line) > 2 and not _NO_HEADING.search(line)
