"""`seriatim lookup`: from a profile to the published patients that resemble it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seriatim.cli.output import say, say_bytes, terminal
from seriatim.cli.problems import CannotRunError, InputError
from seriatim.errors import ProfileError, ProfileProblem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seriatim.cli.profile_flags import Flags, Read
    from seriatim.model.evidence import EvidenceReport
    from seriatim.pipeline import Engine


def look_up(
    path: str | None,
    flags: Flags,
    *,
    knowledge: str | None,
    form: str,
    why: bool,
    everything: bool,
    width: int | None,
) -> None:
    """Look up one profile and show the report."""
    if path is not None and flags.any:
        raise CannotRunError("a profile is given in a file or by flags, not both; use one")
    if path is None and not flags.any:
        raise CannotRunError(
            "no profile; give a file, - for standard input, or flags such as "
            "--diagnosis (seriatim lookup --help)"
        )
    report = _from_flags(flags, knowledge) if path is None else _from_file(path, knowledge)
    show(report, form=form, why=why, everything=everything, width=width)


def show(
    report: EvidenceReport, *, form: str, why: bool, everything: bool, width: int | None
) -> None:
    """The report in one of its three forms."""
    if form == "json":
        from seriatim.render.json import render_json  # noqa: PLC0415 - one form is used

        say_bytes(render_json(report))
    elif form == "markdown":
        from seriatim.render.markdown import render_markdown  # noqa: PLC0415

        say_bytes(render_markdown(report, why=why, everything=everything))
    else:
        from seriatim.render.text import render_text  # noqa: PLC0415

        to = terminal(width)
        say(
            render_text(
                report,
                width=to.width,
                colour=to.colour,
                glyphs=to.glyphs,
                why=why,
                everything=everything,
            )
        )


def engine_at(knowledge: str | None) -> Engine:
    """An engine over the knowledge that was named, or the one that is found."""
    from seriatim.pipeline import Engine  # noqa: PLC0415 - after the input is read

    return Engine.at(knowledge)


def _from_file(path: str, knowledge: str | None) -> EvidenceReport:
    from seriatim.cli.profile_file import read_profile, told  # noqa: PLC0415

    document = read_profile(path)
    engine = engine_at(knowledge)
    if document.diagnostics:
        raise InputError(told(engine.problems(document.value), document))
    try:
        return engine.look_up(document.value)
    except ProfileError as error:
        raise InputError(told(error.problems, document)) from None


def _from_flags(flags: Flags, knowledge: str | None) -> EvidenceReport:
    from seriatim.cli.profile_flags import read_flags  # noqa: PLC0415

    read = read_flags(flags)
    try:
        report = engine_at(knowledge).look_up(read.profile)
    except ProfileError as error:
        read.problems += (_by_flag(each, read) for each in error.problems)
    if read.problems:
        raise InputError(_together(read.problems))
    return report


def _by_flag(each: ProfileProblem, read: Read) -> ProfileProblem:
    """A problem under the name of the flag that the user typed."""
    flag = each.field
    for prefix in sorted(read.origins, key=len, reverse=True):
        if each.field == prefix or each.field.startswith((f"{prefix}.", f"{prefix}[")):
            flag = read.origins[prefix]
            break
    return ProfileProblem(flag, each.message, each.nearest)


def _together(problems: Iterable[ProfileProblem]) -> str:
    return "\n".join(str(each).removeprefix("profile: ") for each in problems)
