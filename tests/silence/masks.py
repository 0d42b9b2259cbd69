"""The one mask under which two answers are compared: it takes away what differs between any two requests.

CSP nonce, CSRF token, session cookie, `Date`, request reference and `took_ms`; nothing else.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

MASK = "·"
_IN_BODIES = re.compile(
    rb'(?P<before><script [^>]*\bnonce="'  # the nonce
    rb'|<input type="hidden" name="csrf_token" value="'
    rb"|con esta referencia: <strong>"
    rb'|"took_ms": ?)(?P<value>[^"<>,} ]+)'
)
_IN_POLICY = re.compile(r"'nonce-[^']+'")
_SESSION = re.compile(r"^((?:__Host-)?ayni)=[^;]*")


@dataclass(frozen=True)
class Answer:
    """What a person gets: status, headers in their order, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def masked(answer: TestResponse) -> Answer:
    """The answer without what differs between any two requests."""
    headers = tuple((name, _header(name, value)) for name, value in answer.headers.items())
    return Answer(answer.status_code, headers, _IN_BODIES.sub(rb"\g<before>" + MASK.encode(), answer.data))


def masked_json(line: dict[str, Any]) -> str:
    """A line of `portal search --json` without `took_ms`, in its order."""
    return json.dumps({**line, "took_ms": MASK}, ensure_ascii=False)


def _header(name: str, value: str) -> str:
    if name == "Content-Security-Policy":
        return _IN_POLICY.sub(f"'nonce-{MASK}'", value)
    if name == "Set-Cookie":
        return _SESSION.sub(rf"\1={MASK}", value)
    return MASK if name == "Date" else value


def difference(one: Answer, other: Answer) -> list[str]:
    """The first lines that differ between two answers."""
    lines = ([str(some.headers), *some.body.decode(errors="replace").splitlines()] for some in (one, other))
    return list(difflib.unified_diff(*lines, lineterm="", n=0))[:12]
