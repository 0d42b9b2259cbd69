"""Text size and text mode: a form without a token that sets nothing but a preference cookie.

Accepted only from our own pages (`Sec-Fetch-Site`, or `Origin` where a browser sends none); it returns to
the page it came from. For people signed in the size is kept in the profile too.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from portal.section import Section, anyone
from portal.templating import TEXT_SIZES, text_size
from portal.viewer import viewer, visit
from toolkit import people

section = Section("preferences", __name__)
YEAR = 31_536_000


def _our_own() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or _parts(origin).netloc == request.host


def _parts(address: str) -> SplitResult:
    """An address taken apart; one that cannot be, such as «//[», as if nothing stood there."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def back() -> str:
    """The path and query of the page that sent the form; the home page where that is not ours."""
    sent = _parts(request.form.get("pagina", "/"))
    path = sent.path if sent.path.startswith("/") and not sent.path.startswith(("//", "/\\")) else "/"
    return f"{path}?{sent.query}" if sent.query else path


@section.route("/preferencias", access=anyone, methods=["POST"])
def update() -> ResponseReturnValue:
    """Change the text size by one step, or the text mode, and return."""
    if not _our_own():
        abort(403)
    response = redirect(back())
    step = request.form.get("tamano")
    if step in ("mas", "normal", "menos"):
        place = TEXT_SIZES.index(text_size()) + {"mas": 1, "menos": -1, "normal": 0}[step]
        chosen = 100 if step == "normal" else TEXT_SIZES[max(0, min(place, len(TEXT_SIZES) - 1))]
        keep(response, "texto", f"{chosen:g}")
        if viewer().signed_in:
            session = visit().session
            people.change(session, people.oneself(session, visit().viewer), text_size=int(chosen))
    if (mode := request.form.get("modo")) in ("texto", "completo"):
        keep(response, "modo", mode)
    return response


def size_of(kept: int) -> float:
    """The text size that the profile keeps as a whole number; 100 for one that is not offered."""
    return next((size for size in TEXT_SIZES if int(size) == kept), 100)


def keep(response: ResponseReturnValue, name: str, value: str) -> None:
    """Set a preference cookie, for a year."""
    response.set_cookie(  # type: ignore[union-attr]
        name, value, max_age=YEAR, path="/", samesite="Lax", httponly=True, secure=request.is_secure
    )
