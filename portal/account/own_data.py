"""What the portal keeps about a person, for them to read and take along; and how they leave."""

from __future__ import annotations

import datetime as dt
import json

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portal import accounts
from portal.account import section
from portal.accounts import browsers, departure
from portal.accounts.freshness import fresh
from portal.audit import wording
from portal.section import signed_in
from portal.viewer import visit
from toolkit import people, personal_data


def _gathered() -> dict[str, object]:
    person = people.oneself(visit().session, visit().viewer)
    data = personal_data.gather(visit(), accounts.Accounts().session, person)
    opened = [
        {"browser": one.browser, "system": one.system, "address": one.address,
         "begun": one.begun.isoformat(timespec="seconds"), "seen": one.seen.isoformat(timespec="seconds")}
        for one in browsers.browse(person.id)
    ]  # fmt: skip
    return {**data, "sign_ins": opened}


@section.route("/cuenta/mis-datos", access=signed_in)
@fresh
def own_data() -> ResponseReturnValue:
    """What is kept, to be read."""
    return render_template("accounts/own_data.html", data=_gathered(), read=dt.datetime.fromisoformat,
                           act=wording.act, noun=wording.noun)  # fmt: skip


@section.route("/cuenta/mis-datos/descargar", access=signed_in)
@fresh
def download() -> ResponseReturnValue:
    """The same as a file."""
    words = json.dumps(_gathered(), ensure_ascii=False, indent=1)
    return Response(words, mimetype="application/json",
                    headers={"Content-Disposition": 'attachment; filename="mis-datos.json"'})  # fmt: skip


section.route("/cuenta/dejar-el-portal", access=signed_in, methods=["GET", "POST"])(departure.leave)
