"""What templates may use: addresses of static files, dates, sizes, labels, the reader's preferences."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterable
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from flask import Flask, g, request
from flask_babel import format_date
from markupsafe import Markup, escape

from portal import languages, markdown
from portal.languages import gettext
from portal.viewer import instance, viewer
from toolkit import partial_dates, vocabulary
from toolkit.access import LIMA
from toolkit.records import now

TEXT_SIZES = (87.5, 100, 125, 150, 200)
STATIC = Path(__file__).parent / "static"


@cache
def asset(name: str) -> str:
    """The address of a static file, with a mark of its content so that it may be kept for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={mark}"


def nonce() -> str:
    """The nonce of this answer, the same for its scripts and its content security policy."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def text_size() -> float:
    """The text size in percent that this reader chose; the cookie counts, 100 without one."""
    try:
        size = float(request.cookies.get("texto", "100"))
    except ValueError:
        return 100
    return size if size in TEXT_SIZES else 100


def text_only() -> bool:
    """Has this reader asked for pages without pictures?"""
    return request.cookies.get("modo") == "texto"


def label(facet: str, code: str) -> str:
    """The label of a vocabulary code in the language of the page."""
    words = vocabulary.of_facet(facet) or vocabulary.load(facet)
    return words.label(code, languages.language())


def language_in_sentence(code: str) -> str:
    """The name of a language inside a sentence: with a capital in English, without elsewhere."""
    words = label("language", code)
    return words if languages.language() == "en" else words.lower()


def day(moment: dt.datetime | dt.date | str | None) -> str:
    """A date in words: «28 de setiembre de 2015», in Lima's calendar. In the values of an
    e-mail it stands as text."""
    if not moment:
        return ""
    if isinstance(moment, str):
        moment = dt.date.fromisoformat(moment)
    date = moment.astimezone(LIMA).date() if isinstance(moment, dt.datetime) else moment
    return str(format_date(date, "long"))


def short_day(moment: dt.datetime | dt.date | None) -> str:
    """A date for a narrow list, in Lima's calendar: «23 nov.», with the year when it is another."""
    if moment is None:
        return ""
    date = moment.astimezone(LIMA).date() if isinstance(moment, dt.datetime) else moment
    this_year = now().astimezone(LIMA).year
    return str(
        format_skeleton("MMMd" if date.year == this_year else "yMMMd", date, locale=languages.locale())
    )


def month(date: dt.date) -> str:
    """A month in words: «marzo de 2015»."""
    return str(format_skeleton("yMMMM", date, locale=languages.locale()))


def known_day(said: str) -> str:
    """A date as far as it is known, in words: «15 de enero de 2026», «enero de 2026», «2026»."""
    if len(said) <= 4:
        return said
    date = partial_dates.first_day(said)
    return day(date) if len(said) == 10 else month(date)


def last_day(end: dt.datetime | None) -> str:
    """The last day, in words and Lima's calendar, on which something that ends at a moment still holds."""
    return day(end and end - dt.timedelta(microseconds=1))


def moment(when: dt.datetime | None) -> str:
    """A date with its time in Lima: «28 set. 2015, 10:42»."""
    if when is None:
        return ""
    return f"{format_date(when.astimezone(LIMA).date(), 'medium')}, {when.astimezone(LIMA):%H:%M}"


def atom(when: dt.datetime | None) -> str:
    """A moment as feeds write it (RFC 3339); the beginning of time without one."""
    return (when or dt.datetime.fromtimestamp(0, dt.UTC)).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def size(count: int) -> str:
    """Bytes for people: «640 KB», «1.2 MB»."""
    if count < 1000:
        return gettext("%(n)s bytes", n=count)
    if count < 1_000_000:
        return f"{number(round(count / 1000))} KB"
    return f"{number(round(count / 1_000_000, 1))} MB"


def number(value: int | float | Decimal) -> str:
    """A number as the language of the page writes it."""
    return _written(value, languages.locale())


@lru_cache(maxsize=5000)
def _written(value: int | float | Decimal, locale: str) -> str:
    return str(format_decimal(value, locale=locale))


def percent(value: int | float | Decimal) -> str:
    """So many hundredths: «45 %» in Spanish, with a space that does not break; “45%” in the others, as
    Babel writes it there."""
    spoken = languages.language()
    return str(format_percent(value / 100, locale="es" if spoken == "es" else languages.locale()))


def listed(words: Iterable[str]) -> str:
    """Some things in a sentence: «ACI Américas y PRODUCE», «PRODUCE e INCORE»."""
    told = str(format_list(list(words), locale=languages.locale()))
    return re.sub(r" y (?=h?[ií](?![ae]))", " e ", told, flags=re.I) if languages.language() == "es" else told


def cut(words: str, most: int = 90) -> str:
    """At most so many characters, cut at the end of a word and then with «…»."""
    if len(words) <= most:
        return words
    whole = words[: most + 1].rpartition(" ")[0] or words[:most]
    return whole.rstrip(" .,;:") + "…"


def marked(pieces: list[tuple[str, bool]]) -> Markup:
    """A snippet: pieces of text, those that answer the query in `<mark>`; every piece is escaped."""
    return Markup(  # noqa: S704 - all that is not escaped is the mark itself
        "".join(f"<mark>{escape(text)}</mark>" if hit else str(escape(text)) for text, hit in pieces)
    )


def set_up(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset, nonce=nonce, label=label, language=languages.language, same_page=languages.same_page,
        language_in_sentence=language_in_sentence,
        LANGUAGES=languages.LANGUAGES, text_size=text_size, text_only=text_only, vocabulary=vocabulary,
        say=languages.say,
    )  # fmt: skip
    app.jinja_env.filters.update(day=day, month=month, known_day=known_day, moment=moment, size=size,
                                 number=number, percent=percent, listed=listed, cut=cut,
                                 marked=marked, markdown=markdown.render, atom=atom,
                                 last_day=last_day, short_day=short_day)  # fmt: skip

    @app.context_processor
    def people() -> dict[str, Any]:
        return {"viewer": viewer(), "settings": instance().settings}
