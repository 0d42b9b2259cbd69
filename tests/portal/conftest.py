"""People of two organisations, for the tests of what coordinations do in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.instance import Instance
from tests.portal import planned
from toolkit.records import Person


@pytest.fixture
def everybody(add_person: Callable[..., int]) -> dict[str, int]:
    """Julia coordinates «agraria», Rosa promotes, Luz reads; Otto promotes in «coopac»; Sola is nowhere."""
    return {
        "julia": add_person("julia@x.coop", "Julia", organizations={"agraria": "coordinator"}),
        "rosa": add_person("rosa@x.coop", "Rosa", organizations={"agraria": "promoter"}),
        "luz": add_person("luz@x.coop", "Luz", organizations={"agraria": "member"}),
        "otto": add_person("otto@x.coop", "Otto", organizations={"coopac": "promoter"}),
        "sola": add_person("sola@x.coop", "Sola"),
    }


@pytest.fixture
def enter(everybody: dict[str, int], sign_in: Callable[..., FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: sign_in(f"{name}@x.coop")


@pytest.fixture
def ids(instance: Instance, everybody: dict[str, int]) -> dict[str, str]:
    with instance.database.open_for_maintenance(writing=False) as session:
        return {name: session.get_one(Person, number).public_id for name, number in everybody.items()}


@pytest.fixture
def parties(
    instance: Instance, add_person: Callable[..., int], sign_in: Callable[..., FlaskClient]
) -> dict[str, FlaskClient]:
    """Ana coordinates «americas», Bea «produce», Cora an organisation that is no party; Dora is a member of
    «produce», Edita an editor. The agreement is signed."""
    add_person("ana@x.coop", "Ana", organizations={"americas": "coordinator"})
    add_person("bea@x.coop", "Bea", organizations={"produce": "coordinator"})
    add_person("cora@x.coop", "Cora", organizations={"coopac": "coordinator"})
    add_person("dora@x.coop", "Dora", organizations={"produce": "member"})
    add_person("edita@x.coop", "Edita", portal_role="editor")
    planned.sign(instance)
    return {name: sign_in(f"{name}@x.coop") for name in ("ana", "bea", "cora", "dora", "edita")}


@pytest.fixture
def visitor(instance: Instance, parties: dict[str, FlaskClient]) -> FlaskClient:
    return parties["ana"].application.test_client()
