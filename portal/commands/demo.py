"""`portal demo`: load the example library into an instance of its own kind, and serve it."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import accounts
from portal.commands.library import wait_for, words_of
from portal.commands.running import know_address, open_instance, supervise
from portal.instance import Instance
from toolkit import organizations, people
from toolkit.errors import N_, Fault
from toolkit.example import FILES, dealings, read_library
from toolkit.importing import LEVELS, Import, Taken
from toolkit.records import File, Organization, Person, Resource, Version
from toolkit.records.base import injected

BEGAN = dt.datetime(2025, 11, 3, 14, tzinfo=dt.UTC)
"""When the example people came, before the first of them acts: posts and memberships say since when."""
LETTERS = "abcdefghjkmnpqrstuvwxyz"


class NotADemo(Fault):
    """The instance holds real data."""

    default = N_(
        "Esta carpeta ya tiene un portal que no es de demostración. "
        "Elija otra: portal --instance otra-carpeta demo"
    )


@click.command()
@click.option("--no-serve", is_flag=True, help="Solo carga la biblioteca de ejemplo.")
@click.option("--port", default=8000, show_default=True, help="Puerto en el que atiende.")
@click.pass_obj
def demo(folder: Path, no_serve: bool, port: int) -> None:
    """Carga la biblioteca de ejemplo y la atiende."""
    library = read_library()
    instance = _open(folder)
    password = _password(instance)
    with injected(clock=lambda: BEGAN), instance.database.open_for_maintenance() as session:
        ids = {one["slug"]: _organization(session, one) for one in library["organizations"]}
        for one in library["people"]:
            _person(session, one, password)
    _load(instance, library["resources"], ids)
    dealings.play(instance.database, library, _resources(instance, ids))
    _tell(library["people"], password)
    instance.database.close()
    if not no_serve:
        click.echo(f"\nAbra http://localhost:{port} en su navegador. Ctrl+C termina.")
        know_address(instance, "localhost", port)
        sys.exit(supervise(folder, "127.0.0.1", port))


def _open(folder: Path) -> Instance:
    """The demo instance: a new one is marked as such; one with real data is refused."""
    instance = open_instance(folder)
    if not instance.settings["DEMO"]:
        with instance.database.open_for_maintenance(writing=False) as session:
            if session.scalar(select(func.count(Person.id))) or session.scalar(
                select(func.count(Organization.id))
            ):
                raise NotADemo
        with (folder / "settings.toml").open("a", encoding="utf-8") as file:
            file.write("DEMO = true\n")
        instance = open_instance(folder)
    return instance


def _password(instance: Instance) -> str:
    """The one password of the example people, made for this instance and kept beside its data."""
    path = instance.folder / "demo-password"
    if not path.exists():
        word = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(word)
    return path.read_text()


def _organization(session: Session, one: dict[str, Any]) -> int:
    known = organizations.find(session, one["slug"])
    if known is None:
        given = {name: one[name] for name in ("acronym", "country", "region", "sector")}
        known = organizations.add(session, one["slug"], one["name"], summary=one["description"], **given)
    return known.id


def _person(session: Session, one: dict[str, Any], password: str) -> None:
    if people.find(session, one["email"]) is not None:
        return
    person = people.add(
        session, one["name"], one["email"], one["language"], portal_role=one.get("portal_role")
    )
    for membership in one["memberships"]:
        organization = organizations.get(session, membership["organization"])
        if membership["role"] == "coordinator":
            people.appoint(session, organization, person)
        else:
            people.join(session, person, organization, membership["role"])
    accounts.add(session, person, password)


def _load(instance: Instance, resources: list[dict[str, Any]], ids: dict[str, int]) -> None:
    taken: list[Taken] = []
    with click.progressbar(resources, label="Cargando la biblioteca de ejemplo", file=sys.stderr) as steps:
        for one in steps:
            fields = {name: value for name, value in one.items() if name not in ("file", "owner", "audience")}
            run = Import(
                instance.database, instance.store, instance.folder / "scratch", ids[one["owner"]],
                LEVELS[one["audience"]],
            )  # fmt: skip
            taken.append(run.take(FILES / one["file"], one["file"], fields))
    wait_for(instance, taken, scans=False)
    for file in taken:
        if file.state != "ready":
            click.echo(f"{file.file}: {file.state} {words_of(file.reason) or ''}")


def _resources(instance: Instance, ids: dict[str, int]) -> dict[str, str]:
    """The resources of the example organisations by the name of their first file."""
    with instance.database.open_for_maintenance(writing=False) as session:
        rows = session.execute(
            select(File.name, Resource.public_id)
            .join(Version, Version.id == File.version_id)
            .join(Resource, Resource.id == Version.resource_id)
            .where(Resource.organization_id.in_(ids.values()), File.number == 1, Version.number == 1)
        )
        return dict(iter(rows))


def _tell(persons: list[dict[str, Any]], password: str) -> None:
    click.echo("\nPersonas de ejemplo (solo existen en esta demostración):")
    words = {"member": "integrante", "promoter": "promoción", "coordinator": "coordinación",
             "editor": "edición del portal", "administrator": "administración del portal"}  # fmt: skip
    for one in persons:
        roles = [f"{words[place['role']]} en {place['organization']}" for place in one["memberships"]]
        if one.get("portal_role"):
            roles.append(words[one["portal_role"]])
        click.echo(f"  {one['email']:36} {', '.join(roles)}")
    click.echo(f"Contraseña de todas: {password}")
