"""Numbers of norms, however they are written: DL 085, D.L. 85 and Decreto Legislativo N.º 85 are one norm.

Rule 5 of product.md 2.9. The tokens hold a hyphen, so that no word of a text can be mistaken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DASH = "[-‐‑‒–—/]"
_PATTERN = re.compile(
    rf"""[dlr](?<!\w.)(?:
      (?P<ley>(?<=l)ey)
    | (?P<dley>(?<=d)ecreto(?:\s{{1,3}}|{_DASH})ley)
    | (?P<dl>(?<=d)(?:\.?\s?l(?:eg)?\.?|ecreto\s{{1,3}}leg(?:islativo|\.)))
    | (?P<ds>(?<=d)(?:\.?\s?s\.?|ecreto\s{{1,3}}supremo))
    | (?P<du>(?<=d)(?:\.?\s?u\.?|ecreto\s{{1,3}}de\s{{1,3}}urgencia))
    | (?P<rm>(?<=r)(?:\.?\s?m\.?|esoluci[oó]n\s{{1,3}}ministerial))
    | (?P<res>(?<=r)es(?:oluci[oó]n)?\.?
        (?:\s{{1,3}}(?:sbs|suprema|directoral|jefatural|de\s{{1,3}}superintendencia))?)
    )
    \s{{0,3}}(?:n(?:ro|[uú]m(?:ero)?)?\.?\s?[º°o]?\.?)?\s{{0,3}}
    (?P<number>\d{{1,2}}\.\d{{3}}|\d{{1,6}})(?!\d)
    (?:\s?{_DASH}\s?(?P<year>\d{{4}}|\d{{2}})(?!\d)(?:\s?{_DASH}\s?(?P<body>[a-z]{{2,20}}))?)?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm named in a text: its characters (as a slice) and its tokens, the fullest first."""

    start: int
    end: int
    tokens: tuple[str, ...]


def find(text: str) -> Iterator[Norm]:
    """The norms that a text names, from left to right, in time linear in its length."""
    lowered = text.replace("İ", "I").lower()  # the one letter that is longer in lower case
    for found in _PATTERN.finditer(lowered):
        kind = str(found.lastgroup and next(k for k in _KINDS if found[k] is not None))
        yield Norm(found.start(), found.end(), _tokens(kind, found["number"], found["year"], found["body"]))


_KINDS = ("ley", "dley", "dl", "ds", "du", "rm", "res")


def _tokens(kind: str, number: str, year: str | None, body: str | None) -> tuple[str, ...]:
    digits = number.replace(".", "").lstrip("0") or "0"
    if kind in ("ley", "dley", "dl") or not year:
        return (f"{kind}-{digits}",)
    short = f"{kind}-{digits.zfill(3)}-{year}"
    return (f"{short}-{body}", short) if body else (short,)
