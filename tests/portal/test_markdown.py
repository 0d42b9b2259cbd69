"""Markdown that people write, as it stands on a page: whatever is in it, nothing acts."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.markdown import ATTRIBUTES, SCHEMES, TAGS, render
from toolkit.markdown import plain

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "naughty-strings.json"
TRICKS = (
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](&#x6A;avascript:alert(1))",
    "[a](java\tscript:alert(1))", "[a](data:text/html,<script>alert(1)</script>)", "[a](vbscript:x)",
    "![a](javascript:alert(1))", "![a](https://lejos.example/foto.png)", "<javascript:alert(1)>",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href='//malo.example' onclick=x()>a</a>",
    "[a]: javascript:alert(1)\n\n[a]", "`<script>alert(1)</script>`", "<details open ontoggle=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<math><mtext><style><img src onerror=alert(1)>",
    '[a](https://x.pe "onmouseover=alert(1)")', "<form action=//malo.example><button>", "<base href=//malo>",
)  # fmt: skip


def check(text: str) -> None:
    """Fails for an element, an attribute or a scheme that is not on the list."""
    html = str(render(text))
    parsed = html5lib.parseFragment(html, namespaceHTMLElements=False)
    for element in parsed.iter():
        if isinstance(element, Element) and element is not parsed and isinstance(element.tag, str):
            assert element.tag in TAGS, html
            allowed = {"title", "lang", "rel", *ATTRIBUTES.get(element.tag, ())}
            assert set(element.attrib) <= allowed, html
            assert urlsplit(element.get("href", "")).scheme in SCHEMES | {""}, html
    again = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES,
                      link_rel="noopener noreferrer")  # fmt: skip
    assert again == html


@pytest.mark.parametrize("text", TRICKS)
def test_no_trick_acts(text: str) -> None:
    check(text)
    check(f"# {text}\n\n- {text}\n\n> {text}\n\n| a |\n|---|\n| {text} |")


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the list of naughty strings is not part of the repository")
def test_no_naughty_string_acts() -> None:
    for text in json.loads(NAUGHTY.read_text(encoding="utf-8")):
        check(text)
        check(f"**{text}** [{text}]({text})")


@given(st.text(alphabet="<>\"'()[]!`*_#|&;:/\\-= \n\tabjs", max_size=80))
def test_nothing_that_is_typed_acts(text: str) -> None:
    check(text)


def test_the_headings_begin_below_that_of_the_page() -> None:
    assert str(render("# Uno\n\n## Dos\n\n### Tres\n\n###### Seis")).replace("\n", "") == (
        "<h2>Uno</h2><h2>Dos</h2><h3>Tres</h3><h4>Seis</h4>"
    )


def test_links_to_the_web_and_to_mail_stay() -> None:
    html = str(render("[uno](https://x.pe/a?b=1&c=2) [dos](mailto:ana@x.pe) [tres](/biblioteca)"))
    assert 'href="https://x.pe/a?b=1&amp;c=2"' in html and 'href="mailto:ana@x.pe"' in html
    assert 'href="/biblioteca"' in html and html.count("noopener") == 3


def test_the_words_alone() -> None:
    text = "# Título\n\nUna **palabra** y [otra](https://x.pe).\n\n| a | b |\n|---|---|\n| c | d |\n\n    x"
    assert plain(text).split() == ["Título", "Una", "palabra", "y", "otra.", "a", "b", "c", "d", "x"]
