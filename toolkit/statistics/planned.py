"""What the parties of the agreement aim at in the year, and where they stand: the indicators of the plan."""

from __future__ import annotations

from sqlalchemy import func, select

from toolkit import terms, workplan
from toolkit.database import Visit
from toolkit.errors import N_, Message
from toolkit.records import Plan
from toolkit.statistics.numbers import HERE, Figure


def figures(visit: Visit) -> list[Figure]:
    """The indicators of the published plan of this year, or of the one next to it: the same for every reader.
    Materials that the portal counts for them are public by themselves, so that they are exact; deeds are told
    as everywhere in the statistics (see `numbers`), to the parties too."""
    distance = func.abs(Plan.year - terms.today().year)
    year = visit.session.scalar(
        select(Plan.year).where(Plan.state == "published").order_by(distance, Plan.year.desc()).limit(1)
    )
    if year is None:
        return []
    return [_figure(one, year) for one in workplan.figures(visit, workplan.get(visit, year), exact=False)]


def _figure(one: workplan.Figure, year: int) -> Figure:
    indicator = one.indicator
    name = Message(N_("%(name)s (plan %(year)s)"), {"name": indicator.name, "year": year})
    said = " ".join(part for part in (indicator.definition, indicator.unit and f"({indicator.unit})") if part)
    source = HERE if indicator.counts or not one.source else Message("%(source)s", {"source": one.source})
    return Figure(name, one.value, source, one.day or terms.today(), Message("%(said)s", {"said": said}),
                  indicator.target, few=one.few)  # fmt: skip
