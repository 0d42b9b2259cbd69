"""The wheel carries everything: installed in a fresh environment, it serves the home page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOOK = """
import pathlib, tempfile, portal, toolkit.example
from portal import create_app
from portal.instance import Instance
from portal.translations import __file__ as translations
root = pathlib.Path(portal.__file__).parents[1]
assert "site-packages" in str(root), root
instance = Instance(pathlib.Path(tempfile.mkdtemp()))
instance.database.migrate()
browser = create_app(instance).test_client()
answer = browser.get("/")
assert answer.status_code == 200 and "Ayni" in answer.text, answer.status
assert browser.get("/static/style.css").status_code == 200
assert "Search" in browser.get("/en/").text
assert len(toolkit.example.read_library()["resources"]) >= 24
print("served")
"""


@pytest.mark.slow
def test_the_wheel_serves_the_home_page(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)], check=True, timeout=300
    )
    (wheel,) = tmp_path.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "fresh")], check=True, timeout=120)
    fresh = str(tmp_path / "fresh/bin/python")
    subprocess.run([fresh, *pip[1:], "install", str(wheel)], check=True, timeout=600)
    seen = subprocess.run([fresh, "-c", LOOK], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert seen.stdout.strip() == "served", seen.stderr
