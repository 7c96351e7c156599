"""Vega, by vl-convert: a specification in, an SVG out. No file, no network, no browser."""

from __future__ import annotations

from typing import Any

from seriatim.errors import SeriatimError

HINT = "Figures need Vega. Install it with: pip install 'seriatim[service]'"


class NoVegaError(SeriatimError):
    """vl-convert is not installed."""


def draw(spec: dict[str, Any]) -> str:
    """The SVG of a Vega specification, the same bytes on every machine.

    The first call of a process starts Vega and takes about a second (`warm_up`).
    Raises NoVegaError with the way to install it.
    """
    try:
        import vl_convert  # noqa: PLC0415 - only figures need it
    except ImportError:
        raise NoVegaError(HINT) from None
    return str(vl_convert.vega_to_svg(spec, allowed_base_urls=[]))


def warm_up() -> None:
    """Starts Vega, so that the first figure is not late. Call it after a process forks."""
    draw({"width": 1, "height": 1, "marks": [{"type": "symbol"}]})
