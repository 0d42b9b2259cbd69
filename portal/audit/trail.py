"""What the web layer writes into the audit: where an act comes from, sign-ins, downloads of what is not
public, exports, limits, denials, and what is opened within an emergency access.

Failures are counted, not named, and written once they are 1, 10, 100 … within an hour, so that nobody fills
the database from outside. A denial goes to the log only, and 403 and 404 are one there: what may not be seen
and what never existed are not told apart.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from typing import Any

from flask import Flask, Response, g, request
from flask_login import user_logged_in, user_logged_out

from portal.accounts.records import Account
from portal.accounts.store import Accounts
from portal.viewer import instance, viewer, visit
from toolkit import audit, emergencies, organizations
from toolkit.access import PUBLIC, VISITOR, Viewer
from toolkit.database import Busy, Database
from toolkit.records import File, Resource, now

FAILURES = {
    "security.login": "sign_in",
    "account.use_link": "sign_in",
    "account.use_passkey": "sign_in",
    "security.two_factor_token_validation": "second_step",
    "security.mf_recovery": "second_step",
    "security.verify": "confirm_identity",
}
"""Endpoint → what was tried there; an answer that does not lead on is a failure."""
SILENT = ("static", "preferences.update", "health.show")


def place() -> str:
    """The network that the request comes from, cut: a /24 of IPv4, a /48 of IPv6."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    width = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, width), strict=False))


class Tally:
    """Counts by key within the hour; says the count when it is 1, 10, 100 …"""

    MOST = 10_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hour: dt.datetime | None = None
        self._counts: dict[tuple[str, ...], int] = {}

    def add(self, key: tuple[str, ...]) -> int | None:
        """One more; the count if it is to be written now. Above `MOST` keys all others share one."""
        hour = now().replace(minute=0, second=0, microsecond=0)
        with self._lock:
            if hour != self._hour:
                self._hour, self._counts = hour, {}
            if key not in self._counts and len(self._counts) >= self.MOST:
                key = ()
            count = self._counts[key] = self._counts.get(key, 0) + 1
        return count if str(count).strip("0") == "1" else None


def download(resource: Resource, file: File, response: Response) -> None:
    """Somebody got a file that is not for everybody. Parts of it that follow are not written again."""
    asked = request.range
    first = asked is None or any(begin == 0 for begin, _ in asked.ranges)
    public = resource.state == "published" and resource.level == PUBLIC
    if request.method != "GET" or public or not first or response.status_code not in (200, 206):
        return
    audit.note(
        instance().database, viewer(), "download", "resource", resource.public_id,
        organization_id=resource.organization_id, version=file.version.number, file=file.number,
    )  # fmt: skip


def _note_sign_in(_app: Flask, user: Account, **_: Any) -> None:
    if request.endpoint != "security.change_password":  # it signs in anew those who are in
        _note_account(user, "sign_in")


def _note_sign_out(_app: Flask, user: Any, **_: Any) -> None:
    if isinstance(user, Account):
        _note_account(user, "sign_out")


def _note_account(account: Account, act: str) -> None:
    audit.record(Accounts().session, Viewer(person_id=account.person_id), act, "account",
                 account.person.public_id)  # fmt: skip


def _note_failure(response: Response, tally: Tally, act: str, door: str) -> None:
    """Write it after the answer is sent: the request may hold the write lock until then."""
    here = place()
    count = tally.add((act, door, here))
    database = instance().database

    def write() -> None:
        with audit.acting_from(here):
            _write_count(database, act, door, count or 0)

    if count is not None:
        response.call_on_close(write)


def _write_count(database: Database, act: str, door: str, count: int) -> None:
    try:
        audit.note(database, VISITOR, act, "door", door, result=audit.REFUSED, count=count)
    except Busy:
        audit.tell(VISITOR, act, "door", door, count=count)


def _watch(response: Response, tally: Tally) -> None:
    door = request.endpoint
    if door is None or door in SILENT:
        return
    given = request.view_args or {}
    thing = str(given.get("id") or given.get("slug") or "")
    if response.status_code == 429:
        _note_failure(response, tally, "limit", door)
    elif door in FAILURES and request.method == "POST" and not 300 <= response.status_code < 400:
        _note_failure(response, tally, FAILURES[door], door)
    elif response.status_code in (403, 404):
        audit.tell(viewer(), "denied", request.blueprint or "door", thing or door, door=door)
    elif request.method == "GET" and response.status_code < 300:
        _note_reading(response, door, given)


def _note_reading(response: Response, door: str, given: dict[str, Any]) -> None:
    who = viewer()
    if response.mimetype == "text/csv" and who.signed_in:
        slug = str(given.get("slug", ""))
        whose = organizations.find(visit().session, slug) if slug else None
        audit.note(instance().database, who, "export", "page", door,
                   organization_id=whose.id if whose else None)  # fmt: skip
    if who.emergencies and request.blueprint not in ("administration", "audit", "emergencies", "account"):
        names = {"version": "version", "file": "file", "number": "leaf"}
        parts = {name: given[word] for word, name in names.items() if word in given}
        resource = str(given.get("id", ""))
        slug = "" if resource else str(given.get("slug", ""))  # beside an identifier it is the title's
        emergencies.witness(instance().database, who, door, resource=resource, slug=slug, **parts)


def set_up(app: Flask) -> None:
    """Watch over the requests of this application."""
    tally = Tally()

    def begin() -> None:
        g.acting = audit.acting_from(place())
        g.acting.__enter__()

    app.before_request_funcs.setdefault(None, []).insert(0, begin)

    @app.after_request
    def watch(response: Response) -> Response:
        _watch(response, tally)
        return response

    @app.teardown_request
    def finish(_trouble: Any) -> None:
        if "acting" in g:
            g.pop("acting").__exit__(None, None, None)

    user_logged_in.connect(_note_sign_in, app)
    user_logged_out.connect(_note_sign_out, app)
