"""Figures and tables: complete, the same for every reader, and never small enough to tell of somebody."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from sqlalchemy import select

from portal.instance import Instance
from tests.toolkit.shelved import add_resource
from tests.world import PEOPLE, build
from toolkit import statistics, usage
from toolkit.access import VISITOR, Viewer, lima_day
from toolkit.errors import NotFound
from toolkit.records import Application, Organization, Resource, now
from toolkit.statistics import Table, shown
from toolkit.statistics.deeds import months

EDITOR = Viewer(portal_role="editor")


def number(instance: Instance, public_id: str) -> int:
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.scalars(select(Resource.id).where(Resource.public_id == public_id)).one()


def table(instance: Instance, code: str, who: Viewer = VISITOR) -> Table:
    with instance.database.visit(who) as visit:
        return statistics.get_table(visit, code)


def rows(instance: Instance, code: str, who: Viewer = VISITOR) -> dict[str, int | None]:
    return {row.code: row.value for row in table(instance, code, who).rows}


def apply(instance: Instance, public_id: str, slugs: list[str], **more: object) -> None:
    with instance.database.open_for_maintenance() as session:
        for slug in slugs:
            place = session.scalars(select(Organization).where(Organization.slug == slug)).one_or_none()
            if place is None:
                place = Organization(slug=slug, name=slug.title(), country="PE")
                session.add(place)
                session.flush()
            given = {"version": 1, "how": "used", "result": "worked", "words": "Sirvió", "country": "PE",
                     "region": "PE-12", "day": dt.date(2026, 3, 1), "public": True, **more}  # fmt: skip
            session.add(Application(resource_id=number(instance, public_id), organization_id=place.id,
                                    title="x", **given))  # fmt: skip


def test_few_is_not_told_and_more_is_told_in_fives() -> None:
    assert [shown(n) for n in (0, 1, 4, 5, 9, 10, 17, 100)] == [0, None, None, 5, 5, 10, 15, 100]


def test_no_subtraction_gives_a_hidden_number() -> None:
    """Whatever two rows hold, more than one pair would look the same with the same total beside it, if one of
    them is hidden."""
    for a, b in itertools.product(range(1, 5), range(1, 30)):
        seen = (shown(a), shown(b), shown(a + b))
        alike = {x for x in range(1, 5) for y in range(1, 40) if (shown(x), shown(y), shown(x + y)) == seen}
        assert len(alike) > 1, (a, b)


def test_months_go_back_over_the_year() -> None:
    assert months(dt.date(2027, 2, 14), 4) == [(2027, 2), (2027, 1), (2026, 12), (2026, 11)]


def test_an_empty_library_has_figures_and_no_tables(instance: Instance) -> None:
    with instance.database.visit(VISITOR) as visit:
        assert [one.value for one in statistics.figures(visit)] == [0, 0, 0]
        assert statistics.tables(visit) == []
        with pytest.raises(NotFound):
            statistics.get_table(visit, "descargas")


def test_every_reader_gets_the_same_numbers_over_what_is_public(instance: Instance) -> None:
    world = build(instance)
    apply(instance, world.ids["public"], [f"c{n}" for n in range(6)])
    apply(instance, world.ids["members"], [f"c{n}" for n in range(6)])
    apply(instance, world.ids["own"], [f"c{n}" for n in range(6)], country="BO", region="")
    today = lima_day(now())
    usage.keep(instance.database, {(today, one, "view"): 7 for one in world.resources.values()}, {})
    answers = []
    for who in PEOPLE:
        with instance.database.visit(world.viewers[who]) as visit:
            answers.append((statistics.figures(visit), statistics.tables(visit)))
    assert all(one == answers[0] for one in answers)
    figures, tables = answers[0]
    assert [one.value for one in figures] == [1, 9, 5]
    found = {one.code: {row.code: row.value for row in one.rows if row.value != 0} for one in tables}
    assert found["materiales-por-tipo"] == {"R01": 1} and found["materiales-por-region"] == {"PE-21": 1}
    assert found["fichas-abiertas"] == {today.isoformat()[:7]: 5}
    assert found["aplicaciones-por-region"] == {"PE-12": 5}


def test_every_number_says_where_it_comes_from(instance: Instance) -> None:
    world = build(instance)
    apply(instance, world.ids["public"], [f"c{n}" for n in range(6)])
    today, public = lima_day(now()), world.resources["public"]
    usage.keep(instance.database, {(today, public, act): 9 for act in usage.ACTS},
               {(today.replace(day=1), "guanabana"): 6})  # fmt: skip
    with instance.database.visit(EDITOR) as visit:
        told = [*statistics.figures(visit), *statistics.tables(visit)]
    assert len(told) >= 12
    for one in told:
        assert one.source.text and one.definition.text and one.name.text and one.day == lima_day(now())


def test_few_applications_are_not_told_by_place_or_result(instance: Instance) -> None:
    public = add_resource(instance, title="Pesaje")
    apply(instance, public, [f"c{n}" for n in range(7)])
    apply(instance, public, ["d1", "d2"], country="UY", region="", result="failed")
    assert rows(instance, "aplicaciones-por-region") == {"PE-12": 5, "UY": None}
    assert rows(instance, "aplicaciones-por-resultado") == {"worked": 5, "failed": None}


def test_old_uses_are_of_their_month_and_the_oldest_of_none(instance: Instance) -> None:
    one = number(instance, add_resource(instance, title="Pesaje"))
    today = lima_day(now())
    usage.keep(instance.database, {(today, one, "download"): 12, (today.replace(day=1), one, "download"): 1,
                                   (dt.date(2020, 1, 1), one, "download"): 50}, {})  # fmt: skip
    counted = rows(instance, "descargas")
    assert len(counted) == 12 and counted[today.isoformat()[:7]] == (10 if today.day == 1 else 10)
    assert sum(n or 0 for n in counted.values()) == 10


def test_searches_without_result_are_for_editors_from_five_on(instance: Instance) -> None:
    add_resource(instance, title="Pesaje")
    month = lima_day(now()).replace(day=1)
    usage.keep(instance.database, {}, {(month, "guanabana"): 7, (month, "rara"): 4})
    assert rows(instance, "busquedas-sin-resultado", EDITOR) == {"guanabana": 5}
    for who in (VISITOR, Viewer(portal_role="administrator")):
        with pytest.raises(NotFound):
            table(instance, "busquedas-sin-resultado", who)
