"""The `portal` command: thin click commands over toolkit. `portal --instance DIR COMMAND …`."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.errors import Fault


class Commands(click.Group):
    """A group whose commands say a `Fault` as a sentence, not as a trace."""

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


from portal.commands import demo, library, people, running  # noqa: E402 - commands need the group above

for command in (
    running.serve, running.web, running.worker, running.migrate, demo.demo,
    people.organization, people.person,
    library.import_, library.search, library.verify, library.reindex,
):  # fmt: skip
    main.add_command(command)
