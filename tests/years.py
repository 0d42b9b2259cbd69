"""A year of joint work for tests and benchmarks: an agreement of two parties, its plan, actions in every
state with all that hangs on them. What only the parties read holds the word `SECRET`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.instance import Instance
from toolkit import organizations, terms
from toolkit.records import (
    Action,
    ActionDetail,
    ActionObjective,
    ActionResource,
    Agreement,
    AgreementParty,
    Evidence,
    Indicator,
    Measure,
    Note,
    Objective,
    Output,
    Plan,
    PlanChange,
    Priority,
    Resource,
    Step,
    Task,
    now,
)

SECRET = "zarigüeya"
STATES = ("verified", "running", "planned", "to_verify", "observed", "paused", "cancelled")
YEAR = terms.today().year
DAY = dt.timedelta(days=1)


def build(instance: Instance, count: int = 14, *, state: str = "published", notes: int = 3) -> list[str]:
    """A plan of this year with `count` actions between «aci» and «produce», which are made where they are not
    there; gives the codes. The third action is late; each has one public piece of evidence."""
    with instance.database.open_for_maintenance() as session:
        parties = [organizations.find(session, slug) or organizations.add(session, slug, slug.upper())
                   for slug in ("aci", "produce")]  # fmt: skip
        agreement = Agreement(slug="convenio-marco", title="Convenio marco", state="published",
                              signed_on=dt.date(2015, 9, 15), object="Cooperar.")  # fmt: skip
        agreement.parties = [AgreementParty(organization_id=one.id, role="Parte") for one in parties]
        agreement.objectives = [
            Objective(number=n, words=f"Objetivo número {n} del convenio") for n in (1, 2, 3)
        ]
        session.add(agreement)
        session.flush()
        plan = Plan(agreement_id=agreement.id, year=YEAR, state=state, words="Un año de trabajo conjunto.",
                    agreed_at=now(), published_at=now())  # fmt: skip
        session.add(plan)
        session.flush()
        material = session.scalars(select(Resource).where(Resource.level == 0)).first()
        actions = [_action(session, plan, agreement, number, notes, material)
                   for number in range(1, count + 1)]  # fmt: skip
        _around(plan, agreement, actions)
        return [one.code for one in actions]


def _action(
    session: Session, plan: Plan, agreement: Agreement, number: int, notes: int, material: Any
) -> Action:
    first, second = (one.organization_id for one in agreement.parties)
    responsible, counterpart = (first, second) if number % 2 else (second, first)
    state = STATES[(number - 1) % len(STATES)]
    starts = dt.date(YEAR, 1, 1) + dt.timedelta(days=(number * 17) % 200)
    due = starts + dt.timedelta(days=60 + number % 90)
    if number == 3:
        starts, due = terms.today() - 40 * DAY, terms.today() - 12 * DAY
    action = Action(
        plan_id=plan.id, number=number, code=f"{YEAR}-{number:02}", state=state, responsible_id=responsible,
        counterpart_id=counterpart, title=f"Adaptar y difundir la herramienta {number} con las cooperativas",
        summary=f"Se adapta y se prueba la herramienta {number} en tres regiones, con formación.",
        post="Dirección de Cooperativas", starts_on=starts, due_on=due, percent=number * 7 % 100,
        next_on=terms.today() + 9 * DAY if state == "running" else None,
        verified_at=now() if state == "verified" else None,
    )  # fmt: skip
    action.objectives = [ActionObjective(objective=agreement.objectives[number % 3])]
    if number % 5 == 0:
        action.objectives.append(ActionObjective(objective=agreement.objectives[(number + 1) % 3]))
    action.outputs = [Output(words="Guía adaptada"), Output(words="Tres talleres")]
    action.detail = ActionDetail(words=f"Detalle {SECRET}", budget=f"Línea {number} {SECRET}")
    action.priorities = [Priority(organization_id=one, words=f"Política {SECRET}") for one in (first, second)]
    action.tasks = [Task(agreement_id=agreement.id, organization_id=first, words=f"Tarea {SECRET}")]
    action.steps = [Step(before="planned", after=state, organization_id=first, reason=f"Paso {SECRET}")]
    action.evidence = [
        Evidence(title=f"Acta {number}", public=True, name="acta.pdf", format="pdf", size=9, sha256="0" * 64,
                 organization_id=responsible),
        Evidence(title=f"Lista {SECRET}", name="lista.pdf", format="pdf", size=9, sha256="0" * 64,
                 organization_id=responsible),
    ]  # fmt: skip
    if material is not None:
        action.links = [ActionResource(resource_id=material.id, version=1)]
    session.add(action)
    session.flush()
    session.add_all(
        Note(action_id=action.id, organization_id=responsible, words=f"Nota {SECRET} {n}", percent=n % 100)
        for n in range(notes)
    )
    return action


def _around(plan: Plan, agreement: Agreement, actions: list[Action]) -> None:
    """Indicators, and changes of the plan: two made, one proposed."""
    counted = Indicator(number=1, name="Materiales compartidos", unit="materiales", target=Decimal(40),
                        baseline=Decimal(10), counts="materials")  # fmt: skip
    written = Indicator(number=2, name="Personas formadas", unit="personas", target=Decimal("150.5"))
    written.measures = [Measure(value=Decimal(60), day=terms.today(), source="Listas de asistencia")]
    counted.objective, written.objective = agreement.objectives[:2]
    plan.indicators = [counted, written]
    who = agreement.parties[0].organization_id
    cancelled = next((one for one in actions if one.state == "cancelled"), actions[0])
    plan.changes = [
        PlanChange(state="agreed", number=1, noun="action", act="change", action=actions[0], agreed_at=now(),
                   reason="Se movió el taller.", organization_id=who,
                   told=[["due_on", f"{YEAR}-03-01", f"{YEAR}-04-30"]]),
        PlanChange(state="agreed", number=2, noun="action", act="cancel", action=cancelled, agreed_at=now(),
                   reason="No hubo presupuesto.", organization_id=who,
                   told=[["state", "planned", "cancelled"]]),
        PlanChange(noun="action", act="change", action=actions[0], reason=f"Motivo {SECRET}",
                   organization_id=who, asked={"budget": f"Otra {SECRET}"}),
    ]  # fmt: skip
