"""The parts of an agreement, each a row of words and dates: added, changed and removed by editors."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect, select

from toolkit import access, consents, tidy
from toolkit.agreement.changes import FIRST, LAST, TEXT, find_resource, note, reindex
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound, Overtaken
from toolkit.records import (
    Agreement,
    AgreementParty,
    Annex,
    Article,
    Milestone,
    Objective,
    Organization,
    Plan,
    PlanChange,
    Procedure,
    Signatory,
)

PARTS: Mapping[str, Any] = {
    "parties": AgreementParty,
    "objectives": Objective,
    "signatories": Signatory,
    "milestones": Milestone,
    "annexes": Annex,
    "procedures": Procedure,
}
"""The record of each sort of part, by the name of the relationship that holds it."""
WRITTEN: Mapping[str, tuple[str, ...]] = {
    "parties": ("organization", "role"),
    "objectives": ("words",),
    "signatories": ("name", "post", "organization", "signed_on"),
    "milestones": ("day", "precision", "words", "article", "resource"),
    "annexes": ("title", "resource", "internal"),
    "procedures": ("code", "title", "version", "dated", "words", "counterpart_verifies"),
}
"""What is written of each sort."""
Values = Mapping[str, Any]
"""What is written, by field: words, days, yes or no; a party's `organization` as slug; a `resource` as public
id and an `article` as (year, slug), or nothing."""


def get_part(visit: Visit, sort: str, public_id: str) -> Any:
    """A part for an editor; NotFound, or Forbidden for who may not change it."""
    if not access.may_edit_agreement(visit.viewer):
        raise Forbidden
    record = PARTS.get(sort)
    found = (
        record and visit.session.scalars(select(record).where(record.public_id == public_id)).one_or_none()
    )
    if not found:
        raise NotFound
    return found


def add_part(visit: Visit, agreement: Agreement, sort: str, values: Values) -> Any:
    """A new part; raises Invalid naming the field that cannot be taken."""
    _check_may(visit, agreement, sort)
    for one in getattr(agreement, sort):
        if describe_part(one) == dict(values):
            return one  # the button was pressed twice
    part = PARTS[sort]()
    if sort == "objectives":
        part.number = max((one.number for one in agreement.objectives), default=0) + 1
    _write(visit, agreement, part, values)
    getattr(agreement, sort).append(part)
    visit.session.flush()
    _note(visit, "add", agreement, sort)
    return part


def describe_part(part: Any) -> dict[str, Any]:
    """What is written of a part, as it stands, as far as the session sees it."""
    said = {name: getattr(part, name) for name in WRITTEN[_sort(part)]}
    if isinstance(part, AgreementParty):
        said["organization"] = part.organization.slug if part.organization else ""
    if "resource" in said:
        said["resource"] = part.resource.public_id if part.resource else ""
    if "article" in said:
        said["article"] = (part.article.year, part.article.slug) if part.article else None
    return said


def change_part(visit: Visit, part: Any, values: Values, *, revision: int) -> None:
    """Change a part; raises Invalid likewise. `revision` is the one that the person began from: Overtaken
    where somebody else saved something else meanwhile. Who is a party of a published agreement stays."""
    sort = _sort(part)
    same = sort == "parties" and part.organization and part.organization.slug == values["organization"]
    _check_may(visit, part.agreement, "" if same else sort)
    stands = describe_part(part)
    differing = [name for name, value in values.items() if stands[name] != value]
    if differing and revision != part.revision:
        raise Overtaken(stands, part.revision, differing)
    if sort == "objectives":
        _check_planned(visit, part, "agreed", "published")
    _write(visit, part.agreement, part, values)
    if sort == "objectives":
        _ask_anew(visit, part)
    visit.session.flush()
    _note(visit, "change", part.agreement, sort)


def remove_part(visit: Visit, part: Any) -> None:
    """Take a part away."""
    sort, agreement = _sort(part), part.agreement
    _check_may(visit, agreement, sort)
    if sort == "objectives" and agreement.state == "published" and len(agreement.objectives) == 1:
        raise Conflict(N_("Un convenio publicado tiene al menos un objetivo."))
    if sort == "objectives":
        _check_planned(visit, part, "draft", "agreed", "published")
    getattr(agreement, sort).remove(part)
    visit.session.flush()
    _note(visit, "remove", agreement, sort)


def _check_may(visit: Visit, agreement: Agreement, sort: str) -> None:
    if not access.may_edit_agreement(visit.viewer):
        raise Forbidden
    if sort == "parties" and agreement.state == "published":
        raise Conflict(N_("El convenio está publicado: sus partes ya no cambian."))


def _check_planned(visit: Visit, objective: Objective, *states: str) -> None:
    """Raise Conflict where a plan in one of these states names the objective: the parties agreed to that."""
    rows = visit.connection.execute(access.plans_that_name(objective.id))
    years = {str(year) for year, state in rows if state in states}
    years |= {str(one.plan.year) for one in _asked(visit, objective)}
    if years:
        raise Conflict(
            N_("Este objetivo está en el plan de trabajo %(years)s: lo que las partes acordaron no cambia. "
               "Escríbalo como un objetivo nuevo."), years=", ".join(sorted(years)))  # fmt: skip


def _asked(visit: Visit, objective: Objective) -> list[PlanChange]:
    """The changes that wait for consent and name the objective."""
    waiting = visit.session.scalars(
        select(PlanChange)
        .join(Plan, Plan.id == PlanChange.plan_id)
        .where(Plan.agreement_id == objective.agreement_id, PlanChange.state == "proposed")
    )
    return [
        one for one in waiting
        if objective.number in (*one.asked.get("objectives", ()), one.asked.get("objective"))
    ]  # fmt: skip


def _ask_anew(visit: Visit, objective: Objective) -> None:
    """Who agreed to a draft that names the objective agreed to other words."""
    years = [year for year, _ in visit.connection.execute(access.plans_that_name(objective.id))]
    for plan in visit.session.scalars(select(Plan).where(Plan.year.in_(years), Plan.state == "draft")):
        consents.ask_anew(visit, plan)


def _sort(part: Any) -> str:
    return next(sort for sort, record in PARTS.items() if isinstance(part, record))


def _note(visit: Visit, act: str, agreement: Agreement, sort: str) -> None:
    note(visit, act, agreement, part=sort)
    reindex(visit, agreement)


def _write(visit: Visit, agreement: Agreement, part: Any, values: Values) -> None:
    """The caller has checked who writes. Everything is looked at before anything is written."""
    checked = {name: _checked(visit, part, name, said) for name, said in values.items()}
    dated, signed = checked.get("dated"), agreement.signed_on
    if dated is not None and signed is not None and dated < signed:
        raise Invalid(N_("La fecha no puede ser anterior a la firma del convenio."), field="dated")
    if "organization" in checked and isinstance(part, AgreementParty):
        others = (one.organization_id for one in agreement.parties if one is not part)
        if checked["organization"].id in others:
            raise Invalid(N_("Esa organización ya es parte del convenio."), field="organization")
    if "code" in checked:
        if not re.fullmatch(r"[A-Za-z0-9-]+", checked["code"]):
            raise Invalid(N_("Use letras sin tilde, números y guiones."), field="code")
        codes = {one.code.lower() for one in agreement.procedures if one is not part}
        if checked["code"].lower() in codes:
            raise Invalid(N_("Ya hay un procedimiento con ese código."), field="code")
    for name, said in checked.items():
        setattr(part, name, said)


def _checked(visit: Visit, part: Any, name: str, said: Any) -> Any:
    if name == "resource":
        return find_resource(visit, said, name)
    if name == "article":
        return _article(visit, said)
    if name == "organization" and isinstance(part, AgreementParty):
        return _organization(visit, said)
    if isinstance(said, str):
        return _words(part, name, said)
    if said is None:
        raise Invalid(N_("Escriba el día, por ejemplo 2015-09-15."), field=name)
    if isinstance(said, dt.date) and not FIRST <= said.year <= LAST:
        raise Invalid(N_("Revise el año."), field=name)
    return said


def _words(part: Any, name: str, said: str) -> str:
    """Tidy words, as long as their column holds; only what a party does may be left empty."""
    longest = inspect(type(part)).columns[name].type.length
    tidied = tidy.line(said) if longest else tidy.text(said)
    if not tidied and name != "role":
        raise Invalid(N_("Escriba algo aquí."), field=name)
    tidy.check_length(tidied, longest or TEXT, name)
    return tidied


def _article(visit: Visit, said: tuple[int, str] | None) -> Article | None:
    if said is None:
        return None
    year, slug = said
    found = visit.session.scalars(
        select(Article).where(Article.year == year, Article.slug == slug)
    ).one_or_none()
    if found is None:
        raise Invalid(N_("Esa noticia no existe. Revise su dirección."), field="article")
    return found


def _organization(visit: Visit, slug: str) -> Organization:
    found = visit.session.scalars(
        select(Organization).where(Organization.slug == slug, Organization.kind == "organization")
    ).one_or_none()
    if found is None:
        raise Invalid(N_("Elija una organización de la lista."), field="organization")
    return found
