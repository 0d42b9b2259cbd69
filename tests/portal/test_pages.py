"""The standing texts."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from portal.instance import Instance
from toolkit.files.formats import FORMATS
from toolkit.search.query import FACET_FIELDS, TEXT_FIELDS, parse

PAGES = ("/ayuda", "/accesibilidad", "/privacidad", "/terminos")


@pytest.mark.parametrize("address", PAGES)
def test_each_page_has_its_text_and_sets_no_cookie(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    words = re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1])
    assert len(words.split()) > 250
    assert "!" not in words


@pytest.mark.parametrize("address", PAGES)
def test_the_contact_is_shown_where_it_is_set(client: FlaskClient, instance: Instance, address: str) -> None:
    assert "mailto:" not in client.get(address).text
    instance.settings["CONTACT"] = "hola@ayni.example"
    assert 'href="mailto:hola@ayni.example"' in client.get(address).text


def test_help_names_every_format_and_the_limit(client: FlaskClient, instance: Instance) -> None:
    instance.settings["UPLOAD_MEGABYTES"] = 77
    page = client.get("/ayuda").text
    assert "77 MB" in page
    for one in FORMATS.values():
        assert f".{one.extensions[0]}" in page, one.code


def test_help_tells_the_grammar_as_it_is(client: FlaskClient) -> None:
    page = html.unescape(client.get("/ayuda").text)
    examples = re.findall(r"<dt><code>(.*?)</code></dt>", page)
    assert len(examples) == 6
    phrase, excluded, prefix, field, facet, _norm = (parse(words) for words in examples)
    assert phrase.phrases and excluded.excluded and field.fielded and len(facet.facets) == 2
    assert any(getattr(item, "prefix", False) for item in prefix.items)
    for name in {*TEXT_FIELDS, *FACET_FIELDS} - {"ano", "autora", "autores", "persona"}:
        assert name in page, name
