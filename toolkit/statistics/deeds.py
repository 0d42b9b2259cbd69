"""What people and organisations did: uses, applications, deliveries, searches without result. All of it is
told in multiples of five (see `numbers`)."""

from __future__ import annotations

import datetime as dt
from statistics import median

from sqlalchemy import SQLColumnExpression, case

from toolkit import access, applications, usage
from toolkit.access import FEWEST, VISITOR, lima_day, shown
from toolkit.applications.changes import RESULTS
from toolkit.applications.counting import counts_by
from toolkit.database import Visit
from toolkit.errors import N_, Message
from toolkit.records import Application, now
from toolkit.statistics.numbers import HERE, Figure, Row, Table

MONTHS = 12
_USES = {
    "view": ("fichas-abiertas", N_("Fichas abiertas por mes"), N_("Fichas abiertas")),
    "page": ("paginas-leidas", N_("Páginas leídas por mes"), N_("Páginas leídas")),
    "download": ("descargas", N_("Descargas por mes"), N_("Descargas")),
}


def months(last: dt.date, number: int = MONTHS) -> list[tuple[int, int]]:
    """So many months as (year, month), the newest, that of `last`, first."""
    whole = last.year * 12 + last.month - 1
    return [(n // 12, n % 12 + 1) for n in range(whole, whole - number, -1)]


def _first_day(last: dt.date) -> dt.date:
    year, month = months(last)[-1]
    return dt.date(year, month, 1)


def figures(visit: Visit) -> list[Figure]:
    """How often public materials were applied, and how long receipts take."""
    today = lima_day(now())
    applied = applications.counted(visit, dt.date.min, today)
    return [
        Figure(
            Message(N_("Veces que se aplicó un material público")), shown(applied), HERE, today,
            Message(N_("Lo que las organizaciones registraron en «La aplicamos» y permiten que se lea. Cada "
                       "organización se cuenta una vez por material y mes. Se redondea hacia abajo de cinco "
                       "en cinco; menos de 5 no se muestra.")), few=shown(applied) is None,
        ),
        *_receipts(visit, today),
    ]  # fmt: skip


def _receipts(visit: Visit, today: dt.date) -> list[Figure]:
    """The median of days between delivery and receipt, over what a visitor sees; where there are enough."""
    rows = visit.connection.execute(access.deliveries_counted(VISITOR))
    taken = [(received - given).days for given, received, _ in rows if received is not None]
    if len(taken) < FEWEST:
        return []
    return [Figure(
        Message(N_("Días hasta el acuse de recibo")), round(median(taken)), HERE, today,
        Message(N_("Mediana de los días entre la entrega de un material y su acuse de recibo, contando las "
                   "entregas con recibo de materiales cuya ficha es pública.")),
    )]  # fmt: skip


def tables(visit: Visit) -> list[Table]:
    """Uses by month, applications by place and result, and for editors searches without result."""
    today = lima_day(now())
    place = case((Application.region != "", Application.region), else_=Application.country)
    applied = Message(N_("Aplicaciones"))
    told = Message(N_("Lo que las organizaciones registraron en «La aplicamos» y permiten que se lea, de "
                      "materiales públicos. Cada organización se cuenta una vez por material y mes. Se "
                      "redondea hacia abajo de cinco en cinco; menos de 5 no se muestra."))  # fmt: skip
    return [
        *(_used(visit, act, today) for act in usage.ACTS),
        Table("aplicaciones-por-region", Message(N_("Dónde se aplicaron los materiales")), "place",
              Message(N_("Región o país")), applied, _applied(visit, place), HERE, today, told),
        Table("aplicaciones-por-resultado", Message(N_("Cómo les fue a quienes los aplicaron")), "result",
              Message(N_("Resultado")), applied, _by_result(visit), HERE, today, told),
        *([_missed(visit, today)] if visit.viewer.editor else []),
    ]  # fmt: skip


def _used(visit: Visit, act: str, today: dt.date) -> Table:
    code, name, unit = _USES[act]
    counts = usage.public_by_month(visit, act, _first_day(today))
    rows = tuple(
        Row(f"{year}-{month:02}", shown(counts.get((year, month), 0))) for year, month in months(today)
    )
    return Table(
        code, Message(name), "month", Message(N_("Mes")), Message(unit),
        rows if any(row.value != 0 for row in rows) else (), HERE, today,
        Message(N_("Usos de materiales públicos en los últimos doce meses, sin contar robots. No se sabe "
                   "quién: solo se guarda cuántas veces en cada día. Se redondea hacia abajo de cinco en "
                   "cinco; menos de 5 no se muestra.")),
    )  # fmt: skip


def _applied(visit: Visit, by: SQLColumnExpression[str]) -> tuple[Row, ...]:
    counts = sorted(((str(code), n) for code, n in counts_by(visit, by).items()), key=lambda one: one[0])
    rows = [Row(code, shown(n)) for code, n in counts]
    return tuple(sorted(rows, key=lambda row: -(row.value or 0)))


def _by_result(visit: Visit) -> tuple[Row, ...]:
    """From what worked to what did not."""
    return tuple(sorted(_applied(visit, Application.result), key=lambda row: RESULTS.index(row.code)))


def _missed(visit: Visit, today: dt.date) -> Table:
    rows = tuple(Row(words, shown(n)) for words, n in usage.missed(visit, _first_day(today)))
    return Table(
        "busquedas-sin-resultado", Message(N_("Búsquedas sin resultado")), "words",
        Message(N_("Palabras")), Message(N_("Veces")), rows, HERE, today,
        Message(N_("Palabras que visitantes buscaron en los últimos doce meses sin encontrar nada, desde 5 "
                   "veces en un mes. Lo que busca quien ha ingresado no se guarda. Solo lo ve la edición del "
                   "portal.")),
    )  # fmt: skip
