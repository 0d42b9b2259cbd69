"""The example library: real content about running a co-operative, written for this project.

`library.toml` says who and what, `sources/` holds the texts, `files/` the files made from them by
`python -m toolkit.example.make`, which alone needs LibreOffice. Loading the library needs `files/` only.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FILES = FOLDER / "files"
SOURCES = FOLDER / "sources"


def read_library() -> dict[str, Any]:
    """The tables of `library.toml`: `organizations`, `people` (with `memberships`), `resources`, and what
    `dealings` plays with them."""
    return tomllib.loads((FOLDER / "library.toml").read_text(encoding="utf-8"))
