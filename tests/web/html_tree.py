"""Reads HTML strictly: every element closed in order, every id once, every reference kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"})
REFERENCES = ("for", "list", "aria-labelledby", "aria-describedby", "aria-controls")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[Element | str] = field(default_factory=list)
    parent: Element | None = None

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    @property
    def children(self) -> list[Element]:
        return [each for each in self.parts if isinstance(each, Element)]

    @property
    def text(self) -> str:
        """The text with single blanks."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for each in self.parts:
            if isinstance(each, str):
                yield each
            elif each.tag != "template":
                yield from each._texts()

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """Every element below of a tag with these attributes (`_` for `-`, `class_` one class)."""
        return [each for each in self.below() if each.fits(tag, wanted)]

    def one(self, tag: str = "", **wanted: str) -> Element:
        found = self.all(tag, **wanted)
        assert len(found) == 1, (tag, wanted, len(found))
        return found[0]

    def below(self) -> Iterator[Element]:
        for each in self.children:
            yield each
            yield from each.below()

    def fits(self, tag: str, wanted: dict[str, str]) -> bool:
        if tag and self.tag != tag:
            return False
        for name, value in wanted.items():
            key = name.rstrip("_").replace("_", "-")
            have = self.attributes.get(key)
            if have is None or (value not in have.split() if key == "class" else value != have):
                return False
        return True


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), (tag, names)
        element = Element(tag, {n: v or "" for n, v in attrs}, parent=self.open[-1])
        self.open[-1].parts.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def read_html(text: str) -> Element:
    """The root of a document; asserts that it is well-formed and that its references hold."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert [each.tag for each in reader.open] == ["#"], [each.tag for each in reader.open]
    check(reader.root)
    return reader.root


def show(client: Any, url: str, status: int = 200) -> Element:
    """The page at an address, which must have a status."""
    response = client.get(url)
    assert response.status_code == status, response.text[:500]
    return read_html(response.text)


def check(root: Element) -> None:
    shown = [each for each in root.below() if not _in_template(each)]
    ids = [each["id"] for each in shown if "id" in each.attributes]
    assert len(ids) == len(set(ids)), sorted(each for each in ids if ids.count(each) > 1)
    for each in shown:
        for name in REFERENCES:
            for reference in each.get(name).split():
                assert reference in ids, (each.tag, name, reference)
        assert "style" not in each.attributes
        assert not [name for name in each.attributes if name.startswith("on")], each.attributes
        assert each.tag not in {"style", "iframe", "object", "embed", "base"}
        if each.tag == "script":
            assert each.get("src").startswith("/")
            assert each.text == ""
    for label in (each for each in shown if each.tag in {"input", "select"}):
        named = label.get("aria-label") or label.get("type") == "hidden"
        assert named or [e for e in shown if e.tag == "label" and e.get("for") == label.get("id")]


def _in_template(element: Element) -> bool:
    parent = element.parent
    while parent is not None:
        if parent.tag == "template":
            return True
        parent = parent.parent
    return False


def opened(http: httpx.Client, path: str, status: int = 200) -> Element:
    """A page as the service sends it, with the headers that every page has."""
    answer = http.get(path)
    assert answer.status_code == status, path
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    return read_html(answer.text)
