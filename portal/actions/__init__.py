"""Acciones conjuntas: what everybody reads of an action, and what more its parties read and do."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import wording
from portal.actions.forms import LinkForm
from portal.citations import cited
from portal.section import Section, anyone
from portal.sheets import Sheet
from portal.viewer import visit
from toolkit import access, actions, consents, initiatives, news, organizations
from toolkit.records import Action
from toolkit.workplan import changes

section = Section("actions", __name__)
section.app_template_global("state_of")(lambda action: wording.STATES[action.state])
section.app_template_global("state_pill")(lambda action: wording.PILLS.get(action.state, ""))
section.app_template_global("lateness")(wording.late)
section.app_template_global("told")(wording.told)
section.app_template_global("field_name")(lambda name: wording.FIELDS.get(name, name))


@section.route("/acciones/<code>", access=anyone)
def show(code: str) -> ResponseReturnValue:
    """One action."""
    return page(actions.get(visit(), code))


def page(found: Action, form: Sheet | None = None, **forms: Any) -> str:
    """The page of an action, as far as this reader sees it; `forms` are those that were refused."""
    viewer, plan = visit().viewer, found.plan
    notes, last = actions.notes(visit(), found, number := request.args.get("pagina", 1, int))
    proposed, inside = found.state == "proposed", access.may_read_inside(viewer, plan.agreement)
    reports = access.may_report(viewer, found) and found.state not in actions.OVER and plan.state != "draft"
    why_not = actions.why_not_verify(visit(), found) if found.state == "to_verify" else None
    if works := access.may_plan(viewer, plan.agreement):
        forms.setdefault("link", LinkForm.of(found, initiatives.choices(visit(), plan.agreement)))
    return render_template(
        "actions/show.html", action=found, plan=plan, form=form or Sheet(), notes=notes, page=number,
        last=last, articles=news.about_action(visit(), found), norms=cited("action", found.public_id),
        newest=actions.newest(visit(), found.links), inside=inside, reports=reports,
        missing=consents.missing(found, plan.agreement) if proposed else [],
        may_agree=proposed and consents.may_give(visit(), found, plan.agreement),
        may_plan=works, open_to_writing=actions.open_to_writing(found),
        moves=[(name, wording.MOVES[name]) for name in actions.moves_for(visit(), found)],
        verifies=found.state == "to_verify" and why_not is None, why_not=why_not,
        own=access.speaks_for(viewer, plan.agreement), names=organizations.names(visit()),
        proposer=next((one.organization for one in actions.proposing(found)), None),
        own_proposal=proposed and actions.proposed(visit(), found), bereft=actions.bereft(visit(), found),
        asked=changes.about(visit(), found), may_open=lambda one: actions.may_open(visit(), one),
        may_finish=lambda one: actions.may_finish(visit(), one), **forms,
    )  # fmt: skip


from portal.actions import desk, progress, verification  # noqa: E402, F401 - their routes
