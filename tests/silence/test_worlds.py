"""Two portals that differ only in what a viewer may not read give that viewer the same through every door."""

from __future__ import annotations

from functools import partial

import pytest

from tests.silence.doors import addresses, in_the_session
from tests.silence.hidden import HIDDEN
from tests.silence.masks import difference
from tests.silence.worlds import RARE, VIEWERS, Portal, hiding
from toolkit.access import SCOPES

Worlds = tuple[Portal, Portal]


def unlike(worlds: Worlds, who: str, asked: list[str]) -> list[str]:
    """The addresses at which one viewer is answered differently."""
    plain, secretive = worlds
    found = []
    for address in asked:
        one, other = plain.get(who, address), secretive.get(who, address)
        if one != other:
            found += [f"{who} at {address}: {one.status}, {other.status}", *difference(one, other)]
    return found


@pytest.mark.parametrize("who", VIEWERS)
def test_no_door_shows_what_is_hidden(worlds: Worlds, who: str) -> None:
    """Every address of the application, of what is seen and of what is not, with every secret at once."""
    plain, secretive = worlds
    hidden = [hide for hide, whom in HIDDEN.items() if who in whom]
    before = secretive.ids()
    with hiding(secretive, [partial(hide, word=f"{RARE[n % 6]}{n}") for n, hide in enumerate(hidden)]):
        ids = {table: [*(one for one in found if one not in before[table]), *before[table][:4]]
               for table, found in secretive.ids().items()}  # fmt: skip
        differing = unlike(worlds, who, addresses(plain.app, ids, ("cerrada-x", "mesa-x")))
        assert not differing, "\n".join(differing)
        assert held(plain, who) == held(secretive, who)


def held(portal: Portal, who: str) -> dict[str, list[str]]:
    """What the session of a viewer holds of every table."""
    with portal.instance.database.visit(portal.viewers[who]) as visit:
        return in_the_session(visit, SCOPES)


def test_there_is_a_secret_in_every_table(worlds: Worlds) -> None:
    """Else the comparison above would say nothing of that table."""
    with hiding(worlds[1], [partial(hide, word=f"tambo{n}") for n, hide in enumerate(HIDDEN)]):
        counts = []
        for portal in worlds:
            with portal.writing() as session:
                counts.append({record.__name__: session.query(record).count() for record in SCOPES})
    assert [name for name, number in counts[0].items() if counts[1][name] <= number] == []
