"""By which keys a norm is known, however somebody writes its number."""

from __future__ import annotations

import re
from functools import lru_cache

from toolkit.search import norms, spanish

_BARE = re.compile(r"(\d{1,6})\s?[-‐–/]\s?(\d{4}|\d{2})\s?[-‐–/]\s?([a-z]{2,20})", re.ASCII)
_OF_LAST_CENTURY = re.compile(r"(?<=\d)-19(\d{2})\b")  # a year: «dl-1990» is the number of a norm
_OF_THIS_WAY = re.compile(r"^([a-z]+-\d+)-([4-9]\d)\b")  # «ds-074-90»: no norm of Peru has the year 2040 yet


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


def whole(number: str, aliases: str) -> dict[str, str]:
    """The tokens by which a text names a norm as a whole, with the name that each is of; `aliases` a line
    each. A year of the last century is written both ways."""
    tokens: dict[str, str] = {}
    for name in (number, *aliases.splitlines()):
        for found in norms.find(name):
            token = found.tokens[0]
            tokens |= {token: name, _short(token): name, _OF_THIS_WAY.sub(r"\1-19\2", token): name}
    return tokens


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
