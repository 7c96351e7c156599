"""What is read as one stands on one line; ids, addresses and drawings are left as they are."""

from __future__ import annotations

import re

import pytest

from seriatim.service.web.together import kept_together

WHOLE = re.compile(r'<(?:span|i) class="nowrap">(.*?)</(?:span|i)>')


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        ("<p>no response 1 of 4 (95% CI 0.6–80.6%)</p>", ["1 of 4", "(95% CI 0.6–80.6%)"]),
        ("<p>EU 2024-03-11, p. 208 in Table 2</p>", ["2024-03-11", "p. 208", "Table 2"]),
        ("<p>(8 months and older), 2 mg/kg</p>", ["(8 months", "2 mg/kg"]),
        ("<p>1.5 × 10⁹/L, 20 mL/min</p>", ["1.5 × 10⁹/L", "20 mL/min"]),
        ("<p>hyper-IgD, adult-onset, woman 40</p>", ["hyper-IgD", "adult-onset", "woman 40"]),
        ("<p>76 rules, age 19, 10 years older</p>", ["76 rules", "age 19", "10 years"]),
        ("<p>female 15, male 6, section 5.1</p>", ["female 15", "male 6", "section 5.1"]),
        ("<p>proteins from E. coli</p>", ["E. coli"]),
        ('<p><span class="nowrap">2 of 4</span> of 2 of 4</p>', ["2 of 4", "2 of 4"]),
    ],
)
def test_what_belongs_together_is_never_broken(html: str, whole: list[str]) -> None:
    assert WHOLE.findall(kept_together(html)) == whole


def test_a_course_and_its_outcome_stay_together() -> None:
    link = '<a class="course" href="/cases/s/T2R1">T2R1</a>'
    made = kept_together(f"<li>After 20 months: {link} complete, 9 months</li>")
    assert WHOLE.findall(made) == ["20 months", f"{link} complete", "9 months"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>after-failure-same-diagnosis</p>",
        '<a href="/x?of=2 of 4" title="2 of 4">there</a>',
        "<svg><text>2 of 4</text></svg>",
        "<select><option>2 of 4</option></select>",
    ],
)
def test_ids_attributes_and_drawings_are_left_alone(html: str) -> None:
    assert kept_together(html) == html
