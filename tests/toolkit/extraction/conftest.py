"""Where the tests of extraction put their files."""

import pytest


@pytest.fixture
def scratch(tmp_path):
    """The folder for temporary files, which must be empty afterwards."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def put(tmp_path):
    """Write bytes to a file without a telling name, as the store does."""

    def put(data):
        path = tmp_path / "contents"
        path.write_bytes(data)
        return path

    return put
