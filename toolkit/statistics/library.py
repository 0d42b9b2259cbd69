"""What there is: public materials by kind, region and year, and the organisations of the directory. It is
counted over what everybody sees, so that every reader gets the same numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, case, cast, func, select

from toolkit.access import PUBLIC, lima_day
from toolkit.database import Visit
from toolkit.errors import N_, Message
from toolkit.records import Organization, Resource, now
from toolkit.statistics.numbers import HERE, Figure, Row, Table

_PUBLIC = (Resource.level == PUBLIC, Resource.state == "published")
_LISTED = (Organization.active, Organization.kind == "organization")
_MATERIALS = Message(N_("Materiales"))
_DEFINITION = Message(
    N_("Materiales publicados que cualquier persona puede leer hoy. Cada uno se cuenta una vez, no por "
       "versión. Los que solo leen organizaciones no están en esta cuenta.")
)  # fmt: skip


def figures(visit: Visit) -> list[Figure]:
    """How many public materials, and how many organisations."""
    today = lima_day(now())
    materials = visit.session.scalar(select(func.count(Resource.id)).where(*_PUBLIC)) or 0
    organizations = visit.session.scalar(select(func.count(Organization.id)).where(*_LISTED)) or 0
    return [
        Figure(Message(N_("Materiales públicos")), materials, HERE, today, _DEFINITION),
        Figure(Message(N_("Organizaciones")), organizations, HERE, today,
               Message(N_("Organizaciones activas en el directorio del portal."))),
    ]  # fmt: skip


def tables(visit: Visit) -> list[Table]:
    """Materials by kind, region and year; organisations by region."""
    place = case((Resource.region != "", Resource.region), else_=Resource.country)
    home = case((Organization.region != "", Organization.region), else_=Organization.country)
    return [
        _materials(visit, "materiales-por-tipo", Message(N_("Materiales por tipo")), "kind",
                   Message(N_("Tipo")), Resource.kind),
        _materials(visit, "materiales-por-region", Message(N_("Materiales por lugar")), "place",
                   Message(N_("Región o país")), place),
        _materials(visit, "materiales-por-anio", Message(N_("Materiales por año del material")), "year",
                   Message(N_("Año")), func.coalesce(cast(Resource.year, String), "")),
        Table(
            "organizaciones-por-region", Message(N_("Organizaciones por lugar")), "place",
            Message(N_("Región o país")), Message(N_("Organizaciones")),
            _by_count(visit, select(home, func.count()).where(*_LISTED).group_by(home)), HERE,
            lima_day(now()), Message(N_("Organizaciones activas en el directorio, por la región que indican; "
                                        "por el país las que no indican región.")),
        ),
    ]  # fmt: skip


def _materials(visit: Visit, code: str, name: Message, facet: str, column: Message, by: Any) -> Table:
    rows = _by_count(visit, select(by, func.count()).where(*_PUBLIC).group_by(by))
    if facet == "year":
        rows = tuple(sorted(rows, key=lambda row: row.code, reverse=True))
    return Table(code, name, facet, column, _MATERIALS, rows, HERE, lima_day(now()), _DEFINITION)


def _by_count(visit: Visit, statement: Any) -> tuple[Row, ...]:
    """The most frequent first; what is not said («») last."""
    found = [(str(code), number) for code, number in visit.session.execute(statement)]
    return tuple(Row(*one) for one in sorted(found, key=lambda one: (not one[0], -one[1], one[0])))
