"""`portal organization add`, `portal person add`, `change`, `suspend`, `restore`,
`erase`, `remove-factor`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from portal import accounts
from portal.accounts import factors, leaving
from portal.commands.running import open_instance
from toolkit import erasure, organizations, people
from toolkit.errors import N_, Invalid
from toolkit.records import Person

ROLES = ("member", "promoter", "coordinator")


@click.group()
def organization() -> None:
    """Las organizaciones del portal."""


@organization.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="Nombre completo.")
@click.option("--acronym", default="", help="Sigla.")
@click.option("--country", default="", help="País: código o nombre.")
@click.option("--region", default="", help="Región: código o nombre.")
@click.pass_obj
def add_organization(folder: Path, slug: str, name: str, acronym: str, country: str, region: str) -> None:
    """Agrega una organización con su espacio privado."""
    with open_instance(folder).database.open_for_maintenance() as session:
        added = organizations.add(session, slug, name, acronym=acronym, country=country, region=region)
        click.echo(f"Organización agregada: {added.name} ({added.slug}).")


@click.group()
def person() -> None:
    """Las personas que pueden ingresar."""


def _shared(command: Any) -> Any:
    options: tuple[Callable[[Any], Any], ...] = (
        click.option("--organization", "slug", help="Organización a la que pertenece."),
        click.option("--role", type=click.Choice(ROLES), help="Qué es en esa organización."),
        click.option("--portal-role", type=click.Choice(people.PORTAL_ROLES), help="Qué es en el portal."),
        click.option("--password-stdin", is_flag=True, help="Lee la contraseña de la entrada estándar."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _password(asked: bool) -> str | None:
    """The first line of standard input, as it is but for its line end."""
    if not asked:
        return None
    line = sys.stdin.buffer.readline()
    try:
        return line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as trouble:
        raise Invalid(N_("La contraseña no llegó en UTF-8.")) from trouble


def _check(slug: str | None, role: str | None) -> None:
    if bool(slug) != bool(role):
        raise click.UsageError("--organization y --role van juntas.")


def _place(session: Session, one: Person, slug: str | None, role: str | None) -> None:
    if slug is None or role is None:
        return
    where = organizations.get(session, slug)
    if role == "coordinator":
        people.appoint(session, where, one)
    else:
        people.join(session, one, where, role)


@person.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Nombre y apellidos.")
@_shared
@click.pass_obj
def add_person(folder: Path, email: str, name: str, slug: str | None, role: str | None,
               portal_role: str | None, password_stdin: bool) -> None:  # fmt: skip
    """Agrega una persona con su cuenta."""
    _check(slug, role)
    password = _password(password_stdin)
    instance = open_instance(folder)
    with instance.database.open_for_maintenance() as session:
        one = people.add(session, name, email, portal_role=portal_role)
        _place(session, one, slug, role)
        accounts.add(session, one, password, portal=instance.settings["NAME"])
        click.echo(f"Persona agregada: {one.name} ({one.email}).")
    if password is None:
        click.echo("Sin contraseña: la persona puede pedirla en /recuperar.")


@person.command("change")
@click.argument("email")
@click.option("--name", help="Nombre y apellidos.")
@_shared
@click.pass_obj
def change_person(folder: Path, email: str, name: str | None, slug: str | None, role: str | None,
                  portal_role: str | None, password_stdin: bool) -> None:  # fmt: skip
    """Cambia lo que se indique; lo demás queda como está."""
    _check(slug, role)
    password = _password(password_stdin)
    instance = open_instance(folder)
    with instance.database.open_for_maintenance() as session:
        one = people.get(session, email)
        people.change(session, one, name=name, portal_role=portal_role)
        _place(session, one, slug, role)
        if password is not None:
            accounts.change(session, one, password, portal=instance.settings["NAME"])
        click.echo(f"Datos cambiados: {one.name} ({one.email}).")


@person.command("suspend")
@click.argument("email")
@click.option("--reason", default="", help="Motivo, que queda en la bitácora.")
@click.pass_obj
def suspend_person(folder: Path, email: str, reason: str) -> None:
    """Suspende la cuenta: sus ingresos terminan en el acto y nada se borra."""
    with open_instance(folder).database.open_for_maintenance() as session:
        one = people.get(session, email)
        accounts.suspend(session, one.id, reason=reason)
        click.echo(f"Cuenta suspendida: {one.name} ({one.email}).")


@person.command("restore")
@click.argument("email")
@click.option("--reason", default="", help="Motivo, que queda en la bitácora.")
@click.pass_obj
def restore_person(folder: Path, email: str, reason: str) -> None:
    """Vuelve a abrir una cuenta suspendida."""
    with open_instance(folder).database.open_for_maintenance() as session:
        one = people.get(session, email)
        accounts.restore(session, one.id, reason=reason)
        click.echo(f"Cuenta restablecida: {one.name} ({one.email}).")


@person.command("erase")
@click.argument("email")
@click.option("--yes", is_flag=True, help="No pregunta antes.")
@click.pass_obj
def erase_person(folder: Path, email: str, yes: bool) -> None:
    """Borra para siempre la cuenta y los datos personales; lo publicado queda en sus organizaciones."""
    instance = open_instance(folder)
    with instance.database.open_for_maintenance() as session:
        one = people.get(session, email)
        if not yes:
            click.confirm(f"¿Borrar a {one.name} ({one.email})? No se puede deshacer", abort=True)
        leaving.erase(session, one, instance.erasure_key)
    erasure.sweep(instance.database, instance.erasure_key, instance.outbox)
    click.echo("Datos personales borrados.")


@person.command("remove-factor")
@click.argument("email")
@click.pass_obj
def remove_factor(folder: Path, email: str) -> None:
    """Quita el segundo paso de quien perdió el teléfono y los códigos; se le avisa por correo."""
    with open_instance(folder).database.open_for_maintenance() as session:
        one = people.get(session, email)
        factors.remove(session, one.id)
        click.echo(f"Segundo paso quitado: {one.name} ({one.email}).")
