"""The options of `seriatim lookup`."""

# ruff: noqa: D301, FBT002, TC001 - options are flags, and typer reads their types at run time

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from seriatim.cli.options import Knowledge, Width

Texts = list[str] | None


def _option(help_text: str, metavar: str | None = None) -> Any:
    return typer.Option(help=help_text, metavar=metavar, show_default=False)


def _switch(name: str, help_text: str) -> Any:
    return typer.Option(name, help=help_text, show_default=False)


RESPONSE = "DRUG[=none|partial|complete|intolerance|unknown]"


def lookup(
    profile: Annotated[str | None, typer.Argument(metavar="PROFILE", show_default=False)] = None,
    age: Annotated[str | None, _option("Years (30) or months (9m).", "AGE")] = None,
    sex: Annotated[str | None, _option("female, male, other or unknown.", "SEX")] = None,
    diagnosis: Annotated[Texts, _option("A name or code; repeatable.", "TERM")] = None,
    history_of: Annotated[Texts, _option("An earlier diagnosis; repeatable.", "TERM")] = None,
    tried: Annotated[Texts, _option("Given before; repeatable.", RESPONSE)] = None,
    failed: Annotated[Texts, _option("Given before, no response; repeatable.", "DRUG")] = None,
    on: Annotated[Texts, _option("Being given now; repeatable.", "DRUG[=RESPONSE]")] = None,
    never: Annotated[Texts, _option("Certainly never given; repeatable.", "DRUG")] = None,
    nothing_tried: Annotated[bool, _switch("--nothing-tried", "No drug before.")] = False,
    history_incomplete: Annotated[
        bool, _switch("--history-incomplete", "Other drugs may have been given before.")
    ] = False,
    had: Annotated[Texts, _option("An adverse event; repeatable.", "EVENT[=DRUG]")] = None,
    no_adverse_events: Annotated[
        bool, _switch("--no-adverse-events", "No adverse event so far.")
    ] = False,
    considering: Annotated[
        Texts, _option("A drug under consideration; repeatable.", "DRUG")
    ] = None,
    observe: Annotated[
        Texts, _option("A fact that rules ask for (seriatim rules --observations).", "NAME=VALUE")
    ] = None,
    pregnant: Annotated[
        bool | None, _switch("--pregnant/--not-pregnant", "If it is known.")
    ] = None,
    form: Annotated[
        Literal["text", "json", "markdown"], typer.Option("--format", help="How to print.")
    ] = "text",
    why: Annotated[bool, _switch("--why", "Add the rules and their reasons.")] = False,
    everything: Annotated[bool, _switch("--all", "All contradictions and limits in full.")] = False,
    width: Width = None,
    knowledge: Knowledge = None,
) -> None:
    """The published patients that resemble this one.

    Each is cited to its table, row and page, with the reason why it is shown.

    PROFILE is a file in YAML or JSON, or - for standard input. Or describe the patient by flags.

    \b
    seriatim lookup profile.yaml
    seriatim lookup --age 30 --sex female --diagnosis "Behçet's disease" \\
        --tried colchicine --failed anakinra --considering canakinumab
    seriatim lookup --diagnosis AOSD --nothing-tried --why

    What is left out is unknown, and the answer says what would change it. With --tried, --failed
    or --nothing-tried the list of earlier drugs is taken to be complete, unless
    --history-incomplete.

    Exit codes: 0 answered, 1 something is wrong with the profile, 2 cannot run.
    """
    from seriatim.cli.lookup import look_up  # noqa: PLC0415 - loaded when it runs
    from seriatim.cli.profile_flags import Flags  # noqa: PLC0415

    flags = Flags(
        age=age,
        sex=sex,
        diagnosis=diagnosis or [],
        history_of=history_of or [],
        tried=tried or [],
        failed=failed or [],
        on=on or [],
        never=never or [],
        nothing_tried=nothing_tried,
        history_incomplete=history_incomplete,
        had=had or [],
        no_adverse_events=no_adverse_events,
        considering=considering or [],
        observe=observe or [],
        pregnant=pregnant,
    )
    look_up(
        profile,
        flags,
        knowledge=knowledge,
        form=form,
        why=why,
        everything=everything,
        width=width,
    )
