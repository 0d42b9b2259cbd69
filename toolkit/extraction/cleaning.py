"""Text as files hold it, made into text that can be shown, stored and searched."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = (0xAD, 0x200B, 0x200C, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF, *range(0x202A, 0x202F))
_CONTROLS = (*range(9), *range(14, 32), *range(0x7F, 0xA0), *range(0x2066, 0x206A))
_SURROGATES = range(0xD800, 0xE000)
_DROPPED = dict.fromkeys((*_INVISIBLE, *_CONTROLS, *_SURROGATES))
_SPACES = dict.fromkeys((0x0B, 0xA0, 0x2007, 0x202F), " ") | dict.fromkeys((0x0C, 0x85, 0x2028, 0x2029), "\n")
_LIGATURES = dict(enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"), start=0xFB00))
_TABLE = {**_DROPPED, **_SPACES, **_LIGATURES}
# A word broken at the end of a line: the soft hyphen, and the marks by which PDFium says the same
_BROKEN_WORD = re.compile("[\u00ad\u0002\ufffe][ \\t]*(?:\\r\\n?|\\n)[ \\t]*(?=\\w)")
_ENDS = re.compile(r"\r\n?")
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\n|\Z)")  # looks at each run once, however long it is
_BLANKS = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    """NFC text without control characters but line ends and tabs.

    Words broken by a soft hyphen at the end of a line are joined, typographic ligatures spelt out, odd
    spaces made plain, lone surrogates and direction marks dropped, more than one empty line made one.
    """
    text = _BROKEN_WORD.sub("", text)
    text = _ENDS.sub("\n", text).translate(_TABLE)
    text = _BLANKS.sub("\n\n", _TRAILING.sub("", text))
    return unicodedata.normalize("NFC", text).strip("\n")
