"""By which keys a norm is known, however somebody writes its number."""

from __future__ import annotations

import re
from functools import lru_cache

from toolkit.search import norms, spanish

_BARE = re.compile(r"(\d{1,6})\s?[-‐–/]\s?(\d{4}|\d{2})\s?[-‐–/]\s?([a-z]{2,20})", re.ASCII)
_OF_LAST_CENTURY = re.compile(r"-19(\d{2})\b")


@lru_cache(maxsize=4096)
def keys(number: str) -> frozenset[str]:
    """All keys of a norm with this number: with and without the body that issued it («TR») and the kind
    («DS»); of a name that is no number its words."""
    found = next(iter(norms.find(number)), None)
    if found is None or found.start > 0:
        return asked(number)
    _, _, rest = found.tokens[0].partition("-")
    bare = {rest} if len(found.tokens) > 1 else set()
    return frozenset(_short(key) for key in {*found.tokens, *bare})


def asked(text: str) -> frozenset[str]:
    """The keys for which these words ask: every norm that they name as closely as they do, or else the words
    themselves. «074-90-TR» alone names one too."""
    named = {_short(found.tokens[0]) for found in norms.find(text)}
    bare = _BARE.fullmatch(text.strip().lower())
    if bare:
        digits = bare[1].lstrip("0") or "0"
        named.add(_short(f"{digits.zfill(3)}-{bare[2]}-{bare[3]}"))
    words = " ".join(spanish.FOLDED[word] for word in spanish.split(text))
    return frozenset(named or ({words} if words else ()))


def _short(key: str) -> str:
    """«ds-074-90-tr» for «ds-074-1990-tr»: years of the last century are written both ways."""
    return _OF_LAST_CENTURY.sub(r"-\1", key)
