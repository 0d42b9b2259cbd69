"""Gather all marked sentences, bring the catalogues up to date and compile them: `make words`.

Prints, for each language, the sentences that still wait for a translation.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LANGUAGES = ("en", "pt")
KEYWORDS = {
    "_": None, "_l": None, "N_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None,
}  # fmt: skip
SAME_DAY = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {
    "**.html": {"trim_blocks": "true", "lstrip_blocks": "true"},
    "**.txt": {"trim_blocks": "true", "lstrip_blocks": "true"},
}


def gather() -> Catalog:
    """All sentences marked in the code and the templates, with where they stand."""
    template = Catalog(project="Ayni", charset="utf-8")
    for folder in ("portal", "toolkit", "templates"):
        found = extract_from_dir(
            str(ROOT / folder), METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",)
        )
        for name, line, words, comments, context in found:
            place = (f"{folder}/{name}", line)
            if "example/" not in name:
                template.add(words, None, [place], auto_comments=comments, context=context)
    return template


def path_of(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Ayni", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """The binary form of a catalogue."""
    catalog.creation_date = catalog.revision_date = SAME_DAY  # so that nothing changes for nothing
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Sentences without a translation, or with one that only guesses."""
    return [str(message.id) for message in catalog if message.id and not _done(message)]


def _done(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return not message.fuzzy and bool(strings) and all(strings)


def main() -> None:
    """Update and compile."""
    template = gather()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, omit_header=True, include_lineno=False)
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        waiting = missing(catalog)
        print(f"{language}: {len(catalog)} sentences, {len(waiting)} to translate")
        for sentence in waiting:
            print(f"  {sentence}")


if __name__ == "__main__":
    main()
