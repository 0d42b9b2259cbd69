"""The Flask application, which remembers the addresses that it has built."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request


class Application(Flask):
    """Flask, but an address within the portal is built once for the same endpoint, values and language: a
    page of results holds forty of them, most the same as on the page before."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._built = lru_cache(maxsize=4096)(self._build)

    def _build(self, _root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return super().url_for(endpoint, **dict(values))

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's; addresses with a host, and those outside a request, are built each time."""
        plain = has_request_context() and endpoint[0] != "." and not any(name[0] == "_" for name in values)
        if not plain or any(isinstance(value, list) for value in values.values()):
            return super().url_for(endpoint, **values)
        return self._built(request.script_root, endpoint, tuple(values.items()))
