"""The name that a person gave a file: data to show and to offer on download, never a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 150  # characters, the ending included
_LONGEST_ENDING = 12
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(name: str) -> str:
    """A name that is safe to show and to send in Content-Disposition.

    Keeps the last step of any path (both kinds of slash), drops control and invisible format characters
    (NUL, line ends, right-to-left override, lone surrogates), characters that Windows forbids and dots at
    both ends; makes it NFC and at most `LONGEST` characters with its ending kept. Never empty.
    """
    shown = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    shown = unicodedata.normalize("NFC", shown).replace("\\", "/").rstrip("/ ")
    shown = shown.rsplit("/", 1)[-1]
    shown = _FORBIDDEN.sub("-", shown)
    shown = re.sub(r"\s+", " ", shown).strip(" .")
    if _RESERVED.match(shown):
        shown = "_" + shown
    if len(shown) > LONGEST:
        stem, dot, ending = shown.rpartition(".")
        if dot and len(ending) <= _LONGEST_ENDING:
            shown = stem[: LONGEST - len(ending) - 1].rstrip(" .") + "." + ending
        else:
            shown = shown[:LONGEST].rstrip(" .")
    return shown or "archivo"


def ending_of(name: str) -> str:
    """The ending of a name in lower case without its dot; '' where there is none (".htaccess" has none)."""
    stem, dot, ending = clean_name(name).rpartition(".")
    return ending.lower() if dot and stem else ""
