"""Every fault as a page with a clear sentence and a way out; a 500 with a reference to its log line."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, make_response, redirect, render_template, request
from flask.globals import request_ctx
from jinja2 import Template
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from portal import limits
from portal.languages import gettext, say
from toolkit.database import Busy
from toolkit.errors import Conflict, Fault, Forbidden, Gone, Invalid, NotFound

log = logging.getLogger(__name__)
STATUS: dict[type[Fault], int] = {
    NotFound: 404,
    Gone: 410,
    Forbidden: 403,
    Invalid: 422,
    Conflict: 409,
    Busy: 503,
}


def page(status: int, sentence: str = "", **more: object) -> Response:
    """The error page for a status; a page of its own where there is one, the general one elsewhere."""
    if request_ctx.url_adapter is None:  # a foreign host: no address can be built for a page of ours
        return make_response(gettext("La dirección por la que llegó no es la de este portal."), 400,
                             {"Content-Type": "text/plain; charset=utf-8"})  # fmt: skip
    names: list[str | Template] = [f"errors/{status}.html", "errors/any.html"]
    response = make_response(render_template(names, status=status, sentence=sentence, **more), status)
    if status in (429, 503):
        response.headers.setdefault("Retry-After", str(more.get("wait") or 10))
    return response


def set_up(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(Fault)
    def fault(trouble: Fault) -> Response:
        status = next((code for kind, code in STATUS.items() if isinstance(trouble, kind)), 422)
        default = trouble.message.text == type(trouble).default
        return page(status, "" if default and status in (403, 404, 410) else say(trouble.message),
                    details=trouble.message.values)  # fmt: skip

    @app.errorhandler(HTTPException)
    def refused(trouble: HTTPException) -> Response | HTTPException:
        if trouble.code is None or trouble.code < 400:
            return trouble
        if trouble.code == 405 and request.method in ("GET", "HEAD") and (above := _above()):
            return make_response(redirect(above))
        response = page(trouble.code, wait=getattr(trouble, "retry_after", None) or limits.wait())
        for name, value in trouble.get_headers():
            if name.lower() == "allow":
                response.headers[name] = value
        return response

    @app.errorhandler(OperationalError)
    def locked(trouble: OperationalError) -> Response:
        return page(503, say(Busy().message)) if "locked" in str(trouble) else broken(trouble)

    @app.errorhandler(Exception)
    def broken(trouble: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.exception("reference %s: %s %s", reference, request.method, _path())
        return page(500, reference=reference)


def _above() -> str:
    """For the address of a deed, which can only be sent to: the page it was sent from, one step up. A form
    that was refused stands there, and whoever changes the language or the size of its text comes by GET."""
    above, adapter = request.path.rpartition("/")[0], request_ctx.url_adapter
    try:
        return request.script_root + above if above and adapter and adapter.match(above, "GET") else ""
    except (HTTPException, RoutingException):
        return ""


def _path() -> str:
    """The path of the request; a key in it, which would open somebody's account, is not written down."""
    said = request.view_args or {}
    token = said.get("token") or said.get("key")
    return request.path.replace(token, "…") if token else request.path
