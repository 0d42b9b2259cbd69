"""Indicators of a plan: what is measured, from where to where, and the values with source and date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from toolkit import access, applications, consents, revisions, terms, tidy
from toolkit.access import PUBLIC, VISITOR
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Indicator, Measure, Plan, Resource
from toolkit.workplan.plans import check_draft, note

MOST = Decimal(10) ** 11


@dataclass
class Aim:
    """What an indicator says: the objective by number, and what the portal counts by itself, or nothing."""

    name: str
    definition: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    objective: int | None = None
    counts: str = ""


@dataclass(frozen=True)
class Figure:
    """An indicator with its value of today: None while there is none, or where it is `rounded` and under
    five; `source` is empty where the portal counts it."""

    indicator: Indicator
    value: Decimal | None
    day: dt.date | None
    source: str
    rounded: bool = False

    @property
    def few(self) -> bool:
        """Is there a value that is too small to be told?"""
        return self.rounded and self.value is None

    @property
    def percent(self) -> int | None:
        """How far from the baseline to the target, in percent; may pass 100."""
        start, target = self.indicator.baseline or Decimal(0), self.indicator.target
        if self.value is None or target == start:
            return None
        return int((self.value - start) * 100 / (target - start))


def describe(indicator: Indicator) -> Aim:
    """An indicator as it stands."""
    return Aim(indicator.name, indicator.definition, indicator.unit, indicator.baseline, indicator.target,
               indicator.objective.number if indicator.objective else None, indicator.counts)  # fmt: skip


def plain(aim: Aim) -> dict[str, Any]:
    """As JSON data; numbers as text, so that none is rounded."""
    return {name: str(said) if isinstance(said, Decimal) else said for name, said in asdict(aim).items()}


def amended(aim: Aim, asked: Mapping[str, Any]) -> Aim:
    """The aim with the fields of `plain` data that are asked for written over it."""
    said = asdict(aim) | dict(asked)
    for name in ("baseline", "target"):
        said[name] = None if said[name] is None else Decimal(said[name])
    return Aim(**said)


def check(aim: Aim, plan: Plan) -> Aim:
    """The aim with tidy words; raises Invalid naming the field that cannot be taken."""
    aim.name, aim.unit = tidy.line(aim.name), tidy.line(aim.unit)
    aim.definition = tidy.text(aim.definition)
    for name, most in (("name", 160), ("unit", 40), ("definition", 1000)):
        tidy.check_length(getattr(aim, name), most, name)
    if not aim.name:
        raise Invalid(N_("Escriba qué se mide."), field="name")
    if aim.target is None:
        raise Invalid(N_("Escriba la meta como un número."), field="target")
    for name in ("baseline", "target"):
        said = getattr(aim, name)
        if said is not None and not -MOST < said < MOST:
            raise Invalid(N_("Ese número es demasiado grande."), field=name)
    if aim.objective not in {one.number for one in plan.agreement.objectives}:
        raise Invalid(N_("Elija el objetivo al que sirve."), field="objective")
    if aim.counts not in ("", *COUNTED):
        raise Invalid(N_("Elija de la lista de dónde sale el valor."), field="counts")
    return aim


def write(indicator: Indicator, aim: Aim, plan: Plan) -> None:
    """Write a checked aim."""
    for name, said in asdict(aim).items():
        if name != "objective":
            setattr(indicator, name, said)
    indicator.objective = next(one for one in plan.agreement.objectives if one.number == aim.objective)


def get(visit: Visit, public_id: str) -> Indicator:
    """One indicator; NotFound for who does not see it."""
    found = visit.session.scalars(select(Indicator).where(Indicator.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def add(visit: Visit, plan: Plan, aim: Aim) -> Indicator:
    """A new indicator of a draft. Raises Forbidden, Conflict, Invalid."""
    _check_may(visit, plan)
    check_draft(plan)
    checked = check(aim, plan)
    if plan.indicators and describe(plan.indicators[-1]) == checked:
        return plan.indicators[-1]  # the button was pressed twice
    indicator = Indicator(number=next_number(plan))
    write(indicator, checked, plan)
    plan.indicators.append(indicator)
    _saved(visit, plan)
    return indicator


def next_number(plan: Plan) -> int:
    """The number of the next indicator of a plan."""
    return max((one.number for one in plan.indicators), default=0) + 1


def change(visit: Visit, indicator: Indicator, aim: Aim, *, revision: int) -> None:
    """Change an indicator of a draft, likewise. `revision` is the one that the person began from: raises
    Overtaken where somebody else saved something else meanwhile."""
    _check_may(visit, indicator.plan)
    check_draft(indicator.plan)
    checked = check(aim, indicator.plan)
    if not revisions.compare(describe(indicator), checked, begun=revision, kept=indicator.revision):
        return
    write(indicator, checked, indicator.plan)
    _saved(visit, indicator.plan)


def remove(visit: Visit, indicator: Indicator) -> None:
    """Take an indicator of a draft away."""
    plan = indicator.plan
    _check_may(visit, plan)
    check_draft(plan)
    plan.indicators.remove(indicator)
    _saved(visit, plan)


def measure(
    visit: Visit, indicator: Indicator, value: Decimal | None, day: dt.date | None, source: str
) -> None:
    """Write down a value with its day and source. Raises Forbidden, Conflict for what the portal counts,
    Invalid with the field."""
    _check_may(visit, indicator.plan)
    if indicator.counts:
        raise Conflict(N_("Este indicador lo cuenta el portal: no se escribe a mano."))
    source = tidy.line(source)
    tidy.check_length(source, 200, "source")
    if value is None or not -MOST < value < MOST:
        raise Invalid(N_("Escriba el valor como un número."), field="value")
    if day is None:
        raise Invalid(N_("Escriba el día, por ejemplo 2027-06-30."), field="day")
    if day > terms.today():
        raise Invalid(N_("El día no puede ser posterior a hoy."), field="day")
    if (begun := indicator.plan.agreement.begins_on) and day < begun:
        raise Invalid(N_("La fecha no puede ser anterior al convenio."), field="day")
    if value < 0 <= min(indicator.target, indicator.baseline or Decimal(0)):
        raise Invalid(N_("Este indicador no baja de 0: escriba un número desde 0."), field="value")
    if not source:
        raise Invalid(N_("Escriba de dónde sale el valor."), field="source")
    newest = max(indicator.measures, key=lambda one: one.id, default=None)
    if newest is not None and (newest.value, newest.day, newest.source) == (value, day, source):
        return  # the button was pressed twice
    indicator.measures.append(
        Measure(value=value, day=day, source=source, person_id=visit.viewer.person_id)
    )  # fmt: skip
    visit.session.flush()
    note(visit, "measure", indicator.plan, indicator=indicator.code)


def forget(visit: Visit, indicator: Indicator, number: int) -> None:
    """Take a value that was written down by mistake away, by its number; the audit keeps what it was. Raises
    Forbidden, NotFound."""
    _check_may(visit, indicator.plan)
    found = next((one for one in indicator.measures if one.id == number), None)
    if found is None:
        raise NotFound
    indicator.measures.remove(found)
    visit.session.flush()
    note(visit, "forget", indicator.plan, indicator=indicator.code, value=str(found.value),
         day=found.day.isoformat())  # fmt: skip


def figures(visit: Visit, plan: Plan, *, exact: bool = True) -> list[Figure]:
    """Every indicator with its newest value. What it counts of deeds is exact only for the parties, where
    that is asked for; all others read it as the statistics tell it, from which nobody can subtract."""
    exact = exact and access.may_read_inside(visit.viewer, plan.agreement)
    return [_figure(visit, one, plan, exact) for one in plan.indicators]


def _figure(visit: Visit, indicator: Indicator, plan: Plan, exact: bool) -> Figure:
    if indicator.counts:
        count: int | None = COUNTED[indicator.counts](visit, plan)
        rounded = indicator.counts in DEEDS and not exact
        if rounded and count is not None:
            count = access.shown(count)
        return Figure(indicator, None if count is None else Decimal(count), terms.today(), "", rounded)
    if not indicator.measures:
        return Figure(indicator, None, None, "")
    newest = max(indicator.measures, key=lambda one: (one.day, one.id))
    return Figure(indicator, newest.value, newest.day, newest.source)


def _year(plan: Plan) -> tuple[dt.datetime, dt.datetime]:
    """From when to when a plan's year is, in Lima."""
    first, after = (dt.datetime(year, 1, 1, tzinfo=access.LIMA) for year in (plan.year, plan.year + 1))
    return first, after


