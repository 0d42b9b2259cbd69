"""The `portal` command: thin click commands over toolkit. `portal --instance DIR COMMAND …`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from toolkit.errors import Fault

COMMANDS = {
    "demo": "demo:demo",
    "import": "library:import_",
    "migrate": "running:migrate",
    "organization": "people:organization",
    "person": "people:person",
    "reindex": "library:reindex",
    "search": "library:search",
    "serve": "running:serve",
    "verify": "library:verify",
    "web": "running:web",
    "worker": "running:worker",
}
"""Each command and where it stands; a module is loaded when its command is called, for loading the web
framework takes longer than a search."""


class Commands(click.Group):
    """A group whose commands say a `Fault` as a sentence, not as a trace."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All names."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name, loaded now."""
        if name not in COMMANDS:
            return None
        module, _, command = COMMANDS[name].partition(":")
        return getattr(import_module(f"portal.commands.{module}"), command)

    def invoke(self, context: click.Context) -> object:
        """Run the command; a fault becomes an error message and exit status 1."""
        try:
            return super().invoke(context)
        except Fault as trouble:
            raise click.ClickException(str(trouble)) from trouble


@click.group(cls=Commands)
@click.option(
    "--instance", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("instance"),
    show_default=True, help="Carpeta con los datos del portal.",
)  # fmt: skip
@click.pass_context
def main(context: click.Context, folder: Path) -> None:
    """Ayni: el portal donde las cooperativas y el Estado comparten lo que funciona."""
    context.obj = folder
