"""The readable end of an address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import chain, count

LONGEST = 60


def slug(title: str, otherwise: str) -> str:
    """«balance-social-en-una-hoja» of a title, at most 60 characters; `otherwise` where nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(words) > LONGEST:
        words = words[: LONGEST + 1].rpartition("-")[0] or words[:LONGEST]
    return words or otherwise


def free(first: str, taken: Container[str | None]) -> str:
    """`first`, or else «first-2», «first-3» …, whichever comes first that is not taken."""
    numbered = (f"{first}-{number}" for number in count(2))
    return next(one for one in chain([first], numbered) if one not in taken)
