"""House rules as tests, so that nobody has to remember them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = sorted([*ROOT.glob("toolkit/**/*.py"), *ROOT.glob("portal/**/*.py")])
TEMPLATES = ROOT / "templates"
LADDER = ("errors", "vocabulary", "records", "access", "database", "files", "extraction", "jobs", "search")
OF_THE_WEB = {
    "flask",
    "werkzeug",
    "jinja2",
    "babel",
    "flask_babel",
    "wtforms",
    "click",
    "portal",
    "markupsafe",
}
NAMELESS = {"util", "utils", "helpers", "helper", "common", "misc", "core", "base", "manager"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


@pytest.mark.parametrize("path", [p for p in CODE if name_of(p).startswith("toolkit/")], ids=name_of)
def test_toolkit_knows_nothing_of_the_web(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & OF_THE_WEB


@pytest.mark.parametrize("path", [p for p in CODE if name_of(p).startswith("toolkit/")], ids=name_of)
def test_a_module_imports_from_lower_steps_only(path: Path) -> None:
    step = name_of(path).split("/")[1].removesuffix(".py")
    if step not in LADDER:
        return
    allowed = {*LADDER[: LADDER.index(step) + 1]}
    if step == "search" and path.name in (
        "indexing.py",
        "finding.py",
        "documents.py",
        "checking.py",
        "actions.py",
        "articles.py",
        "agreements.py",
        "meetings.py",
        "plans.py",
        "legislation.py",
        "compilations.py",
        "initiatives.py",
        "sources.py",
    ):
        allowed |= {"access", "database", "jobs", "markdown"}
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "toolkit" and len(parts) > 1 and (ROOT / "toolkit" / parts[1]).exists():
            assert parts[1] in allowed, name


@pytest.mark.parametrize("path", [p for p in CODE if name_of(p).startswith("portal/")], ids=name_of)
def test_portal_writes_no_queries(path: Path) -> None:
    exempt = name_of(path).startswith(("portal/accounts/", "portal/commands/")) or path.name in (
        "work.py",
        "health.py",
    )
    if not exempt:
        assert not [name for name in imports(path) if name.startswith("sqlalchemy.") and name.endswith(
            (".select", ".update", ".delete", ".insert", ".text"))]  # fmt: skip


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_bulk_forms_and_bare_text_stay_where_they_belong(path: Path) -> None:
    bare = ("toolkit/access/", "toolkit/database.py", "toolkit/jobs/", "toolkit/search/",
            "toolkit/migrations/", "toolkit/records/", "toolkit/verifying.py",
            "portal/health.py")  # fmt: skip
    for call, line in calls(path):
        assert not re.search(r"\.bulk_(insert|update|save)", call), f"{name_of(path)}:{line}"
        if call in ("text", "sa.text", "sqlalchemy.text"):
            assert name_of(path).startswith(bare), f"{name_of(path)}:{line}"


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_names(path: Path) -> None:
    word = path.stem
    if word != "base" or path.parent.name != "records":
        assert word not in NAMELESS


def test_only_search_imports_the_engine() -> None:
    holders = {name_of(p) for p in CODE if any(name.split(".")[0] == "whoosh" for name in imports(p))}
    assert all(name.startswith("toolkit/search/whoosh_") for name in holders), holders


def test_every_template_is_used_and_titled() -> None:
    words = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*CODE, *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]
    )
    for path in TEMPLATES.rglob("*.html"):
        name = path.relative_to(TEMPLATES).as_posix()
        if name.startswith("errors/"):
            continue
        assert name in words, f"{name} is used nowhere"
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if '{% extends "base.html" %}' in text:
            assert "{% block title %}" in text, path


def test_templates_hold_no_inline_style_or_script() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text), path
        assert not re.search(r"<script(?![^>]*nonce)", text), path
        assert "|safe" not in text.replace(" ", ""), path


def test_addresses_are_spanish_kebab_case() -> None:
    rule = re.compile(r"\.route\(\s*[\"'](/[^\"']*)")
    for path in CODE:
        for address in rule.findall(path.read_text(encoding="utf-8")):
            fixed = re.sub(r"<[^>]+>", "", address)
            assert re.fullmatch(r"[a-z0-9/.\-]*", fixed), (path, address)


def test_every_setting_is_in_the_guide() -> None:
    from portal.settings import SETTINGS

    guide = (ROOT / "docs" / "guia-del-operador.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        assert f"| `{setting.name}` |" in guide, setting.name


def test_the_tables_of_the_guide_are_those_of_the_code() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "tables.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_machine_path_or_registry_in_what_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(
        r"(?<![\w.])/(?:work|farm)/\w|https?://[^\s\"']*(?:/simple/|registry\.|/packages/)"
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if (
            path.suffix in (".py", ".md", ".toml", ".html", ".css", ".js", ".po", ".txt", "")
            and path.is_file()
        ):
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert path == Path(__file__) or not forbidden.search(text), name


def test_top_level_holds_what_was_agreed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    top = {name.split("/")[0] for name in listed.stdout.splitlines()}
    agreed = {"portal", "instance", "toolkit", "templates", "tests", "pyproject.toml", "README.md",
              "Makefile", "docs", "deploy", ".ci", "LICENSE", "CHANGELOG.md", ".gitignore"}  # fmt: skip
    assert top <= agreed
