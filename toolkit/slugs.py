"""The readable end of an address."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60


def slug(title: str, otherwise: str) -> str:
    """«balance-social-en-una-hoja» of a title, at most 60 characters; `otherwise` where nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(words) > LONGEST:
        words = words[: LONGEST + 1].rpartition("-")[0] or words[:LONGEST]
    return words or otherwise
