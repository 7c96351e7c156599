"""From Vega's SVG to one that a page may carry: only what is known is taken over.

Nothing of Vega's own attributes is copied but the geometry of its marks; classes, looks, words,
links and what a screen reader says are written here. So no style, script or outside reference can
come through, whatever Vega writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from seriatim.figures.palette import LOOKS, classes
from seriatim.figures.vega import NAMESPACE, UnexpectedSvgError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seriatim.figures.sheet import Drawn, Sheet, Target

    Link = Callable[[str], str]

TAGS = {"symbol": "path", "rule": "line", "rect": "path"}
GEOMETRY = ("transform", "d", "x2", "y2")
ALLOWED = re.compile(r"[-+0-9.,eEMmLlHhVvCcSsQqTtAaZz ()]*|translate\([-+0-9.,e]*\)")
LONG = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?|-?\d+e-?\d+")


def tidied(
    marks: Sequence[ET.Element],
    sheet: Sheet,
    *,
    name: str,
    kind: str,
    says: tuple[str, str],
    link: Link,
) -> str:
    """The SVG of a sheet: `name` prefixes its ids, `kind` is wide or narrow.

    `says` is the title and the description. A figure with links is a group, for what is in an
    image cannot be reached by keyboard.
    """
    prefix = name if kind == "wide" else f"{name}-{kind}"
    root = _root(sheet, prefix, kind)
    for tag, text in zip(("title", "desc"), says, strict=True):
        ET.SubElement(root, tag, id=f"{prefix}-{tag}").text = text
    for look, items in _layers(marks, sheet):
        group = ET.SubElement(root, "g", {"class": classes(look), **LOOKS[look]})
        if look == "hit":
            _links(group, items, sheet.targets, link)
            continue
        group.extend(items)
        if items[0].tag != "text":
            group.set("aria-hidden", "true")
    return ET.tostring(root, encoding="unicode")


def _root(sheet: Sheet, prefix: str, kind: str) -> ET.Element:
    size = {"width": f"{sheet.width:g}", "height": f"{sheet.height:g}"}
    return ET.Element(
        "svg",
        {
            "xmlns": NAMESPACE,
            "class": f"figure figure-{kind}",
            **size,
            "viewBox": f"0 0 {size['width']} {size['height']}",
            "role": "group" if sheet.targets else "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "font-family": "sans-serif",
        },
    )


def _layers(marks: Sequence[ET.Element], sheet: Sheet) -> list[tuple[str, list[ET.Element]]]:
    """The items of each class, the lowest first."""
    found: dict[str, list[ET.Element]] = {}
    for kind, group in zip(sheet.kinds, marks, strict=True):
        for what, each in zip(sheet.drawn[kind], group, strict=True):
            found.setdefault(what.look, []).append(_item(each, kind, what))
    return [(look, found[look]) for look in LOOKS if look in found]


def _item(drawn: ET.Element, kind: str, what: Drawn) -> ET.Element:
    if drawn.tag != f"{{{NAMESPACE}}}{TAGS[kind]}":
        raise UnexpectedSvgError(f"expected <{TAGS[kind]}>, found {drawn.tag}")
    if what.text is not None:
        return _text(drawn, *what.text)
    shape = {key: _geometry(key, drawn.attrib[key]) for key in GEOMETRY if key in drawn.attrib}
    return ET.Element(TAGS[kind], shape)


def _text(drawn: ET.Element, words: str, anchor: str) -> ET.Element:
    """A text where Vega has placed it."""
    item = ET.Element("text", transform=_geometry("transform", drawn.get("transform", "")))
    if anchor != "start":
        item.set("text-anchor", anchor)
    item.text = words
    return item


def _geometry(key: str, value: str) -> str:
    if not ALLOWED.fullmatch(value):
        raise UnexpectedSvgError(f"{key} is not geometry")
    return LONG.sub(lambda number: _short(float(number[0])), value)


def _short(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _links(group: ET.Element, items: list[ET.Element], targets: list[Target], link: Link) -> None:
    """A link over each target, named by its title, which is also its tooltip."""
    for area, target in zip(items, targets, strict=True):
        anchor = ET.SubElement(group, "a", href=link(target.course))
        ET.SubElement(anchor, "title").text = target.says
        area.set("class", classes("hit"))
        anchor.append(area)
