"""The plan of a year: drafted, agreed to by each party, frozen, published (product.md section 1, row 25)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from toolkit import access, audit, consents, letters, terms, tidy
from toolkit.actions import facts
from toolkit.actions.finding import FACTS
from toolkit.actions.proposals import check_read, plan_it
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound, Overtaken
from toolkit.jobs import enqueue
from toolkit.records import (
    Action,
    Agreement,
    AgreementParty,
    Consent,
    Indicator,
    Plan,
    PlanChange,
    now,
)
from toolkit.workplan.progress import Advance, advance

TEXT = 4000
_WHOLE = (
    joinedload(Plan.agreement).selectinload(Agreement.parties).joinedload(AgreementParty.organization),
    joinedload(Plan.agreement).selectinload(Agreement.objectives),
    selectinload(Plan.consents).joinedload(Consent.organization),
    selectinload(Plan.indicators).joinedload(Indicator.objective),
    selectinload(Plan.indicators).selectinload(Indicator.measures),
    selectinload(Plan.actions).options(*FACTS),
    selectinload(Plan.changes).joinedload(PlanChange.action),
    selectinload(Plan.changes).joinedload(PlanChange.organization),
    selectinload(Plan.changes).selectinload(PlanChange.consents).joinedload(Consent.organization),
)


def browse(visit: Visit) -> Sequence[Plan]:
    """All plans that the viewer sees, the newest year first."""
    return visit.session.scalars(select(Plan).order_by(Plan.year.desc())).all()


def current(visit: Visit) -> Plan | None:
    """The plan of this year, or else the one that comes next to it."""
    plans, year = browse(visit), terms.today().year
    return min(plans, key=lambda one: (one.state == "draft", abs(one.year - year)), default=None)


def summary(visit: Visit) -> tuple[Plan, Advance] | None:
    """The published plan of this year, or of the one next to it, with how far it has come; None before there
    is one."""
    plan = current(visit)
    if plan is None or plan.state != "published":
        return None
    return plan, advance(visit.session.scalars(select(Action).where(Action.plan_id == plan.id)))


def get(visit: Visit, year: int) -> Plan:
    """The plan of a year with its actions; NotFound for who does not see it."""
    found = visit.session.scalars(select(Plan).where(Plan.year == year).options(*_WHOLE)).one_or_none()
    if found is None:
        raise NotFound
    return found


def add(visit: Visit, agreement: Agreement, year: int | None, words: str) -> Plan:
    """A new draft for a year. Raises Forbidden, Conflict for an agreement that is not out, Invalid."""
    if not access.may_plan(visit.viewer, agreement):
        raise Forbidden
    if agreement.state != "published":
        raise Conflict(N_("El convenio todavía no está publicado: publíquelo antes de planificar."))
    signed, last = agreement.signed_on, terms.today().year + 5
    if year is None or not 1900 < year <= last:
        raise Invalid(N_("Escriba un año, por ejemplo 2027."), field="year")
    if signed and year < signed.year:
        raise Invalid(N_("El convenio se firmó en %(year)s: el plan no puede ser anterior."), field="year",
                      year=signed.year)  # fmt: skip
    if visit.connection.execute(access.plan_of_year(year)).scalar() is not None:
        raise Invalid(N_("El año %(year)s no está libre: ya tiene su plan."), field="year", year=year)
    plan = Plan(agreement_id=agreement.id, agreement=agreement, year=year, words=_words(words))
    visit.session.add(plan)
    visit.session.flush()
    note(visit, "create", plan)
    return plan


def change(visit: Visit, plan: Plan, words: str, *, revision: int) -> None:
    """Write what a draft says first; consents have to be given anew. Raises Forbidden, Overtaken."""
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden
    check_draft(plan)
    words = _words(words)
    if words == plan.words:
        return
    if revision != plan.revision:
        raise Overtaken(plan.words, plan.revision, ["words"])
    plan.words = words
    consents.ask_anew(visit, plan)
    visit.session.flush()
    note(visit, "change", plan)


def agree(visit: Visit, plan: Plan, *, revision: int) -> None:
    """Agree to the draft for one's party. With the last consent it is frozen, and its proposals are planned.
    `revision` is the one that was read. Raises Forbidden, Conflict, Invalid naming what an action lacks."""
    if not access.speaks_for(visit.viewer, plan.agreement):
        raise Forbidden
    check_draft(plan)
    if consents.may_give(visit, plan, plan.agreement):
        check_read(plan.revision, revision)
    proposed = [one for one in plan.actions if one.state == "proposed"]
    if not any(one.state not in ("withdrawn", "cancelled") for one in plan.actions):
        raise Invalid(N_("El plan no tiene todavía ninguna acción. Proponga al menos una."))
    for action in proposed:
        facts.check_ready(facts.describe(action), action.code)
    organization_id = consents.give(visit, plan, plan.agreement)
    note(visit, "agree", plan, organization_id=organization_id)
    waiting = [one.organization_id for one in consents.missing(plan, plan.agreement)]
    if waiting:
        tell(visit, plan, "agreed_by_one", waiting)
        return
    plan.state, plan.agreed_at = "agreed", now()
    for action in proposed:
        plan_it(visit, action, organization_id)
    visit.session.flush()
    note(visit, "freeze", plan)
    tell(visit, plan, "agreed")


def publish(visit: Visit, plan: Plan) -> None:
    """Show it to everybody, once every party has agreed: by an editor or a coordination. Raises Forbidden,
    Conflict naming whose consent is missing."""
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden
    if plan.state == "published":
        raise Conflict(N_("Este plan ya está publicado."))
    if plan.state == "draft":
        waiting = (one.organization for one in consents.missing(plan, plan.agreement))
        names = ", ".join(one.acronym or one.name for one in waiting if one is not None)
        raise Conflict(N_("Falta la conformidad de %(names)s: el plan no se puede publicar."), names=names)
    plan.state, plan.published_at = "published", now()
    visit.session.flush()
    note(visit, "publish", plan)
    reindex(visit, plan)
    tell(visit, plan, "published")


def check_draft(plan: Plan) -> None:
    """Raise Conflict for a plan that is frozen."""
    if plan.state != "draft":
        raise Conflict(N_("El plan ya tiene la conformidad de las partes: proponga un cambio."))


def _words(said: str) -> str:
    words = tidy.text(said)
    tidy.check_length(words, TEXT, "words")
    return words


def note(visit: Visit, act: str, plan: Plan, **values: Any) -> None:
    """Write into the audit what was done to a plan."""
    audit.record(visit.session, visit.viewer, act, "plan", str(plan.year), **values)


def reindex(visit: Visit, plan: Plan) -> None:
    """Bring the shelves up to date: the plan and its actions."""
    wanted = select(Action.public_id).where(Action.plan_id == plan.id)
    for public_id in [plan.public_id, *visit.session.scalars(wanted)]:
        enqueue(visit.session, "index", "index_resource", public_id)


def tell(
    visit: Visit, plan: Plan, step: str, organization_ids: Sequence[int] = (), also: int | None = None,
    **values: Any,
) -> None:  # fmt: skip
    """Write to the coordinations of the parties, or of these ones, and to the person with the number `also`
    if they work on the plan still; `values` go into the letter."""
    parties = organization_ids or [one.organization_id for one in plan.agreement.parties]
    values = {**consents.letter(plan, step), **values}
    with visit.open_for_maintenance() as whole:
        author = letters.proposer(whole, also, plan.agreement)
        letters.to_coordinations(whole, parties, "plan", values, but=visit.viewer, also=author)
