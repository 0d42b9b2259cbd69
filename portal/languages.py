"""Three languages: Spanish without prefix, `/pt/…` and `/en/…`. The address says which, nothing else.

The prefix is taken off before Flask sees the path and becomes part of the script name, so that every
address that Flask builds stays in the language of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel.support import NullTranslations, Translations
from flask import Flask, request
from flask_babel import Babel
from markupsafe import Markup

from toolkit.errors import Message

LANGUAGES = {"es": "Español", "en": "English", "pt": "Português"}
CATALOGUES = Path(__file__).parent / "translations"
LOCALES = {"es": "es_PE", "en": "en_GB", "pt": "pt"}
_SPOKEN = ContextVar("language", default="es")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class LanguagePrefix:
    """WSGI: `/pt/biblioteca` → `/biblioteca` in Portuguese. Static files and `/salud` have no language."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        first, _, rest = environ.get("PATH_INFO", "")[1:].partition("/")
        if first in ("pt", "en"):
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
            environ["PATH_INFO"] = f"/{rest}"
        with speaking(first if first in ("pt", "en") else "es"):
            return self._application(environ, start_response)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """While the block runs, everything is said in this language: `es`, `pt` or `en`."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def language() -> str:
    """The language of the page, or of the message being written: `es`, `pt` or `en`."""
    return _SPOKEN.get()


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "es":
        return NullTranslations()
    return Translations.load(str(CATALOGUES), [language])


def gettext(sentence: str, **values: object) -> str:
    """A marked sentence in the language of the page, its named values put in.

    Flask-Babel's own looks its catalogue up anew for each sentence: 50 µs, a hundred times a page.
    """
    words = _catalogue(language()).gettext(sentence)
    return words % values if values else words


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The same where the sentence depends on a number, which is `%(num)s` in it."""
    return _catalogue(language()).ngettext(singular, plural, num) % {"num": num, **values}


@lru_cache(maxsize=10_000)
def _markup(language: str, sentence: str) -> Markup:
    return Markup(_catalogue(language).gettext(sentence))  # noqa: S704 - sentences of the source


def _in_template(sentence: str, **values: object) -> Markup:
    """`gettext` for templates: the sentence is markup as it stands, values that are put in are escaped.

    Jinja's own resolves its function in the context at each call, which costs as much as a whole row.
    """
    words = _markup(language(), sentence)
    return words % values if values else words


def locale() -> str:
    """The locale for Babel: dates and numbers as in Peru, in Brazil's or England's language elsewhere."""
    return LOCALES[language()]


def say(message: Message | None) -> str:
    """A message of toolkit in the language of the page, its marked values too."""
    if message is None:
        return ""
    values = {key: gettext(value) if isinstance(value, str) and value else value
              for key, value in message.values.items()}  # fmt: skip
    return gettext(message.text, **values) if values else gettext(message.text)


def same_page(other: str) -> str:
    """The address of this page in another language."""
    prefix = "" if other == "es" else f"/{other}"
    query = request.query_string.decode("utf-8", "replace")
    path = quote(request.path, safe="/:@!$&'()*+,;=~-._")
    return f"{prefix}{path}?{query}" if query else f"{prefix}{path}"


def set_up(app: Flask) -> None:
    """Install Babel and the prefix."""
    app.config.update(BABEL_DEFAULT_LOCALE="es_PE", BABEL_DEFAULT_TIMEZONE="America/Lima")
    Babel(app, locale_selector=locale)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, lambda one, many, n: _catalogue(language()).ngettext(one, many, n), newstyle=True
    )
    app.jinja_env.globals["_"] = _in_template
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
