"""Options that commands share."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Knowledge = Annotated[
    str | None,
    typer.Option(metavar="PATH", help="The folder with rules/ and cases/.", show_default=False),
]
Form = Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")]
Width = Annotated[
    int | None,
    typer.Option(
        min=60,
        max=400,
        metavar="COLUMNS",
        help="Columns of text; the terminal's, or 100 if piped.",
        show_default=False,
    ),
]
