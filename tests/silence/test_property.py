"""The same for secrets, searches and addresses that chance chooses: 25 examples, 1,000 in `make soak`."""

from __future__ import annotations

import os
from functools import partial
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.silence.doors import addresses
from tests.silence.hidden import HIDDEN
from tests.silence.masks import Answer, difference
from tests.silence.worlds import COMMON, RARE, VIEWERS, Portal, hiding

EXAMPLES = int(os.environ.get("SILENCE_EXAMPLES", "25"))
WORDS = (*COMMON, *RARE, "guía", "autora", "padrón", "entregado", "propia", "ficha", "otra", "inexistente")
FORMS = ("{0}", "{0} {1}", "{0} {1} {2}", '"{0} {1}"', "{0}*", "{0} -{1}", '{0} -"{1} y"', "titulo:{0}",
         "autor:{0}", "resumen:{0} {1}", "pais:bo {0}", "año:1965 {0}", "{0} tema:t08", "")  # fmt: skip
FILTERS = {"tipo": ("R01", "R07"), "tema": ("T01", "T08", "T09"), "pais": ("PE", "BO"),
           "organizacion": ("ajena", "propia", "cuarta"), "anio": ("1950", "1965", "2012", "2024"),
           "orden": ("fecha", "relevancia"), "pagina": ("1", "2", "9")}  # fmt: skip


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Words, phrases, prefixes, exclusions, fields: of the words of what is seen and of what is hidden."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=3, max_size=3))
    word = words[0][: draw(st.integers(3, 9))] if draw(st.booleans()) else words[0]
    return draw(st.sampled_from(FORMS)).format(word, *words[1:])


@st.composite
def searches(draw: st.DrawFn) -> str:
    """The address of a search, with filters, an order and a page."""
    names = draw(st.lists(st.sampled_from(sorted(FILTERS)), max_size=3, unique=True))
    chosen: dict[str, Any] = {name: draw(st.sampled_from(FILTERS[name])) for name in names}
    return "/biblioteca?" + urlencode({"q": draw(queries()), **chosen})


def secrets(who: str) -> st.SearchStrategy[list[Any]]:
    """One to four secrets that are hidden from this viewer, each with a word of its own."""
    sorts = st.sampled_from([hide for hide, whom in HIDDEN.items() if who in whom])
    return st.lists(st.tuples(sorts, st.sampled_from(RARE)), min_size=1, max_size=4).map(
        lambda chosen: [partial(hide, word=f"{word}{n}") for n, (hide, word) in enumerate(chosen)]
    )


class Remembering:
    """The portal without secrets never changes: what it answered once it would answer again."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._known: dict[tuple[str, str], Answer] = {}

    def get(self, who: str, address: str) -> Answer:
        """As `Portal.get`."""
        if (who, address) not in self._known:
            self._known[who, address] = self._portal.get(who, address)
        return self._known[who, address]


REMEMBERED: dict[int, Remembering] = {}


# Without shrinking: an example costs half a second, and the failure says what differs and for whom.
@settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES <= 25,
          suppress_health_check=list(HealthCheck), print_blob=True,
          phases=(Phase.explicit, Phase.generate))  # fmt: skip
@given(data=st.data(), who=st.sampled_from(list(VIEWERS)))
def test_a_viewer_cannot_tell_two_portals_apart_that_differ_in_what_is_hidden(
    worlds: tuple[Portal, Portal], data: st.DataObject, who: str
) -> None:
    plain, secretive = worlds
    remembered = REMEMBERED.setdefault(id(plain), Remembering(plain))
    hidden = data.draw(secrets(who))
    words = data.draw(st.lists(queries(), min_size=1, max_size=4))
    looked_for = data.draw(st.lists(searches(), min_size=2, max_size=6))
    places = data.draw(st.lists(st.integers(0, 10**6), min_size=4, max_size=15))
    with hiding(secretive, hidden):
        every = addresses(plain.app, {table: ids[-6:] for table, ids in secretive.ids().items()})
        for address in looked_for + [every[place % len(every)] for place in places]:
            same(who, address, remembered.get(who, address), secretive.get(who, address))
        for words_ in words:
            assert plain.find(who, words_) == secretive.find(who, words_)
    same(who, looked_for[0], remembered.get(who, looked_for[0]), secretive.get(who, looked_for[0]))


def same(who: str, address: str, one: Answer, other: Answer) -> None:
    """Fails with what differs."""
    assert one == other, "\n".join([f"{who} at {address}", *difference(one, other)])
