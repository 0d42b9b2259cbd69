"""The two worlds, built once per module that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.silence.records import clock, identifier
from tests.silence.worlds import Portal, build, limited_by_nothing
from toolkit.records.base import injected

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are the group «silence»."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("silence")


@pytest.fixture(scope="module")
def stillness() -> Iterator[None]:
    """The clock stands still, identifiers come from the records themselves, nothing is counted."""
    with injected(clock=clock, identifiers=identifier), limited_by_nothing():
        yield


@pytest.fixture(scope="module")
def worlds(stillness: None, tmp_path_factory: pytest.TempPathFactory, blank: Path) -> tuple[Portal, Portal]:
    """The portal without the secrets, and the one with them."""
    folder = tmp_path_factory.mktemp("worlds")
    return build(folder / "plain", blank, shifted=False), build(folder / "hiding", blank, shifted=True)
