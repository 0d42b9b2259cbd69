"""Who else of the organisation reads a draft."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.section import Section, signed_in
from portal.sheets import Sheet, Ticks
from portal.viewer import visit
from toolkit import coauthors
from toolkit.errors import Invalid

section = Section("coauthors", __name__)


class CoauthorsForm(Sheet):
    """The people who may read the draft."""

    people = Ticks(_l("¿Quién más puede leerlo?"), validate_choice=False)


@section.route("/mis-aportes/<id>/coautores", access=signed_in, methods=["GET", "POST"])
def edit(id: str) -> ResponseReturnValue:
    """Name and remove co-authors."""
    resource = coauthors.get_draft(visit(), id)
    form = CoauthorsForm(data={"people": [one.public_id for one in coauthors.browse(visit(), resource)]})
    form.people.choices = [(one.public_id, one.name) for one in coauthors.possible(visit(), resource)]
    if request.method == "POST":
        try:
            coauthors.name(visit(), resource, form.people.data or [])
        except Invalid as trouble:
            form.refuse(trouble)
            return render_template("coauthors/edit.html", form=form, resource=resource), 422
        flash(_("Se guardó quién más puede leer el borrador."), "success")
        return redirect(url_for("contributions.show", id=id))
    return render_template("coauthors/edit.html", form=form, resource=resource)
