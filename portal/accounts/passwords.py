"""Passwords: the rules, the hash, and the one function by which accounts are made.

Rules after NIST SP 800-63B and ASVS 5.0 6.2: 10 to 128 characters of any kind, no composition rules,
nothing common or made of the names around the person. Every door normalises alike (NFKD), so that ñ and
accents work whatever keyboard or terminal they were typed on.
"""

from __future__ import annotations

import lzma
import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from passlib.context import CryptContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.records import Account
from toolkit import audit
from toolkit.access import VISITOR, Viewer
from toolkit.errors import N_, Invalid
from toolkit.records import Membership, Organization, Person

SHORTEST, LONGEST = 10, 128
OPTIONS = {"argon2__memory_cost": 19456, "argon2__time_cost": 2, "argon2__parallelism": 1}
"""OWASP's minimum for argon2id: 19 MiB, two passes. About 20 ms here, and it leaves the web process its
memory; the library's default takes 64 MiB for each hash."""

_SIGNS = str.maketrans("@4310$5!", "aaeiossi")
"""Signs and digits that stand for letters in «P@ssw0rd»."""
_TURNS = threading.Semaphore(2)
_RUNS = ("0123456789" * 3, "9876543210" * 3, "qwertyuiopasdfghjklzxcvbnm", "qwertyuiopasdfghjklñzxcvbnm",
         "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p")  # fmt: skip


class Weak(Invalid):
    """A password that must not be used."""

    default = N_("La contraseña debe tener al menos %(n)s caracteres.")

    def __init__(self, text: str | None = None, **values: object) -> None:
        super().__init__(text, field="password", **values)


class Hashing(CryptContext):
    """A hashing context in which at most two hashes are computed at once: each takes 19 MiB."""

    def hash(self, secret: Any, *given: Any, **named: Any) -> str:
        """Wait for a turn, then hash."""
        with _TURNS:
            return str(super().hash(secret, *given, **named))

    def verify(self, secret: Any, hash: Any, *given: Any, **named: Any) -> bool:  # noqa: A002 - passlib's word
        """Wait for a turn, then compare."""
        with _TURNS:
            return bool(super().verify(secret, hash, *given, **named))


hashing = Hashing(schemes=["argon2"], **OPTIONS)


@cache
def _nobodys_hash() -> str:
    return hashing.hash("de nadie")


def matches(password: str, kept: str | None) -> bool:
    """Is this the password that was hashed? Without a hash it takes as long, and the answer is no."""
    found = hashing.verify(normalise(password), kept or _nobodys_hash())
    return found and kept is not None


def normalise(password: str) -> str:
    """The form in which a password is checked and hashed, at every door."""
    return unicodedata.normalize("NFKD", password)


