"""Who is looking, and the one visit of a request.

The visit is opened at its first use, so that receiving and inspecting a file never holds the write lock:
GET and HEAD open a read transaction, everything else takes the write lock at once. What was done is
committed when the answer is below 400; otherwise nothing stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Connection

from portal.instance import Instance
from toolkit.access import VISITOR, Viewer
from toolkit.database import Visit

SAFE = ("GET", "HEAD", "OPTIONS")
Resolver = Callable[[Connection], Viewer]


def instance() -> Instance:
    """The instance that this application serves."""
    return cast(Instance, current_app.extensions["instance"])


def connection() -> Connection:
    """The request's one connection, opened at its first use."""
    if "connection" not in g:
        g.connection = instance().database.connect(writing=request.method not in SAFE)
    return cast(Connection, g.connection)


def viewer() -> Viewer:
    """Who is looking. Asked before the visit is open, it looks in a short transaction of its own."""
    if "visit" in g:
        return cast(Viewer, g.visit.viewer)
    if "viewer" not in g:
        if "connection" in g:
            g.viewer = _resolve(g.connection)
        else:
            short = instance().database.connect()
            try:
                g.viewer = _resolve(short)
            finally:
                short.close()
    return cast(Viewer, g.viewer)


def visit() -> Visit:
    """The request's visit, opened at its first use for the viewer of that moment."""
    if "visit" not in g:
        g.visit = Visit(connection(), _resolve(connection()))
    return cast(Visit, g.visit)


def _resolve(connection: Connection) -> Viewer:
    resolve: Resolver = current_app.extensions.get("resolve_viewer", lambda _: VISITOR)
    return resolve(connection)


def set_up(app: Flask) -> None:
    """Commit below 400, and close whatever happens."""

    @app.after_request
    def keep(response: Response) -> Response:
        if response.status_code < 400 and request.method not in SAFE and "connection" in g:
            if "visit" in g:
                g.visit.session.commit()
            for finish in g.pop("before_commit", ()):
                finish()
            g.connection.commit()
        return response

    @app.teardown_request
    def close(_trouble: Any) -> None:
        if "visit" in g:
            g.pop("visit").session.close()
        if "connection" in g:
            g.pop("connection").close()
