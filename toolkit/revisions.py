"""Two people who change the same thing: whoever saves last is told, and no words are lost."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import fields
from typing import Any

from toolkit.errors import Overtaken


def compare(before: Any, said: Any, *, begun: int, kept: int, unordered: Container[str] = ()) -> list[str]:
    """The fields in which what is `said` differs from what was there `before`, two dataclasses of one kind;
    in the `unordered` ones the order of several values says nothing. Raises Overtaken where there are any,
    but the person `begun` from another revision than the one that is `kept` now."""
    pairs = ((one.name, getattr(before, one.name), getattr(said, one.name)) for one in fields(before))
    names = [name for name, old, new in pairs
             if (set(old) != set(new) if name in unordered else old != new)]  # fmt: skip
    if names and begun != kept:
        raise Overtaken(before, kept, names)
    return names
