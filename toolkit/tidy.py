"""What people typed, made fit to keep, or refused."""

from __future__ import annotations

from toolkit.errors import N_, Invalid

_NEVER = "\ufffe\uffff"
"""What XML 1.0 cannot hold, beside control characters (section 2.2, «Char»)."""


def clean(words: str) -> str:
    """Without control characters and halves of surrogate pairs, which no database or page can carry, and
    without what is no character at all."""
    sound = words.encode("utf-8", "ignore").decode("utf-8")
    return "".join(
        sign
        for sign in sound
        if sign in "\n\t" or (ord(sign) >= 32 and not 127 <= ord(sign) < 160 and sign not in _NEVER)
    )


def line(words: str) -> str:
    """One line, its words one space apart."""
    return " ".join(clean(words).split())


def text(words: str) -> str:
    """Several lines, however the browser ended them, without space around."""
    return clean(words.replace("\r\n", "\n").replace("\r", "\n")).strip()


def check_length(words: str, most: int, field: str) -> None:
    """Raise Invalid naming the field whose words have more than so many characters."""
    if len(words) > most:
        raise Invalid(N_("Tiene más de %(n)s caracteres. Acórtelo."), field=field, n=most)
