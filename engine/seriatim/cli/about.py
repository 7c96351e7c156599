"""`seriatim --version`: the program and the knowledge that would answer."""

from __future__ import annotations

from seriatim._version import __version__
from seriatim.cli.output import say
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
