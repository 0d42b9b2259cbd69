"""`/salud`: does the portal answer, and can it read its database? It says no more than that."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from portal.section import Section, anyone
from portal.viewer import instance

section = Section("health", __name__)


@section.route("/salud", access=anyone)
def show() -> ResponseReturnValue:
    """200 and `ok` where the database answers; a fault gives 503."""
    try:
        with instance().database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except Exception:
        return jsonify(status="error"), 503
    return jsonify(status="ok")
