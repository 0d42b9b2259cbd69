"""The readable end of an address."""

from __future__ import annotations

from toolkit import slugs


def test_the_first_free_number_is_given() -> None:
    assert slugs.free("convenio", {"otro", "convenio-2"}) == "convenio"
    assert slugs.free("convenio", {"convenio"}) == "convenio-2"
    assert slugs.free("convenio", {"convenio", "convenio-2", "convenio-4"}) == "convenio-3"
