"""A hidden identifier and one that never was: the same answer by the same work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from tests.conftest import token
from tests.silence.doors import addresses
from tests.silence.hidden import (
    a_draft_of_an_agreement,
    a_joint_space,
    an_emergency,
    an_organization,
    chosen,
    dealings,
    draft,
    once_public,
    own,
    withdrawn,
)
from tests.silence.masks import Answer, difference, masked
from tests.silence.watching import watching
from tests.silence.worlds import Portal, hiding

SECRETS = (own, chosen, draft, withdrawn, once_public, dealings, an_emergency, an_organization, a_joint_space,
           a_draft_of_an_agreement)  # fmt: skip
HIDDEN_SLUGS = ("cerrada-quipu7", "mesa-quipu8", "convenio-quipu9")
WHO = ("visitor", "promoter")
NEVER = "y" * 20
"""An id that never was, and not the one that stands elsewhere in an address of two."""


@dataclass
class Hiding:
    """The portal, its hidden ids by table, and the form tokens of those who ask."""

    portal: Portal
    ids: dict[str, list[str]]
    tokens: dict[str, str]

    def done(self, who: str, method: str, address: str) -> tuple[Answer, list[str]]:
        """The answer at an address, and what was done for it."""
        data = {"csrf_token": self.tokens[who], "revision": "1"} if method == "POST" else None
        with watching(self.portal) as work:
            answer = masked(self.portal.browsers[who].open(address, method=method, data=data))
        return answer, work


@pytest.fixture(scope="module")
def secretive(worlds: tuple[Portal, Portal]) -> Iterator[Hiding]:
    """The portal with something hidden behind every sort of identifier."""
    portal = worlds[1]
    before = portal.ids()
    with hiding(portal, [partial(hide, word=f"quipu{n}") for n, hide in enumerate(SECRETS)]):
        ids = {table: [one for one in found if one not in before[table]]
               for table, found in portal.ids().items()}  # fmt: skip
        tokens = {who: token(portal.browsers[who], "/cuenta" if who != "visitor" else "/ingresar")
                  for who in WHO}  # fmt: skip
        yield Hiding(portal, ids, tokens)


def like(answer: Answer, name: str) -> Answer:
    """The answer with the name that was asked for taken out."""
    headers = tuple((key, value.replace(name, "ID")) for key, value in answer.headers)
    return Answer(answer.status, headers, answer.body.replace(name.encode(), b"ID"))


def unlike(secretive: Hiding, who: str, address: str, method: str, hidden: str, never: str) -> list[str]:
    """What differs between a hidden name in an address and one that never was."""
    other = address.replace(hidden, never)
    secretive.done(who, method, other)  # what is kept from the first time on is kept now
    answer, work = secretive.done(who, method, address)
    answer_there, work_there = secretive.done(who, method, other)
    found = difference(like(answer, hidden), like(answer_there, never))
    if work != work_there:
        found += ["other work:", *(set(work) ^ set(work_there)), f"{len(work)} steps, {len(work_there)}"]
    return [f"{who} {method} {address}", *found] if found else []


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_hidden_identifier_is_answered_as_one_that_never_was(
    secretive: Hiding, who: str, method: str
) -> None:
    asked = addresses(secretive.portal.app, secretive.ids, HIDDEN_SLUGS, method)
    hidden = [one for ids in secretive.ids.values() for one in ids]
    names = dict.fromkeys(hidden, NEVER) | {slug: slug[::-1] for slug in HIDDEN_SLUGS}
    tried = [(address, name) for address in asked for name in names if name in address]
    assert {name for _, name in tried} >= {ids[0] for ids in secretive.ids.values() if ids}
    differing = []
    for address, name in tried:
        differing += unlike(secretive, who, address, method, name, names[name])
    assert not differing, "\n".join(differing[:60])
