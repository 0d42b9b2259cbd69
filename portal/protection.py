"""Headers that every answer carries, and its compression."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.templating import nonce

COMPRESSED = ("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml")
YEAR = 31_536_000


def policy() -> str:
    """The content security policy of our own pages: nothing from elsewhere, no inline code."""
    return (
        "default-src 'none'; "
        f"script-src 'nonce-{nonce()}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; manifest-src 'self'"
    )


def _signed_in() -> bool:
    return ("viewer" in g and g.viewer.signed_in) or ("visit" in g and g.visit.viewer.signed_in)


@lru_cache(maxsize=32)
def _packed(body: bytes) -> bytes:
    """A static file, compressed as far as it goes, once."""
    return gzip.compress(body, 9, mtime=0)


def trust(app: Flask, proxies: int) -> None:
    """Take the visitor's address from the header that this many proxies in front have written, each its own
    entry from the right; with none, whatever such headers say is nothing but words. The host and the scheme
    are never taken from a header: they come from `PUBLIC_URL`."""
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )


def set_up(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer; answers that set their own policy (files) keep it."""

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy())
        headers["X-Content-Type-Options"] = "nosniff"
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if https:
            headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
        if request.endpoint == "static":
            if request.args.get("v"):
                headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        elif _signed_in() or response.status_code >= 400 or "=True" in headers.get("Cache-Control", ""):
            headers["Cache-Control"] = "private, no-store"
        else:
            headers.setdefault("Cache-Control", "private, no-cache")
        return response

    @app.after_request
    def compress(response: Response) -> Response:
        if (
            response.mimetype not in COMPRESSED
            or "gzip" not in request.headers.get("Accept-Encoding", "")
            or response.status_code in (204, 206, 304)
            or "Content-Encoding" in response.headers
        ):
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) > 1000:
            response.set_data(_packed(body) if request.endpoint == "static" else gzip.compress(body, 6))
            response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        return response
