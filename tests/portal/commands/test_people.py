"""`portal organization add`, `portal person add`, `portal person change`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal import create_app
from portal.commands import main
from portal.instance import Instance
from tests.conftest import token
from toolkit import people
from toolkit.records import Organization, Person, now

PASSWORD = "cañón húmedo azul"


@pytest.fixture
def run(tmp_path):
    """Run a command on a fresh instance; gives its result."""

    def run(*words, password=None, ok=True):
        given = None if password is None else f"{password}\n".encode()
        result = CliRunner().invoke(main, ["--instance", str(tmp_path / "new"), *words], input=given)
        assert (result.exit_code == 0) is ok, result.output
        return result.output

    return run


@pytest.fixture
def made(tmp_path):
    """The instance that the commands made."""
    return lambda: Instance(tmp_path / "new")


def viewer(made, email):
    with made().database.open_for_maintenance(writing=False) as session:
        return people.viewer_of(session, people.get(session, email).id, now())


def can_sign_in(made, email, password):
    client = create_app(made()).test_client()
    data = {"email": email, "password": password, "csrf_token": token(client, "/ingresar")}
    return client.post("/ingresar", data=data).status_code == 302


def test_a_fresh_instance_has_nobody(run, made):
    run("migrate")
    with made().database.open_for_maintenance(writing=False) as session:
        assert not session.scalars(select(Person)).all() and not session.scalars(select(Organization)).all()


def test_the_first_command_makes_the_instance(run, made):
    words = ("organization", "add", "bellavista", "--name", "Cooperativa Bellavista")
    assert "Cooperativa Bellavista" in run(*words, "--country", "Perú", "--region", "San Martín")
    assert made().database.current()


@pytest.mark.parametrize(("role", "standing"), [
    ("member", "member"), ("promoter", "promoter"), ("coordinator", "promoter"),
])  # fmt: skip
def test_a_person_signs_in_with_accents_from_the_command_line(run, made, role, standing):
    run("organization", "add", "bellavista", "--name", "Bellavista")
    run("person", "add", "rosa@coop.example", "--name", "Rosa Ñahui", "--organization", "bellavista",
        "--role", role, "--password-stdin", password=PASSWORD)  # fmt: skip
    assert can_sign_in(made, "rosa@coop.example", PASSWORD)
    who = viewer(made, "rosa@coop.example")
    assert {one for _, one in who.roles} == {standing}
    assert bool(who.coordinates) is (role == "coordinator")


def test_roles_of_the_portal(run, made):
    run("person", "add", "ana@coop.example", "--name", "Ana", "--portal-role", "editor", "--password-stdin",
        password=PASSWORD)  # fmt: skip
    assert viewer(made, "ana@coop.example").editor
    run("person", "change", "ANA@coop.example", "--portal-role", "administrator")
    assert viewer(made, "ana@coop.example").administrator


def test_spaces_in_a_password_count(run, made):
    run(
        "person",
        "add",
        "ana@coop.example",
        "--name",
        "Ana",
        "--password-stdin",
        password="  dos antes y uno después ",
    )
    assert can_sign_in(made, "ana@coop.example", "  dos antes y uno después ")
    assert not can_sign_in(made, "ana@coop.example", "dos antes y uno después")


def test_without_a_password_it_can_be_asked_for(run, made):
    assert "/recuperar" in run("person", "add", "ana@coop.example", "--name", "Ana")


def test_a_change_changes_what_is_given(run, made):
    run("organization", "add", "bellavista", "--name", "Bellavista")
    run("person", "add", "ana@coop.example", "--name", "Ana", "--password-stdin", password=PASSWORD)
    run("person", "change", "ana@coop.example", "--name", "Ana María", "--organization", "bellavista",
        "--role", "coordinator")  # fmt: skip
    who = viewer(made, "ana@coop.example")
    assert who.name == "Ana María" and who.coordinates
    run("person", "change", "ana@coop.example", "--password-stdin", password="otra piedra más honda")
    assert can_sign_in(made, "ana@coop.example", "otra piedra más honda")
    assert not can_sign_in(made, "ana@coop.example", PASSWORD)


@pytest.mark.parametrize(("words", "password", "sentence"), [
    (("--organization", "nada", "--role", "member"), PASSWORD,
     "No existe la organización «nada». Las que existen: bellavista"),
    (("--organization", "bellavista"), PASSWORD, "--organization y --role van juntas"),
    ((), "corta", "al menos 10 caracteres"),
    ((), "Bellavista2026", None),
    ((), "Cooperativa2026", "muy común"),
    ((), "", "al menos 10 caracteres"),
])  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_stays(run, made, words, password, sentence):
    run("organization", "add", "bellavista", "--name", "Bellavista")
    refused = sentence is not None
    output = run("person", "add", "ana@coop.example", "--name", "Ana", *words, "--password-stdin",
                 password=password, ok=not refused)  # fmt: skip
    if refused:
        assert sentence in output and "Traceback" not in output
        with made().database.open_for_maintenance(writing=False) as session:
            assert people.find(session, "ana@coop.example") is None


def test_other_mistakes_are_sentences_too(run):
    run("organization", "add", "bellavista", "--name", "Bellavista")
    run("person", "add", "ana@coop.example", "--name", "Ana")
    assert "Ya hay una persona con el correo «ANA@coop.example»" in run(
        "person", "add", "ANA@coop.example", "--name", "Otra", ok=False)  # fmt: skip
    assert "Ya existe una organización con el identificador «bellavista»" in run(
        "organization", "add", "bellavista", "--name", "Otra", ok=False)  # fmt: skip
    assert "No hay ninguna persona con el correo «x@coop.example»" in run(
        "person", "change", "x@coop.example", "--name", "X", ok=False)  # fmt: skip
    assert "«ana» no es un correo" in run("person", "add", "ana", "--name", "Ana", ok=False)


def test_no_password_stands_in_the_output(run):
    assert PASSWORD not in run("person", "add", "ana@coop.example", "--name", "Ana", "--password-stdin",
                               password=PASSWORD)  # fmt: skip


def test_an_account_is_suspended_and_restored(run, made):
    run("person", "add", "rosa@coop.example", "--name", "Rosa", "--password-stdin", password=PASSWORD)
    assert "suspendida" in run("person", "suspend", "rosa@coop.example", "--reason", "equipo perdido")
    assert not can_sign_in(made, "rosa@coop.example", PASSWORD)
    assert "restablecida" in run("person", "restore", "rosa@coop.example")
    assert can_sign_in(made, "rosa@coop.example", PASSWORD)


def test_a_person_is_erased_for_good_and_verify_finds_nothing(run, made):
    run("person", "add", "rosa@coop.example", "--name", "Rosa", "--password-stdin", password=PASSWORD)
    assert "borrados" in run("person", "erase", "rosa@coop.example", "--yes")
    assert "No hay ninguna persona" in run("person", "erase", "rosa@coop.example", "--yes", ok=False)
    assert "Todo está en orden" in run("verify")


def test_without_a_second_step_there_is_none_to_remove(run):
    run("person", "add", "rosa@coop.example", "--name", "Rosa", "--password-stdin", password=PASSWORD)
    assert "no tiene un segundo paso" in run("person", "remove-factor", "rosa@coop.example", ok=False)
