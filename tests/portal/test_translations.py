"""The catalogues are complete, keep the named values of each sentence, and are compiled."""

from __future__ import annotations

import re

import pytest

from portal.translations.__main__ import LANGUAGES, compiled, gather, missing, path_of, read

PLACES = re.compile(r"%\((\w+)\)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    catalog = read(language)
    known = {message.id for message in catalog}
    assert not [message.id for message in gather() if message.id not in known], "run: make words"
    assert not missing(catalog)


@pytest.mark.parametrize("language", LANGUAGES)
def test_named_values_are_kept(language: str) -> None:
    for message in read(language):
        ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
        strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.id:
            wanted = set(PLACES.findall(" ".join(ids)))
            for string in strings:
                assert set(PLACES.findall(string)) <= wanted, message.id
            assert set(PLACES.findall(" ".join(strings))) == wanted, message.id


def plain(words: object) -> object:
    """Singular and plural as one value, whichever kind of sequence holds them."""
    return tuple(words) if isinstance(words, list | tuple) else words


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    from babel.messages.mofile import read_mo

    path = path_of(language).with_suffix(".mo")
    with path.open("rb") as file:
        kept = {plain(message.id): plain(message.string) for message in read_mo(file) if message.id}
    wanted = {plain(message.id): plain(message.string) for message in read(language) if message.id}
    assert kept == wanted, "run: make words"
    assert compiled(read(language))
