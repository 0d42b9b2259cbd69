"""Markdown that people write, as HTML that is safe to show: rendered, then only what is on the list stays."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "a", "code", "pre", "hr",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
_WRITER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_LOWER = {"heading_open", "heading_close"}


def render(text: str) -> Markup:
    """The HTML of a text in Markdown. Headings begin at h2, since the page has its own h1; links lead to the
    web or to an address of e-mail; nothing else that could act is left."""
    tokens = _WRITER.parse(text)
    for token in tokens:
        if token.type in _LOWER:
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"
    html = _WRITER.renderer.render(tokens, _WRITER.options, {})
    return Markup(  # noqa: S704 - cleaned by the line below
        nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer")
    )
