"""From Vega's SVG to one that a page may carry: only what is known is taken over.

Nothing of Vega's own attributes is copied but the geometry of its marks; classes, looks, words,
links and what a screen reader says are written here. So no style, script or outside reference can
come through, whatever Vega writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from seriatim.figures.palette import LOOKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seriatim.figures.sheet import Sheet, Target

    Link = Callable[[str], str]

NAMESPACE = "http://www.w3.org/2000/svg"
TAGS = {"symbol": "path", "text": "text", "rule": "line", "rect": "path"}
GEOMETRY = ("transform", "d", "x2", "y2")
ALLOWED = re.compile(r"[-+0-9.,eEMmLlHhVvCcSsQqTtAaZz ()]*|translate\([-+0-9.,e]*\)")
LONG = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?|-?\d+e-?\d+")


class UnexpectedSvgError(RuntimeError):
    """Vega drew something else than what was asked for."""


def tidied(
    drawn: str, sheet: Sheet, *, name: str, kind: str, says: tuple[str, str], link: Link
) -> str:
    """The SVG of a sheet: `name` prefixes its ids, `kind` is wide or narrow.

    `says` is the title and the description. A figure with links is a group, for what is in an
    image cannot be reached by keyboard.
    """
    prefix = name if kind == "wide" else f"{name}-{kind}"
    root = _root(sheet, prefix, kind)
    for tag, text in zip(("title", "desc"), says, strict=True):
        ET.SubElement(root, tag, id=f"{prefix}-{tag}").text = text
    layers = list(_layers(drawn))
    for (look, mark), items in zip(sheet.layers, layers, strict=True):
        group = ET.SubElement(root, "g", {"class": look, **LOOKS[look]})
        if look == "hit":
            _links(group, items, sheet.targets, link)
        else:
            group.extend(_item(each, mark) for each in items)
            if mark != "text":
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


def _layers(drawn: str) -> Iterator[list[ET.Element]]:
    """The marks of each layer, the lowest first."""
    for group in ET.fromstring(drawn).iter(f"{{{NAMESPACE}}}g"):  # noqa: S314 - our own drawing
        found = group.get("class", "").split()
        if "role-mark" in found:
            yield list(group)


def _item(drawn: ET.Element, mark: str) -> ET.Element:
    tag = TAGS[mark]
    if drawn.tag != f"{{{NAMESPACE}}}{tag}":
        raise UnexpectedSvgError(f"expected <{tag}>, found {drawn.tag}")
    item = ET.Element(tag)
    for key in GEOMETRY:
        value = drawn.get(key)
        if value is not None:
            item.set(key, _geometry(key, value))
    if mark == "text":
        anchor = drawn.get("text-anchor")
        if anchor in {"middle", "end"}:
            item.set("text-anchor", anchor)
        item.text = drawn.get("aria-label", "")
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
    for drawn, target in zip(items, targets, strict=True):
        anchor = ET.SubElement(group, "a", href=link(target.course))
        ET.SubElement(anchor, "title").text = target.says
        anchor.append(_item(drawn, "rect"))
        anchor[-1].set("class", "hit")
