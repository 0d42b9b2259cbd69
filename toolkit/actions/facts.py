"""What a joint action says of itself: checked, written, described, and kept as plain data in a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from toolkit import tidy, vocabulary
from toolkit.errors import N_, Invalid
from toolkit.records import (
    Action,
    ActionDetail,
    ActionObjective,
    ActionTerm,
    Agreement,
    AgreementParty,
    Objective,
    Output,
    Plan,
    Priority,
)

TEXT = 4000
OUTPUTS, TOPICS = 12, 3
PUBLIC = ("title", "summary", "responsible", "counterpart", "post", "starts_on", "due_on", "objectives",
          "topics", "outputs")  # fmt: skip
"""What everybody reads; the other fields are for the parties."""


@dataclass
class Facts:
    """An action as a person writes it: organisations by slug, objectives by number, topics by code, outputs
    and each party's priority (by slug) in words."""

    title: str
    summary: str = ""
    responsible: str = ""
    counterpart: str = ""
    post: str = ""
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    objectives: Sequence[int] = ()
    topics: Sequence[str] = ()
    outputs: Sequence[str] = ()
    words: str = ""
    budget: str = ""
    priorities: Mapping[str, str] = field(default_factory=dict)


def describe(action: Action) -> Facts:
    """An action as it stands, as far as the session that it comes from sees it."""
    return Facts(
        action.title, action.summary, _slug(action.responsible), _slug(action.counterpart), action.post,
        action.starts_on, action.due_on, sorted(one.objective.number for one in action.objectives),
        [one.code for one in action.terms], [one.words for one in action.outputs],
        action.detail.words if action.detail else "", action.detail.budget if action.detail else "",
        {_slug(one.organization): one.words for one in action.priorities},
    )  # fmt: skip


def _slug(organization: Any) -> str:
    return organization.slug if organization else ""


def plain(facts: Facts) -> dict[str, Any]:
    """The facts as JSON data."""
    said = asdict(facts)
    for name, value in said.items():
        if isinstance(value, dt.date):
            said[name] = value.isoformat()
        elif isinstance(value, tuple):
            said[name] = list(value)
    return said


UNORDERED = ("objectives", "topics", "outputs")
"""Fields of several values whose order says nothing."""


def amended(facts: Facts, asked: Mapping[str, Any]) -> Facts:
    """The facts with the fields of `plain` data that are asked for written over them."""
    said = {one.name: getattr(facts, one.name) for one in fields(Facts)}
    for name, value in asked.items():
        dated = name in ("starts_on", "due_on") and value
        said[name] = dt.date.fromisoformat(value) if dated else value
    return Facts(**said)


def check(facts: Facts, plan: Plan) -> Facts:
    """The facts with tidy words; raises Invalid naming the field that cannot be taken. A proposal may still
    want an objective or a date: `check_ready` asks for them."""
    facts.title, facts.post = tidy.line(facts.title), tidy.line(facts.post)
    facts.summary, facts.words = tidy.text(facts.summary), tidy.text(facts.words)
    facts.budget = tidy.line(facts.budget)
    for name, most in (("title", 160), ("post", 160), ("summary", 600), ("words", TEXT), ("budget", 200)):
        tidy.check_length(getattr(facts, name), most, name)
    if not facts.title:
        raise Invalid(N_("Escriba un título."), field="title")
    facts.outputs = _lines(facts.outputs)
    facts.topics = list(dict.fromkeys(facts.topics))
    if len(facts.topics) > TOPICS or not set(facts.topics) <= set(vocabulary.load("topics")):
        raise Invalid(N_("Elija hasta %(n)s temas de la lista."), field="topics", n=TOPICS)
    facts.objectives = sorted(set(facts.objectives))
    if not set(facts.objectives) <= {one.number for one in plan.agreement.objectives}:
        raise Invalid(N_("Elija objetivos del convenio."), field="objectives")
    facts.priorities = {slug: tidy.line(said) for slug, said in facts.priorities.items() if said.strip()}
    for said in facts.priorities.values():
        tidy.check_length(said, 200, "priorities")
    _check_parties(facts, plan.agreement)
    _check_days(facts, plan)
    return facts


