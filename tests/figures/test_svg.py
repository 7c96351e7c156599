"""A drawing may stand in a strict page: nothing in it but marks, words and links."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from drawings import SVG, Drawing
from pictured import BOTH_DRUGS, EMPTY, LARGE, PROFILES, link

from seriatim import Engine
from seriatim.figures import NoVegaError, figures_of, vega, warm_up
from seriatim.figures.palette import LOOKS
from seriatim.figures.sheet import Sheet
from seriatim.figures.vega import UnexpectedSvgError
from seriatim.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from seriatim.figures import Figure
    from seriatim.model.evidence import EvidenceReport

    Figures = Callable[[str], dict[str, Figure]]
    Reports = Callable[[str], EvidenceReport]

ANSWERS = [each for each in PROFILES if each != EMPTY]
ELEMENTS = {"svg", "title", "desc", "g", "path", "line", "text", "a"}
ATTRIBUTES = {
    *("class", "width", "height", "viewBox", "role", "aria-labelledby", "aria-hidden", "id"),
    *("transform", "d", "x2", "y2", "text-anchor", "href", "fill", "stroke", "stroke-width"),
    *("stroke-dasharray", "stroke-opacity", "fill-opacity", "font-size", "font-weight"),
    *("font-family", "pointer-events"),
}
LEAST_TARGET = 24
"""CSS pixels, WCAG 2.2 2.5.8."""


def every(figures: dict[str, Figure]) -> list[Drawing]:
    return [Drawing(svg) for each in figures.values() for svg in (each.svg, each.narrow)]


@pytest.mark.parametrize("name", ANSWERS)
def test_only_known_elements_and_attributes_are_in_it(name: str, figures: Figures) -> None:
    for drawing in every(figures(name)):
        for each in drawing.root.iter():
            assert each.tag.removeprefix(SVG) in ELEMENTS
            assert set(each.attrib) <= ATTRIBUTES
        assert drawing.svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" class="figure ')
        assert drawing.svg.count("http") == 1
        assert "style" not in re.sub(r">[^<]*<", "><", drawing.svg)


@pytest.mark.parametrize("name", ANSWERS)
def test_ids_are_of_the_figure_and_never_twice_on_a_page(name: str, figures: Figures) -> None:
    found = []
    for figure in figures(name).values():
        for svg in (figure.svg, figure.narrow):
            root = Drawing(svg).root
            ids = [each.get("id") for each in root.iter() if each.get("id")]
            assert all(str(each).startswith(f"{figure.name}-") for each in ids)
            assert root.get("aria-labelledby") == " ".join(map(str, ids))
            assert root.findtext(f"{SVG}title") == figure.title
            found += ids
    assert len(set(found)) == len(found) == 12


def test_a_figure_with_links_is_a_group_for_an_image_would_hide_them(figures: Figures) -> None:
    for drawing in every(figures(ANSWERS[0])):
        assert drawing.root.get("role") == ("group" if drawing.links() else "img")
    assert {each.root.get("role") for each in every(figures(ANSWERS[0]))} == {"group", "img"}


@pytest.mark.parametrize("name", ANSWERS)
def test_links_are_named_large_enough_and_do_not_lie_on_each_other(
    name: str, figures: Figures
) -> None:
    for drawing in every(figures(name)):
        links = drawing.links()
        for at, each in enumerate(links):
            assert each.box.right - each.box.left >= LEAST_TARGET
            assert each.box.bottom - each.box.top >= LEAST_TARGET
            assert each.says.startswith(each.href.removeprefix("/cases/").rpartition("/")[2]) or (
                each.says.startswith(each.href.removeprefix("/cases/"))
            )
            assert not any(each.box.meets(other.box) for other in links[at + 1 :])


def test_marks_are_not_read_out_one_by_one(figures: Figures) -> None:
    for drawing in every(figures(ANSWERS[0])):
        for look, group in drawing.layers():
            silent = group.get("aria-hidden") == "true"
            assert silent == (group[0].tag not in {f"{SVG}text", f"{SVG}a"}), look


@pytest.mark.parametrize("name", [ANSWERS[0], LARGE])
def test_words_stay_inside_and_off_each_other(name: str, figures: Figures) -> None:
    for drawing in every(figures(name)):
        width, height = drawing.size
        words = sorted(drawing.words(), key=lambda each: each.box.top)
        for at, each in enumerate(words):
            assert each.box.left >= -1, each
            assert each.box.right <= width + 1, each
            assert each.box.top >= 0, each
            assert each.box.bottom <= height, each
            for other in words[at + 1 :]:
                if other.box.top > each.box.bottom:
                    break
                assert not each.box.meets(other.box), (each, other)


@pytest.mark.parametrize("name", [ANSWERS[0], LARGE])
@pytest.mark.parametrize("look", ["bar", "mark", "event", "link", "interval", "axis", "grid"])
def test_no_mark_lies_on_words(name: str, look: str, figures: Figures) -> None:
    for drawing in every(figures(name)):
        boxes = sorted(drawing.boxes(look), key=lambda box: box.top)
        for each in drawing.words():
            for box in boxes:
                if box.top > each.box.bottom:
                    break
                # a line has no breadth of its own
                wide = box._replace(
                    left=box.left - 1, right=box.right + 1, top=box.top - 1, bottom=box.bottom + 1
                )
                assert not each.box.meets(wide, by=2), (each, box)


def test_the_same_answer_gives_the_same_bytes_in_another_process(report_of: Reports) -> None:
    program = (
        "from hashlib import sha256\n"
        "from seriatim import Engine\n"
        "from seriatim.figures import figures_of\n"
        f"report = Engine.default().look_up({PROFILES[BOTH_DRUGS]!r})\n"
        "found = figures_of(report, link=lambda course: f'/cases/{course}')\n"
        "print(sha256(repr(found).encode()).hexdigest())\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    found = figures_of(report_of(BOTH_DRUGS), link=link)
    assert other.stdout.strip() == sha256(repr(found).encode()).hexdigest()


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many sheets each call of Vega is given."""
    calls: list[int] = []

    def drawn(sheets: list[Sheet]) -> list[list[ET.Element]]:
        calls.append(len(sheets))
        return vega.drawn(sheets)

    monkeypatch.setattr("seriatim.figures.figures.drawn", drawn)
    return calls


