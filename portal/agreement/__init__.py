"""El convenio: what everybody reads of it, and its procedures."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.languages import gettext as _
from portal.section import Section, anyone
from portal.templating import listed
from portal.viewer import visit
from toolkit import access, agreement
from toolkit.records import Agreement, AgreementParty, File, Version

section = Section("agreement", __name__)


@section.app_template_global()
def parties_by_name(parties: Sequence[AgreementParty]) -> str:
    """«ACI Américas y PRODUCE»: the organisations of these parties, as far as they are there."""
    known = (one.organization for one in parties)
    return listed(one.acronym or one.name if one else _("una organización cerrada") for one in known)


@section.route("/convenio", access=anyone)
def index() -> ResponseReturnValue:
    """The agreement that counts; before there is one, that it is still to come."""
    return page(agreement.current(visit()))


@section.route("/convenio/<slug>", access=anyone)
def show(slug: str) -> ResponseReturnValue:
    """One agreement, also an earlier one."""
    return page(agreement.get(visit(), slug))


def page(found: Agreement | None) -> ResponseReturnValue:
    """The page of an agreement, as far as this reader sees what hangs on it."""
    viewer = visit().viewer
    edits = access.may_edit_agreement(viewer)
    if found is None:
        return render_template("agreement/none.html", may_edit=edits)
    return render_template(
        "agreement/show.html", agreement=found, texts=_readable(agreement.texts(visit(), found)),
        others=[one for one in agreement.browse(visit()) if one.id != found.id],
        amendments=[one for one in found.amendments if one.state == "published"],
        proposed=[one for one in found.amendments if one.state == "proposed"],
        still_to_agree=agreement.still_to_agree, may_edit=edits, may_amend=access.may_amend(viewer, found),
    )  # fmt: skip


def _readable(texts: Sequence[Version]) -> list[tuple[Version, File]]:
    """Each text with its file; none where that cannot be read page by page."""
    return [
        (one, file) for one in texts for file in one.files[:1] if file.state == "ready" and file.page_count
    ]


@section.route("/convenio/<slug>/procedimientos/<code>", access=anyone)
def procedure(slug: str, code: str) -> ResponseReturnValue:
    """A procedure of coordination, with its version and date."""
    found = agreement.get_procedure(visit(), slug, code)
    return render_template("agreement/procedure.html", agreement=found.agreement, procedure=found)


from portal.agreement import amendments, desk  # noqa: E402, F401 - their routes