def _lines(said: Sequence[str]) -> list[str]:
    lines = list(dict.fromkeys(line for line in map(tidy.line, said) if line))
    if len(lines) > OUTPUTS:
        raise Invalid(N_("Escriba hasta %(n)s productos, uno por línea."), field="outputs", n=OUTPUTS)
    for line in lines:
        tidy.check_length(line, 200, "outputs")
    return lines


def _check_parties(facts: Facts, agreement: Agreement) -> None:
    known = _parties(agreement)
    if facts.responsible not in known:
        raise Invalid(N_("Elija la organización responsable."), field="responsible")
    others = [slug for slug in known if slug != facts.responsible]
    if not facts.counterpart or len(others) == 1:
        facts.counterpart = others[0] if len(others) == 1 else ""
    if facts.counterpart not in others:
        raise Invalid(N_("Elija como contraparte a otra parte del convenio."), field="counterpart")


def last_day(plan: Plan) -> dt.date:
    """The last day that anything of a plan may name: the end of the year after it."""
    return dt.date(plan.year + 1, 12, 31)


def _check_days(facts: Facts, plan: Plan) -> None:
    begun = plan.agreement.begins_on
    first, last = dt.date(plan.year, 1, 1), dt.date(plan.year, 12, 31)
    for name in ("starts_on", "due_on"):
        day = getattr(facts, name)
        if day and begun and day < begun:
            raise Invalid(N_("La fecha no puede ser anterior al convenio."), field=name)
    if facts.starts_on and facts.starts_on > last:
        raise Invalid(N_("La acción empieza después del año %(year)s."), field="starts_on", year=plan.year)
    if facts.due_on and facts.due_on < first:
        raise Invalid(N_("La acción termina antes del año %(year)s."), field="due_on", year=plan.year)
    if facts.due_on and facts.due_on > last_day(plan):
        raise Invalid(N_("La acción termina a más tardar el 31 de diciembre de %(year)s."), field="due_on",
                      year=plan.year + 1)  # fmt: skip
    if facts.starts_on and facts.due_on and facts.due_on < facts.starts_on:
        raise Invalid(N_("La acción no puede terminar antes de empezar."), field="due_on")


def check_ready(facts: Facts, code: str) -> None:
    """Raise Invalid where an action says too little to be planned (product.md section 1, row 12)."""
    if not facts.objectives:
        raise Invalid(
            N_("La acción %(code)s necesita al menos un objetivo del convenio. Elíjalo en «Editar»."),
            field="objectives", code=code)  # fmt: skip
    if facts.due_on is None:
        raise Invalid(N_("La acción %(code)s necesita una fecha de término. Escríbala en «Editar»."),
                      field="due_on", code=code)  # fmt: skip


def _parties(agreement: Agreement) -> dict[str, AgreementParty]:
    return {one.organization.slug: one for one in agreement.parties if one.organization is not None}


def write(action: Action, facts: Facts, plan: Plan) -> None:
    """Write checked facts; what stays the same keeps its row."""
    agreement, known = plan.agreement, _parties(plan.agreement)
    for name in ("title", "summary", "post", "starts_on", "due_on"):
        setattr(action, name, getattr(facts, name))
    action.responsible = known[facts.responsible].organization
    action.counterpart = known[facts.counterpart].organization
    wanted: dict[int, Objective] = {
        one.id: one for one in agreement.objectives if one.number in facts.objectives
    }
    action.objectives = [one for one in action.objectives if one.objective_id in wanted] + [
        ActionObjective(objective=wanted[number])
        for number in wanted.keys() - {one.objective_id for one in action.objectives}
    ]
    action.terms = [one for one in action.terms if one.code in facts.topics] + [
        ActionTerm(code=code) for code in facts.topics if code not in {one.code for one in action.terms}
    ]
    known_outputs = {one.words: one for one in action.outputs}
    action.outputs = [known_outputs.get(words) or Output(words=words) for words in facts.outputs]
    action.detail = action.detail or ActionDetail()
    action.detail.words, action.detail.budget = facts.words, facts.budget
    kept = {one.organization_id: one for one in action.priorities}
    action.priorities = [
        _priority(kept.get(known[slug].organization_id), known[slug].organization_id, words)
        for slug, words in facts.priorities.items()
        if slug in known
    ]


def _priority(kept: Priority | None, organization_id: int, words: str) -> Priority:
    priority = kept or Priority(organization_id=organization_id)
    priority.words = words
    return priority