@cache
def common() -> frozenset[str]:
    """Words that passwords are commonly made of, in three languages, as `_letters` has them."""
    lines = resources.files(__package__).joinpath("common-passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in lines.split("\n") if line and not line.startswith("#"))


@cache
def frequent() -> frozenset[str]:
    """Passwords that are used most often, names, and words of our own texts, as `_plain` has them: 40,000."""
    packed = resources.files(__package__).joinpath("frequent-passwords.txt.xz").read_bytes()
    lines = lzma.decompress(packed).decode("utf-8").split("\n")
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _is_frequent(password: str) -> bool:
    """Is it one of those, whatever digits and signs stand around it or in the place of letters?"""
    plain = _plain(password)
    forms = {plain, plain.strip("0123456789"), _letters(password), _letters(password.translate(_SIGNS))}
    return not forms.isdisjoint(frequent())


def _plain(words: str) -> str:
    """Small letters and digits without accents; signs and spaces fall away."""
    parts = unicodedata.normalize("NFKD", words).casefold()
    return "".join(c for c in parts if c.isalnum() and not unicodedata.combining(c))


def _letters(words: str) -> str:
    return "".join(c for c in _plain(words) if not c.isdigit())


def _pieces(names: Iterable[str]) -> set[str]:
    """The words of names (four letters or more), and the names as one word."""
    found = set()
    for name in names:
        found |= {_letters(word) for word in re.split(r"[\W_]+", name)} | {_letters(name)}
    return {piece for piece in found if len(piece) >= 4}


def _is_run(password: str) -> bool:
    """A walk along the keyboard or the digits, two or three signs, or one short piece over and over."""
    plain = unicodedata.normalize("NFC", password).casefold()
    if len(set(plain)) < 4 or any(plain in run or plain[::-1] in run for run in _RUNS):
        return True
    return any(plain == (plain[:n] * len(plain))[: len(plain)] for n in range(1, 6))


def _is_made_of(password: str, words: frozenset[str] | set[str]) -> bool:
    """Does hardly anything remain without one or two of the words, digits and signs?

    A long sentence of common words is a good password: after two of them something is left.
    """
    return _covered(_letters(password), words) or _covered(_letters(password.translate(_SIGNS)), words)


def _covered(letters: str, words: frozenset[str] | set[str]) -> bool:
    for start in range(min(3, len(letters))):
        for end in range(len(letters), start + 2, -1):
            if letters[start:end] not in words:
                continue
            rest = letters[:start] + letters[end:]
            if len(rest) <= 2 or any(rest[: -cut or None] in words for cut in range(3) if len(rest) > cut):
                return True
    return False


def check(password: str, names: Iterable[str] = ()) -> str:
    """The normalised password; raises `Invalid` with a sentence where it must not be used.

    `names` are the names around the person: of the portal, of the organisations, of the person.
    """
    length = len(unicodedata.normalize("NFC", password))
    if length < SHORTEST:
        raise Weak(n=SHORTEST)
    if length > LONGEST:
        raise Weak(N_("La contraseña puede tener como máximo %(n)s caracteres."), n=LONGEST)
    if _plain(password).isdigit() and len(_plain(password)) < 16:
        raise Weak(N_("Una contraseña solo de números se adivina pronto. Agregue palabras."))
    if _is_run(password) or _is_frequent(password) or _is_made_of(password, common()):
        raise Weak(N_("Esa contraseña es muy común. Use tres o cuatro palabras que no vayan juntas."))
    if _is_made_of(password, common() | _pieces(names)):
        raise Weak(N_("La contraseña no puede salir del nombre del portal, de su organización ni de usted."))
    return normalise(password)


def names_around(session: Session, person: Person, portal: str = "") -> list[str]:
    """What a password of this person must not be made of."""
    rows = session.execute(
        select(Organization.name, Organization.acronym, Organization.slug)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.person_id == person.id, Membership.until.is_(None))
    )
    own = [portal, person.name, person.email, person.email.split("@")[0]]
    return own + [word for row in rows for word in row]


def add(
    session: Session, person: Person, password: str | None, *, portal: str = "", viewer: Viewer = VISITOR
) -> Account:
    """Give `person` an account in a maintenance session. Raises `Invalid` for a weak password.

    Without a password nobody can sign in until the person asks for one by e-mail.
    """
    kept = None if password is None else hashing.hash(check(password, names_around(session, person, portal)))
    account = Account(person_id=person.id, password=kept)
    session.add(account)
    session.flush()
    audit.record(session, viewer, "add", "account", person.public_id)
    return account


def change(
    session: Session, person: Person, password: str, *, portal: str = "", viewer: Viewer = VISITOR
) -> None:
    """Set another password in a maintenance session; every sign-in of the person ends.

    A person without an account gets one. Raises `Invalid` for a weak password.
    """
    account = session.scalar(select(Account).where(Account.person_id == person.id))
    if account is None:
        add(session, person, password, portal=portal, viewer=viewer)
        return
    account.password = hashing.hash(check(password, names_around(session, person, portal)))
    account.end_everything()
    audit.record(session, viewer, "change_password", "account", person.public_id)
