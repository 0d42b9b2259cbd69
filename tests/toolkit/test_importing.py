"""Folders and tables: what becomes of each file, the first time and the second."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.instance import Instance
from toolkit import catalogue, organizations
from toolkit.access import steward_of
from toolkit.catalogue import Card
from toolkit.errors import Invalid
from toolkit.importing import Import, Taken, fields_of, files_in, owner, read_table
from toolkit.records import AuditEntry, File, Job, Resource


@pytest.fixture
def organization(instance: Instance) -> int:
    with instance.database.open_for_maintenance() as session:
        return organizations.add(session, "duena", "Cooperativa Dueña").id


def run(instance: Instance, organization: int, level: int = 0) -> Import:
    return Import(instance.database, instance.store, instance.folder / "scratch", organization, level)


def text(folder: Path, name: str, words: str = "Palabras de prueba.") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")
    return path


def card(instance: Instance, organization: int, taken: Taken) -> Card:
    with instance.database.visit(steward_of(organization)) as visit:
        return catalogue.describe(
            visit.session.scalars(select(Resource).where(Resource.public_id == taken.id)).one()
        )


def number(instance: Instance, record: type) -> int:
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.scalar(select(func.count()).select_from(record)) or 0


def clean(instance: Instance) -> bool:
    """Nothing half done: no parts, and contents for rows only."""
    with instance.database.open_for_maintenance(writing=False) as session:
        held = set(session.scalars(select(File.sha256)))
    return set(instance.store.hashes()) == held and not any(instance.store.incoming.iterdir())


def test_a_file_becomes_a_published_resource(instance: Instance, organization: int, tmp_path: Path) -> None:
    path = text(tmp_path, "Guía de socias.txt")
    taken = run(instance, organization).take(path, path.name)
    assert taken.state == "queued" and taken.reason is None
    assert card(instance, organization, taken) == Card(title="Guía de socias")
    with instance.database.open_for_maintenance(writing=False) as session:
        resource = session.scalars(select(Resource)).one()
        assert (resource.state, resource.level, resource.public_id) == ("published", 0, taken.id)
        kinds = {tuple(row) for row in session.execute(select(Job.kind, Job.key))}
        assert kinds == {("read_file", str(taken.file_id)), ("index_resource", taken.id)}
    assert instance.store.path(*instance.store.hashes()).read_bytes() == path.read_bytes()
    assert clean(instance)


@pytest.mark.parametrize("level", [0, 1, 3])
def test_the_audience_is_the_level(instance: Instance, organization: int, tmp_path: Path, level: int) -> None:
    run(instance, organization, level).take(text(tmp_path, "a.txt"), "a.txt")
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Resource.level)).one() == level


def test_a_second_run_changes_only_what_the_table_gives(
    instance: Instance, organization: int, tmp_path: Path
) -> None:
    path = text(tmp_path, "a.txt")
    first = run(instance, organization).take(
        path, "a.txt", {"summary": "Antes", "topics": ["T01"], "year": 2019}
    )
    with instance.database.visit(steward_of(organization), writing=True) as visit:  # somebody corrects it
        resource = visit.session.scalars(select(Resource)).one()
        better = catalogue.describe(resource)
        better.title, better.authors = "Título corregido", ["Rosa Quispe"]
        catalogue.change(visit, resource, better, revision=resource.revision)
    second = run(instance, organization, 3).take(path, "b/renamed.txt", {"summary": "Después", "year": 2020})
    assert (second.id, second.file_id, second.state) == (first.id, first.file_id, "queued")
    assert card(instance, organization, second) == Card(
        title="Título corregido", summary="Después", topics=["T01"], year=2020, authors=["Rosa Quispe"]
    )
    with instance.database.open_for_maintenance(writing=False) as session:
        assert session.scalars(select(Resource.level)).one() == 0, "who reads it is no field of the table"
    assert number(instance, File) == 1 and clean(instance)


def test_a_second_run_without_a_table_changes_nothing(
    instance: Instance, organization: int, tmp_path: Path
) -> None:
    path = text(tmp_path, "a.txt")
    run(instance, organization).take(path, "a.txt", {"title": "Uno"})
    before = number(instance, AuditEntry), number(instance, Job)
    run(instance, organization).take(path, "a.txt")
    run(instance, organization).take(path, "a.txt", {"title": "Uno"})
    assert (number(instance, AuditEntry), number(instance, Job)) == before


def test_the_same_content_twice_in_a_run_is_a_duplicate(
    instance: Instance, organization: int, tmp_path: Path
) -> None:
    for _ in range(2):
        importing = run(instance, organization)
        one = importing.take(text(tmp_path, "a.txt"), "a.txt")
        two = importing.take(text(tmp_path, "sub/b.txt"), "sub/b.txt", {"title": "Otro"})
        assert (one.state, two.state, two.id) == ("queued", "duplicate", one.id)
        assert two.reason is not None and two.reason.values == {"other": "a.txt"}
        assert card(instance, organization, one).title == "a"
    assert number(instance, Resource) == 1


def test_another_owner_has_a_resource_of_its_own(
    instance: Instance, organization: int, tmp_path: Path
) -> None:
    with instance.database.open_for_maintenance() as session:
        other = organizations.add(session, "otra", "Otra").id
    path = text(tmp_path, "a.txt")
    one, two = (run(instance, one).take(path, "a.txt") for one in (organization, other))
    assert one.id != two.id and number(instance, Resource) == 2 and clean(instance)


@pytest.mark.parametrize(
    ("name", "contents"),
    [("vacío.txt", b""), ("programa.exe", b"MZ\x90\x00" * 50), ("mentira.pdf", b"no soy un PDF"),
     ("página.php", b"<?php system($_GET['c']); ?>")],
)  # fmt: skip
def test_what_is_refused_says_why_and_leaves_nothing(
    instance: Instance, organization: int, tmp_path: Path, name: str, contents: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(contents)
    taken = run(instance, organization).take(path, name)
    assert taken.state == "refused" and taken.id is None and taken.reason is not None and taken.reason.text
    assert number(instance, Resource) == number(instance, Job) == 0 and clean(instance)


@pytest.mark.parametrize(
    "fields", [{"title": "x" * 301}, {"year": 1492}, {"region": "PE-01", "country": "BR"}]
)
def test_a_card_that_cannot_be_taken_leaves_no_contents(
    instance: Instance, organization: int, tmp_path: Path, fields: dict
) -> None:
    taken = run(instance, organization).take(text(tmp_path, "a.txt"), "a.txt", fields)
    assert taken.state == "refused" and taken.reason is not None
    assert number(instance, Resource) == 0 and clean(instance)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_opened_is_refused(instance: Instance, organization: int, tmp_path: Path) -> None:
    path = text(tmp_path, "a.txt")
    path.chmod(0)
    assert run(instance, organization).take(path, "a.txt").state == "refused"


def test_what_went_away_meanwhile_is_refused(instance: Instance, organization: int, tmp_path: Path) -> None:
    assert run(instance, organization).take(tmp_path / "gone.txt", "gone.txt").state == "refused"


def test_folders_are_walked_in_order_without_hidden_files_and_links(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/y.txt", ".oculto.txt", ".git/config.txt"):
        text(tmp_path, name)
    (tmp_path / "link.txt").symlink_to(tmp_path / "b.txt")
    names = [path.relative_to(tmp_path).as_posix() for path in files_in(tmp_path)]
    assert names == ["a/y.txt", "a/z.txt", "b.txt"]


# --- tables


def table(tmp_path: Path, contents: str | bytes) -> dict[str, dict[str, str]]:
    path = tmp_path / "tabla.csv"
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    return read_table(path)


SPANISH = (
    "Archivo;Título;Resumen;Tipo;Temas;Sectores;Para quién;"
    "Principios;País;Región;Idioma;Año;Autores;Licencia\n"
)
ENGLISH = (
    "file,title,summary,kind,topics,sectors,audiences,"
    "principles,country,region,language,year,authors,licence\n"
)


def test_headings_in_spanish_and_in_english_give_the_same(tmp_path: Path) -> None:
    in_spanish = table(tmp_path, SPANISH + "a.txt;Uno;Dos;R01;T01 | T02;;;;PE;PE-08;es;2020;Rosa | Luis;\n")
    in_english = table(tmp_path, ENGLISH + "a.txt,Uno,Dos,R01,T01 | T02,,,,PE,PE-08,es,2020,Rosa | Luis,\n")
    assert in_spanish == in_english
    assert fields_of(in_spanish["a.txt"]) == {
        "title": "Uno", "summary": "Dos", "kind": "R01", "topics": ["T01", "T02"], "country": "PE",
        "region": "PE-08", "language": "es", "year": 2020, "authors": ["Rosa", "Luis"],
    }  # fmt: skip


def test_labels_are_as_good_as_codes_in_any_case_and_language(tmp_path: Path) -> None:
    from toolkit import vocabulary

    for list_name, heading in (("kinds", "tipo"), ("topics", "temas"), ("countries", "país"),
                               ("languages", "idioma"), ("licences", "licencia")):  # fmt: skip
        known = vocabulary.load(list_name)
        code = next(iter(known))
        code = getattr(code, "code", code)
        by_code = fields_of(table(tmp_path, f"archivo;{heading}\na.txt;{code}\n")["a.txt"])
        for language in ("es", "pt", "en"):
            label = known.label(code, language)
            row = table(tmp_path, f'archivo;{heading}\na.txt;"{label.upper()}"\n')["a.txt"]
            assert fields_of(row) == by_code, (list_name, language)


def test_what_spreadsheets_write_is_read(tmp_path: Path) -> None:
    with_mark = table(tmp_path, "\ufeffarchivo,título,\r\na.txt,Uno,\r\n")
    old = table(tmp_path, "archivo;título\r\na.txt;Año de la ñandú\r\n".encode("cp1252"))
    lines = table(tmp_path, 'archivo;resumen\na.txt;"Una línea\ny otra; con punto y coma"\n')
    assert with_mark == {"a.txt": {"title": "Uno"}}
    assert old == {"a.txt": {"title": "Año de la ñandú"}}
    assert lines == {"a.txt": {"summary": "Una línea\ny otra; con punto y coma"}}


def test_names_are_compared_composed_and_with_slashes(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "año/señas.txt")
    assert list(table(tmp_path, f"archivo\n{apart}\ncarpeta\\otra.txt\n")) == [
        "año/señas.txt",
        "carpeta/otra.txt",
    ]


@pytest.mark.parametrize("contents", ["título\nUno\n", "archivo;precio\na.txt;3\n", ""])
def test_a_table_that_nobody_understands_is_refused(tmp_path: Path, contents: str) -> None:
    with pytest.raises(Invalid):
        table(tmp_path, contents)


@pytest.mark.parametrize("cells", [{"kind": "Novela"}, {"topics": "T01; T99"}, {"year": "hace poco"}])
def test_a_value_on_no_list_is_refused(cells: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        fields_of(cells)


def test_an_empty_cell_gives_no_field() -> None:
    assert fields_of({"title": " ", "topics": "", "year": ""}) == {}
    assert fields_of({"show_card": "Sí"}) == {"show_card": True}
    assert fields_of({"show_card": "no"}) == {"show_card": False}


def test_a_region_tells_its_country() -> None:
    assert fields_of({"region": "PE-08"}) == {"region": "PE-08", "country": "PE"}


# --- whose it will be


def test_without_organisations_one_is_made(instance: Instance) -> None:
    made = owner(instance.database, None)
    with instance.database.open_for_maintenance() as session:
        assert organizations.get(session, "biblioteca").id == made
    assert owner(instance.database, None) == owner(instance.database, "biblioteca") == made


def test_the_only_one_owns_and_among_several_one_must_be_named(instance: Instance, organization: int) -> None:
    assert owner(instance.database, None) == organization
    with instance.database.open_for_maintenance() as session:
        other = organizations.add(session, "otra", "Otra").id
    with pytest.raises(Invalid, match="duena, otra"):
        owner(instance.database, None)
    assert owner(instance.database, "otra") == other
    with pytest.raises(Invalid, match="duena, otra"):
        owner(instance.database, "tercera")