def test_drawings_are_kept_and_depend_on_the_courses_not_on_the_patient(
    drawings: list[int],
) -> None:
    kept: Kept[str] = Kept()
    engine = Engine.default()
    first, second, third = (
        figures_of(engine.look_up(each), link=link, kept=kept)
        for each in (
            {"diagnoses": ["AOSD"]},
            {"diagnoses": ["AOSD"], "therapies": [], "sex": "female"},
            {"diagnoses": ["AOSD"], "age": 37},
        )
    )
    assert drawings[0] == 6
    assert [each.svg for each in first] != [each.svg for each in third]  # nearest in age first
    same = figures_of(engine.look_up({"diagnoses": ["AOSD"], "age": 37.1}), link=link, kept=kept)
    assert len(drawings) <= 3
    assert [each.svg for each in same] == [each.svg for each in third]
    assert first[0].table != second[0].table  # what matched is the patient's own


def test_another_address_or_another_word_is_another_drawing(report_of: Reports) -> None:
    kept: Kept[str] = Kept()
    report = report_of(ANSWERS[0])
    first = figures_of(report, link=link, kept=kept)
    second = figures_of(report, link=lambda course: f"/elsewhere/{course}", kept=kept)
    assert "/elsewhere/" in second[0].svg
    assert "/elsewhere/" not in first[0].svg
    other = figures_of(report_of(ANSWERS[1]), link=link, kept=kept)
    assert other == figures_of(report_of(ANSWERS[1]), link=link)


HOSTILE = "/x\"><script>alert(1)</script>&'#"


def test_what_an_address_says_stays_an_address(report_of: Reports) -> None:
    for figure in figures_of(report_of(ANSWERS[0]), link=lambda _course: HOSTILE):
        for svg in (figure.svg, figure.narrow):
            assert "<script" not in svg
            assert {each.href for each in Drawing(svg).links()} <= {HOSTILE}


def test_words_of_the_knowledge_stay_words() -> None:
    sheet = Sheet(100, height=20)
    sheet.text("label", 1, 10, "<b>&amp; \"'")
    from seriatim.figures.tidy import tidied  # noqa: PLC0415

    [marks] = vega.drawn([sheet])
    svg = tidied(marks, sheet, name="x", kind="wide", says=("<i>", "&"), link=link)
    assert [each.text for each in Drawing(svg).words()] == ["<b>&amp; \"'"]
    assert "<b>" not in svg
    assert "<i>" not in svg


def test_without_vega_there_is_a_hint(report_of: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(NoVegaError, match=r"pip install 'seriatim\[service\]'"):
        figures_of(report_of(ANSWERS[0]), link=link)


DRAWN = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
GROUP = '<g class="mark-symbol role-mark">{}</g>'


@pytest.mark.parametrize(
    "drawn",
    [
        "",
        GROUP.format('<path d="M0,0"/>') * 2,
        GROUP.format('<image href="x"/>'),
        GROUP.format('<path d="url(#x)"/>'),
        GROUP.format('<path transform="rotate(45)" d="M0,0"/>'),
        GROUP.format(""),
    ],
    ids=["nothing", "too much", "an image", "no geometry", "turned", "no item"],
)
def test_a_drawing_that_is_not_what_was_asked_for_is_refused(
    drawn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seriatim.figures.tidy import tidied  # noqa: PLC0415

    monkeypatch.setattr(vega, "_svg", lambda _spec: DRAWN.format(drawn))
    sheet = Sheet(100, height=20)
    sheet.symbol("mark r-none", 10, 10)
    with pytest.raises((UnexpectedSvgError, ValueError)):
        tidied(vega.drawn([sheet])[0], sheet, name="x", kind="wide", says=("", ""), link=link)


def test_every_class_that_is_drawn_has_its_look(figures: Figures) -> None:
    warm_up()
    for name in ANSWERS:
        for drawing in every(figures(name)):
            for look, group in drawing.layers():
                assert {key: group.get(key) for key in LOOKS[look]} == LOOKS[look]


def test_vega_is_asked_for_nothing_outside() -> None:
    with pytest.raises(ValueError, match="External data url not allowed"):
        vega._svg({"data": [{"name": "x", "url": "http://127.0.0.1:9/x.json"}], "marks": []})


def test_the_parsed_tree_is_plain_xml(figures: Figures) -> None:
    for drawing in every(figures(ANSWERS[0])):
        assert ET.tostring(drawing.root) is not None
        assert not re.search(r"<!|<\?", drawing.svg)


def test_threads_that_draw_at_once_get_what_each_would_get_alone(report_of: Reports) -> None:
    kept: Kept[str] = Kept(4)  # so small that it is emptied while others read it
    names = ANSWERS[:4] * 2
    alone = {name: figures_of(report_of(name), link=link) for name in names}
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda name: figures_of(report_of(name), link=link, kept=kept), names)
        assert [alone[name] == each for name, each in zip(names, found, strict=True)] == [True] * 8


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_is_drawn_twice(name: str, figures: Figures) -> None:
    for drawing in every(figures(name)):
        for look, group in drawing.layers():
            items = [ET.tostring(each) for each in group]
            assert len(set(items)) == len(items), look
