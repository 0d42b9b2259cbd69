"""Organisations: adding, finding, browsing, changing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from toolkit import organizations
from toolkit.access import VISITOR, Viewer
from toolkit.database import Database
from toolkit.errors import Invalid
from toolkit.records import AuditEntry


@pytest.fixture
def database(tmp_path):
    fresh = Database("sqlite:///portal.db", tmp_path)
    fresh.migrate()
    yield fresh
    fresh.close()


@pytest.fixture
def session(database):
    with database.open_for_maintenance() as session:
        yield session


def test_an_organisation_is_added_and_written_down(session):
    added = organizations.add(session, "bellavista", " Cooperativa  Bellavista\n", acronym="CAB",
                              country="Perú",
                              region="San Martín", website="https://bellavista.example")  # fmt: skip
    assert (added.name, added.country, added.acronym) == ("Cooperativa Bellavista", "PE", "CAB")
    assert added.region.startswith("PE-") and added.active
    assert organizations.get(session, "bellavista") is added
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.noun, entry.noun_id, entry.organization_id) == (
        "add",
        "organization",
        "bellavista",
        added.id,
    )


def test_a_region_names_its_country(session):
    assert organizations.add(session, "a", "A", region="PE-21").country == "PE"


@pytest.mark.parametrize(("field", "given"), [
    ("slug", {"slug": "Bellavista"}), ("slug", {"slug": "bella vista"}),
    ("slug", {"slug": "ñandú"}),
    ("slug", {"slug": "-a"}), ("slug", {"slug": "../a"}), ("slug", {"slug": "a" * 81}),
    ("slug", {"slug": ""}),
    ("name", {"name": "  "}), ("name", {"name": "x" * 201}), ("country", {"country": "Narnia"}),
    ("region", {"region": "Narnia"}), ("region", {"country": "BR", "region": "Cusco"}),
    ("website", {"website": "javascript:alert(1)"}), ("sector", {"sector": "nada"}),
    ("acronym", {"acronym": "x" * 41}),
])  # fmt: skip
def test_what_cannot_be_taken_says_where(session, field, given):
    with pytest.raises(Invalid) as refused:
        organizations.add(session, **({"slug": "a", "name": "A"} | given))
    assert refused.value.field == field


def test_a_slug_belongs_to_one(session):
    organizations.add(session, "a", "A")
    with pytest.raises(organizations.SlugTaken, match="«a»"):
        organizations.add(session, "a", "B")


def test_an_unknown_one_lists_the_known(session):
    with pytest.raises(organizations.NoOrganizations):
        organizations.get(session, "x")
    organizations.add(session, "b", "B")
    organizations.add(session, "a", "A")
    with pytest.raises(organizations.UnknownOrganization, match="a, b"):
        organizations.get(session, "x")


def test_the_directory_counts_what_each_choice_would_show(database):
    with database.open_for_maintenance() as session:
        for slug, name, country, region in [
            ("z", "Ñandú", "PE", "PE-08"), ("a", "Árbol", "PE", "PE-21"), ("b", "bosque", "PE", "PE-08"),
            ("c", "Casa", "BR", ""), ("d", "Dado", "", ""),
        ]:  # fmt: skip
            organizations.add(session, slug, name, country=country, region=region)
        organizations.change(session, organizations.add(session, "x", "Cerrada", country="PE"), active=False)
    with database.visit(VISITOR) as visit:
        every = organizations.browse(visit)
        assert [one.name for one in every.organizations] == ["Árbol", "bosque", "Casa", "Dado", "Ñandú"]
        assert every.countries == {"PE": 3, "BR": 1} and every.regions == {}
        peru = organizations.browse(visit, "PE")
        assert peru.countries == every.countries and peru.regions == {"PE-08": 2, "PE-21": 1}
        assert [one.name for one in organizations.browse(visit, "PE", "PE-08").organizations] == [
            "bosque",
            "Ñandú",
        ]
        assert organizations.browse(visit, "BR").regions == {}
        assert organizations.browse(visit, "AR").organizations == []


def test_a_change_records_what_differs(session):
    one = organizations.add(session, "a", "A", country="PE", region="Cusco")
    organizations.change(session, one, name="A", acronym="AAA", viewer=Viewer())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "change")).one()
    assert entry.values == {"fields": ["acronym"], "active": True}  # what was written stays out of the audit
    organizations.change(session, one, country="Brasil")
    assert (one.country, one.region) == ("BR", "")
    with pytest.raises(TypeError):
        organizations.change(session, one, slug="b")
