"""`seriatim --version` and `seriatim about`: what would answer, and on which basis."""

from __future__ import annotations

from seriatim._version import __version__
from seriatim.cli.output import say, say_bytes, say_json, terminal
from seriatim.errors import SeriatimError


def print_version() -> None:
    """Version, knowledge version and hash; without knowledge, why there is none."""
    from seriatim.knowledge.load import load_knowledge  # noqa: PLC0415 - only if asked for

    say(f"seriatim {__version__}\n")
    try:
        knowledge = load_knowledge()
    except SeriatimError as error:
        say(f"no knowledge: {str(error).partition(chr(10))[0]}\n")
        return
    say(f"knowledge {knowledge.library.version}, {', '.join(knowledge.series)}\n")
    say(f"sha256:{knowledge.hash}\n")


def show_about(*, knowledge: str | None, form: str, width: int | None) -> None:
    """Source attributes and the basis for review, of every series."""
    from seriatim.about import about, sections  # noqa: PLC0415 - only if asked for
    from seriatim.knowledge.load import load_knowledge  # noqa: PLC0415
    from seriatim.render.sections import sections_markdown, write_sections  # noqa: PLC0415

    account = about(load_knowledge(knowledge))
    if form == "json":
        say_json(account)
    elif form == "markdown":
        say_bytes(sections_markdown(sections(account)))
    else:
        canvas = terminal(width).canvas()
        write_sections(canvas, sections(account))
        say(canvas.text())
