"""Two portals that differ only in what a viewer may not read give that viewer the same through every door."""

from __future__ import annotations

import difflib
from functools import partial

import pytest

from tests.silence.doors import addresses
from tests.silence.hidden import HIDDEN
from tests.silence.masks import Answer
from tests.silence.worlds import RARE, VIEWERS, Portal, hiding

Worlds = tuple[Portal, Portal]


def unlike(worlds: Worlds, who: str, asked: list[str]) -> list[str]:
    """The addresses at which one viewer is answered differently."""
    plain, secretive = worlds
    found = []
    for address in asked:
        one, other = plain.get(who, address), secretive.get(who, address)
        if one != other:
            found += [f"{who} at {address}: {one.status}, {other.status}", *_difference(one, other)]
    return found


def _difference(one: Answer, other: Answer) -> list[str]:
    lines = ([str(some.headers), *some.body.decode(errors="replace").splitlines()] for some in (one, other))
    return list(difflib.unified_diff(*lines, lineterm="", n=0))[:12]


@pytest.mark.parametrize("who", VIEWERS)
def test_no_door_shows_what_is_hidden(worlds: Worlds, who: str) -> None:
    plain, secretive = worlds
    hidden = [hide for hide, whom in HIDDEN.items() if who in whom]
    secrets = [partial(hide, word=f"{RARE[n % len(RARE)]}{n}") for n, hide in enumerate(hidden)]
    with hiding(secretive, secrets):
        ids = secretive.ids()
        asked = list(addresses(plain.app, ids[:12]))
        unlikely = unlike(worlds, who, asked)
        assert not unlikely, "\n".join(unlikely)
