"""What somebody had typed when their sign-in ended: it is carried through the forms of sign-in, and back.

A form that arrives without a sign-in is answered with the form to sign in. The words travel on in a hidden
field of it, sealed with the key of the instance, so that nothing is kept here for somebody who may not be who
they say. After the sign-in they stand on a page with a button: nothing is sent that the person has not seen
again. Passwords, files and tokens do not travel, and no form of another site does.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from flask import Flask, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import user_logged_in
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import RequestEntityTooLarge

from portal import errors
from portal.accounts import sign_ins
from portal.accounts.forms import LoginForm
from portal.accounts.records import digest
from portal.languages import gettext
from portal.viewer import viewer

SEALED, LOOKING = "escrito", "solo_ver"
"""The hidden field, and the mark of a form that only asks to see another way of signing in."""
MOST = 200_000
"""Characters that are carried."""
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")
SECRET = ("credential", "csrf_token", "code", SEALED, LOOKING)
NAMES = {
    "title": _l("Título"), "summary": _l("Resumen"), "authors": _l("Autoras y autores"), "year": _l("Año"),
    "message": _l("Mensaje"), "reason": _l("Motivo"), "note": _l("Nota"), "name": _l("Nombre"),
    "email": _l("Correo electrónico"),
}  # fmt: skip
"""What people write in their own words; the rest of a form is chosen."""


@dataclass(frozen=True)
class Written:
    """A form as it was typed: its address, the page it stood on, whose it is («» where nobody knows)."""

    address: str
    page: str
    owner: str
    files: bool
    fields: list[list[str]] = field(default_factory=list)

    @property
    def words(self) -> list[tuple[str, str]]:
        """What was written, with the name that a person knows it by."""
        return [(str(NAMES[name]), value) for name, value in self.fields if name in NAMES and value.strip()]

    @property
    def rest(self) -> list[tuple[str, str]]:
        """What was chosen, under the name that it has in the form."""
        return [(name, value) for name, value in self.fields if name not in NAMES and value.strip()]


def ask() -> ResponseReturnValue:
    """In place of what needs a sign-in: the form to sign in, with what was typed; else the way there."""
    if request.method != "POST":
        return redirect(url_for("security.login", next=_here()))
    try:
        written = _written()
    except RequestEntityTooLarge:
        written = None
        words = gettext("Su sesión terminó, y lo que envió es demasiado grande para conservarlo aquí. Antes "
                        "de ingresar, vuelva atrás en su navegador y copie lo que escribió.")  # fmt: skip
        flash(words, "warning")
    if written is None:
        return redirect(url_for("security.login", next=_page_before() or _here()))
    g.written = _seal().dumps(asdict(written))
    return sign_in_page(401)


def ended() -> bool:
    """Had this browser a sign-in that holds no more?"""
    return "_user_id" in session and not viewer().signed_in


def carried() -> str:
    """The sealed words that go through this page; «» without any."""
    if "written" not in g:
        brought = request.form.get(SEALED, "") if request.method == "POST" else ""
        g.written = brought if _opened(brought) else ""
    return str(g.written)


def looking() -> bool:
    """Did somebody with words to carry only ask to see this form? Nothing is tried then, nor counted."""
    if request.method != "POST" or LOOKING not in request.form or not carried():
        return False
    g.uncounted = True
    return True


def sent(form: FlaskForm) -> bool:
    """Was this form filled in, and well?"""
    return not looking() and bool(form.validate_on_submit())


def sign_in_page(status: int = 200) -> ResponseReturnValue:
    """The form to sign in, empty but for what is carried."""
    return render_template("accounts/login.html", login_user_form=LoginForm(formdata=None)), status


def goes_along() -> bool:
    """Are there words to carry to the next step of signing in? Then its page comes at once: a redirection
    would lose them."""
    g.uncounted = bool(carried())
    return bool(g.uncounted)


def go_on(answer: ResponseReturnValue) -> ResponseReturnValue:
    """After signing in: the page with what was typed; without any, or for somebody else, `answer`."""
    written = _opened(carried())
    if written is None or not g.get("entered"):
        return answer
    if written.owner not in ("", session.get("owner")):
        flash(gettext("Ingresó otra persona: lo que se había escrito antes no se muestra."), "warning")
        return answer
    g.uncounted = True
    g.pop("viewer", None)  # it was nobody until now
    return _show(written)


def _show(written: Written) -> str:
    return render_template("accounts/written.html", written=written)


def _stale(trouble: CSRFError) -> ResponseReturnValue:
    """A form whose token is of an earlier sign-in, because the person signed in again elsewhere."""
    if not viewer().signed_in:
        return sign_in_page(401) if carried() and _our_own() else errors.page(400)
    written = (_opened(carried()) if _our_own() else None) or _written()
    if written is None or written.owner not in ("", session.get("owner")):
        return errors.page(400)
    return _show(written), 409


def _written() -> Written | None:
    """The form that a page of ours sent, without what must not be carried; None where nothing is left.

    Raises RequestEntityTooLarge. A form with files can be long: it is read only for a browser in which
    somebody has signed in before.
    """
    known = request.mimetype == KINDS[0] or (request.mimetype == KINDS[1] and "owner" in session)
    if not known or not _our_own():
        return None
    cast(Any, request).words_only = True
    fields = [[name, value] for name, value in request.form.items(multi=True)
              if name not in SECRET and "password" not in name]  # fmt: skip
    if cast(Any, request).oversize or sum(len(name) + len(value) for name, value in fields) > MOST:
        raise RequestEntityTooLarge
    if not any(value.strip() for _, value in fields):
        return None
    return Written(_here(), _page_before(), str(session.get("owner", "")),
                   request.mimetype == KINDS[1], fields)  # fmt: skip


def _our_own() -> bool:
    """Does the browser say that a page of ours sent this? Where it says nothing at all, no."""
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin"):
        return False
    said = request.headers.get("Origin") or request.headers.get("Referer")
    if said is None:
        return site == "same-origin"
    return _parts(said).netloc == request.host


def _page_before() -> str:
    """Path and query of the page of ours that the form stood on; «» where that is not known."""
    before = _parts(request.headers.get("Referer", ""))
    if before.netloc != request.host or not before.path.startswith("/") or before.path.startswith("//"):
        return ""
    return f"{before.path}?{before.query}" if before.query else before.path


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _here() -> str:
    return request.script_root + request.full_path.rstrip("?")


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="interruption")


def _opened(sealed: str) -> Written | None:
    try:
        return Written(**_seal().loads(sealed)) if sealed else None
    except (BadData, TypeError):
        return None


def _note_entry(_app: Flask, user: Any, **_more: Any) -> None:
    """Somebody signed in: whose words this browser types from now on."""
    g.entered = True
    session["owner"] = digest(user.person.public_id)[:16]


def set_up(app: Flask) -> None:
    """Ask for a sign-in this way wherever one is needed, and give the templates what is carried."""
    app.extensions.update(ask_to_sign_in=ask, viewer_before=sign_ins.before)
    app.register_error_handler(CSRFError, _stale)
    app.jinja_env.globals["carried"] = carried
    user_logged_in.connect(_note_entry, app)
