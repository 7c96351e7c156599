"""The options of `seriatim serve`; the work is done in `serve`."""

# ruff: noqa: D301, PLC0415 - as in `commands`

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on; 127.0.0.1 if not set.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 8000 if not set, 0 for any.")
    ] = None,
    config: Annotated[
        str | None, typer.Option(metavar="FILE", help="Settings in YAML.", show_default=False)
    ] = None,
    new_token: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Make a token for a REST client, and exit.", show_default=False
        ),
    ] = None,
) -> None:
    """The service for EHRs: CDS Hooks, and REST under /api/v1.

    On loopback without authentication; elsewhere only with it. Settings come from a file, from
    SERIATIM_… variables and from here, the last being the strongest.

    \b
    seriatim serve
    seriatim serve --config seriatim.yaml --port 8443

    Exit codes: 0 stopped, 2 cannot run.
    """
    from seriatim.cli import serve as work

    if new_token is not None:
        raise typer.Exit(work.new_token(new_token))
    given = {"host": host, "port": port}
    options = {name: value for name, value in given.items() if value is not None}
    raise typer.Exit(work.serve(config, options))
