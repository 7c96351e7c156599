"""The commands and their groups; the options and the work of each are in files of their own."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from seriatim.cli import commands
from seriatim.cli.lookup_command import lookup

APP_HELP = """Cites the published patients that resemble yours, and counts them honestly.

It never says what to give. Every course that is shown stands at a table, row and page.
"""

app = typer.Typer(
    name="seriatim",
    help=APP_HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def command() -> Any:
    """The command line as an object that can be run."""
    return typer.main.get_command(app)


def _version(asked: bool) -> None:  # noqa: FBT001 - a flag
    if asked:
        from seriatim.cli.about import print_version  # noqa: PLC0415 - only if asked for

        print_version()
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Version and knowledge, and exit."
        ),
    ] = False,
    debug: Annotated[  # noqa: FBT002
        bool, typer.Option("--debug", help="Show where an unexpected error happened.")
    ] = False,
) -> None:
    """Options of every command; both are read before one is chosen."""
    del version, debug


app.command()(lookup)
for each in commands.ALL:
    app.command()(each)
for group in commands.GROUPS:
    app.add_typer(group)
