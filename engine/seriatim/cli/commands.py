"""The other commands: their options, and where the work is done."""

# ruff: noqa: D301, FBT002, PLC0415, TC001 - options are flags, typer reads their types at run
# time, and what a command needs is loaded when it runs

from __future__ import annotations

from typing import Annotated, Literal

import typer

from seriatim.cli.options import Form, Knowledge, Width
from seriatim.cli.serve_command import serve
from seriatim.cli.store_command import store


def cases(
    drug: Annotated[str | None, typer.Option(help="A drug or class.")] = None,
    diagnosis: Annotated[str | None, typer.Option(help="Printed, or what it could mean.")] = None,
    response: Annotated[
        Literal["complete", "partial", "none"] | None, typer.Option(help="As printed.")
    ] = None,
    series: Annotated[str | None, typer.Option(help="One publication.")] = None,
    event: Annotated[str | None, typer.Option(help="An adverse event, any or nothing.")] = None,
    after: Annotated[str | None, typer.Option(help="A previous drug, class or nothing.")] = None,
    form: Annotated[
        Literal["text", "json", "csv", "markdown"], typer.Option("--format", help="How to print.")
    ] = "text",
    width: Width = None,
    knowledge: Knowledge = None,
) -> None:
    """The published courses, whoever asks.

    csv and json give every field of every course.

    \b
    seriatim cases --drug anakinra --response none
    seriatim cases --after anakinra --format csv
    """
    from seriatim.cli.cases import list_cases
    from seriatim.cli.select_cases import Filters

    filters = Filters(drug, diagnosis, response, series, event, after)
    list_cases(filters, knowledge=knowledge, form=form, width=width)


def rules(
    rule: Annotated[str | None, typer.Argument(metavar="ID", show_default=False)] = None,
    observations: Annotated[
        bool, typer.Option("--observations", help="What rules ask for with --observe.")
    ] = False,
    form: Form = "text",
    width: Width = None,
    knowledge: Knowledge = None,
) -> None:
    """The rules by family, or one of them in words.

    \b
    seriatim rules
    seriatim rules same-diagnosis
    """
    from seriatim.cli.rules import list_rules

    list_rules(rule, observations=observations, knowledge=knowledge, form=form, width=width)


def claims(
    series: Annotated[str | None, typer.Argument(metavar="SERIES", show_default=False)] = None,
    contradicted: Annotated[
        bool, typer.Option("--contradicted", help="Only what the rows contradict.")
    ] = False,
    form: Form = "text",
    width: Width = None,
    knowledge: Knowledge = None,
) -> None:
    """What a publication says of its own rows, recomputed from them.

    \b
    seriatim claims nyu-2022-il1 --contradicted
    """
    from seriatim.cli.claims import list_claims

    list_claims(series, contradicted=contradicted, knowledge=knowledge, form=form, width=width)


def verify(
    series: Annotated[str, typer.Argument(metavar="SERIES")],
    document: Annotated[
        str, typer.Option(metavar="FILE", help="The text of the document, in UTF-8.")
    ],
    form: Form = "text",
    knowledge: Knowledge = None,
) -> None:
    """Look for every printed cell in a document.

    The text of the document is held against the series, row by row.

    \b
    seriatim verify nyu-2022-il1 --document letter.txt

    Exit codes: 0 every cell is there, 1 some are not, 2 cannot run.
    """
    from seriatim.cli.verify import run_verify

    raise typer.Exit(run_verify(series, document, knowledge=knowledge, form=form))


def check(
    path: Annotated[str | None, typer.Argument(metavar="PATH", show_default=False)] = None,
    form: Annotated[
        Literal["text", "json", "github"], typer.Option("--format", help="How to print.")
    ] = "text",
) -> None:
    """Everything that is wrong with the knowledge.

    All of it in one run, or only what is wrong with one file or folder.

    \b
    seriatim check
    seriatim check rules/dose --format github

    Exit codes: 0 fine, 1 problems, 2 cannot run.
    """
    from seriatim.cli.check import run_check

    raise typer.Exit(run_check(path, form=form))


def replay(
    report: Annotated[str, typer.Argument(metavar="REPORT.json")],
    form: Form = "text",
    knowledge: Knowledge = None,
) -> None:
    """Derive a saved report again and compare.

    What changed is shown path by path, with the old and the new value.

    \b
    seriatim lookup profile.yaml --format json > report.json
    seriatim replay report.json

    Exit codes: 0 identical, 1 changed, 2 cannot run.
    """
    from seriatim.cli.replay import replay as run

    raise typer.Exit(run(report, knowledge=knowledge, form=form))


def export(
    course: Annotated[
        list[str] | None, typer.Argument(metavar="COURSE", show_default=False)
    ] = None,
    series: Annotated[str | None, typer.Option(help="One publication.")] = None,
    form: Annotated[
        Literal["fhir", "phenopacket"], typer.Option("--format", help="How to write.")
    ] = "fhir",
    knowledge: Knowledge = None,
) -> None:
    """Published courses for other programs.

    A FHIR R4 collection Bundle, or GA4GH Phenopackets (several courses make a Cohort). Without
    COURSE, all of them.

    \b
    seriatim export nyu-2022-il1/T2R4
    seriatim export --series nyu-2022-il1 --format phenopacket
    """
    from seriatim.cli.export import export_courses

    export_courses(course or [], series=series, knowledge=knowledge, form=form)


def about(
    form: Annotated[
        Literal["text", "json", "markdown"], typer.Option("--format", help="How to print.")
    ] = "text",
    width: Width = None,
    knowledge: Knowledge = None,
) -> None:
    """On which basis it answers.

    Its purpose, users and limits, and the source attributes of each series. What nobody has
    stated is said to be not stated.

    \b
    seriatim about --format json
    """
    from seriatim.cli.about import show_about

    show_about(knowledge=knowledge, form=form, width=width)


def schema(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", show_default=False)] = None,
    form: Annotated[Literal["json"], typer.Option("--format", help="Always JSON.")] = "json",
) -> None:
    """JSON Schemas of every kind of file.

    Editors check series, rules, terms, labels and profiles against them while they are written.

    \b
    seriatim schema rule > rule.schema.json
    """
    from seriatim.cli.schema import print_schema

    del form
    print_schema(kind)


ALL = (cases, rules, claims, verify, check, replay, export, about, serve, schema)
GROUPS = (store,)
"""Commands that have commands of their own."""
