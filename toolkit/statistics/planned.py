"""What the parties of the agreement aim at in the year, and where they stand: the indicators of the plan."""

from __future__ import annotations

from sqlalchemy import func, select

from toolkit import terms, workplan
from toolkit.database import Visit
from toolkit.errors import N_, Message
from toolkit.records import Plan
from toolkit.statistics.numbers import HERE, Figure, shown

DEEDS = ("applications", "deliveries")
"""What indicators count of what people and organisations did."""


def figures(visit: Visit) -> list[Figure]:
    """The indicators of the published plan of this year, or of the one next to it: the same for every reader.
    Materials that the portal counts for them are public by themselves, so that they are exact; deeds are told
    as everywhere in the statistics (see `numbers`)."""
    distance = func.abs(Plan.year - terms.today().year)
    year = visit.session.scalar(
        select(Plan.year).where(Plan.state == "published").order_by(distance, Plan.year.desc()).limit(1)
    )
    if year is None:
        return []
    return [_figure(one, year) for one in workplan.figures(visit, workplan.get(visit, year))]


def _figure(one: workplan.Figure, year: int) -> Figure:
    indicator = one.indicator
    name = Message(N_("%(name)s (plan %(year)s)"), {"name": indicator.name, "year": year})
    said = " ".join(part for part in (indicator.definition, indicator.unit and f"({indicator.unit})") if part)
    source = HERE if indicator.counts or not one.source else Message("%(source)s", {"source": one.source})
    value = shown(int(one.value)) if indicator.counts in DEEDS and one.value is not None else one.value
    return Figure(name, value, source, one.day or terms.today(), Message("%(said)s", {"said": said}),
                  indicator.target, few=value is None and one.value is not None)  # fmt: skip
