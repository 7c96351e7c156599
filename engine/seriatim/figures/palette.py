"""How each kind of mark looks, in light and dark: attributes of the SVG and the stylesheet.

Responses differ in shape first, then in lightness, then in colour, so that they stay apart in grey
and for every kind of colour vision; a test measures it on both papers. All else is drawn in the
text's own colour (`currentColor`).
"""

from __future__ import annotations

PAPERS = {"light": ("#ffffff", "#f4f6f7"), "dark": ("#182026", "#10161a")}
"""The backgrounds that colours are chosen for."""

RESPONSE = {
    "light": {"r-complete": "#0a4576", "r-partial": "#b57b00", "r-none": "#b51a38"},
    "dark": {"r-complete": "#5ab4f0", "r-partial": "#f5d061", "r-none": "#f0566a"},
}
INK = "currentColor"
MUTED = "0.78"
"""Opacity of lesser text: still 4.5:1 for any ink of 9:1."""

Look = dict[str, str]


def _text(size: int, **more: str) -> Look:
    return {"fill": INK, "font-size": str(size), **more}


def _line(width: str, **more: str) -> Look:
    return {"fill": "none", "stroke": INK, "stroke-width": width, **more}


def _filled(name: str) -> Look:
    return {"fill": RESPONSE["light"][name]}


def _drawn(name: str, width: str) -> Look:
    return {"fill": "none", "stroke": RESPONSE["light"][name], "stroke-width": width}


LOOKS: dict[str, Look] = {
    # in the order in which they lie upon each other
    "grid": _line("1", **{"stroke-opacity": "0.16"}),
    "axis": _line("1", **{"stroke-opacity": "0.6"}),
    "section": _line("1", **{"stroke-opacity": "0.35"}),
    "link-stated": _line("1.5"),
    "link-probable": _line("1.5", **{"stroke-dasharray": "3 3"}),
    "outline": _line("1.75"),
    "outline-open": _line("1.75", **{"stroke-dasharray": "4 3"}),
    "unknown": _line("1.5", **{"stroke-dasharray": "2 2"}),
    **{f"bar {name}": _filled(name) for name in RESPONSE["light"]},
    "bar r-unprinted": _line("1.5", **{"stroke-dasharray": "2 2"}),
    **{f"interval {name}": _drawn(name, "2.5") for name in RESPONSE["light"]},
    **{f"mark {name}": _filled(name) for name in RESPONSE["light"]},
    "linked": {"fill": INK, "fill-opacity": "0.6"},
    "mark r-unprinted": _line("1.75", **{"stroke-dasharray": "2 2"}),
    "event": {"fill": INK},
    "dose-unprinted": _line("1.25", **{"stroke-dasharray": "2 1.5"}),
    "event-unprinted": _line("1.25", **{"stroke-dasharray": "2 1.5"}),
    "head": _text(14, **{"font-weight": "600"}),
    "strong": _text(12, **{"font-weight": "600"}),
    "label": _text(12),
    "small": _text(11, **{"fill-opacity": MUTED}),
    "hit": {"fill": "none", "stroke": "none", "pointer-events": "all"},
}
"""Attributes by class; the first word of a class is the kind of mark, `r-…` the response."""


def classes(look: str) -> str:
    """The `class` of a look: its kind under a name that no page has, and the response."""
    return f"fig-{look}"


def size_of(name: str) -> int:
    """The size of a class of text in CSS pixels."""
    return int(LOOKS[name]["font-size"])


def bold(name: str) -> bool:
    """Whether a class of text is bold."""
    return "font-weight" in LOOKS[name]


def stylesheet() -> str:
    """The stylesheet of the figures: which of the two widths is shown, dark colours, focus, print.

    The `<svg>` elements carry `class="figure figure-wide"` or `class="figure figure-narrow"`. They
    stand in an element with `class="drawing"`, whose width decides; elsewhere the narrow one shows.
    """
    light, dark = _colours("light"), _colours("dark")
    media = {
        "(prefers-color-scheme:dark)": dark,
        "print": _PRINT + light,
        "(forced-colors:active)": _FORCED,
    }
    return _LAYOUT + light + "".join(f"@media {on}{{\n{css}}}\n" for on, css in media.items())


def _colours(paper: str) -> str:
    rules = []
    for name, colour in RESPONSE[paper].items():
        rules.append(f".fig-bar.{name},.fig-mark.{name}{{fill:{colour}}}\n")
        rules.append(f".fig-interval.{name}{{stroke:{colour}}}\n")
    return "".join(rules)


_LAYOUT = """\
.figure{display:block;height:auto;overflow:visible;font-family:inherit}
.drawing{container-type:inline-size}
.figure-wide{display:none;width:100%;max-width:54rem}
.figure-narrow{width:100%;max-width:26rem}
@container (min-width:42.5rem){.figure-wide{display:block}.figure-narrow{display:none}}
.figure a{cursor:pointer;outline:none}
.figure a:hover .fig-hit{stroke:currentColor;stroke-width:1.5;stroke-opacity:.5}
.figure a:focus-visible .fig-hit{stroke:currentColor;stroke-width:3}
"""
_PRINT = """\
.figure-wide{display:block}
.figure-narrow{display:none}
.figure{break-inside:avoid;print-color-adjust:exact;-webkit-print-color-adjust:exact}
"""
_FORCED = """\
.fig-bar,.fig-mark{fill:CanvasText}
.fig-interval{stroke:CanvasText}
.figure .r-unprinted{fill:none}
"""
