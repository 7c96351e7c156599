"""The options of `seriatim store …`; the work is done in `store`."""

# ruff: noqa: D301, PLC0415 - as in `commands`

from __future__ import annotations

from typing import Annotated, Literal

import typer

from seriatim.cli.options import Form  # noqa: TC001 - typer reads the type at run time

store = typer.Typer(
    name="store",
    help="""What the service has shown, and what was said of it.

    The store holds ids, codes and times: nothing of a patient. Which store is told by --url, or by
    the settings of the service (--config and SERIATIM_… variables), as for `seriatim serve`.
    """,
    short_help="What the service has shown, and what was said of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Url = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="sqlite:///PATH or postgresql://…; SERIATIM_STORE hides a password better.",
        show_default=False,
    ),
]
Config = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Settings of the service, in YAML.", show_default=False),
]


@store.command()
def migrate(url: Url = None, config: Config = None) -> None:
    """Make the tables, or bring them up to this release.

    \b
    seriatim store migrate --url sqlite:///store.db
    """
    from seriatim.cli.store import migrate_store

    migrate_store(url, config)


@store.command()
def status(url: Url = None, config: Config = None, form: Form = "text") -> None:
    """What the store holds, and since when.

    \b
    seriatim store status --format json

    Exit codes: 0 can be used, 1 its tables are missing or of another release, 2 cannot run.
    """
    from seriatim.cli.store import show_status

    raise typer.Exit(show_status(url, config, form))


@store.command()
def export(
    kind: Annotated[Literal["shown", "feedback"], typer.Argument(help="Which records.")],
    url: Url = None,
    config: Config = None,
    form: Annotated[
        Literal["jsonl", "csv"], typer.Option("--format", help="How to write.")
    ] = "jsonl",
    output: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Written whole or not at all; standard output if not given.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Every record, oldest first: JSON lines, or CSV for a spreadsheet.

    \b
    seriatim store export shown > shown.jsonl
    seriatim store export feedback --format csv --output feedback.csv
    """
    from seriatim.cli.store import export_records

    export_records(kind, url, config, form, output)


@store.command()
def purge(
    older_than: Annotated[
        str, typer.Option(metavar="AGE", help="Such as 36h, 90d, 12w or 2y.", show_default=False)
    ],
    url: Url = None,
    config: Config = None,
    dry_run: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--dry-run", help="Only count what would be removed.")
    ] = False,
) -> None:
    """Remove for good what is older.

    \b
    seriatim store purge --older-than 90d
    """
    from seriatim.cli.store import purge_store

    purge_store(older_than, url, config, dry_run=dry_run)