def _materials(visit: Visit, plan: Plan, kind: str = "") -> int:
    """Materials of the parties that everybody reads, published in the year: the same for every viewer."""
    first, after = _year(plan)
    wanted = select(func.count(Resource.id)).where(
        Resource.state == "published", Resource.level == PUBLIC,
        Resource.organization_id.in_([one.organization_id for one in plan.agreement.parties]),
        Resource.published_at >= first, Resource.published_at < after,
    )  # fmt: skip
    return visit.session.scalar(wanted.where(Resource.kind == kind) if kind else wanted) or 0


def _deliveries(visit: Visit, plan: Plan) -> int:
    """Deliveries of the year that everybody may know of, so that the number tells nobody of a hidden one."""
    first, after = _year(plan)
    rows = visit.connection.execute(access.deliveries_counted(VISITOR))
    return sum(first <= since < after for since, _, _ in rows)


def _applications(visit: Visit, plan: Plan) -> int:
    """How often public materials were applied, with consent, in the year."""
    return applications.counted(visit, dt.date(plan.year, 1, 1), dt.date(plan.year, 12, 31))


COUNTED: Mapping[str, Callable[[Visit, Plan], int]] = {
    "materials": _materials,
    "practices": lambda visit, plan: _materials(visit, plan, "R05"),
    "deliveries": _deliveries,
    "applications": _applications,
}
"""What the portal counts by itself."""
DEEDS = ("applications", "deliveries")
"""What it counts of what people and organisations did."""


def _check_may(visit: Visit, plan: Plan) -> None:
    if not access.may_plan(visit.viewer, plan.agreement):
        raise Forbidden


def _saved(visit: Visit, plan: Plan) -> None:
    consents.ask_anew(visit, plan)
    visit.session.flush()
    note(visit, "change", plan, part="indicators")
