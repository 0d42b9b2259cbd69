"""What the fields of a form hold, read as what it means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask
from wtforms import BooleanField, HiddenField, StringField

from portal.sheets import DayField, Sheet
from toolkit.errors import Invalid

ID = "a1b2c3d4e5f6a7b8c9d0"


class Sample(Sheet):
    """One field of each kind."""

    words = StringField()
    day = DayField()
    internal = BooleanField()
    resource = StringField()
    resources = StringField()
    revision = HiddenField()


@pytest.fixture(autouse=True)
def request_of_nobody() -> Iterator[None]:
    with Flask(__name__).test_request_context():
        yield


def test_each_field_is_read_by_its_kind() -> None:
    form = Sample(data={"words": " Sí ", "day": "2015-09-15", "internal": True,
                        "resource": f"https://ayni.pe/recursos/{ID}-balance"})  # fmt: skip
    assert [form.read(name) for name in ("words", "day", "internal", "resource")] == [
        "Sí", dt.date(2015, 9, 15), True, ID,
    ]  # fmt: skip
    assert [Sample().read(name) for name in ("words", "day", "internal", "resource")] == ["", None, False, ""]


@pytest.mark.parametrize(("name", "typed"), [
    ("day", "15 de setiembre"), ("resource", "/noticias/2015/firma"), ("resource", ID + "0"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_at_its_field(name: str, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        Sample(data={name: typed}).read(name)
    assert refused.value.field == name


def test_several_materials_are_read_line_by_line() -> None:
    other = ID[::-1]
    assert Sample(data={"resources": f"{ID}\n/recursos/{other}-x\n"}).materials_of() == [ID, other]
    with pytest.raises(Invalid):
        Sample(data={"resources": f"{ID}\nnada"}).materials_of()


@pytest.mark.parametrize(("said", "number"), [("7", 7), ("", 0), ("-1", 0), ("x", 0), ("9" * 30, 0)])
def test_a_revision_that_was_tampered_with_is_none(said: str, number: int) -> None:
    assert Sample(data={"revision": said}).begun() == number
