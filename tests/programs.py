"""System programs that some tests need: missing, they fail root, who can install them, and skip others."""

from __future__ import annotations

import os

import pytest

LINE = "apt-get install --no-install-recommends"


def need(present: bool, packages: str) -> None:
    """Go on where the program is present; say the line that installs it where it is not."""
    if not present:
        words = f"a program is missing: {LINE} {packages}"
        pytest.fail(words) if os.geteuid() == 0 else pytest.skip(words)


@pytest.fixture(scope="session")
def tesseract() -> None:
    """Tesseract with Spanish."""
    from toolkit.extraction import ocr_available

    need(ocr_available(), "tesseract-ocr tesseract-ocr-spa")


@pytest.fixture(scope="session")
def libreoffice() -> None:
    """LibreOffice."""
    from toolkit.extraction import libreoffice_available

    need(libreoffice_available(), "libreoffice-writer libreoffice-calc libreoffice-impress")
